//! What tests request of the servers while they run, such as killing a broker: over a loopback connection, a line for
//! each request and a line for its answer, which is `ok`, or the reason why it could not be done.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;

use super::error::Error;

/// Names the address to the tests.
pub(crate) const CONTROL_VARIABLE: &str = "FAULTS_CONTROL";

/// Listens until this process ends. Requests of one connection are done one after the other.
///
/// # Errors
///
/// There is no free port.
pub(crate) fn listen(execute: impl Fn(&str) -> Result<(), String> + Send + Sync + 'static) -> Result<String, Error> {
    let failed = |source| Error::Path { action: "listen on a free port of", path: PathBuf::from("127.0.0.1"), source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?.to_string();
    let execute = Arc::new(execute);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let execute = Arc::clone(&execute);
            // A test that ends in the middle of a request has nobody who waits for the answer.
            std::thread::spawn(move || drop(serve(stream, &*execute)));
        }
    });
    Ok(address)
}

fn serve(stream: TcpStream, execute: &dyn Fn(&str) -> Result<(), String>) -> std::io::Result<()> {
    let mut answers = stream.try_clone()?;
    for request in BufReader::new(stream).lines() {
        let answer = match execute(request?.trim()) {
            Ok(()) => "ok".to_owned(),
            Err(reason) => reason.replace('\n', "; "),
        };
        answers.write_all(format!("{answer}\n").as_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_is_answered() {
        let address = listen(|request| match request {
            "kill 0" => Ok(()),
            other => Err(format!("cannot\n{other}")),
        });
        let mut stream = TcpStream::connect(address.expect("a port")).expect("it listens");
        stream.write_all(b"kill 0\nfly\n").expect("it reads");
        let answers = BufReader::new(stream.try_clone().expect("a second handle")).lines();
        let answers: Vec<String> = answers.take(2).map_while(Result::ok).collect();
        assert_eq!(answers, ["ok", "cannot; fly"]);
    }
}
