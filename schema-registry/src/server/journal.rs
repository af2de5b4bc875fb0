//! The folder of a registry whose content outlives it: a file to which every change is appended.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::change::Change;
use super::data_error::DataError;
use super::record::{self, MAGIC, Next};
use super::store::Store;

const JOURNAL: &str = "registry.journal";
/// What a journal is called before it is complete.
const NEW_JOURNAL: &str = "registry.journal.new";
const LOCK: &str = "registry.lock";

/// A journal shorter than this is not worth a rewrite.
const SMALL: u64 = 256 << 10;

/// A journal this many times as long as its rewrite was is rewritten.
const WASTE: u64 = 4;

/// The end of a journal that was dropped when the registry started, because its write was not completed: the process or
/// the machine stopped in the middle, before the change was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IncompleteRecord {
    /// The journal.
    pub path: PathBuf,
    /// The byte at which it began.
    pub position: u64,
    /// How many bytes were dropped.
    pub bytes: u64,
}

impl fmt::Display for IncompleteRecord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, position, bytes } = self;
        write!(
            formatter,
            "{}: the last change was not written to its end, and is dropped ({bytes} bytes at byte {position}); whoever made it got no \
             answer",
            path.display()
        )
    }
}

/// The open journal of a folder, which no other process has open.
#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    file: File,
    length: u64,
    /// The length from which on a rewrite pays.
    rewrite_at: u64,
    /// Whether each change is on the disk before it is answered.
    fsync: bool,
    /// A write failed, and what it left could not be removed: nothing may follow it.
    is_broken: bool,
    /// What was dropped when it was opened.
    pub(super) incomplete: Option<IncompleteRecord>,
    /// Held as long as this is open; the system gives it back however the process ends.
    _lock: File,
}

impl Journal {
    /// Opens the journal of a folder, which is created if necessary, with the store that follows from it.
    ///
    /// # Errors
    /// When the folder cannot be used, another process uses it, or the journal is damaged.
    pub(super) fn open(folder: &Path, fsync: bool) -> Result<(Self, Store), DataError> {
        let failed = |what: &'static str, path: &Path| {
            let path = path.to_owned();
            move |source| DataError::Io { what, path, source }
        };
        fs::create_dir_all(folder).map_err(failed("create", folder))?;
        let lock = locked(folder)?;
        let path = folder.join(JOURNAL);
        if !path.exists() {
            let new = write_beside(folder, &[]).and_then(|_| put_in_place(folder)).and_then(|()| sync(folder));
            new.map_err(failed("create", &path))?;
        }
        let bytes = fs::read(&path).map_err(failed("read", &path))?;
        let (store, sound) = replay(&path, &bytes)?;
        let torn = bytes.len() - sound;
        let length = u64::try_from(sound).unwrap_or(u64::MAX);
        let mut file = OpenOptions::new().write(true).open(&path).map_err(failed("open", &path))?;
        let incomplete = (torn > 0).then(|| IncompleteRecord {
            path: path.clone(),
            position: length,
            bytes: u64::try_from(torn).unwrap_or(u64::MAX),
        });
        if let Some(record) = &incomplete {
            tracing::warn!("{record}");
            file.set_len(length).and_then(|()| file.sync_all()).map_err(failed("shorten", &path))?;
        }
        file.seek(SeekFrom::Start(length)).map_err(failed("read", &path))?;
        let folder = folder.to_owned();
        let mut journal =
            Self { folder, file, length, rewrite_at: 0, fsync, is_broken: false, incomplete, _lock: lock };
        // What a rewrite would save shows only when there was one.
        if length > SMALL {
            journal.rewrite(&store).map_err(failed("rewrite", &path))?;
        } else {
            journal.rewrite_at = SMALL;
        }
        Ok((journal, store))
    }

    /// Appends the changes of one request: all of them or none.
    ///
    /// # Errors
    /// When they could not be written, as on a full disk. The journal is what it was.
    pub(super) fn append(&mut self, changes: &[Change]) -> io::Result<()> {
        if self.is_broken {
            return Err(io::Error::other("an earlier write failed, and could not be undone: start the registry again"));
        }
        let record = encode(changes)?;
        let written = self.file.write_all(&record).and_then(|()| match self.fsync {
            true => self.file.sync_data(),
            false => Ok(()),
        });
        if let Err(error) = written {
            let undone = self.file.set_len(self.length).and_then(|()| self.file.seek(SeekFrom::Start(self.length)));
            self.is_broken = undone.is_err();
            return Err(error);
        }
        self.length += u64::try_from(record.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    /// Rewrites the journal if it has become long for what is in it. A failure leaves the old one.
    pub(super) fn rewrite_if_long(&mut self, store: &Store) {
        if self.length < self.rewrite_at || self.is_broken {
            return;
        }
        if let Err(error) = self.rewrite(store) {
            // Not tried again with every request.
            self.rewrite_at = self.length.saturating_mul(2);
            tracing::warn!(folder = %self.folder.display(), %error, "the journal could not be rewritten, and grows");
        }
    }

    fn rewrite(&mut self, store: &Store) -> io::Result<()> {
        let (file, length) = write_beside(&self.folder, &store.as_changes())?;
        put_in_place(&self.folder)?;
        // From here on the old file has no name: whatever comes next is written to the new one.
        self.file = file;
        self.length = length;
        self.rewrite_at = SMALL.max(length.saturating_mul(WASTE));
        sync(&self.folder)
    }
}

fn encode(changes: &[Change]) -> io::Result<Vec<u8>> {
    let content = serde_json::to_vec(changes)?;
    record::encode(&content).ok_or_else(|| io::Error::other("a change is larger than 4 GiB"))
}

fn locked(folder: &Path) -> Result<File, DataError> {
    let path = folder.join(LOCK);
    let opened = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = match opened {
        Ok(file) => file,
        Err(source) => return Err(DataError::Io { what: "open", path, source }),
    };
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(DataError::InUse { folder: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(DataError::Io { what: "lock", path, source }),
    }
}

/// Writes a journal with these changes, complete on the disk, beside the one that is there. Every change is a record,
/// so that none becomes too large.
fn write_beside(folder: &Path, changes: &[Change]) -> io::Result<(File, u64)> {
    let mut bytes = MAGIC.to_vec();
    for change in changes {
        bytes.extend(encode(std::slice::from_ref(change))?);
    }
    let mut file = File::create(folder.join(NEW_JOURNAL))?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    Ok((file, u64::try_from(bytes.len()).unwrap_or(u64::MAX)))
}

fn put_in_place(folder: &Path) -> io::Result<()> {
    fs::rename(folder.join(NEW_JOURNAL), folder.join(JOURNAL))
}

/// Brings the names of files to the disk, which are a part of the folder.
fn sync(folder: &Path) -> io::Result<()> {
    match cfg!(unix) {
        true => File::open(folder)?.sync_all(),
        // Elsewhere folders cannot be opened as files.
        false => Ok(()),
    }
}

/// The store that a journal leads to, and how many bytes of it are sound: the rest was not written to its end.
fn replay(path: &Path, bytes: &[u8]) -> Result<(Store, usize), DataError> {
    let damaged = |position: usize, reason: String| DataError::Damaged { path: path.to_owned(), position, reason };
    let mut store = Store::default();
    let Some(mut rest) = bytes.strip_prefix(MAGIC) else {
        return Err(damaged(0, "it does not begin as a journal of this version does".to_owned()));
    };
    loop {
        let position = bytes.len() - rest.len();
        match record::next(rest) {
            Next::End | Next::Torn => return Ok((store, position)),
            Next::Damaged => return Err(damaged(position, "a checksum is wrong".to_owned())),
            Next::Record { content, rest: after } => {
                let changes: Vec<Change> =
                    serde_json::from_slice(content).map_err(|error| damaged(position, error.to_string()))?;
                for change in changes {
                    store.redo(change).map_err(|refusal| damaged(position, refusal.message))?;
                }
                rest = after;
            }
        }
    }
}

#[cfg(test)]
mod tests;
