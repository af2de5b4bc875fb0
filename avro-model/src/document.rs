//! A source as JSON trees, whatever language it is written in.

use crate::import::PlacedImport;
use crate::raw::Node;

/// A source as trees.
pub(crate) struct Document<'t> {
    pub(crate) body: Body<'t>,
    /// Only the IDL has imports.
    pub(crate) imports: Vec<PlacedImport>,
}

pub(crate) enum Body<'t> {
    /// The schema of a source that has just one.
    Schema(Node<'t>),
    /// The object of a protocol.
    Protocol(Node<'t>),
    /// The schema syntax of the IDL.
    Named(Named<'t>),
}

/// Named types, and perhaps a schema that uses them.
#[derive(Default)]
pub(crate) struct Named<'t> {
    /// The namespace of names that bring none.
    pub(crate) namespace: Option<Node<'t>>,
    pub(crate) main: Option<Node<'t>>,
    pub(crate) types: Vec<Node<'t>>,
}
