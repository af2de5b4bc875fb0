//! The buffers that messages are encoded into before librdkafka copies them.

use std::cell::RefCell;

use avro_typed::Encoder;

use crate::connection::measurement::Sample;

/// One buffer for the value and one for the key, since librdkafka takes both at once.
#[derive(Default)]
pub(super) struct Encoders {
    pub(super) value: Encoder,
    pub(super) key: Encoder,
    pub(super) sample: Sample,
}

thread_local! {
    static ENCODERS: RefCell<Encoders> = RefCell::default();
}

/// Lends the buffers of this thread. An `Encode` that itself sends messages gets others.
pub(super) fn with_encoders<R>(use_them: impl FnOnce(&mut Encoders) -> R) -> R {
    ENCODERS.with(|encoders| match encoders.try_borrow_mut() {
        Ok(mut encoders) => use_them(&mut encoders),
        Err(_) => use_them(&mut Encoders::default()),
    })
}
