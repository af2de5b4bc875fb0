//! Verdicts of public test suites, as facts: which schemas are valid, their canonical forms and their fingerprints.

use avro_model::Schema;
use serde_json::Value;

#[test]
fn canonical_forms_and_fingerprints() {
    check(include_str!("../data/canonical.jsonl"), |text, row| {
        let schema = Schema::parse(text).map_err(|error| error.to_string())?;
        let sha256: String = schema.fingerprint_sha256().iter().map(|byte| format!("{byte:02x}")).collect();
        let found = [
            ("canonical", schema.canonical_form()),
            ("crc64_avro", format!("{:016x}", schema.fingerprint_crc64())),
            ("sha256", sha256),
        ];
        for (what, found) in found {
            if row[what] != found {
                return Err(format!("{what}: expected {}, found {found}", row[what]));
            }
        }
        Ok(())
    });
}

#[test]
fn verdicts() {
    check(include_str!("../data/parse.jsonl"), |text, row| match (Schema::parse(text), &row["valid"]) {
        (Ok(_), Value::Bool(true)) | (Err(_), Value::Bool(false)) => Ok(()),
        (Ok(_), _) => Err("accepted".to_owned()),
        (Err(error), _) => Err(error.to_string()),
    });
}

/// Runs `test` on the schema of each row, and fails with all rows that failed.
fn check(rows: &str, test: impl Fn(&str, &Value) -> Result<(), String>) {
    let rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).expect("a row is JSON")).collect();
    let failures: Vec<String> = rows
        .iter()
        .filter_map(|row| {
            let text = row["schema"].as_str().expect("a row has a schema");
            test(text, row).err().map(|failure| format!("{} {text}\n    {failure}", row["id"]))
        })
        .collect();
    assert!(rows.len() > 80, "only {} rows were read", rows.len());
    assert!(failures.is_empty(), "{} of {} rows failed:\n{}", failures.len(), rows.len(), failures.join("\n"));
}
