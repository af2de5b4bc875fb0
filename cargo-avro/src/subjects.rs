//! The subjects that types are released under.

use avro_build::lock::Lock;
use clap::Args;

use crate::failure::Failure;

#[derive(Args, Clone, Default)]
pub(crate) struct SubjectArguments {
    /// The subject of a type [default: the one in the lock]; may be given several times.
    #[arg(long = "subject", value_name = "TYPE=SUBJECT")]
    subjects: Vec<String>,
}

/// A type and a subject.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pair {
    pub(crate) type_name: String,
    pub(crate) subject: String,
}

impl SubjectArguments {
    /// The subjects of `types`, or of all known types if there are none. The command line overrides the lock.
    pub(crate) fn pairs(&self, types: &[String], lock: &Lock) -> Result<Vec<Pair>, Failure> {
        let given = self.given(types)?;
        if types.is_empty() {
            return Ok(if given.is_empty() { locked(lock) } else { given });
        }
        let mut pairs = Vec::new();
        for name in types {
            let of_type =
                |pairs: Vec<Pair>| pairs.into_iter().filter(|pair| pair.type_name == *name).collect::<Vec<_>>();
            let mut found = of_type(given.clone());
            if found.is_empty() {
                found = of_type(locked(lock));
            }
            if found.is_empty() {
                return Err(Failure::usage(
                    format!("no subject is known for `{name}`"),
                    format!("name it: --subject {name}=SUBJECT, such as --subject {name}=my-topic-value"),
                ));
            }
            pairs.extend(found);
        }
        Ok(pairs)
    }

    /// All subjects that are known: those on the command line, and those in the lock.
    pub(crate) fn known(&self, lock: &Lock) -> Result<Vec<Pair>, Failure> {
        // One without a type is that of a type that was asked for, which is known anyway.
        let with_types =
            SubjectArguments { subjects: self.subjects.iter().filter(|one| one.contains('=')).cloned().collect() };
        let mut known = with_types.given(&[])?;
        let others = locked(lock).into_iter().filter(|pair| !known.iter().any(|given| given.subject == pair.subject));
        known.extend(others.collect::<Vec<_>>());
        Ok(known)
    }

    /// The subjects on the command line.
    fn given(&self, types: &[String]) -> Result<Vec<Pair>, Failure> {
        let pairs = self.subjects.iter().map(|given| match (given.split_once('='), types) {
            (Some((type_name, subject)), _) => {
                Ok(Pair { type_name: type_name.to_owned(), subject: subject.to_owned() })
            }
            // With one type it is unambiguous.
            (None, [type_name]) => Ok(Pair { type_name: type_name.clone(), subject: given.clone() }),
            (None, _) => {
                Err(Failure::usage(format!("--subject {given} has no type"), format!("write --subject TYPE={given}")))
            }
        });
        pairs.collect()
    }
}

/// The subjects in the lock, with the type of the newest version of each.
fn locked(lock: &Lock) -> Vec<Pair> {
    let pair = |subject: &str| {
        let type_name = lock.newest(subject)?.type_name.clone();
        Some(Pair { type_name, subject: subject.to_owned() })
    };
    lock.subjects().filter_map(pair).collect()
}
