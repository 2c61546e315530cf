//! The desk's host name: browsers give passkeys and service workers only to a name with a certificate that they trust.

use std::net::{IpAddr, SocketAddr};

use super::Check;

/// The host in a log's origin: a URL without a scheme.
pub fn of_origin(origin: &str) -> &str {
    let host = origin.split('/').next().unwrap_or(origin);
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') => name,
        Some(_) | None => host,
    }
}

/// Works out of the box: browsers treat it as safe without a certificate.
pub fn is_local(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}

/// Can browsers use it?
pub fn name(host: Option<&str>, listen: SocketAddr) -> Check {
    const NAME: &str = "host name";
    let Some(host) = host else {
        return Check::skipped(NAME, "the log's origin is not known while the log can not be read");
    };
    if host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        return Check::wrong(
            NAME,
            format!(
                "the desk was founded at the bare address {host}: browsers give no passkeys to addresses"
            ),
            "found the desk at a name (`chancery init --host desk.example.org`), or at localhost to try it",
        );
    }
    if is_local(host) {
        return if listen.ip().is_loopback() {
            Check::good(NAME, format!("{host} works out of the box, for browsers on this machine"))
        } else {
            Check::watch(
                NAME,
                format!(
                    "the desk was founded at {host}, but listens on {listen}: others can not reach it by that name"
                ),
                "found the desk at a name that others can reach, or listen on 127.0.0.1",
            )
        };
    }
    let resolved = std::net::ToSocketAddrs::to_socket_addrs(&(host, listen.port()));
    match resolved.map(|mut addresses| addresses.next()) {
        Ok(Some(address)) => Check::good(NAME, format!("{host} leads to {}", address.ip())),
        Ok(None) => {
            Check::wrong(NAME, format!("{host} leads nowhere"), "give the name an address in the DNS")
        }
        Err(e) => Check::wrong(
            NAME,
            format!("{host} is not found from here: {e}"),
            "give the name an address in the DNS, or in /etc/hosts of every machine that uses the desk",
        ),
    }
}
