//! What a browser or a witness can ask for. Every route on one page; nothing here shows more than digests and numbers.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::{
    Extension, Json, Router,
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header},
    middleware::{self, Next},
    response::IntoResponse,
    routing::get,
};
use chancery_log::tiles::TilePath;
use chancery_store::shelf::{Shelf, ShelfError};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tracing::{debug, error};

use super::{
    config::Hosts,
    doors::Pass,
    log_thread::{Health, HealthState},
    socket::{self, Lines},
};

const HOME: &str = include_str!("home.html");

/// Nothing is loaded, nothing is run, nothing frames it.
const CSP: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What the pages are made from.
#[derive(Debug, Clone)]
pub(crate) struct Pages {
    pub(crate) hosts: Hosts,
    pub(crate) lines: Lines,
    pub(crate) health: watch::Receiver<Health>,
    pub(crate) began: Instant,
    // One reader of log.db for all witnesses: they can wait for each other.
    pub(crate) shelf: Arc<Mutex<Shelf>>,
}

/// Every route.
pub(crate) fn router(pages: Pages) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/health", get(health))
        .route("/checkpoint", get(checkpoint))
        .route("/tile/{*path}", get(tile))
        .route("/desk", get(desk))
        .fallback(nothing)
        .layer(middleware::from_fn(guard))
        .with_state(pages)
}

/// Rate and headers of everything that is answered.
async fn guard(request: Request, next: Next) -> Response<Body> {
    let may = request.extensions().get::<Arc<Pass>>().is_some_and(|pass| pass.may_request());
    let mut response = if may {
        next.run(request).await
    } else {
        (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "2")], "Too many requests.\n").into_response()
    };
    let set: [(HeaderName, &'static str); 7] = [
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    ];
    for (name, value) in set {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn home() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], HOME)
}

async fn nothing() -> impl IntoResponse {
    (StatusCode::NOT_FOUND, "There is nothing here.\n")
}

#[derive(Serialize)]
struct HealthJson {
    ok: bool,
    entries: u64,
    uptime_s: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

async fn health(State(pages): State<Pages>) -> impl IntoResponse {
    let Health { log_size, state } = *pages.health.borrow();
    let reason = match state {
        HealthState::Good => None,
        HealthState::PutOff(because) => Some(because.to_string()),
        HealthState::Stopping => Some("the server is stopping".into()),
    };
    let status = if reason.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let json = HealthJson {
        ok: reason.is_none(),
        entries: log_size,
        uptime_s: pages.began.elapsed().as_secs(),
        reason,
    };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(json))
}

/// The newest checkpoint (C2SP tlog-checkpoint).
async fn checkpoint(State(pages): State<Pages>) -> Response<Body> {
    shelved(pages, "no-store", "text/plain; charset=utf-8", |shelf| shelf.checkpoint()).await
}

/// A tile of hashes (C2SP tlog-tiles). Leaves and acts are not shown here: they say when and how often people talk.
async fn tile(State(pages): State<Pages>, Path(path): Path<String>) -> Response<Body> {
    match TilePath::read(&format!("tile/{path}")) {
        Ok(TilePath::Hashes(id, width)) => {
            // A tile never changes once it is there.
            let kept = "public, max-age=31536000, immutable";
            shelved(pages, kept, "application/octet-stream", move |shelf| shelf.hashes(id, width)).await
        }
        Ok(TilePath::Leaves(..) | TilePath::Acts(..)) | Err(_) => nothing().await.into_response(),
    }
}

async fn shelved(
    pages: Pages,
    kept: &'static str,
    sort: &'static str,
    read: impl FnOnce(&Shelf) -> Result<Option<Vec<u8>>, ShelfError> + Send + 'static,
) -> Response<Body> {
    let shelf = Arc::clone(&pages.shelf);
    let read =
        tokio::task::spawn_blocking(move || read(&shelf.lock().unwrap_or_else(PoisonError::into_inner)));
    match read.await {
        Ok(Ok(Some(bytes))) => {
            ([(header::CONTENT_TYPE, sort), (header::CACHE_CONTROL, kept)], bytes).into_response()
        }
        Ok(Ok(None)) => nothing().await.into_response(),
        Ok(Err(error)) => {
            error!(%error, "the log could not be read for a witness");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The devices' socket.
async fn desk(
    State(pages): State<Pages>,
    Extension(pass): Extension<Arc<Pass>>,
    mut request: Request,
) -> Response<Body> {
    let headers = request.headers();
    let Some(host) = text(headers, &header::HOST).and_then(|host| pages.hosts.dialled(host)) else {
        return (StatusCode::MISDIRECTED_REQUEST, "This server has another name.\n").into_response();
    };
    // A browser says from which page it comes; no other site's page may speak for a device.
    let foreign = text(headers, &header::ORIGIN).is_some_and(|origin| {
        let origin = origin.split_once("://").map_or(origin, |(_, origin)| origin);
        pages.hosts.dialled(origin).as_ref() != Some(&host)
    });
    if foreign {
        return (StatusCode::FORBIDDEN, "Another site's page may not connect.\n").into_response();
    }
    let asked = lists(headers, &header::CONNECTION, "upgrade")
        && lists(headers, &header::UPGRADE, "websocket")
        && text(headers, &header::SEC_WEBSOCKET_VERSION) == Some("13");
    let Some(key) = text(headers, &header::SEC_WEBSOCKET_KEY).filter(|_| asked) else {
        let answer = [(header::UPGRADE, "websocket"), (header::SEC_WEBSOCKET_VERSION, "13")];
        return (StatusCode::UPGRADE_REQUIRED, answer, "This is the devices' socket.\n").into_response();
    };
    let accept = derive_accept_key(key.as_bytes());
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        match upgrade.await {
            Ok(stream) => socket::run(TokioIo::new(stream), host, pass, pages.lines).await,
            Err(_) => debug!("a socket was asked for and not opened"),
        }
    });
    let switch = [
        (header::CONNECTION, HeaderValue::from_static("upgrade")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
    ];
    match HeaderValue::from_str(&accept) {
        Ok(accept) => (StatusCode::SWITCHING_PROTOCOLS, switch, [(header::SEC_WEBSOCKET_ACCEPT, accept)])
            .into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn lists(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|item| item.trim().eq_ignore_ascii_case(word))
}
