//! One request of Kafka's protocol by hand: the brokers of a cluster, which is empty until a broker is registered and
//! unfenced.

use std::io::{Error, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

/// How long one attempt may take.
const LIMIT: Duration = Duration::from_secs(5);
/// An answer for one broker and no topic has some hundred bytes; more than this is not Kafka.
const MOST_BYTES: usize = 64 * 1024;

const METADATA: i16 = 3;
const VERSION: i16 = 4;
const CORRELATION_ID: i32 = 7;

/// Asks the broker on a loopback port for metadata; an error has the reason why it cannot be used yet.
pub(crate) fn broker_is_registered(port: u16) -> Result<(), String> {
    match broker_count(port) {
        Ok(0) => Err("the cluster has no broker yet".into()),
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

fn broker_count(port: u16) -> std::io::Result<u32> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    stream.write_all(&request())?;
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = usize::try_from(i32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > MOST_BYTES {
        return Err(Error::new(ErrorKind::InvalidData, format!("an answer of {length} bytes is not one of Kafka's")));
    }
    let mut answer = vec![0; length];
    stream.read_exact(&mut answer)?;
    brokers_of_answer(&answer).ok_or_else(|| Error::new(ErrorKind::InvalidData, "the answer is not one of Kafka's"))
}

/// A Metadata request, version 4, for no topic, with its length in front.
fn request() -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(METADATA.to_be_bytes());
    body.extend(VERSION.to_be_bytes());
    body.extend(CORRELATION_ID.to_be_bytes());
    body.extend(b"\x00\x05xtask"); // The client's name, with its length as 16 bits.
    body.extend(0_i32.to_be_bytes()); // No topic.
    body.push(0); // And none is to be created.
    let length = u32::try_from(body.len());
    debug_assert!(length.is_ok(), "a request without topics is short");
    let length = length.unwrap_or_default();
    [&length.to_be_bytes()[..], &body].concat()
}

/// The number of brokers in a Metadata answer, version 4, without its length: correlation id, throttle time, then the
/// count.
fn brokers_of_answer(answer: &[u8]) -> Option<u32> {
    let (correlation_id, rest) = answer.split_first_chunk::<4>()?;
    let (_throttle_milliseconds, rest) = rest.split_first_chunk::<4>()?;
    let (count, _) = rest.split_first_chunk::<4>()?;
    if i32::from_be_bytes(*correlation_id) != CORRELATION_ID {
        return None;
    }
    u32::try_from(i32::from_be_bytes(*count)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(answer: &[i32], expected: Option<u32>) {
        let bytes: Vec<u8> = answer.iter().flat_map(|number| number.to_be_bytes()).collect();
        assert_eq!(brokers_of_answer(&bytes), expected, "{answer:?}");
    }

    #[test]
    fn brokers_are_counted() {
        check(&[CORRELATION_ID, 0, 0], Some(0));
        check(&[CORRELATION_ID, 250, 1, 1], Some(1));
    }

    #[test]
    fn what_kafka_did_not_say_is_refused() {
        check(&[], None);
        check(&[CORRELATION_ID, 0], None);
        check(&[CORRELATION_ID, 0, -1], None);
        check(&[CORRELATION_ID + 1, 0, 1], None);
    }

    #[test]
    fn the_length_in_front_counts_what_follows() {
        let bytes = request();
        let (length, body) = bytes.split_first_chunk::<4>().expect("a length");
        assert_eq!(usize::try_from(u32::from_be_bytes(*length)), Ok(body.len()));
        assert_eq!(&body[..4], [0, 3, 0, 4]);
    }
}
