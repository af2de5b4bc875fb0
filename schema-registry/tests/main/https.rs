//! HTTPS with a certificate authority of one's own, and with a certificate for the client.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use schema_registry::{RegistryError, SchemaRegistry};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key pair");
        Self(CertifiedIssuer::self_signed(params, key).expect("a certificate"))
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate and its private key, in one PEM text.
    pub(crate) fn issue(&self, name: &str) -> String {
        let key = KeyPair::generate().expect("a key pair");
        let params = CertificateParams::new([name.to_owned()]).expect("a valid name");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        format!("{}{}", certificate.pem(), key.serialize_pem())
    }
}

fn certificates(pem: &str) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<_, _>>().expect("valid PEM")
}

/// Answers every request over TLS with an empty list, and gives its address.
async fn start(authority: &Authority, asks_for_certificate: bool) -> String {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("TLS 1.2 and 1.3");
    let builder = if asks_for_certificate {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(certificates(&authority.pem()));
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
        builder.with_client_cert_verifier(verifier.expect("a verifier"))
    } else {
        builder.with_no_client_auth()
    };
    let pem = authority.issue("localhost");
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).expect("valid PEM");
    let config = builder.with_single_cert(certificates(&pem), key).expect("a key that fits");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
    let port = listener.local_addr().expect("a bound socket has an address").port();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that does not trust this server goes away here.
                let Ok(mut stream) = acceptor.accept(connection).await else { return };
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    if !matches!(stream.read_buf(&mut request).await, Ok(1..)) {
                        return;
                    }
                }
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n[]";
                if stream.write_all(answer).await.is_ok() {
                    // The client may be gone already, which is its right.
                    let _ = stream.shutdown().await;
                }
            });
        }
    });
    format!("https://localhost:{port}")
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_when_given() {
    let authority = Authority::new();
    let url = start(&authority, false).await;
    let trusting = SchemaRegistry::builder().url(&url).extra_root_certificates(authority.pem()).build();
    let subjects = trusting.expect("a valid certificate").subjects().await;
    assert_eq!(subjects.expect("a trusted connection"), Vec::<String>::new());

    let stranger = Authority::new();
    let other = SchemaRegistry::builder().url(&url).retries(0).extra_root_certificates(stranger.pem()).build();
    let refused = other.expect("a valid certificate").subjects().await.expect_err("an unknown authority");
    assert!(matches!(refused, RegistryError::Transport { .. }), "{refused:?}");
    assert!(format!("{refused:?}").contains("InvalidCertificate"), "{refused:?}");
}

#[tokio::test]
async fn a_client_shows_its_certificate_when_asked() {
    let authority = Authority::new();
    let url = start(&authority, true).await;
    let builder = SchemaRegistry::builder().url(&url).retries(0).extra_root_certificates(authority.pem());
    let known = builder.clone().client_identity(authority.issue("client")).build().expect("valid certificates");
    known.subjects().await.expect("a known client");
    let unknown = builder.build().expect("a valid certificate");
    unknown.subjects().await.expect_err("a client without a certificate");
}

#[test]
fn unusable_certificates_are_refused_with_a_remedy() {
    let authority = Authority::new();
    let check = |configure: fn(
        schema_registry::SchemaRegistryBuilder,
        &Authority,
    ) -> schema_registry::SchemaRegistryBuilder,
                 expected: &str| {
        let builder = SchemaRegistry::builder().url("https://localhost:1").extra_root_certificates(authority.pem());
        let error = configure(builder, &authority).build().expect_err(expected);
        assert!(matches!(error, RegistryError::Setup { .. }), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
    };
    check(|builder, _| builder.extra_root_certificates("nonsense"), "extra root certificate cannot be read");
    check(|builder, _| builder.client_identity("nonsense"), "the certificate of the client identity cannot be read");
    check(|builder, authority| builder.client_identity(authority.pem()), "the private key of the client identity");
    check(
        |builder, authority| {
            let (first, second) = (authority.issue("a"), authority.issue("b"));
            let key = &second[second.find("-----BEGIN PRIVATE KEY").expect("a key")..];
            let certificate = &first[..first.find("-----BEGIN PRIVATE KEY").expect("a key")];
            builder.client_identity(format!("{certificate}{key}"))
        },
        "must belong to its first certificate",
    );
}
