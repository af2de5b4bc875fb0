//! The messages that are measured: all different, and the same in every run.
//!
//! Several thousand different ones matter. A few hundred are memorised by the processor's branch predictor, which makes
//! loops over bytes look three times as fast as they are on data that it has never seen.

use crate::bench::{Address, Customer, Doubles, Longs, Reading, Readings, SensorAlert, Severity, Telemetry, Tier, v1};

/// How many messages of each kind to time.
pub const COUNT: usize = 8_192;

/// How many arrays of each kind to time.
pub const ARRAYS: usize = 128;

/// How many items each array has.
pub const ITEMS: usize = 1_000;

/// The messages of workload W1.
#[must_use]
pub fn sensor_alerts(count: usize) -> Vec<SensorAlert> {
    let mut random = Random(1);
    let kinds = ["TEMPERATURE_HIGH", "PRESSURE_LOW", "BATTERY", "OFFLINE", "VIBRATION_ANOMALY"];
    let alert = |index: i64| SensorAlert {
        sensor_id: random.ascii(12, 36),
        alert_type: random.one_of(&kinds).into(),
        timestamp: 1_760_000_000_000 + index * 137,
        severity: random.one_of(&[Severity::Info, Severity::Warning, Severity::Critical]),
        message: random.text(40, 120),
    };
    (0i64..).take(count).map(alert).collect()
}

/// The messages of workload W2.
#[must_use]
pub fn customers(count: usize) -> Vec<Customer> {
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
    (0i64..).take(count).map(customer).collect()
}

/// The messages of workload W3.
#[must_use]
pub fn telemetry(count: usize) -> Vec<Telemetry> {
    let mut random = Random(3);
    let telemetry = |index: i64| Telemetry {
        measured_at: 1_760_000_000_000_000 + index * 1_000,
        sequence: random.int(6),
        latitude: random.double(180.0) - 90.0,
        speed: random.float(200.0),
        is_moving: random.one_of(&[false, true]),
        odometer: random.long(20),
        satellites: random.int(14),
        longitude: random.double(360.0) - 180.0,
        altitude_offset: -random.long(30),
        steering_angle: -random.int(10),
        battery_voltage: random.double(800.0),
        battery_charge: random.float(1.0),
        is_charging: random.one_of(&[false, true]),
        energy_used: random.long(40),
        motor_speed: random.int(30),
        motor_temperature: random.double(150.0),
        faults: 0,
        gear: 1,
        tire_pressure: random.double(4.0),
        brake_pressure: random.float(90.0),
        has_driver: random.one_of(&[false, true]),
        door_cycles: random.long(8),
        cabin_fan: random.int(7),
        cabin_temperature: random.double(40.0),
        bytes_sent: random.long(50),
        signal_strength: random.int(20),
        outside_temperature: random.double(50.0),
        received_at: 1_760_000_000_000 + index,
        firmware: 42,
        humidity: random.double(100.0),
    };
    (0i64..).take(count).map(telemetry).collect()
}

/// Messages of workload W4: longs of up to 40 bits, one in eight of them negative.
#[must_use]
pub fn longs(count: usize) -> Vec<Longs> {
    let mut random = Random(4);
    let mut long = || {
        let long = random.long(40);
        if random.byte().is_multiple_of(8) { -long } else { long }
    };
    (0..count).map(|_| Longs { values: (0..ITEMS).map(|_| long()).collect() }).collect()
}

/// Messages of workload W4: milliseconds since 1970 that follow each other.
#[must_use]
pub fn timestamps(count: usize) -> Vec<Longs> {
    let mut timestamps = (1_760_000_000_000..).step_by(37);
    (0..count).map(|_| Longs { values: timestamps.by_ref().take(ITEMS).collect() }).collect()
}

/// Messages of workload W4: doubles.
#[must_use]
pub fn doubles(count: usize) -> Vec<Doubles> {
    let mut random = Random(6);
    (0..count).map(|_| Doubles { values: (0..ITEMS).map(|_| random.double(1_000.0)).collect() }).collect()
}

/// Messages of workload W4: small records.
#[must_use]
pub fn readings(count: usize) -> Vec<Readings> {
    let mut random = Random(7);
    let mut reading = || Reading {
        id: random.long(24),
        value: random.double(1_000.0),
        is_valid: random.one_of(&[false, true]),
        sensor: random.text(4, 12),
    };
    (0..count).map(|_| Readings { values: (0..ITEMS).map(|_| reading()).collect() }).collect()
}

/// The messages of workload W5: customers of version 1.
#[must_use]
pub fn customers_of_version_1(count: usize) -> Vec<v1::Customer> {
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
    customers(count).into_iter().map(customer).collect()
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

    /// A number of up to `bits` bits, at most 31.
    fn int(&mut self, bits: u64) -> i32 {
        i32::try_from(self.long(bits)).unwrap_or(i32::MAX)
    }

    /// From zero up to `bound`.
    fn double(&mut self, bound: f64) -> f64 {
        let steps = u32::try_from(self.next() >> 32).unwrap_or(u32::MAX);
        f64::from(steps) / f64::from(u32::MAX) * bound
    }

    /// The same in single precision.
    fn float(&mut self, bound: f32) -> f32 {
        let steps = u16::try_from(self.next() >> 48).unwrap_or(u16::MAX);
        f32::from(steps) / f32::from(u16::MAX) * bound
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
