//! The calls into librdkafka that rdkafka has no form of which is fit for use. `partition_queue` and `producer_topic`
//! have the others; there is no more unsafe code in this crate.

use std::ffi::{CStr, CString, c_char};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{ptr, slice};

use rdkafka::bindings;
use rdkafka::client::{Client, ClientContext};
use rdkafka::consumer::{Consumer, ConsumerContext};
use rdkafka::message::BorrowedMessage;
use rdkafka::producer::{BaseProducer, Producer, ProducerContext};
use rdkafka::types::RDKafkaErrorCode;

use super::broker_token::BrokerToken;
use super::record::Headers;

/// Waits until every message has its delivery report, sending at once what waits for more to share a batch with.
///
/// rdkafka's own `flush` calls librdkafka's with a timeout of zero, again and again, which ends the hurry before it
/// begins: messages then wait for all of `linger.ms`.
///
/// Blocks, and relies on another thread to serve the delivery reports.
pub(crate) fn flush<C: ProducerContext>(producer: &BaseProducer<C>, timeout: Duration) -> Result<(), RDKafkaErrorCode> {
    let millis = i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX);
    // SAFETY: the handle belongs to `producer`, which is borrowed until the call returns. librdkafka allows calls from
    // any thread.
    let answer = unsafe { bindings::rd_kafka_flush(producer.client().native_ptr(), millis) };
    match RDKafkaErrorCode::from(answer) {
        RDKafkaErrorCode::NoError => Ok(()),
        code => Err(code),
    }
}

/// Whether there is a connection to a broker, which is looked for meanwhile. Blocks.
pub(crate) fn is_a_broker_up<C: ProducerContext>(producer: &BaseProducer<C>, timeout: Duration) -> bool {
    let millis = i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX);
    let mut metadata = ptr::null();
    // SAFETY: the handle belongs to `producer`, which is borrowed until the call returns. Without a topic, it is asked
    // for those that the client knows already. An answer is this function's, and given back once.
    let answer = unsafe {
        let client = producer.client().native_ptr();
        let answer = bindings::rd_kafka_metadata(client, 0, ptr::null_mut(), &raw mut metadata, millis);
        if !metadata.is_null() {
            bindings::rd_kafka_metadata_destroy(metadata);
        }
        answer
    };
    // One that is connected and has not answered yet is up: librdkafka has talked with it when it connected.
    matches!(RDKafkaErrorCode::from(answer), RDKafkaErrorCode::NoError | RDKafkaErrorCode::OperationTimedOut)
}

/// librdkafka's error code of this number.
pub(crate) fn error_code(number: i32) -> Option<RDKafkaErrorCode> {
    description_of(number).map(|known| known.code.into())
}

/// The name of an error code, without `RD_KAFKA_RESP_ERR_`.
pub(crate) fn error_name(number: i32) -> &'static str {
    description_of(number).map_or("UNKNOWN", |known| static_text(known.name))
}

/// What an error code means.
pub(crate) fn error_description(number: i32) -> &'static str {
    description_of(number).map_or("Unknown error", |known| static_text(known.desc))
}

fn description_of(number: i32) -> Option<&'static bindings::rd_kafka_err_desc> {
    let (mut list, mut count) = (ptr::null(), 0);
    // SAFETY: librdkafka hands out its static table, and how many entries it has.
    let known: &[_] = unsafe {
        bindings::rd_kafka_get_err_descs(&raw mut list, &raw mut count);
        if list.is_null() { &[] } else { slice::from_raw_parts(list, count) }
    };
    // The table has gaps, and entries that only mark an end of its ranges.
    known.iter().find(|known| known.code as i32 == number && !known.name.is_null() && !known.desc.is_null())
}

fn static_text(text: *const c_char) -> &'static str {
    // SAFETY: only texts of librdkafka's table of errors come here, which are not null, static and end with a zero
    // byte.
    let text = unsafe { CStr::from_ptr(text) }.to_str();
    debug_assert!(text.is_ok(), "librdkafka describes its errors in ASCII");
    text.unwrap_or("unknown")
}

/// How many events wait in the queue of a consumer that is in a group, or has the name of one.
pub(crate) fn consumer_queue_length<C: ConsumerContext>(consumer: &impl Consumer<C>) -> usize {
    // SAFETY: the handle belongs to `consumer`, which is borrowed until the end. The reference to the queue is given
    // back.
    unsafe {
        let queue = bindings::rd_kafka_queue_get_consumer(consumer.client().native_ptr());
        if queue.is_null() {
            return 0;
        }
        let length = bindings::rd_kafka_queue_length(queue);
        bindings::rd_kafka_queue_destroy(queue);
        length
    }
}

/// Whether a consumer is a member of its group at this moment.
pub(crate) fn is_member<C: ConsumerContext>(consumer: &impl Consumer<C>) -> bool {
    // SAFETY: the handle belongs to `consumer`, which is borrowed until the end. The copy of its membership is this
    // function's, and given back once.
    unsafe {
        let membership = bindings::rd_kafka_consumer_group_metadata(consumer.client().native_ptr());
        if membership.is_null() {
            return false;
        }
        let generation = bindings::rd_kafka_consumer_group_metadata_generation_id(membership);
        bindings::rd_kafka_consumer_group_metadata_destroy(membership);
        generation >= 0
    }
}

/// The offset of the record that is sent next to a partition, as the broker has told with the records that were fetched
/// last.
pub(crate) fn known_end<C: ConsumerContext>(consumer: &impl Consumer<C>, topic: &str, partition: i32) -> Option<i64> {
    let topic = CString::new(topic).ok()?;
    let (mut first, mut end) = (-1, -1);
    // SAFETY: the handle belongs to `consumer`, which is borrowed, and the text ends with a zero byte. librdkafka only
    // looks at what it remembers.
    let answer = unsafe {
        bindings::rd_kafka_get_watermark_offsets(
            consumer.client().native_ptr(),
            topic.as_ptr(),
            partition,
            &raw mut first,
            &raw mut end,
        )
    };
    (RDKafkaErrorCode::from(answer) == RDKafkaErrorCode::NoError && end >= 0).then_some(end)
}

/// Copies the headers out of a message.
///
/// rdkafka's own reader panics when a header's name is not UTF-8, and anybody who may write to the topic can send such
/// a name.
pub(crate) fn headers(message: &bindings::rd_kafka_message_t) -> Headers {
    let mut list = ptr::null_mut();
    // SAFETY: the message is borrowed, and so alive. The list that is handed out belongs to the message.
    let answer = unsafe { bindings::rd_kafka_message_headers(message, &raw mut list) };
    if RDKafkaErrorCode::from(answer) != RDKafkaErrorCode::NoError || list.is_null() {
        return Headers::default();
    }
    // SAFETY: the list was checked not to be null, and lives as long as the message.
    let count = unsafe { bindings::rd_kafka_header_cnt(list) };
    (0..count)
        .map_while(|index| {
            let (mut name, mut value, mut size) = (ptr::null(), ptr::null(), 0);
            // SAFETY: the list is alive, as above. An index out of range would be an error code, and the pointers stay
            // as they are.
            let answer =
                unsafe { bindings::rd_kafka_header_get_all(list, index, &raw mut name, &raw mut value, &raw mut size) };
            if RDKafkaErrorCode::from(answer) != RDKafkaErrorCode::NoError || name.is_null() {
                return None;
            }
            // SAFETY: librdkafka ends names with a zero byte, and they live as long as the message.
            let name = unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned();
            let value = (!value.is_null()).then(|| {
                // SAFETY: a value that is not null has `size` bytes, which live as long as the message.
                unsafe { slice::from_raw_parts(value.cast::<u8>(), size) }.to_vec()
            });
            Some((name, value))
        })
        .collect()
}

/// The headers of a message whose delivery is reported.
pub(crate) fn headers_of(message: &BorrowedMessage<'_>) -> Headers {
    // SAFETY: the message is borrowed until the call returns, and its pointer is never null.
    headers(unsafe { &*message.ptr() })
}

/// Gives a client its OAUTHBEARER token, which is valid for `lifetime` from now on. An error has librdkafka's words.
///
/// rdkafka's own way is a callback that has to return with the token, and knows no extensions.
pub(crate) fn set_token<C: ClientContext>(
    client: &Client<C>,
    token: &BrokerToken,
    lifetime: Duration,
) -> Result<(), String> {
    let text = |text: &str| CString::new(text).map_err(|_| "the token or an extension has a zero byte".to_owned());
    let (value, principal) = (text(&token.token)?, text(&token.principal)?);
    let extensions = token.extensions.iter().flat_map(|(name, value)| [name, value]);
    let extensions: Vec<CString> = extensions.map(|extension| text(extension)).collect::<Result<_, _>>()?;
    let mut pointers: Vec<*const c_char> = extensions.iter().map(|extension| extension.as_ptr()).collect();
    let ends_at = SystemTime::now().checked_add(lifetime).and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let ends_at = ends_at.and_then(|at| i64::try_from(at.as_millis()).ok()).unwrap_or(i64::MAX / 1000);
    let mut words = [0; 512];
    // SAFETY: the handle belongs to `client`, which is borrowed for the whole block. The texts end with a zero byte and
    // live as long; librdkafka copies them, and reads as many pointers as it is told. It writes at most as many bytes
    // of an error as there is room for, the zero byte at the end included.
    unsafe {
        let answer = bindings::rd_kafka_oauthbearer_set_token(
            client.native_ptr(),
            value.as_ptr(),
            ends_at,
            principal.as_ptr(),
            pointers.as_mut_ptr(),
            pointers.len(),
            words.as_mut_ptr(),
            words.len(),
        );
        match RDKafkaErrorCode::from(answer) {
            RDKafkaErrorCode::NoError => Ok(()),
            _ => Err(CStr::from_ptr(words.as_ptr()).to_string_lossy().into_owned()),
        }
    }
}

/// Tells a client why there is no OAUTHBEARER token, which it reports as an error.
pub(crate) fn no_token<C: ClientContext>(client: &Client<C>, reason: &str) {
    let reason = CString::new(reason.replace('\0', "")).unwrap_or_default();
    // SAFETY: the handle belongs to `client`, which is borrowed, and the text ends with a zero byte. librdkafka copies
    // it.
    let answer = unsafe { bindings::rd_kafka_oauthbearer_set_token_failure(client.native_ptr(), reason.as_ptr()) };
    if RDKafkaErrorCode::from(answer) != RDKafkaErrorCode::NoError {
        tracing::debug!(?answer, "librdkafka does not take the failure to get a token");
    }
}

/// Sets a mock cluster up so that clients other than librdkafka can use its consumer groups, and that nobody waits for
/// nothing:
///
/// - The first member of a group waits for others for `join_delay` only. The default is three seconds.
/// - LeaveGroup is offered up to version 2. Newer versions name the members in a list, which the mock cluster does not
///   read: it returns an error, and keeps the member until its session ends.
///
/// Does nothing when `client` does not run a mock cluster.
#[cfg(feature = "embedded")]
pub(crate) fn set_up_groups<C: ProducerContext>(client: &BaseProducer<C>, join_delay: Duration) {
    const LEAVE_GROUP: i16 = 13;
    let millis = i32::try_from(join_delay.as_millis()).unwrap_or(i32::MAX);
    // SAFETY: the handle belongs to `client`, which is borrowed for the whole block, and owns the cluster that it hands
    // out. Both calls take the cluster's own lock or are handed to its thread.
    unsafe {
        let cluster = bindings::rd_kafka_handle_mock_cluster(client.client().native_ptr());
        if !cluster.is_null() {
            bindings::rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, millis);
            bindings::rd_kafka_mock_set_apiversion(cluster, LEAVE_GROUP, 0, 2);
        }
    }
}
