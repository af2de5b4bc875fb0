//! Code of another version than the runtime: one error, which names both.

avro_typed::__private_code_version!(0, "avro-codegen 0.0.9");

fn main() {}
