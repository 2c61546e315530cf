//! The certificate: whose name it carries, how long it is good for, whether browsers will take it.

use std::{fs, path::Path};

use x509_parser::{certificate::X509Certificate, extensions::GeneralName, pem::parse_x509_pem};

use super::{Check, Installation, host::is_local};

const NAME: &str = "certificate";
const DAY_MS: i64 = 86_400_000;
/// A month is enough to get another one.
const WATCH_DAYS: i64 = 30;

/// What there is to know about one certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// DNS names and addresses in it.
    pub names: Vec<String>,
    /// From when, milliseconds since 1970 UTC.
    pub from_ms: i64,
    /// Until when, milliseconds since 1970 UTC.
    pub until_ms: i64,
    /// Signed by itself: no browser knows it unless somebody installed it.
    pub self_signed: bool,
}

/// Will devices and browsers take it?
pub fn certificate(installation: &Installation, host: Option<&str>) -> Check {
    let Some(host) = host else {
        return Check::skipped(NAME, "the host name is not known while the log can not be read");
    };
    let own = installation.folder.tls().join("cert.pem");
    let (path, given) = match &installation.certificate {
        Some((path, _)) => (path.clone(), true),
        None => (own, false),
    };
    if !given && !path.exists() {
        return if is_local(host) {
            Check::good(
                NAME,
                format!("none is needed for {host}; the server makes its own on the first start"),
            )
        } else {
            Check::wrong(
                NAME,
                format!("none is given for {host}"),
                "give `chancery serve` a certificate that browsers trust, with --cert and --key",
            )
        };
    }
    match read(&path) {
        Ok(found) => judge(&found, host, given, i64::try_from(installation.now_ms).unwrap_or(i64::MAX)),
        Err(what) => Check::wrong(NAME, what, "give a PEM file, the host's own certificate first"),
    }
}

/// Reads the first certificate of a PEM file.
pub fn read(path: &Path) -> Result<Certificate, String> {
    let bytes = fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let wrong = |what: String| format!("{}: not a PEM certificate: {what}", path.display());
    let (_, pem) = parse_x509_pem(&bytes).map_err(|e| wrong(e.to_string()))?;
    let certificate = pem.parse_x509().map_err(|e| wrong(e.to_string()))?;
    Ok(Certificate {
        names: names(&certificate),
        from_ms: certificate.validity().not_before.timestamp().saturating_mul(1000),
        until_ms: certificate.validity().not_after.timestamp().saturating_mul(1000),
        self_signed: certificate.subject() == certificate.issuer(),
    })
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(alternatives)) = certificate.subject_alternative_name() else { return Vec::new() };
    let mut names = Vec::new();
    for name in &alternatives.value.general_names {
        if let GeneralName::DNSName(name) = name {
            names.push(name.to_lowercase());
        }
    }
    names
}

/// Whether one of a certificate's names stands for this host; a star stands for one label, the leftmost.
pub fn covers(names: &[String], host: &str) -> bool {
    let host = host.to_lowercase();
    names.iter().any(|name| match name.strip_prefix("*.") {
        Some(parent) => host.split_once('.').is_some_and(|(label, rest)| !label.is_empty() && rest == parent),
        None => *name == host,
    })
}

/// `given`: it was named on the command line, so a browser's trust may come from an authority that we do not know.
pub fn judge(found: &Certificate, host: &str, given: bool, now_ms: i64) -> Check {
    let renew = "get a new one and start the server again with it (--cert, --key)";
    if !covers(&found.names, host) {
        let names = found.names.join(", ");
        return Check::wrong(NAME, format!("it is for {names}, the desk is at {host}"), renew);
    }
    let days = (found.until_ms - now_ms) / DAY_MS;
    if found.until_ms < now_ms {
        return Check::wrong(NAME, format!("it ended {} days ago", -days), renew);
    }
    if found.from_ms > now_ms {
        let what = format!("it begins in {} days only", (found.from_ms - now_ms) / DAY_MS);
        return Check::wrong(NAME, what, "check this machine's clock, or wait");
    }
    if found.self_signed && !is_local(host) {
        return Check::wrong(
            NAME,
            format!("it is signed by itself: browsers warn, and refuse passkeys for {host}"),
            if given {
                "install it as trusted on every device, or get one from an authority that browsers know"
            } else {
                "give `chancery serve` a certificate that browsers trust, with --cert and --key"
            },
        );
    }
    let what = format!("for {host}, good for {days} more days");
    if days < WATCH_DAYS { Check::watch(NAME, what, renew) } else { Check::good(NAME, what) }
}
