//! The members of an object, while it is read.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Member, Object};
use crate::code::Code;
use crate::collect::Collector;
use crate::source::{SourceId, Span};

/// Below this many members a plain search for duplicate keys is quicker than a map.
const FEW_MEMBERS: usize = 16;

/// Collects members with different keys.
#[derive(Default)]
pub(crate) struct Members<'t> {
    list: Vec<Member<'t>>,
    /// The places of all keys, once there are more than a few.
    places: HashMap<Cow<'t, str>, usize>,
}

impl<'t> Members<'t> {
    /// Adds a member, unless its key is there: then the first one stays, and the error is the place of its key.
    pub(crate) fn add(&mut self, member: Member<'t>) -> Result<(), Span> {
        if let Some(first) = self.place(&member.key).and_then(|place| self.list.get(place)) {
            return Err(first.key_span);
        }
        if !self.places.is_empty() {
            self.places.insert(member.key.clone(), self.list.len());
        }
        self.list.push(member);
        Ok(())
    }

    /// Adds a member as Java reads JSON: of two with one key the last counts, at the place of the first. That is a
    /// warning.
    pub(crate) fn set_and_warn(&mut self, member: Member<'t>, source: SourceId, collector: &mut Collector) {
        let (key, span) = (member.key.clone(), member.key_span);
        if let Some(first) = self.set(member) {
            let message = format!("the key `{key}` appears twice in this object");
            collector
                .warning(Code::DUPLICATE_KEY, (source, span), message, "only this one counts")
                .also((source, first), "ignored")
                .help("remove one of the two");
        }
    }

    /// Adds a member; one whose key is there takes the place of the first. The place of that one's key comes back.
    pub(crate) fn set(&mut self, member: Member<'t>) -> Option<Span> {
        let Some(first) = self.place(&member.key).and_then(|place| self.list.get_mut(place)) else {
            let added = self.add(member);
            debug_assert!(added.is_ok(), "the key is not there yet");
            return None;
        };
        let span = first.key_span;
        *first = member;
        Some(span)
    }

    pub(crate) fn into_list(self) -> Vec<Member<'t>> {
        self.list
    }

    pub(crate) fn into_object(self) -> Object<'t> {
        Object { members: self.list }
    }

    fn place(&mut self, key: &str) -> Option<usize> {
        if self.list.len() < FEW_MEMBERS {
            return self.list.iter().position(|other| other.key == key);
        }
        if self.places.is_empty() {
            self.places = self.list.iter().enumerate().map(|(place, other)| (other.key.clone(), place)).collect();
        }
        self.places.get(key).copied()
    }
}
