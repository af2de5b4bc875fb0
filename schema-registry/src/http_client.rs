//! The HTTP client for one address: its certificates and timeouts.

use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use url::{Host, Url};

use crate::tls::{self, Certificates};

/// Why there is no HTTP client: what is wrong and what to do about it, and the error of the library.
pub(crate) struct SetupFailure {
    pub(crate) problem: &'static str,
    pub(crate) source: Arc<dyn Error + Send + Sync>,
}

/// How long a server has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    pub(crate) connect: Duration,
    /// For one request, connecting and reading the answer included.
    pub(crate) request: Duration,
}

/// A client for requests to `url`.
pub(crate) fn http_client(url: &Url, certificates: &Certificates, timeouts: Timeouts) -> Result<Client, SetupFailure> {
    let tls = match url.scheme() {
        "https" => tls::https(certificates)?,
        // Reading the operating system's certificates takes time, and a container may have none.
        _ => tls::none()?,
    };
    let mut builder = Client::builder()
        .tls_backend_preconfigured(tls)
        .connect_timeout(timeouts.connect)
        .timeout(timeouts.request)
        .user_agent(concat!("schema-registry/", env!("CARGO_PKG_VERSION")))
        // A redirected POST would become a GET, and credentials could travel to another host.
        .redirect(Policy::none());
    if is_loopback(url) {
        // A proxy from the environment cannot reach this machine's own loopback.
        builder = builder.no_proxy();
    }
    builder.build().map_err(|source| SetupFailure {
        problem: "the HTTP client cannot be built (check the proxy settings in the environment)",
        source: Arc::new(source),
    })
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}
