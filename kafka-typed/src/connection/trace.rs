//! Spans of messages, by OpenTelemetry's conventions for messaging, and the context of their trace in their headers.
//!
//! They have a target of their own and the level `DEBUG`, so that a log costs nothing for each message unless it asks
//! for them.

use rdkafka::message::OwnedHeaders;
use tracing::Span;
use tracing::field::{Empty, display};

use super::delivery::Outcome;
use super::record::Headers;

/// The target of spans of messages.
macro_rules! target {
    () => {
        "kafka_typed::messages"
    };
}

/// The span of a message from its handing over to its delivery report. One that is not sent within a span belongs to
/// the trace that its headers name, such as those of a received message that is sent on.
pub(crate) fn sending(topic: &str, headers: Option<&OwnedHeaders>) -> Span {
    let span = tracing::debug_span!(
        target: target!(),
        "send",
        otel.name = %format_args!("send {topic}"),
        otel.kind = "producer",
        messaging.system = "kafka",
        messaging.operation.name = "send",
        messaging.operation.type = "send",
        messaging.destination.name = topic,
        messaging.destination.partition.id = Empty,
        messaging.kafka.offset = Empty,
        error.type = Empty,
        otel.status_code = Empty,
    );
    if let Some(headers) = headers {
        context::go_on(&span, headers);
    }
    span
}

/// Notes what has become of a message.
pub(crate) fn sent(span: &Span, outcome: &Outcome) {
    if span.is_disabled() {
        return;
    }
    match outcome {
        Ok(position) => {
            span.record("messaging.destination.partition.id", display(position.partition));
            span.record("messaging.kafka.offset", position.offset);
        }
        Err(code) => {
            span.record("error.type", code.name());
            span.record("otel.status_code", "ERROR");
        }
    }
}

/// Where a message comes from that is processed.
#[derive(Clone, Copy)]
pub(crate) struct Source<'m> {
    pub(crate) topic: &'m str,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) headers: &'m Headers,
    pub(crate) group: Option<&'m str>,
}

/// The span of a message that is processed, which belongs to the trace that its headers name.
pub(crate) fn processing(Source { topic, partition, offset, headers, group }: Source<'_>) -> Span {
    let span = tracing::debug_span!(
        target: target!(),
        "process",
        otel.name = %format_args!("process {topic}"),
        otel.kind = "consumer",
        messaging.system = "kafka",
        messaging.operation.name = "process",
        messaging.operation.type = "process",
        messaging.destination.name = topic,
        messaging.destination.partition.id = %partition,
        messaging.kafka.offset = offset,
        messaging.consumer.group.name = group,
        error.type = Empty,
        otel.status_code = Empty,
    );
    context::follow(&span, headers);
    span
}

/// The span of several messages that are processed together, which refers to the trace of each.
pub(crate) fn processing_batch<'m>(
    topic: &str,
    partition: i32,
    group: Option<&str>,
    messages: impl ExactSizeIterator<Item = &'m Headers>,
) -> Span {
    let span = tracing::debug_span!(
        target: target!(),
        "process",
        otel.name = %format_args!("process {topic}"),
        otel.kind = "consumer",
        messaging.system = "kafka",
        messaging.operation.name = "process",
        messaging.operation.type = "process",
        messaging.destination.name = topic,
        messaging.destination.partition.id = %partition,
        messaging.consumer.group.name = group,
        messaging.batch.message_count = messages.len(),
        error.type = Empty,
        otel.status_code = Empty,
    );
    if !span.is_disabled() {
        messages.for_each(|headers| context::refer(&span, headers));
    }
    span
}

/// Notes that processing has failed, with the class of the error.
pub(crate) fn failed(span: &Span, class: &str) {
    if !span.is_disabled() {
        span.record("error.type", class);
        span.record("otel.status_code", "ERROR");
    }
}

/// The headers of a message, with the context of its trace where it belongs to one: that of its own span, or else of
/// the one that it is sent in.
pub(crate) fn with_context(span: &Span, headers: Option<OwnedHeaders>) -> Option<OwnedHeaders> {
    context::inject(span, headers)
}

#[cfg(feature = "opentelemetry")]
mod context {
    use opentelemetry::global::get_text_map_propagator;
    use opentelemetry::propagation::{Extractor, Injector};
    use opentelemetry::trace::TraceContextExt;
    use rdkafka::message::{Headers as _, OwnedHeaders};
    use tracing::Span;
    use tracing_opentelemetry::OpenTelemetrySpanExt;

    use crate::connection::producer_record::with_header;
    use crate::connection::record::Headers;

    struct Received<'h>(&'h Headers);

    impl Extractor for Received<'_> {
        fn get(&self, name: &str) -> Option<&str> {
            std::str::from_utf8(self.0.get(name)?).ok()
        }

        fn keys(&self) -> Vec<&str> {
            self.0.iter().map(|(name, _)| name).collect()
        }
    }

    struct Given<'h>(&'h OwnedHeaders);

    impl Extractor for Given<'_> {
        fn get(&self, name: &str) -> Option<&str> {
            let header = self.0.iter().filter(|header| header.key == name).last()?;
            std::str::from_utf8(header.value?).ok()
        }

        fn keys(&self) -> Vec<&str> {
            self.0.iter().map(|header| header.key).collect()
        }
    }

    #[derive(Default)]
    struct Fields(Vec<(String, String)>);

    impl Injector for Fields {
        fn set(&mut self, name: &str, value: String) {
            self.0.push((name.to_owned(), value));
        }
    }

    pub(super) fn follow(span: &Span, headers: &Headers) {
        if span.is_disabled() || headers.is_empty() {
            return;
        }
        let parent = get_text_map_propagator(|propagator| propagator.extract(&Received(headers)));
        // It fails where no layer exports the span.
        let _ = span.set_parent(parent);
    }

    pub(super) fn go_on(span: &Span, headers: &OwnedHeaders) {
        if span.is_disabled() || !Span::current().is_none() {
            return;
        }
        let parent = get_text_map_propagator(|propagator| propagator.extract(&Given(headers)));
        // It fails where no layer exports the span.
        let _ = span.set_parent(parent);
    }

    pub(super) fn refer(span: &Span, headers: &Headers) {
        if headers.is_empty() {
            return;
        }
        let context = get_text_map_propagator(|propagator| propagator.extract(&Received(headers)));
        let linked = context.span().span_context().clone();
        if linked.is_valid() {
            span.add_link(linked);
        }
    }

    pub(super) fn inject(span: &Span, headers: Option<OwnedHeaders>) -> Option<OwnedHeaders> {
        let current;
        let span = if span.is_disabled() {
            current = Span::current();
            &current
        } else {
            span
        };
        if span.is_disabled() {
            return headers;
        }
        let mut fields = Fields::default();
        get_text_map_propagator(|propagator| propagator.inject_context(&span.context(), &mut fields));
        if fields.0.is_empty() {
            return headers;
        }
        let is_replaced = |name: &str| fields.0.iter().any(|(field, _)| field == name);
        let mut injected = match headers {
            // A received message that is sent on has the context of the span that has sent it first.
            Some(given) if given.iter().any(|header| is_replaced(header.key)) => {
                let others = given.iter().filter(|header| !is_replaced(header.key));
                others.fold(None, |kept, header| Some(with_header(kept, header.key, header.value)))
            }
            headers => headers,
        };
        for (name, value) in &fields.0 {
            injected = Some(with_header(injected, name, Some(value.as_bytes())));
        }
        injected
    }
}

/// Without the feature `opentelemetry` there is no context.
#[cfg(not(feature = "opentelemetry"))]
mod context {
    use rdkafka::message::OwnedHeaders;
    use tracing::Span;

    use crate::connection::record::Headers;

    pub(super) fn follow(_: &Span, _: &Headers) {}

    pub(super) fn go_on(_: &Span, _: &OwnedHeaders) {}

    pub(super) fn refer(_: &Span, _: &Headers) {}

    pub(super) fn inject(_: &Span, headers: Option<OwnedHeaders>) -> Option<OwnedHeaders> {
        headers
    }
}
