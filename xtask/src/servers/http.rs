//! One HTTP request by hand: enough to ask whether a server is there.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

/// How long one attempt may take.
const LIMIT: Duration = Duration::from_secs(5);
/// How much of an answer is read: its status line is all that counts.
const MOST_BYTES: u64 = 4096;

/// Asks for `path` on a loopback port; anything but status 200 is an error with what came instead.
pub(crate) fn get_ok(port: u16, path: &str) -> Result<(), String> {
    let answer = get(port, path).map_err(|error| error.to_string())?;
    let status_line = answer.lines().next().unwrap_or_default();
    match status_line.split(' ').nth(1) {
        Some("200") => Ok(()),
        _ => Err(format!("GET {path} was answered with {status_line:?}")),
    }
}

fn get(port: u16, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(MOST_BYTES).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;

    fn check(answer: &'static str, expected: Result<(), &str>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a request");
            let request: Vec<String> = BufReader::new(stream.try_clone().expect("a second handle"))
                .lines()
                .map_while(Result::ok)
                .take_while(|line| !line.is_empty())
                .collect();
            stream.write_all(answer.as_bytes()).expect("it is read");
            request
        });
        assert_eq!(get_ok(port, "/subjects"), expected.map_err(String::from));
        let request = server.join().expect("the server ends");
        assert_eq!(request.first().map(String::as_str), Some("GET /subjects HTTP/1.1"));
    }

    #[test]
    fn only_status_200_is_success() {
        check("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", Ok(()));
        check(
            "HTTP/1.1 503 Service Unavailable\r\n\r\n",
            Err("GET /subjects was answered with \"HTTP/1.1 503 Service Unavailable\""),
        );
        check("", Err("GET /subjects was answered with \"\""));
    }
}
