//! The address that the server listens on.

use std::{
    io::ErrorKind,
    net::{SocketAddr, TcpListener},
};

use super::Check;

/// Can the server listen there? `served`: a server has the folder open.
pub fn free(listen: SocketAddr, served: bool) -> Check {
    const NAME: &str = "port";
    match TcpListener::bind(listen) {
        Ok(_) if served => Check::watch(
            NAME,
            format!("a server has the folder open, but nothing listens on {listen}"),
            "name the address that it serves with --listen; if it is still starting, wait",
        ),
        Ok(_) => Check::good(NAME, format!("{listen} is free")),
        Err(e) if e.kind() == ErrorKind::AddrInUse && served => {
            Check::good(NAME, format!("{listen} is taken, as it should be: a server has the folder open"))
        }
        Err(e) if e.kind() == ErrorKind::AddrInUse => Check::wrong(
            NAME,
            format!("{listen} is taken by another program"),
            "stop that program (`ss -ltnp` names it), or give `chancery serve` another --listen",
        ),
        Err(e) if e.kind() == ErrorKind::PermissionDenied => Check::wrong(
            NAME,
            format!("{listen}: {e}"),
            "listen on a port from 1024 on, or allow this one (`setcap cap_net_bind_service=+ep` on the executable)",
        ),
        Err(e) => Check::wrong(
            NAME,
            format!("{listen}: {e}"),
            "name an address of this machine with --listen; 127.0.0.1 and [::1] are reached from here only",
        ),
    }
}
