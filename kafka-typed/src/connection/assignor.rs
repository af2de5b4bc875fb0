//! How a group spreads partitions over its members.

use rdkafka::ClientConfig;

use super::settings::GROUP_PROTOCOL;

/// The assignor that a consumer asks for, as it is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assignor {
    /// The setting that decides.
    pub(crate) setting: &'static str,
    /// Its value: a list, of which the first one counts that all members have.
    pub(crate) value: String,
}

/// The assignor that gives a member the partitions of the same numbers of all topics that have as many.
const RANGE: &str = "range";

impl Assignor {
    pub(crate) fn of(config: &ClientConfig) -> Self {
        // With the group protocol of KIP-848 the brokers assign, by `uniform` where nothing is set.
        let (setting, default) = match config.get(GROUP_PROTOCOL) {
            Some(protocol) if protocol.eq_ignore_ascii_case("consumer") => ("group.remote.assignor", "uniform"),
            _ => ("partition.assignment.strategy", "range,roundrobin"),
        };
        Self { setting, value: config.get(setting).unwrap_or(default).to_owned() }
    }

    pub(crate) fn is_range(&self) -> bool {
        self.value.split(',').next().is_some_and(|first| first.trim() == RANGE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_assignor_of_the_protocol_counts() {
        let check = |settings: &[(&str, &str)], is_range| {
            let mut config = ClientConfig::new();
            for (name, value) in settings {
                config.set(*name, *value);
            }
            assert_eq!(Assignor::of(&config).is_range(), is_range, "{settings:?}");
        };
        check(&[], true);
        check(&[("partition.assignment.strategy", " range ")], true);
        check(&[("partition.assignment.strategy", "roundrobin,range")], false);
        check(&[("partition.assignment.strategy", "cooperative-sticky")], false);
        check(&[("group.protocol", "consumer")], false);
        check(&[("group.protocol", "consumer"), ("group.remote.assignor", "range")], true);
        check(&[("group.protocol", "classic"), ("group.remote.assignor", "uniform")], true);
    }
}
