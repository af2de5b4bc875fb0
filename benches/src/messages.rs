//! The messages that are measured: all different, and the same in every run.
//!
//! Several thousand different ones matter. A few hundred are memorised by the processor's branch predictor, which makes
//! loops over bytes look three times as fast as they are on data that it has never seen.

use crate::bench::{Address, Customer, SensorAlert, Severity, Tier, v1};

/// How many messages of each kind to measure.
pub const COUNT: usize = 8_192;

/// The messages of workload W1.
#[must_use]
pub fn sensor_alerts() -> Vec<SensorAlert> {
    let mut random = Random(1);
    let kinds = ["TEMPERATURE_HIGH", "PRESSURE_LOW", "BATTERY", "OFFLINE", "VIBRATION_ANOMALY"];
    let alert = |index: i64| SensorAlert {
        sensor_id: random.ascii(12, 36),
        alert_type: random.one_of(&kinds).into(),
        timestamp: 1_760_000_000_000 + index * 137,
        severity: random.one_of(&[Severity::Info, Severity::Warning, Severity::Critical]),
        message: random.text(40, 120),
    };
    (0i64..).take(COUNT).map(alert).collect()
}

/// The messages of workload W2.
#[must_use]
pub fn customers() -> Vec<Customer> {
    let mut random = Random(2);
    let customer = |index: i64| Customer {
        id: 1_000_000 + random.long(30),
        name: random.text(10, 24),
        email: random.ascii(16, 30),
        phone: (random.between(0, 9) < 7).then(|| random.ascii(10, 14)),
        address: Address {
            street: random.text(12, 30),
            city: random.text(6, 16),
            zip: random.ascii(5, 5),
            country: random.ascii(2, 14),
        },
        tags: (0..random.between(0, 5)).map(|_| random.text(4, 10)).collect(),
        created_at: 1_760_000_000_000 + index * 991,
        attributes: (0..random.between(0, 4)).map(|_| (random.ascii(4, 10), random.text(4, 16))).collect(),
        tier: random.one_of(&[Tier::Bronze, Tier::Silver, Tier::Gold, Tier::Legacy]),
        balance: (0..random.between(3, 8)).map(|_| random.byte()).collect(),
    };
    (0i64..).take(COUNT).map(customer).collect()
}

/// The messages of workload W5: customers of version 1.
#[must_use]
pub fn customers_of_version_1() -> Vec<v1::Customer> {
    let mut random = Random(5);
    let customer = |customer: Customer| v1::Customer {
        full_name: customer.name,
        id: i32::try_from(customer.id).unwrap_or(i32::MAX),
        segment: random.ascii(4, 12),
        email: customer.email,
        created_at: customer.created_at,
        notes: (0..random.between(0, 3)).map(|_| random.text(4, 16)).collect(),
        score: f64::from(random.byte()) / 8.0,
        tier: random.one_of(&[v1::Tier::Bronze, v1::Tier::Silver, v1::Tier::Gold, v1::Tier::Platinum]),
        tags: customer.tags,
        attributes: customer.attributes,
        address: v1::Address {
            street: customer.address.street,
            city: customer.address.city,
            zip: customer.address.zip,
            country: customer.address.country,
        },
        balance: customer.balance,
    };
    customers().into_iter().map(customer).collect()
}

/// SplitMix64: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From `low` to `high`, both included.
    fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    /// A number of up to `bits` bits, where short ones are as frequent as long ones.
    fn long(&mut self, bits: u64) -> i64 {
        let width = self.between(1, bits);
        (self.next() >> (64 - width)).cast_signed()
    }

    fn one_of<T: Clone>(&mut self, values: &[T]) -> T {
        let index = self.next() % values.len() as u64;
        values
            .iter()
            .cycle()
            .nth(usize::try_from(index).unwrap_or(0))
            .cloned()
            .expect("there is something to choose from")
    }

    /// Lower-case letters.
    fn ascii(&mut self, shortest: u64, longest: u64) -> String {
        let length = self.between(shortest, longest);
        (0..length).map(|_| char::from(b'a' + self.byte() % 26)).collect()
    }

    /// Lower-case letters; three in a hundred of the longer ones end with a letter of two bytes.
    fn text(&mut self, shortest: u64, longest: u64) -> String {
        let mut text = self.ascii(shortest, longest);
        if text.len() > 4 && self.next() % 100 < 3 {
            text.truncate(text.len() - 2);
            text.push('é');
        }
        text
    }
}
