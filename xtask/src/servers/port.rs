//! Free loopback ports for servers that need their port before they start.

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;

use super::error::Error;

/// `COUNT` different ports that no process listens on now.
///
/// Another process can take one before the server binds it; [`Error::is_taken_port`] reports it, and other ports are
/// tried then.
pub(crate) fn free_ports<const COUNT: usize>() -> Result<[u16; COUNT], Error> {
    // All are held until the last is chosen: otherwise the same one could be given twice.
    let mut held = Vec::with_capacity(COUNT);
    let mut ports = [0; COUNT];
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(no_port)?;
        *port = listener.local_addr().map_err(no_port)?.port();
        held.push(listener);
    }
    Ok(ports)
}

fn no_port(source: std::io::Error) -> Error {
    Error::Path { action: "listen on a free port of", path: PathBuf::from("127.0.0.1"), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_differ_and_can_be_bound() {
        let [first, second, third] = free_ports::<3>().expect("three ports");
        assert!(first != second && second != third && first != third);
        assert!(first >= 1024, "{first} is a privileged port");
    }
}
