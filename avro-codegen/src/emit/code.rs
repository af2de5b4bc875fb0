//! Rust code as text, laid out while it is written.

use std::fmt::{self, Arguments};

/// Longer calls are broken into one argument a line.
const LINE_WIDTH: usize = 120;
const INDENT: &str = "    ";
/// Indentation is cut from this; nothing is indented further.
const SPACES: &str = "                                                                ";

/// Lines of code, each with the indentation of the block that it is in.
pub(crate) struct Code<'o> {
    out: &'o mut dyn fmt::Write,
    depth: usize,
    /// Whether an empty line would repeat another, or be at the start of a block.
    is_spaced: bool,
}

/// What `body` writes.
///
/// It writes through std's `format`, which was compiled with std and optimised: in the unoptimised build that build
/// scripts get, appending to a string here takes ten times as long.
pub(crate) fn write(body: impl Fn(&mut Code<'_>)) -> String {
    std::fmt::format(format_args!(
        "{}",
        fmt::from_fn(|out| {
            body(&mut Code { out, depth: 0, is_spaced: true });
            Ok(())
        })
    ))
}

impl Code<'_> {
    /// One line.
    pub(crate) fn line(&mut self, line: Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.out.write_str(self.indentation());
        let _ = fmt::write(self.out, line);
        let _ = self.out.write_str("\n");
        self.is_spaced = false;
    }

    /// The same lines for every type; indentation within `lines` counts from here.
    pub(crate) fn lines(&mut self, lines: &[&str]) {
        for line in lines {
            self.line(format_args!("{line}"));
        }
    }

    /// An empty line, unless a block has just begun.
    pub(crate) fn blank(&mut self) {
        if !self.is_spaced {
            let _ = self.out.write_str("\n");
            self.is_spaced = true;
        }
    }

    /// `head {`, what `body` writes, `}`.
    pub(crate) fn block(&mut self, head: Arguments<'_>, body: impl FnOnce(&mut Code<'_>)) {
        self.block_with_end(head, "}", body);
    }

    /// `head {`, what `body` writes, `end`.
    pub(crate) fn block_with_end(&mut self, head: Arguments<'_>, end: &str, body: impl FnOnce(&mut Code<'_>)) {
        self.line(format_args!("{head} {{"));
        self.is_spaced = true;
        self.depth += 1;
        body(self);
        self.depth -= 1;
        self.line(format_args!("{end}"));
    }

    /// What `body` writes, one step further in.
    pub(crate) fn indented(&mut self, body: impl FnOnce(&mut Code<'_>)) {
        self.depth += 1;
        body(self);
        self.depth -= 1;
    }

    /// A function with a body, each of its arguments on a line of its own.
    pub(crate) fn function(
        &mut self,
        head: &str,
        arguments: &[&str],
        returns: Arguments<'_>,
        body: impl FnOnce(&mut Code<'_>),
    ) {
        self.line(format_args!("{head}("));
        for argument in arguments {
            self.line(format_args!("{INDENT}{argument},"));
        }
        self.block(format_args!(") -> {returns}"), body);
    }

    /// `head(arguments)tail` on one line, or on several where that is too long.
    pub(crate) fn call(&mut self, head: Arguments<'_>, arguments: &[&str], tail: &str) {
        let head = std::fmt::format(head);
        let mut width = self.depth * INDENT.len() + head.len() + tail.len();
        for argument in arguments {
            width += argument.len() + ", ".len();
        }
        if width <= LINE_WIDTH {
            return match arguments {
                [argument] => self.line(format_args!("{head}({argument}){tail}")),
                [first, second] => self.line(format_args!("{head}({first}, {second}){tail}")),
                _ => self.line(format_args!("{head}({}){tail}", arguments.join(", "))),
            };
        }
        self.line(format_args!("{head}("));
        for argument in arguments {
            self.line(format_args!("{INDENT}{argument},"));
        }
        self.line(format_args!("){tail}"));
    }

    /// A constant list of names that need no escapes.
    pub(crate) fn strings<'s>(&mut self, head: &str, strings: impl Iterator<Item = &'s str>) {
        let mut list = String::new();
        for string in strings {
            list.push_str(if list.is_empty() { "\"" } else { "\", \"" });
            list.push_str(string);
        }
        let end = if list.is_empty() { "" } else { "\"" };
        self.line(format_args!("{head}: &'static [&'static str] = &[{list}{end}];"));
    }

    fn indentation(&self) -> &'static str {
        &SPACES[..SPACES.len().min(self.depth * INDENT.len())]
    }
}
