//! What was measured, as a section of RELIABILITY.md.

use std::path::Path;
use std::process::Command;

use super::outcome::Outcome;

/// Where it was measured.
pub(crate) struct Circumstances {
    pub(crate) command: String,
    pub(crate) date: String,
    pub(crate) machine: String,
    pub(crate) versions: String,
}

impl Circumstances {
    pub(crate) fn of_this_machine(workspace_root: &Path, is_full: bool) -> Circumstances {
        let processors = std::thread::available_parallelism().map_or(0, usize::from);
        let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let kibibytes = field(&memory, "MemTotal:").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
        let gibibytes = kibibytes.map_or_else(|| "unknown".to_owned(), |kibibytes| (kibibytes >> 20).to_string());
        let model = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = field(&model, "model name")
            .map_or_else(String::new, |model| format!(" ({})", model.trim_start_matches(':').trim()));
        let pom = |server: &str, artifact| {
            let path = workspace_root.join("tests/real").join(server).join("pom.xml");
            version(&std::fs::read_to_string(path).unwrap_or_default(), artifact)
                .unwrap_or_else(|| "unknown".to_owned())
        };
        let rustc = Command::new("rustc").arg("--version").output().ok();
        let rustc = rustc.and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
        let variant = if is_full { "" } else { " --quick" };
        Circumstances {
            command: format!("cargo xtask faults{variant}"),
            date: jiff::Timestamp::now().strftime("%Y-%m-%d").to_string(),
            machine: format!(
                "{processors} processors{model}, {gibibytes} GiB, brokers and clients on the same machine, clients built without optimization"
            ),
            versions: format!(
                "Apache Kafka {}, Apicurio Registry {}, {}",
                pom("kafka", "kafka_2.13"),
                pom("apicurio", "apicurio-registry-app"),
                rustc.split('(').next().unwrap_or_default().trim()
            ),
        }
    }
}

/// The rest of the first line that begins so.
fn field<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}

/// The version of an artifact in a project description.
fn version(pom: &str, artifact: &str) -> Option<String> {
    let after = pom.split_once(&format!("<artifactId>{artifact}</artifactId>"))?.1;
    Some(after.split_once("<version>")?.1.split_once('<')?.0.to_owned())
}

/// The section.
pub(crate) fn section(outcomes: &[Outcome], circumstances: &Circumstances) -> String {
    let Circumstances { command, date, machine, versions } = circumstances;
    let mut text = format!(
        "`{command}`, {date}; {machine}; {versions}.\n\n\
         | fault | load | acknowledged | lost | doubled | out of order | longest stall | log lines |\n\
         |---|---|---|---|---|---|---|---|\n"
    );
    for Outcome { fault, load, counts, .. } in outcomes {
        let [acknowledged, lost, doubled, disordered, stall, lines] = counts;
        text.push_str(&format!(
            "| {fault} | {load} | {} | {lost} | {} | {disordered} | {} | {lines} |\n",
            grouped(*acknowledged),
            grouped(*doubled),
            seconds(*stall),
        ));
    }
    let notes = outcomes.iter().flat_map(|outcome| outcome.notes.iter().map(move |note| (&outcome.fault, note)));
    for (index, (fault, note)) in notes.enumerate() {
        let begin = if index == 0 { "\n" } else { "" };
        text.push_str(&format!("{begin}- {fault}: {note}\n"));
    }
    text
}

/// With commas, as `1,000,000`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_a_line_and_notes_are_below() {
        let outcome = Outcome {
            fault: "cut".into(),
            load: "1,000 messages".into(),
            counts: [1_000_000, 0, 1234, 0, 2049, 3],
            notes: vec!["as expected".into()],
            ..Outcome::default()
        };
        let circumstances =
            Circumstances { command: "c".into(), date: "d".into(), machine: "m".into(), versions: "v".into() };
        let text = section(&[outcome.clone(), outcome], &circumstances);
        assert!(text.starts_with("`c`, d; m; v.\n\n| fault |"), "{text}");
        assert!(text.contains("\n| cut | 1,000 messages | 1,000,000 | 0 | 1,234 | 0 | 2.0 s | 3 |\n"), "{text}");
        assert!(text.ends_with("3 |\n\n- cut: as expected\n- cut: as expected\n"), "{text}");
    }

    #[test]
    fn numbers_are_grouped() {
        for (number, expected) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (20_000, "20,000"), (1_000_000, "1,000,000")]
        {
            assert_eq!(grouped(number), expected);
        }
    }

    #[test]
    fn versions_of_the_servers_are_found() {
        let circumstances = Circumstances::of_this_machine(crate::workspace_root(), true);
        assert!(circumstances.versions.starts_with("Apache Kafka 4."), "{}", circumstances.versions);
        assert!(circumstances.versions.contains("Apicurio Registry 3."), "{}", circumstances.versions);
    }
}
