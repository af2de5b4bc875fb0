//! Batches that librdkafka cannot decompress.

use std::io::{Read, Write};
use std::net::TcpStream;

use kafka_typed::ConsumeError;
use kafka_typed::connection::ReceiveError;

use crate::cluster::{chain, embedded, kafka, next, soon, topic};
use crate::messages::Alert;

/// A request of Kafka's protocol, version 7 of Produce, with a batch that is marked as compressed in this way.
fn produce_request(topic: &str, compression: i16) -> Vec<u8> {
    let records = b"not compressed at all";
    let mut batch = Vec::new();
    batch.extend((-1_i32).to_be_bytes()); // leader epoch
    batch.push(2); // the version of the format
    batch.extend(0_u32.to_be_bytes()); // the checksum, which nobody checks here
    batch.extend(compression.to_be_bytes());
    batch.extend(0_i32.to_be_bytes()); // the last offset in the batch
    batch.extend([0_i64.to_be_bytes(); 2].concat()); // the times of the first and the last message
    batch.extend((-1_i64).to_be_bytes()); // no producer id
    batch.extend((-1_i16).to_be_bytes()); // nor epoch
    batch.extend((-1_i32).to_be_bytes()); // nor sequence number
    batch.extend(1_i32.to_be_bytes()); // one message
    batch.extend(records);
    let mut framed = 0_i64.to_be_bytes().to_vec(); // the first offset
    framed.extend(length(&batch));
    framed.extend(batch);

    let mut request = Vec::new();
    request.extend(0_i16.to_be_bytes()); // Produce
    request.extend(7_i16.to_be_bytes());
    request.extend(1_i32.to_be_bytes()); // the request's number
    request.extend((-1_i16).to_be_bytes()); // no client id
    request.extend((-1_i16).to_be_bytes()); // no transaction
    request.extend(1_i16.to_be_bytes()); // the leader acknowledges
    request.extend(5_000_i32.to_be_bytes()); // within five seconds
    request.extend(1_i32.to_be_bytes()); // one topic
    request.extend(i16::try_from(topic.len()).unwrap().to_be_bytes());
    request.extend(topic.as_bytes());
    request.extend(1_i32.to_be_bytes()); // one partition
    request.extend(0_i32.to_be_bytes());
    request.extend(length(&framed));
    request.extend(framed);
    [length(&request).to_vec(), request].concat()
}

fn length(bytes: &[u8]) -> [u8; 4] {
    i32::try_from(bytes.len()).unwrap().to_be_bytes()
}

async fn send_batch(topic: &str, compression: i16) {
    let request = produce_request(topic, compression);
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(embedded().bootstrap_servers()).unwrap();
        stream.write_all(&request).unwrap();
        let mut size = [0; 4];
        stream.read_exact(&mut size).unwrap();
        let mut answer = vec![0; usize::try_from(u32::from_be_bytes(size)).unwrap()];
        stream.read_exact(&mut answer).unwrap();
        answer
    });
    let answer = answer.await.unwrap();
    // The request's number, one topic with its name, one partition, its number, and then its error code.
    let place = 4 + 4 + 2 + topic.len() + 4 + 4;
    assert_eq!(answer[place..place + 2], [0, 0], "{answer:?}");
}

#[tokio::test]
async fn what_librdkafka_cannot_decompress_is_an_error_and_not_silence() {
    // 3 is lz4, which is always there; 7 is nothing.
    for (compression, expected, remedy) in
        [(7, "_NOT_IMPLEMENTED", "the feature `zstd`"), (3, "_BAD_COMPRESSION", "it is damaged")]
    {
        let name = format!("undecompressable-{compression}");
        let topic = topic(&name, 1);
        let producer = kafka().producer::<Alert>(topic).build().await.unwrap();
        soon(producer.send(&Alert::numbered(1))).await.unwrap();
        send_batch(topic, compression).await;
        let mut consumer = kafka().consumer::<Alert>(topic).build().await.unwrap();
        assert_eq!(next(&mut consumer).await.unwrap().value, Alert::numbered(1));
        let error = next(&mut consumer).await.unwrap_err();
        let text = chain(&error);
        let ConsumeError::Receive(ReceiveError::Undecompressable { source, .. }) = &error else {
            panic!("{error:?}");
        };
        assert_eq!(source.name(), expected);
        assert!(text.contains("cannot be decompressed") && text.contains(remedy), "{text}");
        assert!(error.is_fatal(), "nothing of the partition can follow");
        assert!(soon(consumer.next()).await.is_none());
    }
}
