//! Types with parameters.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::marker::PhantomData;

use avro_derive::Avro;
use avro_typed::{AvroType, Decode, Encode, EncodeErrorKind, from_slice, to_vec};

use super::shop::Card;

/// A page of anything.
#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(namespace = "shop")]
struct Page<T> {
    items: Vec<T>,
    #[avro(default)]
    first: Option<T>,
    next: u32,
}

#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(rename = "{K}To{V}", namespace = "pairs")]
struct Pair<K, V: Clone>
where
    K: Debug,
{
    key: K,
    value: V,
}

/// Recursive, with a parameter.
#[derive(Avro, Clone, Debug, PartialEq)]
struct Tree<T> {
    value: T,
    left: Option<Box<Tree<T>>>,
    others: BTreeMap<String, Self>,
}

#[derive(Avro, Clone, Debug, PartialEq)]
enum Either<L, R> {
    Left(L),
    #[avro(null)]
    Neither,
    Right(R),
}

#[derive(Avro, Clone, Copy, Debug, PartialEq)]
#[avro(fixed)]
struct Hash<const SIZE: usize>([u8; SIZE]);

/// The parameter is in the Rust type only.
#[derive(Avro, Clone, Debug, PartialEq)]
struct Id<T> {
    number: i64,
    #[avro(skip)]
    of: PhantomData<T>,
}

#[derive(Avro, Clone, Copy, Debug, PartialEq)]
struct View<'a, 'b> {
    name: &'a str,
    bytes: &'b [u8],
    inner: Option<Inner<'a>>,
}

#[derive(Avro, Clone, Copy, Debug, PartialEq)]
#[avro(transparent)]
struct Inner<'a>(&'a str);

fn card() -> Card {
    Card { number: "4111".to_owned() }
}

#[test]
fn names_depend_on_arguments() {
    check::<Page<Card>>("shop.Page_Card");
    check::<Page<Vec<i64>>>("shop.Page_array_long");
    check::<Page<Tree<String>>>("shop.Page_Tree_string");
    check::<Pair<String, Option<i32>>>("pairs.stringTonullable_int");
    check::<Hash<16>>("Hash_16");
    check::<Either<Card, Hash<2>>>("union");
    check::<Id<std::fs::File>>("Id");
    fn check<T: AvroType>(fullname: &str) {
        assert_eq!(T::FULLNAME, fullname);
        let schema = avro_typed::model::Schema::parse(T::schema().json).unwrap();
        assert_eq!(schema.fullname().map_or("union", |name| name.as_str()), fullname);
    }
}

#[test]
fn every_argument_has_its_own_schema() {
    assert_eq!(
        Page::<Card>::schema().json,
        r#"{"type":"record","name":"Page_Card","namespace":"shop","doc":"A page of anything.","fields":[{"name":"items","type":{"type":"array","items":{"type":"record","name":"Card","fields":[{"name":"number","type":"string"}]}}},{"name":"first","type":["null","Card"],"default":null},{"name":"next","type":"long"}]}"#
    );
    assert!(Page::<i64>::schema().json.contains(r#""first","type":["null","long"]"#));
    assert!(std::ptr::eq(Page::<i64>::schema(), Page::<i64>::schema()));
    assert_eq!(
        Either::<Card, i64>::schema().json,
        r#"[{"type":"record","name":"Card","namespace":"shop","fields":[{"name":"number","type":"string"}]},"null","long"]"#
    );
}

#[test]
fn values_round_trip() {
    check(&Page { items: vec![card()], first: Some(card()), next: u32::MAX });
    check(&Page { items: vec![vec![1_i64], vec![]], first: None, next: 0 });
    check(&Pair { key: "k".to_owned(), value: Some(-1_i32) });
    let leaf = Tree { value: card(), left: None, others: BTreeMap::new() };
    let others = BTreeMap::from([("a".to_owned(), leaf.clone())]);
    check(&Tree { value: card(), left: Some(Box::new(leaf)), others });
    check(&Id::<u64> { number: 7, of: PhantomData });
    let value = vec![Either::Left(card()), Either::Neither, Either::Right(Hash([1, 2]))];
    check(&Pair { key: "k".to_owned(), value });
    fn check<T: Encode + for<'a> Decode<'a> + PartialEq + Debug>(value: &T) {
        assert_eq!(&from_slice::<T>(&to_vec(value).unwrap()).unwrap(), value);
    }
}

#[test]
fn depth_is_bounded() {
    let mut tree = Tree { value: 0_i64, left: None, others: BTreeMap::new() };
    for value in 1..200 {
        tree = Tree { value, left: Some(Box::new(tree)), others: BTreeMap::new() };
    }
    assert!(matches!(to_vec(&tree).unwrap_err().kind(), EncodeErrorKind::DepthExceeded { .. }));
    // Each level is its value, the branch of `left`, and at the end the map.
    let datum: Vec<u8> = [0, 2].repeat(100_000);
    assert!(from_slice::<Tree<i64>>(&datum).unwrap_err().to_string().contains("nested"));
}

#[test]
fn borrowed_fields_point_into_the_datum() {
    let view = View { name: "Ada", bytes: &[1, 2], inner: Some(Inner("x")) };
    let datum = to_vec(&view).unwrap();
    let read: View<'_, '_> = from_slice(&datum).unwrap();
    assert_eq!(read, view);
    assert!(datum.as_ptr_range().contains(&read.name.as_ptr()));
    assert_eq!(
        View::schema().json,
        r#"{"type":"record","name":"View","fields":[{"name":"name","type":"string"},{"name":"bytes","type":"bytes"},{"name":"inner","type":["null","string"]}]}"#
    );
}
