//! `cargo avro docs`: a site about schemas, of files that a browser reads from a folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use serde_json::{Value, json};

use crate::answer::{Answer, counted};
use crate::arguments::{LockArguments, SchemaArguments};
use crate::docs_site::{Catalog, Folder, Written, files};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress;
use crate::subjects::SubjectArguments;

/// How many files that are out of date are named to people.
const MOST_NAMED: usize = 10;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The folder to write.
    #[arg(long, value_name = "FOLDER", default_value = "schema-docs")]
    out: PathBuf,
    /// What the site is called.
    #[arg(long, value_name = "TEXT", default_value = "Schemas")]
    title: String,
    /// Write nothing, and fail if the folder is out of date: for continuous integration.
    #[arg(long)]
    check: bool,
    /// Write into a folder with files of others; those with the names of pages are replaced.
    #[arg(long)]
    force: bool,
    /// Open the site in a browser: that of the environment variable BROWSER, or that of the system.
    #[arg(long, conflicts_with = "check")]
    open: bool,
    #[command(flatten)]
    subjects: SubjectArguments,
    #[command(flatten)]
    schemas: SchemaArguments,
    #[command(flatten)]
    lock: LockArguments,
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let folder = Folder::read(&arguments.out)?;
    if !arguments.check && !arguments.force {
        folder.refuse_others()?;
    }
    let set = arguments.schemas.load()?;
    let lock = arguments.lock.read()?;
    let catalog = Catalog::new(&arguments.title, &set, &lock, &arguments.subjects.known(&lock)?)?;
    let files = files(&catalog);
    let bar = progress::bar("pages", files.len());
    let [types, subjects, topics] = catalog.counts();
    let mut json = json!({
        "folder": arguments.out.display().to_string(),
        "files": files.len(),
        "types": types.1,
        "subjects": subjects.1,
        "topics": topics.1,
    });
    if arguments.check {
        let stale = folder.stale(&files, &bar);
        bar.finish_and_clear();
        json["stale"] = json!(stale);
        return Ok(report_check(arguments, &stale, &json, answer));
    }
    let done = folder.write(&files, &bar)?;
    bar.finish_and_clear();
    json["written"] = json!(done.written);
    json["removed"] = json!(done.removed);
    report(arguments, &done, &catalog, &json, answer);
    if arguments.open {
        open(&arguments.out.join("index.html"))?;
    }
    Ok(Exit::Fine)
}

fn report(arguments: &Arguments, done: &Written, catalog: &Catalog<'_>, json: &Value, answer: &Answer) {
    if answer.as_json {
        return answer.json(json);
    }
    let [types, subjects, topics] = catalog.counts().map(|(what, count)| counted(count, what));
    let index = arguments.out.join("index.html");
    let index = index.display();
    match (done.written, done.removed) {
        (0, 0) => answer.line(format!("{index} is up to date: {types}, {subjects}, {topics}")),
        (written, removed) => answer.line(format!(
            "{index} is written: {types}, {subjects}, {topics}; {} changed, {removed} removed",
            counted(written, "file")
        )),
    }
}

fn report_check(arguments: &Arguments, stale: &[String], json: &Value, answer: &Answer) -> Exit {
    let folder = arguments.out.display();
    let exit = if stale.is_empty() { Exit::Fine } else { Exit::Differs };
    if answer.as_json {
        answer.json(json);
        return exit;
    }
    if stale.is_empty() {
        answer.line(format!("{folder} is up to date"));
        return exit;
    }
    stale.iter().take(MOST_NAMED).for_each(|path| answer.line(format!("  {path}")));
    if stale.len() > MOST_NAMED {
        answer.line(format!("  and {} more", stale.len() - MOST_NAMED));
    }
    answer.line(format!(
        "{folder} is not up to date in {}; write it with: cargo avro docs --out {folder}",
        counted(stale.len(), "file")
    ));
    exit
}

/// Shows a page as `cargo doc --open` does.
fn open(page: &Path) -> Result<(), Failure> {
    let failure = |why: String| Failure::refused(why, format!("open {} in a browser", page.display()));
    let absolute = std::path::absolute(page).map_err(|error| failure(format!("the page has no path: {error}")))?;
    let browser = std::env::var_os("BROWSER").filter(|browser| !browser.is_empty());
    let (program, arguments): (_, &[&str]) = match browser {
        Some(browser) => (browser, &[]),
        None if cfg!(windows) => ("cmd".into(), &["/C", "start", ""]),
        None if cfg!(target_os = "macos") => ("open".into(), &[]),
        None => ("xdg-open".into(), &[]),
    };
    let shown = program.display().to_string();
    match Command::new(program).args(arguments).arg(absolute).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(failure(format!("`{shown}` ended with {status}"))),
        Err(error) => Err(failure(format!("`{shown}` cannot be started: {error}"))),
    }
}
