//! Takes connections: a place at the door, TLS in a task of its own, then HTTP.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tracing::{debug, warn};

use super::doors::{Address, Doors, Pass};
use crate::limits;

/// After a failed accept (no file handles left) the others need a moment to end.
const BREATH: Duration = Duration::from_millis(100);

/// What connections are served with.
pub(crate) struct Front {
    pub(crate) doors: Arc<Doors>,
    pub(crate) acceptor: Option<TlsAcceptor>,
    pub(crate) router: Router,
}

/// Takes connections until told to stop.
pub(crate) async fn run(listener: TcpListener, front: Front, mut stop: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        let (stream, peer): (TcpStream, SocketAddr) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                warn!(%error, "a connection could not be taken");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        let Some(pass) = front.doors.enter(Address::of(peer.ip())) else {
            debug!("a connection was turned away");
            continue;
        };
        tokio::spawn(serve(stream, front.acceptor.clone(), front.router.clone(), Arc::new(pass)));
    }
}

async fn serve(stream: TcpStream, acceptor: Option<TlsAcceptor>, router: Router, pass: Arc<Pass>) {
    if stream.set_nodelay(true).is_err() {
        return;
    }
    match acceptor {
        None => http(stream, router, pass).await,
        Some(acceptor) => match timeout(limits::TLS, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => http(stream, router, pass).await,
            Ok(Err(_)) | Err(_) => debug!("a TLS handshake was not finished"),
        },
    }
}

async fn http<S>(stream: S, router: Router, pass: Arc<Pass>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let router = router.layer(Extension(pass));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::REQUEST_HEAD)
        // No request has a body, and no head is longer than this.
        .max_buf_size(16 * 1024)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .with_upgrades()
        .await;
    if served.is_err() {
        debug!("a connection broke off");
    }
}
