//! The types of `tests/schemas/shop`, written by hand.

use std::collections::HashMap;

use avro_derive::Avro;
use avro_typed::jiff::Timestamp;
use avro_typed::jiff::civil::Date;
use avro_typed::rust_decimal::Decimal;
use avro_typed::uuid::Uuid;

/// An order of the shop.
/// It may have several lines.
#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(namespace = "shop", rename_all = "camelCase", alias = "Purchase", alias = "old.Order")]
pub(crate) struct Order {
    /// Its number.
    #[avro(alias = "number")]
    pub(crate) id: i64,
    pub(crate) customer: Customer,
    pub(crate) lines: Vec<Line>,
    #[avro(default = "\"LOW\"")]
    pub(crate) level: Level,
    #[avro(default)]
    pub(crate) note: Option<String>,
    #[avro(logical = "timestamp-millis")]
    pub(crate) created_at: Timestamp,
    #[avro(logical = "decimal", precision = 12, scale = 2)]
    pub(crate) total: Decimal,
    #[avro(logical = "decimal", precision = 18, scale = 4, fixed = "Money", size = 8, default)]
    pub(crate) deposits: Option<Vec<Decimal>>,
    /// How often it was read; nobody else's business.
    #[avro(skip)]
    pub(crate) reads: usize,
    pub(crate) digest: Md5,
    #[avro(default)]
    pub(crate) tags: HashMap<String, Vec<String>>,
    #[avro(default = r#""\u00ff""#)]
    pub(crate) payload: Vec<u8>,
    #[avro(default)]
    pub(crate) weight: f32,
    #[avro(default = "1.5e3")]
    pub(crate) height: f64,
    pub(crate) payment: Payment,
    #[avro(default)]
    pub(crate) refund: Option<Payment>,
    pub(crate) day: Date,
    pub(crate) key: Uuid,
    pub(crate) r#type: (),
}

#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(namespace = "shop.people")]
pub(crate) struct Customer {
    pub(crate) name: String,
    #[avro(default = "18")]
    pub(crate) age: Option<i32>,
}

#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(rename = "shop.Line")]
pub(crate) struct Line {
    pub(crate) article: String,
    #[avro(default = "1")]
    pub(crate) count: i32,
    #[avro(rename = "sealed", default)]
    pub(crate) is_sealed: bool,
}

/// How urgent it is.
#[derive(Avro, Clone, Copy, Debug, Default, PartialEq)]
#[avro(namespace = "shop", rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Level {
    Low,
    #[default]
    VeryNormal,
    #[avro(rename = "HIGH")]
    Urgent,
}

/// A hash.
#[derive(Avro, Clone, Copy, Debug, PartialEq)]
#[avro(fixed, namespace = "shop")]
pub(crate) struct Md5(pub(crate) [u8; 16]);

#[derive(Avro, Clone, Debug, PartialEq)]
pub(crate) enum Payment {
    Card(Card),
    Account(i64),
    Cheque(Box<str>),
}

#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(namespace = "shop")]
pub(crate) struct Card {
    pub(crate) number: String,
}

// Recursive by itself, and by others.
#[derive(Avro, Clone, Debug, Default, PartialEq)]
#[avro(namespace = "shop.tree")]
pub(crate) struct Node {
    pub(crate) name: String,
    #[avro(default)]
    pub(crate) next: Option<Box<Self>>,
    #[avro(default)]
    pub(crate) children: Vec<Node>,
    #[avro(default)]
    pub(crate) rule: Option<Rule>,
}

#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(namespace = "shop.tree")]
pub(crate) struct Rule {
    pub(crate) when: Condition,
}

#[derive(Avro, Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    Number(i64),
    Node(Box<Node>),
    All(Vec<Rule>),
}

/// A root without a name.
#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(transparent)]
pub(crate) struct Bundle(pub(crate) HashMap<String, Vec<Option<Payment>>>);

/// An earlier version of the order: other fields in another order, narrower numbers, and a level that is not there any
/// more.
#[derive(Avro, Clone, Debug)]
#[avro(rename = "old.Order", rename_all = "camelCase")]
pub(crate) struct OldOrder {
    pub(crate) payment: String,
    pub(crate) weight: i32,
    pub(crate) removed: Vec<Card>,
    pub(crate) number: i32,
    pub(crate) note: Option<String>,
    pub(crate) level: OldLevel,
    pub(crate) customer: OldCustomer,
    pub(crate) created_at: i64,
    pub(crate) total: Vec<u8>,
    pub(crate) lines: Vec<OldLine>,
    pub(crate) digest: Md5,
    pub(crate) refund: Refund,
    pub(crate) day: i32,
    pub(crate) key: String,
    pub(crate) r#type: (),
}

#[derive(Avro, Clone, Debug)]
#[avro(rename = "shop.Level", rename_all = "UPPERCASE")]
pub(crate) enum OldLevel {
    Whenever,
    High,
}

#[derive(Avro, Clone, Debug)]
#[avro(rename = "shop.people.Customer")]
pub(crate) struct OldCustomer {
    pub(crate) name: Vec<u8>,
}

#[derive(Avro, Clone, Debug)]
#[avro(rename = "shop.Line")]
pub(crate) struct OldLine {
    pub(crate) article: String,
    pub(crate) count: Option<i32>,
}

#[derive(Avro, Clone, Debug)]
pub(crate) enum Refund {
    Text(String),
    #[avro(null)]
    None,
    Number(i32),
}

/// Orders that differ in every field.
pub(crate) fn orders() -> Vec<Order> {
    let small = Order {
        id: 1,
        customer: Customer { name: String::new(), age: None },
        lines: Vec::new(),
        level: Level::Low,
        note: None,
        created_at: Timestamp::UNIX_EPOCH,
        total: Decimal::ZERO,
        deposits: None,
        reads: 0,
        digest: Md5([0; 16]),
        tags: HashMap::new(),
        payload: Vec::new(),
        weight: 0.0,
        height: -0.0,
        payment: Payment::Account(-1),
        refund: None,
        day: Date::constant(1970, 1, 1),
        key: Uuid::nil(),
        r#type: (),
    };
    let large = Order {
        id: i64::MIN,
        customer: Customer { name: "Zoë".to_owned(), age: Some(-3) },
        lines: vec![
            Line { article: "pen".to_owned(), count: i32::MAX, is_sealed: true },
            Line { article: "ink".to_owned(), count: 0, is_sealed: false },
        ],
        level: Level::Urgent,
        note: Some("fragile".to_owned()),
        created_at: Timestamp::constant(1_700_000_000, 123_000_000),
        total: Decimal::new(-123_456_789, 2),
        deposits: Some(vec![Decimal::new(1, 4), Decimal::new(-10_000, 4)]),
        reads: 0,
        digest: Md5([0xab; 16]),
        tags: HashMap::from([("color".to_owned(), vec!["red".to_owned(), "blue".to_owned()])]),
        payload: vec![0xff, 0],
        weight: 1.25,
        height: f64::MAX,
        payment: Payment::Card(Card { number: "4111".to_owned() }),
        refund: Some(Payment::Cheque("no. 7".into())),
        day: Date::constant(2026, 11, 22),
        key: Uuid::from_u128(0x1234_5678_9abc_def0_1234_5678_9abc_def0),
        r#type: (),
    };
    vec![small, large]
}

/// A tree of every kind of recursion.
pub(crate) fn tree() -> Node {
    let leaf = Node { name: "leaf".to_owned(), ..Node::default() };
    let rule = Rule { when: Condition::All(vec![Rule { when: Condition::Number(7) }]) };
    Node {
        name: "root".to_owned(),
        next: Some(Box::new(leaf.clone())),
        children: vec![leaf.clone(), Node { rule: Some(rule), ..leaf.clone() }],
        rule: Some(Rule { when: Condition::Node(Box::new(leaf)) }),
    }
}
