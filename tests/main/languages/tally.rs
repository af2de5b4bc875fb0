//! What was sent, read right and read wrong, and the table of that.

use std::fmt::Write;

/// How many faults are shown of each row.
const SHOWN: usize = 3;

/// Counts of messages of one kind.
#[derive(Debug, Default)]
pub(super) struct Tally {
    sent: usize,
    right: usize,
    wrong: usize,
    faults: Vec<String>,
}

impl Tally {
    pub(super) fn of(sent: usize) -> Self {
        Self { sent, ..Self::default() }
    }

    /// Counts a message that was read.
    pub(super) fn read(&mut self, is_right: bool, fault: impl FnOnce() -> String) {
        match is_right {
            true => self.right += 1,
            false => self.wrong(fault()),
        }
    }

    /// Counts a message that was read wrong, or should not have been there.
    pub(super) fn wrong(&mut self, fault: String) {
        self.wrong += 1;
        self.fault(fault);
    }

    /// Keeps what went wrong; messages that are missing are not counted otherwise.
    pub(super) fn fault(&mut self, fault: String) {
        self.faults.push(fault);
    }

    pub(super) fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.right += other.right;
        self.wrong += other.wrong;
        self.faults.extend(other.faults);
    }
}

/// A row of the table.
pub(super) struct Row {
    pub(super) language: String,
    pub(super) libraries: String,
    pub(super) direction: String,
    pub(super) what: String,
    pub(super) tally: Tally,
}

impl Row {
    pub(super) fn is_right(&self) -> bool {
        let Tally { sent, right, wrong, faults } = &self.tally;
        *sent > 0 && sent == right && *wrong == 0 && faults.is_empty()
    }

    /// The first faults.
    pub(super) fn faults(&self) -> String {
        let mut text = String::new();
        let Self { language, direction, what, tally: Tally { sent, right, faults, .. }, .. } = self;
        let _ = writeln!(text, "{language}, {direction}, {what}: {right} of {sent} are right");
        for fault in faults.iter().take(SHOWN) {
            let _ = writeln!(text, "  {}", fault.chars().take(4000).collect::<String>());
        }
        text
    }
}

/// The languages with their libraries, and the rows as a table, in Markdown.
pub(super) fn table(rows: &[Row]) -> String {
    let mut text = String::new();
    let mut last = "";
    for Row { language, libraries, .. } in rows {
        if language != last {
            let _ = writeln!(text, "* {language}: {libraries}");
        }
        last = language;
    }
    text += "\n| language | direction | what | sent | read right | read wrong |\n|---|---|---|---|---|---|\n";
    for Row { language, direction, what, tally: Tally { sent, right, wrong, .. }, .. } in rows {
        let _ = writeln!(text, "| {language} | {direction} | {what} | {sent} | {right} | {wrong} |");
    }
    text
}

#[test]
fn a_row_is_right_if_everything_was_read_right_and_nothing_else() {
    let row = |tally| {
        let text = String::new;
        Row { language: text(), libraries: text(), direction: text(), what: text(), tally }
    };
    let check = |sent, rights: &[bool], expected| {
        let mut tally = Tally::of(sent);
        rights.iter().for_each(|right| tally.read(*right, || "fault".to_owned()));
        assert_eq!(row(tally).is_right(), expected, "{sent} {rights:?}");
    };
    check(0, &[], false);
    check(2, &[true, true], true);
    check(2, &[true], false);
    check(2, &[true, false], false);
    check(1, &[true, false], false);
    let mut faulty = Tally::of(0);
    faulty.fault("it ended".to_owned());
    assert!(!row(faulty).is_right());
}
