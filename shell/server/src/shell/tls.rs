//! TLS 1.3 with X25519MLKEM768 first: with the certificate that was given, or one that the server makes for itself.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use chancery_log::id::Digest;
use chancery_store::folder::{self, Folder};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, date_time_ymd};
use rustls::{ServerConfig, crypto::aws_lc_rs, version::TLS13};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use tokio_rustls::TlsAcceptor;

use super::config::{Config, LineProtection};

/// Own certificates are pinned by devices, so they must outlive the installation.
const OWN_UNTIL_YEAR: i32 = 2060;

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Not PEM, or not what it should be.
    #[error("{}: {what}", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The host name can't stand in a certificate.
    #[error("no certificate could be made for this host name: {0}")]
    Own(#[from] rcgen::Error),
    /// Certificate and key don't fit.
    #[error("the certificate and its key do not fit: {0}")]
    Pair(#[from] rustls::Error),
    /// In clear to other machines.
    #[error(
        "without TLS the server listens on a loopback address only; give a certificate, or let it make its own"
    )]
    PlainNotLoopback,
}

/// What connections are wrapped in.
pub(crate) struct Wrapping {
    pub(crate) acceptor: TlsAcceptor,
    /// SHA-256 of the certificate.
    pub(crate) certificate: Digest,
}

/// Reads or makes the certificate; none when the line is plain.
pub(crate) fn wrapping(config: &Config) -> Result<Option<Wrapping>, TlsError> {
    let tls = Folder::new(&config.folder).tls();
    let (certificate, key) = match &config.line {
        LineProtection::Plain if config.listen.ip().is_loopback() => return Ok(None),
        LineProtection::Plain => return Err(TlsError::PlainNotLoopback),
        LineProtection::Files { certificate, key } => (certificate.clone(), key.clone()),
        LineProtection::OwnCertificate => {
            let (certificate, key) = (tls.join("cert.pem"), tls.join("key.pem"));
            if !certificate.exists() || !key.exists() {
                make_own(&config.host, &tls, &certificate, &key)?;
            }
            (certificate, key)
        }
    };
    let pem = |path: &Path| {
        let path = path.to_owned();
        move |error: rustls_pki_types::pem::Error| TlsError::Pem { path, what: error.to_string() }
    };
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_file_iter(&certificate).and_then(Iterator::collect).map_err(pem(&certificate))?;
    let key = PrivateKeyDer::from_pem_file(&key).map_err(pem(&key))?;
    let own = chain.first().map(|own| Digest::of(own));
    let own =
        own.ok_or_else(|| TlsError::Pem { path: certificate, what: "no certificate is in it".into() })?;
    let mut server = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&TLS13])?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Some(Wrapping { acceptor: TlsAcceptor::from(Arc::new(server)), certificate: own }))
}

fn make_own(host: &str, tls: &Path, certificate: &Path, key: &Path) -> Result<(), TlsError> {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_matches(['[', ']']);
    let mut names = vec![name.to_ascii_lowercase(), "localhost".to_owned()];
    names.dedup();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Chancery desk");
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(OWN_UNTIL_YEAR, 1, 1);
    let pair = KeyPair::generate()?;
    let own = params.self_signed(&pair)?;
    let file = |path: &Path| {
        let path = path.to_owned();
        move |error| TlsError::File { path, error }
    };
    fs::create_dir_all(tls).map_err(file(tls))?;
    folder::write_private(key, pair.serialize_pem().as_bytes()).map_err(file(key))?;
    // The certificate last: when it is there, so is its key.
    folder::write_private(certificate, own.pem().as_bytes()).map_err(file(certificate))
}
