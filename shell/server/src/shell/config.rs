//! What a server is started with.

use std::{net::SocketAddr, path::PathBuf};

use crate::limits::Limits;

/// A server's configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The data folder, made by `chancery init`.
    pub folder: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The host name by which devices dial this server, with the port if it is not the one listened on
    /// ("desk.example", "desk.example:443"). `localhost` and loopback addresses work beside it on a loopback address.
    pub host: String,
    /// How the line is protected.
    pub line: LineProtection,
    /// Limits.
    pub limits: Limits,
}

/// How the line between devices and server is protected, below the desk's own sealing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineProtection {
    /// TLS with a certificate that the server makes for itself on its first start, kept in `tls/`.
    OwnCertificate,
    /// TLS with a certificate chain and a key given as PEM files.
    Files {
        /// The chain, the server's own certificate first.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
    },
    /// None: only when listening on a loopback address.
    Plain,
}

/// The names that a server answers to, with ports, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hosts {
    names: Vec<String>,
    default_port: u16,
}

impl Hosts {
    pub(crate) fn new(config: &Config, bound: SocketAddr) -> Self {
        let default_port = match config.line {
            LineProtection::OwnCertificate | LineProtection::Files { .. } => 443,
            LineProtection::Plain => 80,
        };
        let host = config.host.to_ascii_lowercase();
        let mut names = vec![if has_port(&host) { host } else { format!("{host}:{}", bound.port()) }];
        if bound.ip().is_loopback() {
            let port = bound.port();
            names.extend([format!("localhost:{port}"), format!("127.0.0.1:{port}"), format!("[::1]:{port}")]);
        }
        Self { names, default_port }
    }

    /// Host and port as a device dialled them, from a `Host` header; none when it is no name of this server.
    pub(crate) fn dialled(&self, header: &str) -> Option<String> {
        let host = header.to_ascii_lowercase();
        let host = if has_port(&host) { host } else { format!("{host}:{}", self.default_port) };
        self.names.contains(&host).then_some(host)
    }
}

fn has_port(host: &str) -> bool {
    host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok())
}
