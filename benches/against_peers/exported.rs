//! Messages in files, for programs in other languages: `NAME.avsc`, and `NAME.bin` with each datum behind its length in
//! four little-endian bytes.

use std::fs;
use std::path::Path;

use avro_typed::{AvroType, Encode, to_vec};

pub(crate) fn write<T: AvroType + Encode>(folder: &Path, workload: &str, messages: &[T]) {
    write_as(folder, workload, messages, T::schema().json);
}

/// With another schema that encodes alike.
pub(crate) fn write_as<T: Encode>(folder: &Path, workload: &str, messages: &[T], schema: &str) {
    let mut data = Vec::new();
    for message in messages {
        let datum = to_vec(message).expect("the message can be encoded");
        data.extend(u32::try_from(datum.len()).expect("messages are short").to_le_bytes());
        data.extend(datum);
    }
    write_file(&folder.join(format!("{workload}.bin")), &data);
    write_file(&folder.join(format!("{workload}.avsc")), schema.as_bytes());
}

/// The schema of those who read it.
pub(crate) fn write_reader(folder: &Path, workload: &str, schema: &str) {
    write_file(&folder.join(format!("{workload}.reader.avsc")), schema.as_bytes());
}

fn write_file(path: &Path, bytes: &[u8]) {
    if let Err(error) = fs::write(path, bytes) {
        panic!("cannot write {}: {error}", path.display());
    }
}
