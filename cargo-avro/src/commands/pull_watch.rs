//! `cargo avro pull --watch`: what changes in a registry goes into files.

use std::collections::BTreeMap;
use std::path::PathBuf;

use futures_util::future::join_all;
use schema_registry::{Guid, RegistryError};
use serde_json::json;

use super::pull::{self, Arguments, Pulled, State, Wanted};
use crate::answer::Answer;
use crate::entries;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interruption::Interruption;
use crate::registry::Registry;
use crate::versions::{Version, Which};

/// What the registry has as the newest version of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Newest {
    Version(u32, Guid),
    /// What is not Avro is not pulled.
    Other,
    Gone,
}

struct Watch<'a> {
    registry: &'a Registry,
    arguments: &'a Arguments,
    answer: &'a Answer,
    /// What was pulled, by file.
    pulled: BTreeMap<PathBuf, Version>,
    /// As it was when the files were written.
    known: BTreeMap<String, Newest>,
    /// What was reported last, so that it is not reported again.
    problem: Option<String>,
}

pub(super) fn run(
    registry: &Registry,
    wanted: &[Wanted],
    arguments: &Arguments,
    answer: &Answer,
) -> Result<Exit, Failure> {
    if let Some(Wanted { subject, .. }) = wanted.iter().find(|wanted| wanted.which != Which::Latest) {
        return Err(Failure::usage(
            format!("--watch follows the newest version, and `{subject}` is wanted in another one"),
            "leave out the @ and the version, or --watch",
        ));
    }
    let interruption = Interruption::install();
    let named: Vec<String> =
        wanted.iter().filter(|wanted| wanted.is_named).map(|wanted| wanted.subject.clone()).collect();
    // Asked for before the files are written, so that nothing between the two is missed.
    let known = registry.wait(newest(registry, &named, arguments))?;
    let pulled = pull::pull(registry, wanted, arguments, answer)?;
    let pulled = pulled.into_iter().map(|Pulled { path, version, .. }| (path, version)).collect();
    let mut watch = Watch { registry, arguments, answer, pulled, known, problem: None };
    let mut is_away = false;
    loop {
        let next = async {
            tokio::time::sleep(arguments.interval).await;
            newest(registry, &named, arguments).await
        };
        let found = registry.wait(async {
            tokio::select! {
                found = next => Some(found),
                () = interruption.wanted() => None,
            }
        });
        let changed = match found {
            None => return Ok(Exit::Fine),
            Some(Ok(found)) => watch.follow(found),
            Some(Err(error)) => Err(error.into()),
        };
        match changed {
            Ok(()) if is_away => {
                is_away = false;
                watch.tell("back", "the registry is back".to_owned());
            }
            Ok(()) => {}
            Err(failure) if failure.exit() == Exit::Unreachable => {
                if !is_away {
                    is_away = true;
                    watch.tell("away", format!("the registry is away: {}", failure.text().0.join(": ")));
                }
            }
            Err(failure) => return Err(failure),
        }
    }
}

/// The newest version of each subject that is wanted.
async fn newest(
    registry: &Registry,
    named: &[String],
    arguments: &Arguments,
) -> Result<BTreeMap<String, Newest>, RegistryError> {
    let client = &registry.client;
    let mut subjects = named.to_vec();
    if let Some(prefix) = pull::wanted_prefix(registry, arguments) {
        subjects.extend(client.subjects().await?.into_iter().filter(|subject| subject.starts_with(&prefix)));
    }
    // At once; the client limits the requests under way.
    let found = join_all(subjects.into_iter().map(|subject| async move {
        let newest = match client.latest(&subject).await {
            Ok(newest) => Newest::Version(newest.version(), newest.guid()),
            Err(error) if error.is_not_found() => Newest::Gone,
            Err(RegistryError::UnsupportedSchemaType { .. } | RegistryError::InvalidSchema { .. }) => Newest::Other,
            Err(error) => return Err(error),
        };
        Ok((subject, newest))
    }));
    found.await.into_iter().collect()
}

impl Watch<'_> {
    /// Writes what has changed. What cannot be written is reported, and tried again the next time.
    fn follow(&mut self, mut found: BTreeMap<String, Newest>) -> Result<(), Failure> {
        let is_changed = |(subject, newest): &(&String, &Newest)| self.known.get(*subject) != Some(*newest);
        let changed: Vec<_> = found.iter().filter(is_changed).collect();
        let with_version = changed.iter().filter(|(_, newest)| matches!(newest, Newest::Version(..)));
        let subjects: Vec<String> = with_version.map(|(subject, _)| (*subject).clone()).collect();
        let gone = self.known.iter().filter(|(subject, before)| {
            **before != Newest::Gone && found.get(*subject).is_none_or(|newest| *newest == Newest::Gone)
        });
        for (subject, _) in gone {
            self.tell("gone", format!("{subject} is no longer in the registry; its file stays"));
        }
        if !subjects.is_empty() {
            match self.pull(&subjects) {
                Ok(()) => self.problem = None,
                Err(failure) if failure.exit() == Exit::Unreachable => return Err(failure),
                Err(failure) => {
                    let (mut problem, remedy) = failure.text();
                    problem.extend(remedy.map(str::to_owned));
                    let problem = problem.join(": ");
                    if self.problem.as_ref() != Some(&problem) {
                        self.tell("problem", problem.clone());
                        self.problem = Some(problem);
                    }
                    // As if they had not changed yet.
                    for subject in subjects {
                        match self.known.get(&subject) {
                            Some(before) => found.insert(subject, before.clone()),
                            None => found.remove(&subject),
                        };
                    }
                }
            }
        }
        self.known = found;
        Ok(())
    }

    fn pull(&mut self, subjects: &[String]) -> Result<(), Failure> {
        let versions = subjects.iter().map(|subject| pull::fetch(self.registry, subject, Which::Latest));
        let versions = entries::with_references(self.registry, versions.collect::<Result<_, _>>()?)?;
        let mut pulled = pull::place(versions, self.arguments)?;
        for one in pulled.iter_mut().filter(|one| one.state == State::Differs) {
            let is_untouched = |before| pull::state_of(&one.path, before) == State::Unchanged;
            if self.pulled.get(&one.path).is_some_and(is_untouched) {
                one.state = State::Outdated;
            }
        }
        pull::refuse(&pulled, self.arguments.force)?;
        pull::write(self.registry, &pulled, self.arguments)?;
        pull::warn_of_what_a_build_refuses(&pulled, self.answer);
        for one in pulled {
            if one.state != State::Unchanged {
                match self.answer.as_json {
                    true => self.answer.json(&one.as_json()),
                    false => one.print(self.answer),
                }
            }
            self.pulled.insert(one.path, one.version);
        }
        Ok(())
    }

    /// Something that is not a change of a file.
    fn tell(&self, what: &str, text: String) {
        match self.answer.as_json {
            true => self.answer.json(&json!({ "event": what, "message": text })),
            false => self.answer.warn(text),
        }
    }
}
