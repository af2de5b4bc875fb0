//! Archives log events in an object container file with the crate apache-avro, and reads them back.
//!
//! Generated types are apache-avro's too, with the feature `apache-avro-022` of avro-typed: they have its `AvroSchema`,
//! and their serde impls suit its `Writer` and `Reader`. Whatever reads such files (Spark, Python, Hive) reads the
//! archive.

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::PathBuf;

use apache_avro::{AvroSchema as _, Codec, DeflateSettings, Reader, Writer};
use avro_typed::jiff::Timestamp;
use clap::Parser;
use messages::com::example::logs::{Level, LogEvent};

#[derive(Parser)]
struct Arguments {
    /// How many events to archive.
    #[arg(long, default_value_t = 10_000)]
    count: u32,
    /// Where to keep the archive; by default it is written to a temporary file and removed.
    #[arg(long)]
    out: Option<PathBuf>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir()?;
    let path = arguments.out.unwrap_or_else(|| folder.path().join("log_events.avro"));
    let events: Vec<LogEvent> = (0..arguments.count).map(event).collect::<Result<_, _>>()?;

    let schema = LogEvent::get_schema();
    let file = BufWriter::new(File::create(&path)?);
    let mut writer = Writer::with_codec(&schema, file, Codec::Deflate(DeflateSettings::default()))?;
    for event in &events {
        writer.append_ser(event)?;
    }
    // Flushes, so that nothing stays in a buffer and an error is reported.
    writer.into_inner()?.into_inner()?;

    let reader = Reader::new(BufReader::new(File::open(&path)?))?;
    let read: Vec<LogEvent> = reader.into_deser_iter().collect::<Result<_, _>>()?;
    if read != events {
        return Err("the archive does not hold what was written to it".into());
    }
    println!("archive: wrote {}, read {}, {} bytes", events.len(), read.len(), path.metadata()?.len());
    Ok(())
}

/// The event with this number; `tests/read_archive.py` knows the same rule.
fn event(number: u32) -> Result<LogEvent, Box<dyn Error>> {
    let levels = [Level::Trace, Level::Debug, Level::Info, Level::Warn, Level::Error];
    let labels = if number.is_multiple_of(3) {
        HashMap::from([("pod".to_owned(), format!("api-{}", number % 7))])
    } else {
        HashMap::new()
    };
    Ok(LogEvent {
        timestamp: Timestamp::from_millisecond(1_760_000_000_000 + i64::from(number) * 250)?,
        level: levels[(number % 5) as usize],
        service: ["api", "billing", "größe"][(number % 3) as usize].to_owned(),
        message: format!("request {number} took {} ms", number % 911),
        labels,
        trace_id: number.is_multiple_of(2).then(|| format!("{number:032x}")),
    })
}
