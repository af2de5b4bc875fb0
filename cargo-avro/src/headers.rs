//! The headers of a record, copied out of librdkafka's memory. The only unsafe code of this crate.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::{ptr, slice};

use rdkafka::bindings;
use rdkafka::message::BorrowedMessage;
use rdkafka::types::RDKafkaErrorCode;

/// The names and values of the headers. rdkafka's own reader panics when a name is not UTF-8, and anybody who may write
/// to the topic can send such a name.
pub(crate) fn headers(message: &BorrowedMessage<'_>) -> Vec<(String, Option<Vec<u8>>)> {
    let mut list = ptr::null_mut();
    // SAFETY: the message is borrowed, and so alive. The list that is handed out belongs to the message.
    let answer = unsafe { bindings::rd_kafka_message_headers(message.ptr(), &raw mut list) };
    if RDKafkaErrorCode::from(answer) != RDKafkaErrorCode::NoError || list.is_null() {
        return Vec::new();
    }
    let header = |index| {
        let (mut name, mut value, mut size) = (ptr::null(), ptr::null(), 0);
        // SAFETY: the list is not null, and lives as long as the message. An index out of range gives an error code.
        let answer =
            unsafe { bindings::rd_kafka_header_get_all(list, index, &raw mut name, &raw mut value, &raw mut size) };
        if RDKafkaErrorCode::from(answer) != RDKafkaErrorCode::NoError || name.is_null() {
            return None;
        }
        // SAFETY: names end with a zero byte, and live as long as the message.
        let name = unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned();
        let value = (!value.is_null()).then(|| {
            // SAFETY: a value that is not null has `size` bytes, which live as long as the message.
            unsafe { slice::from_raw_parts(value.cast::<u8>(), size) }.to_vec()
        });
        Some((name, value))
    };
    (0..).map_while(header).collect()
}
