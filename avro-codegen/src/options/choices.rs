//! Which choice holds where: what the rest of the generator asks.

use std::cell::Cell;

use avro_model::{SchemaSet, Type};

use super::choice::{Bytes, Logical, Maps, Pointers, Strings};
use super::kind;
use super::pattern::Pattern;
use super::rules::{Rule, Rules, most_specific};
use super::target::PatternTarget;
use super::unused::{KnownPaths, UnusedOption};
use super::{Options, error};

/// The options, and which of them were about something so far.
pub(crate) struct Choices<'o> {
    options: &'o Options,
    /// By the number of the rule.
    is_used: Vec<Cell<bool>>,
}

/// A type that is not generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Elsewhere<'o, 'n> {
    /// The user's own type, at this path.
    Replaced(&'o str),
    /// A type that was generated into another module, at this path.
    Generated(&'o str),
    /// A type that was generated into another module: the path of that module, and the namespace and the name below it,
    /// which generated code has in converted form.
    GeneratedBelow { module: &'o str, rest: &'n str },
}

impl<'o> Choices<'o> {
    pub(crate) fn new(options: &'o Options) -> Choices<'o> {
        Choices { options, is_used: vec![Cell::new(false); options.given.len()] }
    }

    /// The path of the runtime crate.
    pub(crate) fn runtime(&self) -> &'o str {
        &self.options.runtime
    }

    /// Whether types have serde's impls.
    pub(crate) fn has_serde(&self) -> bool {
        self.options.serde
    }

    /// Whether types have views.
    pub(crate) fn has_views(&self) -> bool {
        self.options.views
    }

    pub(crate) fn strings(&self, place: PatternTarget<'_>) -> Strings {
        let otherwise = if self.options.fast { Strings::CompactString } else { Strings::default() };
        self.best(&self.options.strings, |rule| rule.pattern.covers(place)).copied().unwrap_or(otherwise)
    }

    pub(crate) fn bytes(&self, place: PatternTarget<'_>) -> Bytes {
        self.best(&self.options.bytes, |rule| rule.pattern.covers(place)).copied().unwrap_or_default()
    }

    pub(crate) fn maps(&self, place: PatternTarget<'_>) -> Maps {
        let otherwise = if self.options.fast { Maps::FastHashMap } else { Maps::default() };
        self.best(&self.options.maps, |rule| rule.pattern.covers(place)).copied().unwrap_or(otherwise)
    }

    /// For a place where a pointer is needed, or was asked for.
    pub(crate) fn pointers(&self, place: PatternTarget<'_>) -> Pointers {
        self.best(&self.options.pointers, |rule| rule.pattern.covers(place)).copied().unwrap_or_default()
    }

    /// Whether a pointer was asked for at a place that holds a generated type.
    pub(crate) fn is_boxed(&self, place: PatternTarget<'_>) -> bool {
        self.best(&self.options.boxed, |rule| rule.pattern.picks(place)).is_some()
    }

    /// For a place with a logical type; where a fixed has it, its own place is `of_fixed`, since a pattern can be about
    /// either.
    pub(crate) fn logical(&self, place: PatternTarget<'_>, of_fixed: Option<PatternTarget<'_>>) -> Logical {
        let covers = |pattern: &Pattern| pattern.covers(place) || of_fixed.is_some_and(|place| pattern.covers(place));
        let concerns = |rule: &Rule<Logical>| rule.choice != Logical::Chrono || kind::is_of_time(place.kind);
        self.best(&self.options.logical, |rule| concerns(rule) && covers(&rule.pattern)).copied().unwrap_or_default()
    }

    /// The user's own type for what is at a place, null aside. A `_` in it is the type of the items of an
    /// array or of the values of a map, elsewhere for the type that would be there: see [`fill`](super::fill).
    pub(crate) fn own_type(&self, place: PatternTarget<'_>) -> Option<&'o str> {
        self.best(&self.options.own_types, |rule| rule.pattern.picks(place)).map(String::as_str)
    }

    /// The name of the Rust enum of a union.
    pub(crate) fn union_name(&self, place: PatternTarget<'_>) -> Option<&'o str> {
        self.best(&self.options.union_names, |rule| rule.pattern.picks(place)).map(String::as_str)
    }

    /// Where the type is when it is not to be generated.
    pub(crate) fn elsewhere<'n>(&self, fullname: &'n str) -> Option<Elsewhere<'o, 'n>> {
        let is_it = |pattern: &Pattern| pattern.path() == fullname;
        if let Some(path) = self.best(&self.options.replacements, |rule| is_it(&rule.pattern)) {
            return Some(Elsewhere::Replaced(path));
        }
        let rules = self.options.extern_paths.iter().filter(|rule| rule.pattern.rest_of(fullname).is_some());
        let rule = most_specific(rules.inspect(|rule| self.is_used[rule.number].set(true)))?;
        Some(match rule.pattern.rest_of(fullname)? {
            "" => Elsewhere::Generated(&rule.choice),
            rest => Elsewhere::GeneratedBelow { module: &rule.choice, rest },
        })
    }

    /// The traits to derive for a type besides its own, once each.
    pub(crate) fn derives(&self, place: PatternTarget<'_>) -> Vec<&'o str> {
        let mut derives: Vec<&str> = Vec::new();
        for path in self.all(&self.options.derives, place).flatten() {
            if !derives.contains(&path.as_str()) {
                derives.push(path);
            }
        }
        derives
    }

    /// Whether a trait that a type could derive by itself is not wanted.
    pub(crate) fn skips_derive(&self, place: PatternTarget<'_>, name: &str) -> bool {
        // All of them are looked at, since every one that covers the type is in use.
        self.all(&self.options.skipped_derives, place).filter(|skipped| skipped.contains(&name)).count() > 0
    }

    /// Attributes for a struct or an enum, in the order in which they were given.
    pub(crate) fn type_attributes(&self, place: PatternTarget<'_>) -> impl Iterator<Item = &'o str> {
        self.all(&self.options.type_attributes, place).map(String::as_str)
    }

    /// Whether any field has attributes.
    pub(crate) fn has_field_attributes(&self) -> bool {
        !self.options.field_attributes.is_empty()
    }

    /// Whether any variant has attributes.
    pub(crate) fn has_variant_attributes(&self) -> bool {
        !self.options.variant_attributes.is_empty()
    }

    /// Attributes for a struct's field.
    pub(crate) fn field_attributes(&self, place: PatternTarget<'_>) -> impl Iterator<Item = &'o str> {
        self.all(&self.options.field_attributes, place).map(String::as_str)
    }

    /// Attributes for an enum's variant, whose place ends with the symbol or with the union branch.
    pub(crate) fn variant_attributes(&self, place: PatternTarget<'_>) -> impl Iterator<Item = &'o str> {
        self.all(&self.options.variant_attributes, place).map(String::as_str)
    }

    /// The options that were about nothing that was asked for. `unnamed` are the types that have no name in the set:
    /// the names that they were given, and for the root of a file its type.
    pub(crate) fn unused<'n>(
        &self,
        set: &SchemaSet,
        unnamed: impl Iterator<Item = (&'n str, Option<&'n Type>)>,
    ) -> Vec<UnusedOption> {
        let unused = self.options.given.iter().zip(&self.is_used).filter(|(_, is_used)| !is_used.get());
        let mut unused = unused.map(|(given, _)| given).peekable();
        if unused.peek().is_none() {
            return Vec::new();
        }
        let known = KnownPaths::new(set, unnamed);
        unused
            .map(|given| {
                let arguments: Vec<&str> = given.arguments.iter().map(String::as_str).collect();
                let is_known = known.contains(&given.pattern);
                let reason = match (is_known, given.pattern.path(), given.pattern.kind()) {
                    (false, path, _) => format!("nothing in the schemas is called `{path}`"),
                    (true, "", None) => format!("there is no {}", given.method.subject),
                    (true, "", Some(kind)) => format!("there is no {} of the kind `{kind}`", given.method.subject),
                    (true, path, None) => format!("`{path}` is or has no {}", given.method.subject),
                    (true, path, Some(kind)) => {
                        format!("`{path}` is or has no {} of the kind `{kind}`", given.method.subject)
                    }
                };
                let suggestion = if is_known { None } else { known.suggestion(&given.pattern) };
                UnusedOption { call: error::call(given.method.name, &arguments), reason, suggestion }
            })
            .collect()
    }

    /// The most specific choice among the rules that hold; all of these are in use, also those that another overrules.
    fn best<C>(&self, rules: &'o Rules<C>, holds: impl Fn(&Rule<C>) -> bool) -> Option<&'o C> {
        let holding = rules.iter().filter(|rule| holds(rule)).inspect(|rule| self.is_used[rule.number].set(true));
        most_specific(holding).map(|rule| &rule.choice)
    }

    /// The choices of all rules that cover the place.
    fn all<C>(&self, rules: &'o Rules<C>, place: PatternTarget<'_>) -> impl Iterator<Item = &'o C> {
        let covering = rules.iter().filter(move |rule| rule.pattern.covers(place));
        covering.inspect(|rule| self.is_used[rule.number].set(true)).map(|rule| &rule.choice)
    }
}

#[cfg(test)]
mod tests {
    use avro_model::Source;

    use super::*;
    use crate::options::InvalidOption;

    type Given = Result<Options, InvalidOption>;

    fn place<'p>(path: &'p str, kind: &'p str) -> PatternTarget<'p> {
        PatternTarget { path, type_length: "com.acme.Order".len(), kind }
    }

    #[test]
    fn the_most_specific_wins_and_the_later_of_equals() -> Result<(), InvalidOption> {
        let options = Options::new()
            .strings("com.acme.Order.note", Strings::String)?
            .strings("*", Strings::BoxStr)?
            .strings("com.acme.*", Strings::BoxStr)?
            .strings("com.acme.*", Strings::ArcStr)?;
        let choices = Choices::new(&options);
        assert_eq!(choices.strings(place("com.acme.Order.note", "string")), Strings::String);
        assert_eq!(choices.strings(place("com.acme.Order.id", "string")), Strings::ArcStr);
        assert_eq!(choices.strings(PatternTarget::of_type("Root", "string")), Strings::BoxStr);
        assert_eq!(Choices::new(&Options::new()).strings(PatternTarget::of_type("Root", "string")), Strings::String);
        Ok(())
    }

    #[test]
    fn logical_types_are_chosen_by_place_by_kind_and_by_the_fixed_that_has_them() -> Result<(), InvalidOption> {
        let options = Options::new()
            .logical("*", Logical::Chrono)?
            .logical("@uuid", Logical::Underlying)?
            .logical("com.acme.Order.at", Logical::Default)?
            .logical("org.bank.Money", Logical::Underlying)?;
        let choices = Choices::new(&options);
        let money = PatternTarget::of_type("org.bank.Money", "decimal");
        for (path, kind, of_fixed, expected) in [
            ("com.acme.Order.sent", "timestamp-millis", None, Logical::Chrono),
            ("com.acme.Order.at", "timestamp-millis", None, Logical::Default),
            ("com.acme.Order.id", "uuid", None, Logical::Underlying),
            ("com.acme.Order.total", "decimal", None, Logical::Default),
            ("com.acme.Order.total", "decimal", Some(money), Logical::Underlying),
        ] {
            assert_eq!(choices.logical(place(path, kind), of_fixed), expected, "{path} {kind}");
        }
        Ok(())
    }

    #[test]
    fn own_types_and_pointers_are_for_the_place_itself() -> Result<(), InvalidOption> {
        let options = Options::new()
            .own_type("com.acme.Order.tags", "crate::Tags")?
            .own_type("com.acme.*@uuid", "crate::Id")?
            .boxed("com.acme.Order.address")?
            .pointers("com.acme.Order.*", Pointers::Arc)?;
        let choices = Choices::new(&options);
        assert_eq!(choices.own_type(place("com.acme.Order.tags", "array")), Some("crate::Tags"));
        assert_eq!(choices.own_type(place("com.acme.Order.tags.items", "string")), None);
        assert_eq!(choices.own_type(place("com.acme.Order.ids.items", "uuid")), Some("crate::Id"));
        assert!(choices.is_boxed(place("com.acme.Order.address", "record")));
        assert!(!choices.is_boxed(place("com.acme.Order.addresses.items", "record")));
        assert_eq!(choices.pointers(place("com.acme.Order.address", "record")), Pointers::Arc);
        Ok(())
    }

    #[test]
    fn types_are_elsewhere_by_name_or_by_namespace() -> Result<(), InvalidOption> {
        let options = Options::new()
            .extern_path("com.acme.shared", "::shared::acme")?
            .extern_path("com.acme.shared.deep.*", "::deep")?
            .extern_path("com.acme.shared.Hash", "::hash::Hash")?
            .replace("com.acme.shared.Money", "crate::Money")?;
        let choices = Choices::new(&options);
        for (fullname, expected) in [
            ("com.acme.Order", None),
            ("com.acme.sharedish.Order", None),
            ("com.acme.shared.Order", Some(Elsewhere::GeneratedBelow { module: "::shared::acme", rest: "Order" })),
            ("com.acme.shared.a.B", Some(Elsewhere::GeneratedBelow { module: "::shared::acme", rest: "a.B" })),
            ("com.acme.shared.deep.B", Some(Elsewhere::GeneratedBelow { module: "::deep", rest: "B" })),
            ("com.acme.shared.Hash", Some(Elsewhere::Generated("::hash::Hash"))),
            ("com.acme.shared.Money", Some(Elsewhere::Replaced("crate::Money"))),
        ] {
            assert_eq!(choices.elsewhere(fullname), expected, "{fullname}");
        }
        Ok(())
    }

    #[test]
    fn attributes_and_derives_add_up() -> Result<(), InvalidOption> {
        let options = Options::new()
            .derive("com.acme.Order", "Eq, Hash")?
            .derive("*", "::a::B, Eq")?
            .skip_derive("@record", "Debug")?
            .type_attribute("com.acme.*@record", "#[a]")?
            .type_attribute("*", "#[b]")?
            .type_attribute("@enum", "#[c]")?;
        let choices = Choices::new(&options);
        let order = PatternTarget::of_type("com.acme.Order", "record");
        assert_eq!(choices.derives(order), ["Eq", "Hash", "::a::B"]);
        assert!(choices.skips_derive(order, "Debug") && !choices.skips_derive(order, "Clone"));
        assert_eq!(choices.type_attributes(order).collect::<Vec<_>>(), ["#[a]", "#[b]"]);
        Ok(())
    }

    #[test]
    fn options_without_effect_are_told() {
        let text = r#"{"type": "record", "name": "com.acme.Order", "fields": [
            {"name": "id", "type": "long"}, {"name": "note", "type": "string"}]}"#;
        let set = SchemaSet::parse(vec![Source::new(String::new(), text.to_owned())]).unwrap();
        let check = |options: Given, expected: &[&str]| {
            let options = options.unwrap();
            let choices = Choices::new(&options);
            choices.strings(place("com.acme.Order.note", "string"));
            let unused: Vec<String> =
                choices.unused(&set, std::iter::empty()).iter().map(UnusedOption::to_string).collect();
            assert_eq!(unused, expected);
        };
        let strings = |pattern| Options::new().strings(pattern, Strings::ArcStr);
        check(strings("com.acme.Order"), &[]);
        // What a more specific option overrules is in use all the same.
        check(strings("com.acme.Order.note").and_then(|options| options.strings("*", Strings::BoxStr)), &[]);
        check(
            strings("com.acme.Ordr.note"),
            &["the option `strings(\"com.acme.Ordr.note\")` has no effect: nothing in the schemas is called \
               `com.acme.Ordr.note`; did you mean `com.acme.Order.note`?"],
        );
        check(
            strings("com.acme.Order.id"),
            &["the option `strings(\"com.acme.Order.id\")` has no effect: `com.acme.Order.id` is or has no string"],
        );
        check(
            strings("@uuid").and_then(|options| options.derive("org.*", "Eq")),
            &[
                "the option `strings(\"@uuid\")` has no effect: there is no string of the kind `uuid`",
                "the option `derive(\"org.*\", \"Eq\")` has no effect: nothing in the schemas is called `org`",
            ],
        );
    }
}
