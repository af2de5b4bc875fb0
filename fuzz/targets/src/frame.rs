//! Wire formats.

use schema_registry::{RecordPart, WireFormat, id_in_headers, is_id_header};

const FORMATS: [WireFormat; 3] = [WireFormat::Confluent, WireFormat::Header, WireFormat::BareId];

/// Names of headers that hold ids, and one that does not.
const HEADERS: [&str; 8] = [
    "__value_schema_id",
    "__key_schema_id",
    "apicurio.value.contentId",
    "apicurio.value.globalId",
    "apicurio.key.globalId",
    "apicurio.value.contentHash",
    "content-type",
    "trace",
];

/// A payload that is split is its prefix and its datum; a header that is found holds an id.
///
/// # Panics
///
/// Where that does not hold.
pub fn frames(input: &[u8]) {
    for format in FORMATS {
        match format.split(input) {
            Ok((id, datum)) => {
                let kept = &input[input.len() - datum.len()..];
                assert_eq!(kept, datum, "{format}");
                // With `Header`, the payload that is written has no prefix; the one that is read may have one.
                if format != WireFormat::Header {
                    assert_eq!([&*format.prefix(id), datum].concat(), input, "{format}");
                }
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    // The first byte selects headers, the second is where the payload begins.
    let (selected, rest) = input.split_first().map_or((0, input), |(first, rest)| (*first, rest));
    let (at, rest) = rest.split_first().map_or((0, rest), |(first, rest)| (usize::from(*first), rest));
    let (value, payload) = rest.split_at(at.min(rest.len()));
    let headers = || {
        let selected = HEADERS.iter().enumerate().filter(move |(index, _)| selected >> index & 1 == 1);
        selected.map(|(index, name)| (*name, (index != 5).then_some(value)))
    };
    for part in [RecordPart::Key, RecordPart::Value] {
        let found = id_in_headers(part, headers());
        if matches!(found, Ok(Some(_)) | Err(_)) {
            assert!(headers().any(|(name, value)| is_id_header(part, name, value)), "{part:?}");
        }
        for format in FORMATS {
            match (&found, format.split_record(part, headers(), payload)) {
                (Ok(Some(id)), Ok((split, datum))) => assert_eq!((split, datum), (*id, payload)),
                (Ok(None), split) => {
                    assert_eq!(split, format.split(payload).map(|(id, datum)| (id.into(), datum)), "{format}");
                }
                (Err(error), split) => assert_eq!(split, Err(*error), "{format}"),
                (Ok(Some(id)), Err(error)) => panic!("{id} is in the headers, but: {error}"),
            }
        }
    }
}
