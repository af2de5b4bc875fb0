//! Where input comes from.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::failure::Failure;

/// A file, or standard input.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Read>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdin()));
    }
    match File::open(path) {
        Ok(file) => Ok(Box::new(file)),
        Err(error) => Err(Failure::file("read", path, &error)),
    }
}
