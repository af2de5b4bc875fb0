//! Generated code compiles, wherever it stands, and does what it should.

use std::collections::HashMap;
use std::fmt::Debug;

use avro_model::Schema;
use avro_typed::jiff::Timestamp;
use avro_typed::jiff::civil::{Date, DateTime};
use avro_typed::rust_decimal::Decimal;
use avro_typed::{AvroType, Decode, DecodeBorrowed, DecodeOwned, Encode};

use crate::golden::generated::defaults::com::example::defaults::{self, EveryDefault, Inner, Two};
use crate::golden::generated::kinds::com::example::kinds::{Empty, EveryKind, Hash, Suit};
use crate::golden::generated::mutual_recursion::golden::{Call, Expression, Operand, StringOrCall};
use crate::golden::generated::names as generated;
use crate::golden::generated::names::com::r#type::self_::str_::{KeywordSymbols, Match_};
use crate::golden::generated::recursion::golden::{Node, NodeOrString};
use crate::golden::generated::wide::StringOrInt;
use crate::golden::generated::wide::golden::{Level, Wide};

#[test]
fn a_recursive_tree() {
    let leaf = |label: &str| Node {
        label: label.to_owned(),
        next: None,
        previous: None,
        children: Vec::new(),
        by_name: HashMap::new(),
        either: None,
        one: None,
    };
    let tree = Node {
        next: Some(Box::new(leaf("next"))),
        previous: Some(Box::new(leaf("previous"))),
        children: vec![leaf("first"), Node { children: vec![leaf("inner")], ..leaf("second") }],
        by_name: HashMap::from([("named".to_owned(), leaf("named"))]),
        either: Some(NodeOrString::Node(Box::new(leaf("either")))),
        one: Some(vec![None, Some(leaf("one"))]),
        ..leaf("root")
    };
    check(&tree);
    // label "leaf", branch 0 of next, branch 1 of previous, two empty collections, branch 0 twice.
    assert_eq!(avro_typed::to_vec(&leaf("leaf")).unwrap(), b"\x08leaf\x00\x02\x00\x00\x00\x00");
}

#[test]
fn mutually_recursive_records() {
    let expression = |operator: &str, nested: Option<Expression>, argument| Expression {
        operator: operator.to_owned(),
        operand: Operand { constant: 1, nested: nested.map(Box::new) },
        argument,
    };
    let constant = || expression("id", None, StringOrCall::String("x".to_owned()));
    let call = StringOrCall::Call(Box::new(Call { function: constant() }));
    let negated = expression("neg", Some(constant()), call);
    check(&negated);
}

/// Data decides how deep a recursive value is, and must not decide over the stack.
#[test]
fn too_deep_a_tree_is_an_error() {
    // A node without label whose `next` is another, for ever.
    let hostile = b"\x00\x02".repeat(1_000_000);
    let error = avro_typed::from_slice::<Node>(&hostile).unwrap_err();
    assert!(error.to_string().contains("Node.next.next"), "{error}");
}

#[test]
fn keywords_and_the_names_of_generated_locals() {
    let value = Match_ {
        r#type: 1,
        self_: 2,
        crate_: 3,
        super_: 4,
        r#extern: 5,
        r#async: 6,
        r#gen: 7,
        reader: 8,
        writer: 9,
        resolving: 10,
        step: 11,
        fields: 12,
        field: 13,
        field_0: 14,
        serializer: 15,
        avro: 16,
        __: 17,
        _1: 18,
        http_status: 19,
        camel_case: 20,
        screaming_case: 21,
        r#enum: KeywordSymbols::NotFound,
    };
    check(&value);
    let json = serde_json::to_value(&value).unwrap();
    assert_eq!(json["type"], 1);
    assert_eq!(json["self"], 2);
    assert_eq!(json["HTTPStatus"], 19);
    assert_eq!(json["enum"], "NOT_FOUND");
}

#[test]
fn symbols_keep_their_avro_names() {
    assert_eq!(
        KeywordSymbols::SYMBOLS,
        ["Self", "None", "Some", "Ok", "Err", "self_type", "type", "_", "_1", "NOT_FOUND", "v1_0", "X_Y_Z"]
    );
    assert_eq!(KeywordSymbols::Self_.as_str(), "Self");
    assert_eq!(format!("[{:>6}]", KeywordSymbols::Xyz), "[ X_Y_Z]");
    assert!(KeywordSymbols::Self_ < KeywordSymbols::None);
    assert_eq!(Suit::default(), Suit::Hearts);
    for (index, symbol) in Suit::SYMBOLS.iter().enumerate() {
        let suit: Suit = serde_json::from_value((*symbol).into()).unwrap();
        assert_eq!((suit as usize, suit.as_str()), (index, *symbol));
        check(&suit);
    }
    let unknown = serde_json::from_str::<Suit>("\"STARS\"").unwrap_err().to_string();
    assert!(unknown.contains("STARS") && unknown.contains("DIAMONDS"), "{unknown}");
}

#[test]
fn types_that_are_called_like_those_of_std() {
    let core = generated::core::Core {
        inner: generated::core::core::std::Inner { up: None },
        typed: generated::avro_typed::avro::Typed([1, 2, 3]),
    };
    let value = generated::Option {
        string: generated::String { text: Some("text".to_owned()) },
        vec: vec![generated::Vec::Only],
        result: Some(generated::Result([1, 2])),
        some: generated::Some([3]),
        none: generated::None([4]),
        ok: generated::Ok([5]),
        err: generated::Err([6]),
        r#box: Some(Box::new(generated::Box { inside: None })),
        default: generated::Default {},
        s: generated::S { m: generated::M { d: generated::D([0; 4]) } },
        core,
    };
    check(&value);
}

#[test]
fn every_kind_of_field() {
    let value = every_kind();
    check(&value);
    check(&EveryKind {
        null_first: None,
        null_last: None,
        money_again: None,
        micros: None,
        array: Vec::new(),
        map: HashMap::new(),
        ..value
    });
}

fn every_kind() -> EveryKind {
    EveryKind {
        nothing: (),
        boolean: true,
        int: i32::MIN,
        long: i64::MAX,
        float: 1.5,
        double: -0.25,
        bytes: vec![0, 255],
        string: "Grüße 😀".to_owned(),
        array: vec![None, Some(-1)],
        map: HashMap::from([("key".to_owned(), vec![vec![1], Vec::new()])]),
        deep: vec![HashMap::from([("a".to_owned(), vec![HashMap::from([("b".to_owned(), vec![None])])])])],
        null_first: Some("first".to_owned()),
        null_last: Some("last".to_owned()),
        suit: Suit::Clubs,
        hash: Hash([7; 16]),
        decimal: Decimal::new(-12_345, 2),
        money: Decimal::new(1, 4),
        money_again: Some(vec![Decimal::new(5, 4)]),
        huge_decimal: "123456789012345678901234567890123456789.01".parse().unwrap(),
        millis: Timestamp::from_millisecond(-1).unwrap(),
        micros: Some(Timestamp::from_microsecond(1_700_000_000_000_001).unwrap()),
        uuid: "f81d4fae-7dec-11d0-a765-00a0c91e6bf6".parse().unwrap(),
        empty: Empty {},
    }
}

/// Counts in hostile input are bounded by these.
#[test]
fn the_least_size_is_exact() {
    assert_eq!(<Node as Decode>::MIN_SIZE, 7);
    assert_eq!(<Operand as Decode>::MIN_SIZE, 2);
    assert_eq!(<Expression as Decode>::MIN_SIZE, 5);
    assert_eq!(<Empty as Decode>::MIN_SIZE, 0);
    assert_eq!(<Hash as Decode>::MIN_SIZE, 16);
    assert_eq!(<EveryKind as Decode>::MIN_SIZE, 53);
}

/// The writer has the fields in another order, one that the reader lacks, and lacks two that have defaults.
#[test]
fn what_another_version_wrote_is_read_through_a_plan() {
    let writer = Schema::parse(
        r#"{"type": "record", "name": "com.example.defaults.Inner", "fields": [
            {"name": "gone", "type": {"type": "array", "items": "string"}}, {"name": "own", "type": "string"}]}"#,
    );
    let reader = Schema::parse(Inner::schema().json).unwrap();
    let plan = avro_model::resolution::Plan::new(&writer.unwrap(), &reader).unwrap();
    let value: Inner = avro_typed::from_slice_resolved(b"\x02\x06abc\x00\x06own", &plan).unwrap();
    assert_eq!(value, Inner { given: 1, own: "own".to_owned(), next: None });
}

/// A record of so many fields is read and written in groups.
#[test]
fn a_wide_record() {
    let json = |inner: &str| {
        let fields = (0..48).map(|index| {
            let value = match index % 8 {
                0 => format!("\"text {index}\""),
                1 => format!("{index}"),
                2 => format!("\"maybe {index}\""),
                3 => format!("{{\"int\": {index}}}"),
                4 => format!("[1, {index}]"),
                5 => format!("[\"item {index}\"]"),
                6 => format!("{index}.5"),
                _ => format!("\"{index}.25\""),
            };
            format!("\"field{index}\": {value}")
        });
        format!("{{{}, \"level\": \"LOW\", \"next\": {inner}}}", fields.collect::<Vec<_>>().join(", "))
    };
    let value: Wide = serde_json::from_str(&json(&json("null"))).unwrap();
    assert_eq!(value.field0, "text 0");
    assert_eq!(value.field43, Some(StringOrInt::Int(43)));
    assert_eq!(value.next.as_ref().map(|next| (next.field47, next.level)), Some((Decimal::new(4725, 2), Level::Low)));
    check(&value);
    // The first byte of each string is its length: the last datum that is cut within `field40` of the inner record.
    let bytes = avro_typed::to_vec(&value).unwrap();
    let place = bytes.windows(7).rposition(|window| window == b"text 40").unwrap();
    let error = avro_typed::from_slice::<Wide>(&bytes[..place]).unwrap_err();
    assert_eq!(error.path(), "Wide.next.field40");
    let missing = serde_json::from_str::<Wide>("{}").unwrap_err().to_string();
    assert!(missing.contains("`field0`"), "{missing}");
}

/// The writer has the fields of a wide record backwards, one more, and lacks those that have defaults.
#[test]
fn a_wide_record_of_another_version_is_read_through_a_plan() {
    let reader = Schema::parse(Wide::schema().json).unwrap();
    let json: serde_json::Value = serde_json::from_str(Wide::schema().json).unwrap();
    let mut fields: Vec<_> = json["fields"].as_array().unwrap().iter().rev().cloned().collect();
    fields.retain(|field| field.get("default").is_none());
    fields.insert(3, serde_json::json!({"name": "gone", "type": "string"}));
    let writer =
        Schema::parse(&serde_json::json!({"type": "record", "name": "golden.Wide", "fields": fields}).to_string());
    let plan = avro_model::resolution::Plan::new(&writer.unwrap(), &reader).unwrap();
    // Null, nothing and 0 are one byte of zero; only doubles take eight, and decimals a byte of their own.
    let datum: Vec<u8> = fields
        .iter()
        .flat_map(|field| match &field["type"] {
            serde_json::Value::String(ty) if ty == "double" => vec![0; 8],
            ty if ty.get("logicalType").is_some() => vec![2, 17],
            _ => vec![0],
        })
        .collect();
    let value: Wide = avro_typed::from_slice_resolved(&datum, &plan).unwrap();
    assert_eq!((value.field0.as_str(), value.field8.as_str(), value.field1), ("", "text", 7));
    assert_eq!((value.field47, value.level, value.next), (Decimal::new(17, 2), Level::High, None));
    let error = avro_typed::from_slice_resolved::<Wide>(&datum[..datum.len() - 1], &plan).unwrap_err();
    assert_eq!(error.path(), "Wide.field0");
}

/// Every field that is added adds the same code, and none adds what grows with those before it.
#[test]
fn the_code_of_a_record_grows_with_its_fields_alone() {
    let size = |count: usize| {
        let field = |index: usize| format!(r#"{{"name": "field_{index:04}", "type": ["null", "string"]}}"#);
        let fields: Vec<String> = (0..count).map(field).collect();
        let text = format!(r#"{{"type": "record", "name": "Wide", "fields": [{}]}}"#, fields.join(", "));
        let set = avro_model::SchemaSet::parse(vec![avro_model::Source::new("wide.avsc", text)]).unwrap();
        let code = avro_codegen::generate_file(&set, &avro_codegen::Options::new()).unwrap();
        // The line of `?`s that a function has at most: each of them has a way out past all values before it.
        let function_of = |line: &str| line.contains("group(") || line.contains(" fn ");
        let mut longest = 0;
        let mut here = 0;
        for line in code.lines() {
            here = if function_of(line) { 0 } else { here + usize::from(line.ends_with("?,")) };
            longest = longest.max(here);
        }
        (code.len(), longest)
    };
    let ((small, line_of_small), (large, line_of_large)) = (size(100), size(1_000));
    assert!(large < 11 * small, "{small} bytes for 100 fields, {large} for 1,000");
    assert_eq!((line_of_small, line_of_large), (16, 16));
}

/// Null first is branch 0, null last is branch 1.
#[test]
fn the_place_of_null_decides_the_branch() {
    let bytes = avro_typed::to_vec(&generated::String { text: Some("x".to_owned()) }).unwrap();
    assert_eq!(bytes, [2, 2, b'x']);
    let two = avro_typed::to_vec(&EveryDefault::default()).unwrap();
    let present = [&[0_u8, 8][..], b"here"].concat();
    assert!(two.windows(present.len()).any(|window| window == present), "{two:?}");
}

#[test]
fn defaults_of_every_kind() {
    let value = EveryDefault::default();
    assert!(value.boolean);
    assert_eq!(value.int, i32::MIN);
    assert_eq!(value.long, i64::MIN);
    assert_eq!(Ok(value.float), "3.14".parse());
    assert_eq!(value.double.to_bits(), 0_f64.to_bits());
    assert_eq!(value.small.to_bits(), 0.000_01_f64.to_bits());
    assert!(value.not_a_number.is_nan());
    assert_eq!(value.bytes, [0xff, 0, b'"', b'\\', b'a']);
    assert!(value.no_bytes.is_empty());
    assert_eq!(value.string, "quote \" backslash \\ line\nreturn\r é #\"#");
    assert_eq!(value.no_string, "");
    assert_eq!(value.array, [1, 2, 3]);
    let map = [("a", "b"), ("c", "d")].map(|(key, value)| (key.to_owned(), Some(value.to_owned())));
    assert_eq!(value.map, HashMap::from(map));
    assert_eq!(value.absent, None);
    assert_eq!(value.present.as_deref(), Some("here"));
    assert_eq!(value.symbol, defaults::Suit::Clubs);
    assert_eq!(value.fixed, Two([0, 0xff]));
    assert_eq!(value.decimal, Decimal::new(-123, 2));
    assert_eq!(value.millis, Timestamp::from_millisecond(-1).unwrap());
    let own = Inner { given: 1, own: "own default".to_owned(), next: None };
    assert_eq!(value.record, Inner { given: 2, ..own.clone() });
    assert_eq!(value.records, [own.clone(), Inner { own: "x".to_owned(), ..own }]);
    check_schema::<EveryDefault>();
}

#[test]
fn json_with_missing_fields_takes_the_defaults() {
    let value: Inner = serde_json::from_str(r#"{"own": "given"}"#).unwrap();
    assert_eq!(value, Inner { own: "given".to_owned(), ..Inner::default() });
    let missing = serde_json::from_str::<Operand>("{}").unwrap_err().to_string();
    assert!(missing.contains("`constant`"), "{missing}");
}

/// The generator knows these ranges without depending on jiff.
#[test]
fn the_ranges_of_dates_and_times_are_those_of_jiff() {
    let microseconds = |time: DateTime| time.duration_since(Date::constant(1970, 1, 1).at(0, 0, 0, 0)).as_micros();
    let days = |date: Date| i128::from(date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24);
    for (ty, logical, first, last) in [
        ("long", "timestamp-micros", Timestamp::MIN.as_microsecond().into(), Timestamp::MAX.as_microsecond().into()),
        ("long", "local-timestamp-micros", microseconds(DateTime::MIN), microseconds(DateTime::MAX)),
        ("int", "date", days(Date::MIN), days(Date::MAX)),
        ("long", "time-micros", 0, 86_399_999_999),
    ] {
        for (count, is_valid) in [(first, true), (first - 1, false), (last, true), (last + 1, false)] {
            let text = format!(
                r#"{{"type": "record", "name": "R", "fields": [{{"name": "at", "default": {count},
                    "type": {{"type": "{ty}", "logicalType": "{logical}"}}}}]}}"#
            );
            let source = avro_model::Source::new("r.avsc", text);
            let set = avro_model::SchemaSet::parse(vec![source]).unwrap();
            let generated = avro_codegen::Generator::new(&set, &avro_codegen::Options::new()).generate().unwrap();
            assert_eq!(generated.warnings.list.is_empty(), is_valid, "for {logical} {count}");
        }
    }
}

/// What is written is read back as the same value: in Avro, by the straight path and by a plan, and in JSON.
#[track_caller]
pub(crate) fn check<T>(value: &T)
where
    T: Encode
        + DecodeOwned
        + DecodeBorrowed
        + AvroType
        + Debug
        + PartialEq
        + serde::Serialize
        + serde::de::DeserializeOwned,
{
    let bytes = avro_typed::to_vec(value).unwrap();
    assert!(bytes.len() >= <T as Decode<'_>>::MIN_SIZE, "{} bytes", bytes.len());
    assert_eq!(&avro_typed::from_slice::<T>(&bytes).unwrap(), value);

    let schema = Schema::parse(T::schema().json).unwrap();
    let plan = avro_model::resolution::Plan::new(&schema, &schema).unwrap();
    assert_eq!(&avro_typed::from_slice_resolved::<T>(&bytes, &plan).unwrap(), value);

    let decoder = avro_typed::Decoder::new();
    assert_eq!(&T::from_view(decoder.view::<T>(&bytes).unwrap()), value);
    assert_eq!(&T::from_view(decoder.view_resolved::<T>(&bytes, &plan).unwrap()), value);

    let mut old = avro_typed::from_slice::<T>(&bytes).unwrap();
    decoder.decode_into(&bytes, &mut old).unwrap();
    assert_eq!(&old, value);
    decoder.decode_resolved_into(&bytes, &plan, &mut old).unwrap();
    assert_eq!(&old, value);

    let json = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value, "{json}");
    check_schema::<T>();
}

/// The schema stands for itself, and the fingerprints are its own.
#[track_caller]
fn check_schema<T: AvroType>() {
    let schema = Schema::parse(T::schema().json).unwrap();
    let name = schema.fullname().map_or_else(|| schema.root().kind.name(), |fullname| Some(fullname.as_str()));
    assert_eq!(name, Some(T::FULLNAME));
    assert_eq!(schema.to_json(), T::schema().json);
    assert_eq!(schema.fingerprint_crc64(), T::schema().fingerprint_crc64);
    assert_eq!(schema.fingerprint_sha256(), T::schema().fingerprint_sha256);
}
