//! The proxies of a run: one in front of each broker, and one in front of the registry.

use super::proxy::Proxy;
use super::toxic::Toxic;
use crate::servers::cluster::BROKERS;
use crate::servers::error::Error;

/// All proxies.
pub(crate) struct Doors {
    pub(crate) brokers: [Proxy; BROKERS],
    pub(crate) registry: Proxy,
}

impl Doors {
    pub(crate) fn open() -> Result<Doors, Error> {
        let brokers = [Proxy::listen()?, Proxy::listen()?, Proxy::listen()?];
        Ok(Doors { brokers, registry: Proxy::listen()? })
    }

    /// Does what a test requests: `brokers half-open`, `broker-0 cut`, `registry 429`. `None` where it is not about a
    /// proxy.
    pub(crate) fn execute(&self, request: &str) -> Option<Result<(), String>> {
        let (name, words) = request.split_once(' ')?;
        let proxies: Vec<&Proxy> = match name {
            "brokers" => self.brokers.iter().collect(),
            "registry" => vec![&self.registry],
            _ => {
                let index: usize = name.strip_prefix("broker-")?.parse().ok()?;
                vec![self.brokers.get(index)?]
            }
        };
        let Some(toxic) = Toxic::from_words(&words.split(' ').collect::<Vec<_>>()) else {
            return Some(Err(format!("`{words}` is not a toxic")));
        };
        proxies.into_iter().for_each(|proxy| proxy.set(toxic));
        Some(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_name_a_proxy_and_a_toxic() {
        let doors = Doors::open().expect("four ports");
        for request in ["brokers cut", "broker-2 slow 50 1000", "registry 429", "registry healthy"] {
            assert_eq!(doors.execute(request), Some(Ok(())), "{request}");
        }
        assert_eq!(doors.execute("registry sad"), Some(Err("`sad` is not a toxic".into())));
        for request in ["kill 0", "start 0 1 2", "broker-3 cut", "cut"] {
            assert_eq!(doors.execute(request), None, "{request}");
        }
    }
}
