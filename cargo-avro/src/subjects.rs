//! Which type is released under which subject.

use avro_build::lock::Lock;
use clap::Args;

use crate::failure::Failure;

#[derive(Args, Default)]
pub(crate) struct SubjectArguments {
    /// The subject of a type, which is otherwise the one that the lock knows; may be given several times.
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
    /// The subjects of `types`, or of all that are known when there are none: what the command line says counts more
    /// than the lock.
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
                    format!("say which one it is: --subject {name}=SUBJECT, such as --subject {name}=my-topic-value"),
                ));
            }
            pairs.extend(found);
        }
        Ok(pairs)
    }

    /// What the command line says.
    fn given(&self, types: &[String]) -> Result<Vec<Pair>, Failure> {
        let pairs = self.subjects.iter().map(|given| match (given.split_once('='), types) {
            (Some((type_name, subject)), _) => {
                Ok(Pair { type_name: type_name.to_owned(), subject: subject.to_owned() })
            }
            // With one type there is no doubt.
            (None, [type_name]) => Ok(Pair { type_name: type_name.clone(), subject: given.clone() }),
            (None, _) => Err(Failure::usage(
                format!("--subject {given} does not say of which type"),
                format!("write --subject TYPE={given}"),
            )),
        });
        pairs.collect()
    }
}

/// What the lock says: the type of the newest version of each subject.
fn locked(lock: &Lock) -> Vec<Pair> {
    let pair = |subject: &str| {
        let type_name = lock.newest(subject)?.type_name.clone();
        Some(Pair { type_name, subject: subject.to_owned() })
    };
    lock.subjects().filter_map(pair).collect()
}
