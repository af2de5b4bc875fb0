//! Avro types without a build script: [`#[derive(Avro)]`](macro@Avro) for types that are written by hand, and
//! [`include_schemas!`] for types that are generated from schema files.
//!
//! Both give types like those that `avro_build::compile` writes from a build script: the same traits, the same bytes,
//! the same speed. Which way to take depends on what comes first. Where the schema does, generate; where Rust types are
//! there already, or a team thinks in Rust, derive. `#[avro(schema = "…")]` has both: a type that is written by hand
//! and checked against its file.
//!
//! [`#[derive(TopicValue)]`](macro@TopicValue) makes several of them, of any origin, the value of one topic.

mod ast;
mod attr;
mod check;
mod default;
mod derive;
mod errors;
mod expand;
mod files;
mod fit;
mod generic_name;
mod include_schemas;
mod look;
mod names;
mod read;
mod rename;
mod schema_file;
mod tokens;
mod topic_value;
mod wire;

use proc_macro::TokenStream;

/// The Rust types of every `.avsc`, `.avpr` and `.avdl` file in a folder and in its subfolders, and of what these
/// import.
///
/// The argument is the path of the folder, from the folder of the package's `Cargo.toml`; several folders may be given,
/// and their schemas may refer to each other. Without an argument it is `"schemas"`. The package needs `avro-typed` as
/// a dependency.
///
/// ```
/// mod messages {
///     avro_derive::include_schemas!("tests/schemas");
/// }
/// use messages::lab::{Measurement, Unit};
///
/// let measurement = Measurement { value: 21.5, unit: Unit::Celsius, note: None };
/// let bytes = avro_typed::to_vec(&measurement)?;
/// assert_eq!(avro_typed::from_slice::<Measurement>(&bytes)?, measurement);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// With `views = true` after the folders, types have views that borrow from the message, `MeasurementRef<'a>` beside
/// `Measurement`: `avro_codegen::Options::views`. Other options are for build scripts.
///
/// When a schema is wrong, the crate does not compile, and the error shows every mistake of every file with its place.
/// When a file changes or goes, cargo compiles the crate again. A file that is added is only seen the next time that
/// something else makes cargo do so, since stable Rust has no way for a macro to watch a folder.
#[proc_macro]
pub fn include_schemas(input: TokenStream) -> TokenStream {
    include_schemas::expand(input.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Makes a struct or an enum an Avro type: its schema, its codec, and all that a producer or a consumer asks for.
///
/// ```
/// use avro_derive::Avro;
/// use avro_typed::AvroType as _;
/// use avro_typed::jiff::Timestamp;
///
/// /// What a sensor has noticed.
/// #[derive(Avro, Debug, PartialEq)]
/// #[avro(namespace = "com.example", rename_all = "camelCase")]
/// struct SensorAlert {
///     /// Which one.
///     sensor_id: i64,
///     severity: Severity,
///     #[avro(logical = "timestamp-millis")]
///     noticed_at: Timestamp,
///     #[avro(default)]
///     note: Option<String>,
/// }
///
/// #[derive(Avro, Clone, Copy, Debug, Default, PartialEq)]
/// #[avro(namespace = "com.example", rename_all = "UPPERCASE")]
/// enum Severity {
///     #[default]
///     Info,
///     Critical,
/// }
///
/// let alert = SensorAlert {
///     sensor_id: 17,
///     severity: Severity::Critical,
///     noticed_at: Timestamp::UNIX_EPOCH,
///     note: None,
/// };
/// let bytes = avro_typed::to_vec(&alert)?;
/// assert_eq!(bytes, [34, 2, 0, 0]);
/// assert_eq!(avro_typed::from_slice::<SensorAlert>(&bytes)?, alert);
/// assert_eq!(SensorAlert::FULLNAME, "com.example.SensorAlert");
/// assert!(SensorAlert::schema().json.contains(r#"{"name":"sensorId","type":"long","doc":"Which one."}"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The package needs `avro-typed` as a dependency, or `#[avro(crate = "path")]` names the path under which it is
/// reached.
///
/// # What becomes what
///
/// | Rust | Avro |
/// |---|---|
/// | struct with named fields, or without fields | record |
/// | `#[avro(fixed)] struct Md5([u8; 16]);` | fixed |
/// | `#[avro(transparent)] struct OrderId(i64);` | what its field is |
/// | enum whose variants have no values | enum; `#[avro(default)]` or `#[default]` is on the symbol for those that a reader does not know |
/// | enum whose variants have one value each | union, in the order of the variants; a variant with `#[avro(null)]` and without a value is null |
/// | `bool`, `i32`, `i64`, `f32`, `f64`, `()` | boolean, int, long, float, double, null |
/// | `i8`, `i16`, `u16`, and `u32` | int, and long; a number that does not fit is an error when it is read |
/// | `String`, `&str`; `Vec<u8>`, `&[u8]` | string; bytes |
/// | `Vec<T>`; `HashMap<String, T>`, `BTreeMap<String, T>` | array; map |
/// | `Option<T>` | `["null", T]`; with a default that is not null `[T, "null"]`; of a union, its branches and null |
/// | `Box<T>`, `Arc<T>`, `&T` | what `T` is |
/// | `jiff::civil::Date`, `uuid::Uuid`, `bigdecimal::BigDecimal` | date, uuid on string, big-decimal |
/// | a derived or generated type | itself |
///
/// Other types choose with `logical` or `as` what they are: a timestamp could be in milliseconds or in microseconds.
/// `u64`, `usize` and 128-bit integers do not fit a long, and `[u8; N]` needs a name, as `fixed` gives it. Recursive
/// types are fine, with a `Box` or a `Vec` where Rust needs one.
///
/// A type that borrows, such as a struct with a `&'a str`, can be read too, out of a datum that lives long enough; a
/// consumer, whose messages go on, takes owned types only.
///
/// # Attributes of a type
///
/// | `#[avro(…)]` | |
/// |---|---|
/// | `rename = "Name"` | the name, which may have a namespace; of a generic type with `{T}` for the name of the argument |
/// | `namespace = "com.example"` | the namespace; without, the empty one |
/// | `alias = "OldName"` | an earlier name; may be repeated |
/// | `rename_all = "camelCase"` | the names of fields or symbols: `lowercase`, `UPPERCASE`, `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, each as serde has it |
/// | `doc = "…"` | the documentation, which is the doc comment otherwise |
/// | `fixed`, `transparent` | see above |
/// | `schema = "…"`, `name = "…"`, `subset` | see below |
/// | `crate = "path"` | where avro-typed is |
///
/// # Attributes of a field
///
/// | `#[avro(…)]` | |
/// |---|---|
/// | `rename = "name"`, `alias = "old"`, `doc = "…"` | as for a type |
/// | `default` | the default is null, false, zero or empty |
/// | `default = "JSON"` | the default as JSON; a string's quotes are inside of Rust's: `r#""red""#` |
/// | `logical = "timestamp-micros"` | the logical type of what is inside of `Option`, `Vec`, maps, `Box` and `Arc` |
/// | `logical = "decimal", precision = 12, scale = 2` | a decimal in bytes |
/// | `fixed = "Name"` | the name of the fixed in the field, for a `[u8; N]`, a duration, a `uuid`, or a decimal with `size = 8` |
/// | `as = avro::Nullable<avro::Str, 1>` | the whole Avro type, as one of the markers in `avro_typed::avro`; for a type of your own too, which implements `Encode` and `Decode` for it |
/// | `skip` | the field is not in the schema, and its `Default` when it is read |
///
/// `rename` and `default` are there for the variants of an enum, `logical` and `as` for those of a union and for the
/// field of a tuple struct.
///
/// # Generic types
///
/// The Avro name of `Page<Order>` is `Page_Order`, unless `rename = "PageOf{T}"` gives another. A parameter has
/// to be an Avro type itself where it is written. Generic types that contain each other in a circle are beyond what the
/// macro can bound.
///
/// ```
/// # use avro_derive::Avro;
/// # use avro_typed::AvroType as _;
/// #[derive(Avro)]
/// #[avro(rename = "com.example.PageOf{T}")]
/// struct Page<T> {
///     items: Vec<T>,
///     next: Option<i64>,
/// }
///
/// assert_eq!(Page::<String>::FULLNAME, "com.example.PageOfstring");
/// ```
///
/// # Unions
///
/// ```
/// # use avro_derive::Avro;
/// # use avro_typed::AvroType as _;
/// #[derive(Avro)]
/// enum Payment {
///     Account(i64),
///     Card(Card),
/// }
///
/// #[derive(Avro)]
/// struct Card {
///     number: String,
/// }
///
/// #[derive(Avro)]
/// struct Order {
///     payment: Payment,
///     #[avro(default)]
///     refund: Option<Payment>,
/// }
///
/// let card = r#"{"type":"record","name":"Card","fields":[{"name":"number","type":"string"}]}"#;
/// assert_eq!(Payment::schema().json, format!(r#"["long",{card}]"#));
/// assert!(Order::schema().json.contains(r#"{"name":"refund","type":["null","long","Card"],"default":null}"#));
/// ```
///
/// # A type that must match a file
///
/// `#[avro(schema = "schemas/order.avsc")]` takes the schema from a file (`.avsc`, `.avpr` or `.avdl`; the path starts
/// at the folder of the package's `Cargo.toml`) and checks the type against it. Every difference is an error at its
/// place, with the place where the schema differs: fields and symbols that are missing, too many or in another
/// order, and types. Names, defaults, documentation and logical types are the file's, so that the fields need no
/// attributes but `rename` and `skip`. `name` chooses one of several types. When the file changes, the crate is
/// compiled again.
///
/// ```
/// # use avro_derive::Avro;
/// # use avro_typed::AvroType as _;
/// #[derive(Avro)]
/// #[avro(schema = "tests/schemas/lab/measurement.avsc")]
/// struct Measurement {
///     value: f64,
///     unit: Unit,
///     note: Option<String>,
/// }
///
/// #[derive(Avro)]
/// #[avro(schema = "tests/schemas/unit.avsc", rename_all = "UPPERCASE")]
/// enum Unit {
///     Celsius,
///     Kelvin,
/// }
///
/// assert_eq!(Measurement::FULLNAME, "lab.Measurement");
/// ```
///
/// Where the schema has a time or a decimal, the field may be the type for it or the number or bytes underneath. Types
/// that the macro knows by their name only, such as `Unit`, are compared by their Avro names, by the compiler; what is
/// in them is compared when the schema is first asked for.
///
/// # Some of the fields of a file
///
/// `subset` beside `schema` makes a struct a reader of those fields that it has, in any order. The others are passed
/// over, which takes a fraction of the time of decoding them. The type's schema is that of the file with these fields
/// only, and data is read by a `Plan` from the writer's schema to this one, as a consumer does by itself.
///
/// ```
/// # use avro_derive::Avro;
/// # use avro_typed::AvroType as _;
/// use avro_typed::model::{Schema, resolution::Plan};
///
/// #[derive(Avro, Debug, PartialEq)]
/// #[avro(schema = "tests/schemas/lab/measurement.avsc", subset)]
/// struct Value {
///     value: f64,
/// }
///
/// let schema = Value::schema().json;
/// assert!(schema.ends_with(r#""fields":[{"name":"value","type":"double"}]}"#));
///
/// let writer = Schema::parse(&schema.replace("[{", r#"[{"name":"note","type":"string"},{"#))?;
/// let plan = Plan::new(&writer, &Schema::parse(schema)?)?;
/// let datum = b"\x06new\0\0\0\0\0\0\xf8\x3f";
/// assert_eq!(avro_typed::from_slice_resolved::<Value>(datum, &plan)?, Value { value: 1.5 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// It is not an `Encode`, since it does not have what the schema wants written: producers refuse it when they are
/// compiled. The types of its fields may be subsets as well. One Avro type cannot be there twice, as a subset and as a
/// whole, since it has one definition in a schema.
///
/// # Panics
///
/// `AvroType::schema` makes the schema of a derived type when it is first called, and keeps it. It panics when that is
/// not valid, for a reason that no macro sees: two Rust types inside have the same Avro name and different definitions,
/// or a default is not a value of a type that is defined elsewhere. A program does so at its start, when it makes a
/// producer or a consumer; a test that calls `Order::schema()` finds out earlier. Whatever can be seen at compile time
/// is an error at compile time.
///
/// # What is not derived
///
/// serde's traits: derive them with serde where you want them. A record that holds other records counts how deep it is,
/// also where the types are not recursive, since a macro cannot see that. That and `Limits::max_depth` bound what data
/// can do to the stack.
#[proc_macro_derive(Avro, attributes(avro))]
pub fn derive_avro(input: TokenStream) -> TokenStream {
    match syn::parse(input) {
        Ok(input) => derive::expand(input).into(),
        Err(error) => error.into_compile_error().into(),
    }
}

/// Makes an enum the value of a topic with records of several types: each variant holds one of them.
///
/// ```
/// use avro_derive::{Avro, TopicValue};
/// use avro_typed::topic::{DecodeValue, EncodeValue, OtherRecord, TopicValue, ValueForm};
/// use avro_typed::{Decoder, Encoder};
///
/// #[derive(Avro, Debug, PartialEq)]
/// #[avro(namespace = "com.example")]
/// struct Login {
///     user: String,
/// }
///
/// #[derive(Avro, Debug, PartialEq)]
/// #[avro(namespace = "com.example")]
/// struct Purchase {
///     user: String,
///     cents: i64,
/// }
///
/// #[derive(TopicValue, Debug)]
/// enum Event {
///     Login(Login),
///     Purchase(Purchase),
///     /// What this program does not know yet.
///     #[avro(other)]
///     Other(OtherRecord),
/// }
///
/// // A program names the type alone: `kafka.consumer::<Event>("events")`. What follows is how it is sent and received.
/// let fullnames: Vec<&str> = Event::TYPES.iter().map(|topic_type| topic_type.fullname).collect();
/// assert_eq!(fullnames, ["com.example.Login", "com.example.Purchase"]);
///
/// let event = Event::from(Purchase { user: "ada".to_owned(), cents: 995 });
/// assert_eq!(event.form(), ValueForm::Type(1));
///
/// let mut encoder = Encoder::new();
/// let datum = event.encode_with(&mut encoder, &[])?;
/// match Event::decode_with(1, &Decoder::new(), datum, None)? {
///     Event::Login(login) => println!("{} is here", login.user),
///     Event::Purchase(purchase) => assert_eq!(purchase.cents, 995),
///     Event::Other(record) => println!("skipping a {:?}", record.fullname()),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Each variant has one value, of a type with a schema of its own: generated, or with
/// [`#[derive(Avro)]`](macro@Avro). The schemas are registered one by one, by default under subjects that contain the
/// names of the records: `events-com.example.Login`.
///
/// # How records are told apart
///
/// By the fullname of the schema that a record was written with. A consumer takes the variant whose type has this
/// name, or has it as an alias, which is how a record that was renamed is still read. Two variants with types of the
/// same name are an error at compile time.
///
/// A record of another name is a bad message, unless a variant is marked with `#[avro(other)]`. It holds an
/// `avro_typed::topic::OtherRecord`: the writer's schema and the bytes. It can be received and not be sent.
///
/// # What is implemented
///
/// - `TopicValue` and `EncodeValue`.
/// - `DecodeValue`, unless a variant borrows: what is received outlives its message.
/// - `From` for what each variant holds, unless a type or constant parameter is in it.
///
/// The package needs `avro-typed` as a dependency, or `#[avro(crate = "path")]` names the path under which it is
/// reached. For a topic that also has tombstones, take `Option<Event>`. An enum of types with `#[avro(subset)]` has
/// this attribute itself, and is only received.
///
/// To write the same types as branches of a union, which is one schema and one subject, derive [`Avro`](macro@Avro)
/// instead.
#[proc_macro_derive(TopicValue, attributes(avro))]
pub fn derive_topic_value(input: TokenStream) -> TokenStream {
    match syn::parse(input) {
        Ok(input) => topic_value::expand(input).into(),
        Err(error) => error.into_compile_error().into(),
    }
}
