//! Rust code as text, laid out while it is written.

use std::fmt::{Arguments, Write as _};

/// Longer calls are broken into one argument a line.
const LINE_WIDTH: usize = 100;
const INDENT: &str = "    ";
/// Indentation is cut from this.
const SPACES: &str = "                                                                ";

/// Lines of code, each with the indentation of the block that it stands in.
pub(crate) struct Code {
    text: String,
    depth: usize,
}

impl Code {
    pub(crate) fn new() -> Code {
        Code { text: String::new(), depth: 0 }
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// One line.
    pub(crate) fn line(&mut self, line: Arguments<'_>) {
        self.indent();
        // Writing to a String does not fail.
        let _ = self.text.write_fmt(line);
        self.text.push('\n');
    }

    /// The same lines for every type; indentation within `lines` counts from here.
    pub(crate) fn lines(&mut self, lines: &[&str]) {
        for line in lines {
            self.indent();
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    /// An empty line, unless a block has just begun.
    pub(crate) fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("{\n") && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// `head {`, what `body` writes, `}`.
    pub(crate) fn block(&mut self, head: Arguments<'_>, body: impl FnOnce(&mut Code)) {
        self.block_with_end(head, "}", body);
    }

    /// `head {`, what `body` writes, `end`.
    pub(crate) fn block_with_end(&mut self, head: Arguments<'_>, end: &str, body: impl FnOnce(&mut Code)) {
        self.line(format_args!("{head} {{"));
        self.depth += 1;
        body(self);
        self.depth -= 1;
        self.line(format_args!("{end}"));
    }

    /// A function with a body, each of its arguments on a line of its own.
    pub(crate) fn function(
        &mut self,
        head: &str,
        arguments: &[&str],
        returns: Arguments<'_>,
        body: impl FnOnce(&mut Code),
    ) {
        self.line(format_args!("{head}("));
        for argument in arguments {
            self.line(format_args!("{INDENT}{argument},"));
        }
        self.block(format_args!(") -> {returns}"), body);
    }

    /// `head(arguments)tail` on one line, or on several where that is too long.
    pub(crate) fn call(&mut self, head: Arguments<'_>, arguments: &[&str], tail: &str) {
        let start = self.text.len();
        self.indent();
        let _ = self.text.write_fmt(head);
        let inline = arguments.iter().map(|argument| argument.len() + 2).sum::<usize>();
        if self.text.len() - start + inline + tail.len() <= LINE_WIDTH {
            let _ = writeln!(self.text, "({}){tail}", arguments.join(", "));
            return;
        }
        self.text.push_str("(\n");
        for argument in arguments {
            self.line(format_args!("{INDENT}{argument},"));
        }
        self.line(format_args!("){tail}"));
    }

    fn indent(&mut self) {
        let mut left = self.depth * INDENT.len();
        while left > 0 {
            let piece = left.min(SPACES.len());
            self.text.push_str(&SPACES[..piece]);
            left -= piece;
        }
    }
}
