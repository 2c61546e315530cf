//! What a browser and a witness see.

use std::net::SocketAddr;

use chancery_log::{
    checkpoint,
    id::Scope,
    leaf,
    tiles::{self, TILE_WIDTH, TileId, TilePath},
    tree::Tree,
};
use chancery_server::shell::{
    config::LineProtection,
    running::{self, StartError},
};
use chancery_wire::{to_client::ToClient, to_server::ToServer};
use ed25519_dalek::SigningKey;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    client::{self, Client, Served},
    world::World,
};

pub(crate) async fn ask(addr: SocketAddr, request: String) -> (u16, String, Vec<u8>) {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let at = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..at].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_ascii_lowercase(), answer[at + 4..].to_vec())
}

pub(crate) async fn get_bytes(addr: SocketAddr, path: &str) -> (u16, String, Vec<u8>) {
    ask(addr, format!("GET {path} HTTP/1.1\r\nhost: {addr}\r\nconnection: close\r\n\r\n")).await
}

pub(crate) async fn get(addr: SocketAddr, path: &str) -> (u16, String, String) {
    let (status, head, body) = get_bytes(addr, path).await;
    (status, head, String::from_utf8(body).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_says_what_this_is_and_runs_nothing() {
    let served = Served::start(|_| {}).await;
    let (status, head, body) = get(served.addr(), "/").await;
    assert_eq!(status, 200);
    assert!(body.contains("<h1>This is a Chancery desk</h1>"));
    assert!(body.contains("lang=\"en\""));
    assert!(!body.contains("<script"));
    assert!(head.contains("content-security-policy: default-src 'none'"), "{head}");
    for header in ["x-content-type-options: nosniff", "x-frame-options: deny", "referrer-policy: no-referrer"]
    {
        assert!(head.contains(header), "{header} in {head}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn health_tells_size_and_time_and_nothing_else() {
    let served = Served::start(|_| {}).await;
    let (status, _, body) = get(served.addr(), "/health").await;
    assert_eq!(status, 200);
    let entries = served.duty.seen[&Scope::Trust].count + 1;
    assert!(body.starts_with(&format!("{{\"ok\":true,\"entries\":{entries},\"uptime_s\":")), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_can_check_the_whole_tree_from_checkpoint_and_tiles() {
    let (world, mut store) = World::at_work();
    for number in 0..700_u32 {
        world.duty.note(&mut store, &number.to_be_bytes());
    }
    store.commit().unwrap();
    let hashes: Vec<_> =
        (0..store.size()).map(|index| leaf::hash(&store.entry(index).unwrap().leaf)).collect();
    let served = Served::start_on(world, store, |_| {}).await;
    let (_, _, note) = get_bytes(served.addr(), "/checkpoint").await;
    let key = SigningKey::from_bytes(&[101; 32]).verifying_key().to_bytes();
    let head = checkpoint::verify(&note, "desk.example/log", &key).unwrap().head();
    let mut tree = Tree::new();
    for path in chancery_log::export::hash_paths(head.size) {
        let (status, _, bytes) = get_bytes(served.addr(), &format!("/{path}")).await;
        assert_eq!(status, 200, "{path}");
        let TilePath::Hashes(TileId { level, index }, width) = path else { panic!("{path}") };
        let tile = tiles::decode_hashes(&bytes, width).unwrap();
        if level == 0 {
            let from = usize::try_from(index).unwrap() * usize::from(TILE_WIDTH);
            assert_eq!(tile, hashes[from..from + tile.len()]);
            tile.into_iter().for_each(|hash| tree.append(hash));
        }
    }
    assert_eq!(tree.head(), head);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_else_is_to_be_had() {
    let served = Served::start(|_| {}).await;
    for path in [
        "/tile/entries/000",
        "/tile/entries/000.p/3",
        "/acts/000",
        "/tile/0/000",
        "/tile/0/000.p/200",
        "/tile/8/000",
        "/tile/0/../../log.db",
        "/debug",
        "/metrics",
        "/log.db",
    ] {
        assert_eq!(get(served.addr(), path).await.0, 404, "{path}");
    }
    assert_eq!(get(served.addr(), "/desk").await.0, 426);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_socket_opens_under_this_server_s_names_and_from_its_own_pages_only() {
    let served = Served::start(|_| {}).await;
    let (addr, port) = (served.addr(), served.addr().port());
    let upgrade = |host: String, origin: &str| {
        format!(
            "GET /desk HTTP/1.1\r\nhost: {host}\r\n{origin}connection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
    };
    assert_eq!(ask(addr, upgrade(format!("evil.example:{port}"), "connection: close\r\n")).await.0, 421);
    let foreign = "origin: https://evil.example\r\nconnection: close\r\n";
    assert_eq!(ask(addr, upgrade(format!("localhost:{port}"), foreign)).await.0, 403);
    let own = format!("origin: http://localhost:{port}\r\n");
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(upgrade(format!("localhost:{port}"), &own).as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 101");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_made_on_the_first_start_protects_the_line_and_stays_the_same() {
    let mut served = Served::start(|config| config.line = LineProtection::OwnCertificate).await;
    let certificate = served.running.certificate().unwrap();
    let client = Client::connect_tls(served.addr(), certificate).await;
    let (mut client, _) = client.log_in_on(&served.world.duty).await;
    assert!(matches!(client.proposed(&served.duty.note(b"a note")).await, ToClient::Receipt { .. }));
    client.send(&ToServer::Ping {}).await;
    served.running.stop().await.unwrap();
    let mut config = client::config(&served.world);
    config.line = LineProtection::OwnCertificate;
    let running = running::start(config).await.unwrap();
    assert_eq!(running.certificate(), Some(certificate));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for file in ["tls/key.pem", "server.keys"] {
            let mode = std::fs::metadata(served.world.folder().join(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_line_is_for_loopback_addresses_only() {
    let (world, store) = World::found();
    drop(store);
    let mut config = client::config(&world);
    config.listen = "0.0.0.0:0".parse().unwrap();
    assert!(matches!(running::start(config).await, Err(StartError::Tls(_))));
}
