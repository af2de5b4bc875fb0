//! Types of the tests' messages: versions of one record, each generated from a folder of its own.

mod alert {
    avro_derive::include_schemas!("tests/schemas/alert", views = true);
}
mod documented {
    avro_derive::include_schemas!("tests/schemas/documented");
}
mod sourced {
    avro_derive::include_schemas!("tests/schemas/sourced", views = true);
}
mod reordered {
    avro_derive::include_schemas!("tests/schemas/reordered");
}
mod owned {
    avro_derive::include_schemas!("tests/schemas/owned");
}
mod route {
    avro_derive::include_schemas!("tests/schemas/route");
}
mod tree {
    avro_derive::include_schemas!("tests/schemas/tree", views = true);
}

pub(crate) use alert::test::{Alert, AlertRef};
/// The same encoding, but another schema: it has documentation, which a registry keeps.
pub(crate) use documented::test::Alert as DocumentedAlert;
/// A reader that needs what no other version writes.
pub(crate) use owned::test::Alert as OwnedAlert;
/// The same fields in another order.
pub(crate) use reordered::test::Alert as ReorderedAlert;
/// A record of others.
pub(crate) use route::test::{Place, Route};
/// A later version: a field with a default was added.
pub(crate) use sourced::test::Alert as SourcedAlert;
/// A record that contains itself.
pub(crate) use tree::test::Tree;

impl Alert {
    /// An alert that is unlike those of other numbers.
    pub(crate) fn numbered(number: i32) -> Self {
        Self { sensor_id: format!("sensor-{number}"), level: number, message: format!("message number {number}") }
    }
}

impl Tree {
    /// A tree of so many levels.
    pub(crate) fn of_depth(depth: i32) -> Self {
        let below = (depth > 1).then(|| Box::new(Self::of_depth(depth - 1)));
        Self { level: depth, below }
    }
}
