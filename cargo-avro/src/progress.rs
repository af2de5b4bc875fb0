//! Shows the progress of long work on a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on standard error if that is a terminal; not for a single step.
pub(crate) fn bar(what: &'static str, steps: usize) -> ProgressBar {
    if steps < 2 {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX)).with_message(what);
    match ProgressStyle::with_template("{msg:>12} [{bar:30}] {pos}/{len}") {
        Ok(style) => bar.with_style(style),
        // The template is a constant.
        Err(_) => bar,
    }
}
