//! What librdkafka says, as `tracing` events with the target `librdkafka`.

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;

/// librdkafka's name for log lines about settings.
const SETTING_WARNING: &str = "CONFWARN";

pub(crate) fn line(level: RDKafkaLogLevel, facility: &str, message: &str) {
    if facility == SETTING_WARNING {
        // One set of settings serves producers and consumers, so that a setting of the other kind is no mistake.
        tracing::debug!(target: "librdkafka", facility, "{message}");
        return;
    }
    match level {
        RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical | RDKafkaLogLevel::Error => {
            tracing::error!(target: "librdkafka", facility, "{message}");
        }
        RDKafkaLogLevel::Warning => tracing::warn!(target: "librdkafka", facility, "{message}"),
        RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => tracing::info!(target: "librdkafka", facility, "{message}"),
        RDKafkaLogLevel::Debug => tracing::debug!(target: "librdkafka", facility, "{message}"),
    }
}

/// An error of the client as a whole, such as a broker that is gone. librdkafka goes on trying, so that it is a warning.
pub(crate) fn client_error(error: &KafkaError, reason: &str) {
    tracing::warn!(target: "librdkafka", %error, "{reason}");
}
