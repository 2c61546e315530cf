//! A device as the server sees it: a socket, and acts signed by hand.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use chancery_desk::act::Act;
use chancery_log::{
    act::{BodyKind, Head, Seen},
    id::{Digest, Scope, Vault},
};
use chancery_server::{
    limits::Limits,
    shell::{
        config::{Config, LineProtection},
        running::{self, Running},
    },
};
use chancery_store::store::Store;
use chancery_wire::{
    hello::Challenge,
    limits::WIRE_VERSION,
    to_client::{Closing, ScopeAt, ToClient},
    to_server::ToServer,
};
use ed25519_dalek::Signer as _;
use futures_util::{SinkExt as _, StreamExt as _};
use rustls::{
    ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use serde_bytes::ByteBuf;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

use crate::world::{DEBRIEF, DESK, Member, Signed, World};

/// Longer than anything here takes, shorter than a test run that hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A desk at work with a server in front of it.
pub(crate) struct Served {
    pub(crate) world: World,
    pub(crate) running: Running,
    pub(crate) officer: Hand,
    pub(crate) principal: Hand,
    pub(crate) duty: Hand,
}

/// A member who signs without a store at hand: knows own counters and what the log had when the server started.
#[derive(Clone)]
pub(crate) struct Hand {
    pub(crate) member: Member,
    counters: HashMap<Scope, u64>,
    pub(crate) seen: HashMap<Scope, Head>,
}

pub(crate) struct Client {
    pub(crate) web: WebSocketStream<Box<dyn Stream>>,
    pub(crate) host: String,
}

pub(crate) fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
}

pub(crate) fn config(world: &World) -> Config {
    Config {
        folder: world.folder(),
        listen: "127.0.0.1:0".parse().unwrap(),
        host: "desk.example".into(),
        line: LineProtection::Plain,
        limits: Limits::default(),
    }
}

impl Served {
    pub(crate) async fn start(change: impl FnOnce(&mut Config)) -> Self {
        let (world, store) = World::at_work();
        Self::start_on(world, store, change).await
    }

    pub(crate) async fn start_on(world: World, store: Store, change: impl FnOnce(&mut Config)) -> Self {
        let hand = |member: &Member| Hand::new(member, &store);
        let (officer, principal, duty) = (hand(&world.officer), hand(&world.principal), hand(&world.duty));
        drop(store);
        let mut config = config(&world);
        change(&mut config);
        let running = running::start(config).await.unwrap();
        Self { world, running, officer, principal, duty }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.running.addr()
    }

    /// Stops the server and opens what it left behind.
    pub(crate) async fn stop(self) -> (World, Store) {
        self.running.stop().await.unwrap();
        let store = Store::open(&self.world.folder()).unwrap();
        (self.world, store)
    }
}

impl Hand {
    pub(crate) fn new(member: &Member, store: &Store) -> Self {
        let scopes = [Scope::Trust, Scope::Package(DEBRIEF)];
        Self {
            member: member.clone(),
            counters: scopes.map(|scope| (scope, store.desk().next_counter(member.device(), scope))).into(),
            seen: scopes.map(|scope| (scope, store.places().head(scope))).into(),
        }
    }

    pub(crate) fn sign(&mut self, scope: Scope, act: &Act, words: Vec<(BodyKind, &[u8])>) -> Signed {
        let counter = self.counters.get_mut(&scope).unwrap();
        let seen = Seen { trust: self.seen[&Scope::Trust], scope: self.seen[&scope] };
        let signed = self.member.sign_as(scope, act, words, *counter, seen, now_ms());
        *counter += 1;
        signed
    }

    /// A note in the debrief; `text` stands for ciphertext.
    pub(crate) fn note(&mut self, text: &[u8]) -> Signed {
        let kind = BodyKind::Sealed(Vault::Package(DEBRIEF), 1);
        self.sign(Scope::Package(DEBRIEF), &Act::NoteTaken { instead_of: None }, vec![(kind, text)])
    }
}

impl Client {
    pub(crate) async fn connect(addr: SocketAddr) -> Self {
        let tcp = TcpStream::connect(addr).await.unwrap();
        Self::over(Box::new(tcp), "ws", addr.to_string()).await
    }

    /// Over TLS; takes the certificate with this digest only.
    pub(crate) async fn connect_tls(addr: SocketAddr, certificate: Digest) -> Self {
        let tcp = TcpStream::connect(addr).await.unwrap();
        let connector = tokio_rustls::TlsConnector::from(Arc::new(pinned(certificate)));
        let stream = connector.connect("localhost".try_into().unwrap(), tcp).await.unwrap();
        Self::over(Box::new(stream), "wss", format!("localhost:{}", addr.port())).await
    }

    async fn over(stream: Box<dyn Stream>, scheme: &str, host: String) -> Self {
        let (web, _) = client_async(format!("{scheme}://{host}/desk"), stream).await.unwrap();
        Self { web, host }
    }

    pub(crate) async fn send(&mut self, message: &ToServer) {
        self.web.send(Message::Binary(message.write().unwrap().into())).await.unwrap();
    }

    /// The next message; none when the connection is closed.
    pub(crate) async fn next_or_end(&mut self) -> Option<ToClient> {
        loop {
            match timeout(PATIENCE, self.web.next()).await.expect("nothing came for too long")? {
                Ok(Message::Binary(bytes)) => return Some(ToClient::read(&bytes).unwrap()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    pub(crate) async fn next(&mut self) -> ToClient {
        self.next_or_end().await.expect("the connection ended")
    }

    /// Reads on until this says that it is the one.
    pub(crate) async fn next_that<T>(&mut self, mut pick: impl FnMut(ToClient) -> Option<T>) -> T {
        loop {
            if let Some(picked) = pick(self.next().await) {
                return picked;
            }
        }
    }

    /// Why the server closed.
    pub(crate) async fn closing(&mut self) -> Closing {
        let because = self
            .next_that(|message| match message {
                ToClient::Closing { because } => Some(because),
                _ => None,
            })
            .await;
        assert_eq!(self.next_or_end().await, None, "nothing may come after the reason");
        because
    }

    pub(crate) fn hello(member: &Member) -> ToServer {
        ToServer::Hello { version: WIRE_VERSION, desk: DESK, device: member.device(), log_size: 0 }
    }

    pub(crate) async fn challenged(&mut self, member: &Member) -> [u8; 32] {
        self.send(&Self::hello(member)).await;
        match self.next().await {
            ToClient::Challenge { server_nonce } => *server_nonce,
            other => panic!("expected a challenge, got {other:?}"),
        }
    }

    pub(crate) fn answer(host: &str, member: &Member, server_nonce: [u8; 32]) -> ToServer {
        let device_nonce = [9; 32];
        let challenge =
            Challenge { desk: DESK, device: member.device(), host: host.into(), server_nonce, device_nonce };
        let signature = member.key.sign(&challenge.signed_bytes().unwrap()).to_bytes();
        ToServer::Answer { device_nonce: device_nonce.into(), signature: signature.into() }
    }

    pub(crate) async fn log_in_on(mut self, member: &Member) -> (Self, Vec<ScopeAt>) {
        let nonce = self.challenged(member).await;
        let answer = Self::answer(&self.host, member, nonce);
        self.send(&answer).await;
        match self.next().await {
            ToClient::Welcome { scopes, .. } => (self, scopes),
            other => panic!("expected a welcome, got {other:?}"),
        }
    }

    pub(crate) async fn log_in(addr: SocketAddr, member: &Member) -> (Self, Vec<ScopeAt>) {
        Self::connect(addr).await.log_in_on(member).await
    }

    pub(crate) async fn propose(&mut self, signed: &Signed) {
        let bodies = signed.bodies.iter().cloned().map(ByteBuf::from).collect();
        self.send(&ToServer::Propose { act: ByteBuf::from(signed.act.clone()), bodies }).await;
    }

    /// Proposes, and waits for what becomes of it.
    pub(crate) async fn proposed(&mut self, signed: &Signed) -> ToClient {
        self.propose(signed).await;
        let act = Digest::of(&signed.act);
        self.next_that(|message| match &message {
            ToClient::Receipt { act: of, .. }
            | ToClient::Refused { act: of, .. }
            | ToClient::Deferred { act: of, .. }
                if *of == act =>
            {
                Some(message)
            }
            _ => None,
        })
        .await
    }

    pub(crate) async fn follow(&mut self, scope: Scope, head: Head) {
        self.send(&ToServer::Follow { scope, head }).await;
    }
}

fn pinned(certificate: Digest) -> ClientConfig {
    ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Pinned(certificate)))
        .with_no_client_auth()
}

#[derive(Debug)]
struct Pinned(Digest);

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        assert_eq!(Digest::of(own), self.0);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
