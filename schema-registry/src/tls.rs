//! TLS to the registry: rustls with ring, trusting what the operating system trusts and the given
//! certificates.
//!
//! ring is chosen because it builds with a C compiler alone. The configuration is handed to the HTTP
//! client ready-made, so that this crate neither needs nor touches the process-wide provider.

use std::error::Error;
use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::http_client::SetupFailure;

/// The certificates that a user gave, as PEM.
#[derive(Default, Clone)]
pub(crate) struct Certificates {
    /// Certificate authorities to trust besides those of the operating system.
    pub(crate) extra_roots: Vec<Vec<u8>>,
    /// The client's own certificate chain and private key.
    pub(crate) identity: Option<Vec<u8>>,
}

/// The configuration for `https` addresses.
pub(crate) fn https(certificates: &Certificates) -> Result<ClientConfig, SetupFailure> {
    let provider = Arc::new(ring::default_provider());
    let mut roots = Vec::new();
    for pem in &certificates.extra_roots {
        roots.extend(read_certificates(
            pem,
            "an extra root certificate cannot be read (give it as PEM, with BEGIN CERTIFICATE)",
        )?);
    }
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider)).map_err(setup(
        "there are no root certificates to trust (install the operating system's, such as the \
         package ca-certificates, or give valid extra_root_certificates)",
    ))?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(setup(NO_TLS))?
        .dangerous() // rustls calls every verifier but its own so; this is the operating system's.
        .with_custom_certificate_verifier(Arc::new(verifier) as Arc<dyn ServerCertVerifier>);
    let Some(pem) = &certificates.identity else {
        return Ok(builder.with_no_client_auth());
    };
    let chain = read_certificates(
        pem,
        "the certificate of the client identity cannot be read (give the chain as PEM, with BEGIN CERTIFICATE)",
    )?;
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(setup(
        "the private key of the client identity cannot be read (give it unencrypted as PEM, with \
         BEGIN PRIVATE KEY, in the same text as the certificates)",
    ))?;
    builder
        .with_client_auth_cert(chain, key)
        .map_err(setup("the client identity cannot be used (its private key must belong to its first certificate)"))
}

/// The configuration for `http` addresses, which never speak TLS: it trusts nobody.
pub(crate) fn none() -> Result<ClientConfig, SetupFailure> {
    Ok(ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(setup(NO_TLS))?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}

const NO_TLS: &str = "this build has no usable TLS version (build rustls with the feature tls12)";

fn read_certificates(pem: &[u8], problem: &'static str) -> Result<Vec<CertificateDer<'static>>, SetupFailure> {
    let certificates = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().map_err(setup(problem))?;
    if certificates.is_empty() {
        return Err(setup(problem)(rustls::pki_types::pem::Error::NoItemsFound));
    }
    Ok(certificates)
}

fn setup<E: Error + Send + Sync + 'static>(problem: &'static str) -> impl FnOnce(E) -> SetupFailure {
    move |source| SetupFailure { problem, source: Arc::new(source) }
}
