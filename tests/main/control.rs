//! What may be requested of the servers while tests run, such as killing a broker: `cargo xtask` serves it over a
//! loopback connection, a line for each request and one for its answer.

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Names the address.
const VARIABLE: &str = "FAULTS_CONTROL";

/// Where servers do what is requested.
pub(crate) struct Control {
    address: String,
}

impl Control {
    /// `None` where nobody serves requests.
    pub(crate) fn of_environment() -> Option<Self> {
        std::env::var(VARIABLE).ok().map(|address| Self { address })
    }

    /// Returns when it is done.
    pub(crate) async fn request(&self, request: &str) {
        let mut stream = TcpStream::connect(&self.address).await.expect("it is served");
        stream.write_all(format!("{request}\n").as_bytes()).await.expect("it is read");
        let answer = BufReader::new(stream).lines().next_line().await.expect("it is answered");
        assert_eq!(answer.as_deref(), Some("ok"), "{request}");
    }

    /// Kills a broker with -9, and starts it again once the others have noticed.
    pub(crate) async fn kill_and_restart(&self, broker: usize) {
        self.request(&format!("kill {broker}")).await;
        self.request(&format!("start {broker}")).await;
    }
}
