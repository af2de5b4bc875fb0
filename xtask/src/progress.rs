//! Says on a terminal how far long work is.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that is drawn on standard error when that is a terminal, and nowhere else.
pub(crate) fn bar(what: &'static str, steps: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:>12} [{bar:30}] {pos}/{len}");
    let bar = ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX)).with_message(what);
    // The template is a constant.
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
