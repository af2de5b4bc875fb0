//! The next version of a schema.

use super::entropy::Entropy;
use super::version::{Definition, Field, Kind, NAMESPACES, PRIMITIVES, SYMBOLS, Type, Version};

/// Which changes may be made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Changes {
    /// Everything that people do to schemas.
    All,
    /// What apache-avro resolves by the specification: nothing of what `deviations` lists.
    KnownToApacheAvro,
}

/// `old` after some changes. Most are such that data can still be read.
pub(super) fn change(old: &Version, changes: Changes, entropy: &mut Entropy<'_>) -> Version {
    let mut new = old.clone();
    let count = new.definitions.len();
    let mut changer = Changer { changes, entropy };
    for index in 0..count {
        changer.rename(&mut new, index);
    }
    for index in 0..count {
        let mut kind = new.definitions[index].kind.clone();
        match &mut kind {
            Kind::Record(fields) => changer.change_fields(&mut new, fields),
            Kind::Enum { symbols, default } => changer.change_symbols(symbols, default),
            Kind::Fixed(size) => {
                if changer.entropy.chance(10) {
                    *size = changer.entropy.one_of(&[3, 8]);
                }
            }
        }
        new.definitions[index].kind = kind;
    }
    let root = new.root.clone();
    new.root = changer.change_type(&new, &root);
    new
}

struct Changer<'c, 'e> {
    changes: Changes,
    entropy: &'c mut Entropy<'e>,
}

impl Changer<'_, '_> {
    fn may(&mut self, times: u8) -> bool {
        self.entropy.chance(times) && self.changes == Changes::All
    }

    fn rename(&mut self, version: &mut Version, index: usize) {
        let name = version.new_name("Renamed");
        let Definition { name: old, namespace, aliases, .. } = &mut version.definitions[index];
        if self.entropy.chance(16) {
            let fullname = format!("{namespace}.{old}");
            *old = name;
            // apache-avro reads any enum as any other.
            if !self.may(60) {
                aliases.push(fullname);
            }
        } else if self.entropy.chance(16) {
            *namespace = self.entropy.one_of(&NAMESPACES);
        }
    }

    fn change_fields(&mut self, version: &mut Version, fields: &mut Vec<Field>) {
        let mut kept = Vec::new();
        for mut field in fields.drain(..) {
            if self.entropy.chance(24) {
                continue;
            }
            field.ty = self.change_type(version, &field.ty);
            field.aliases.clear();
            field.has_default = self.entropy.chance(60);
            if self.may(30) {
                let name = version.new_name("renamed");
                let old = std::mem::replace(&mut field.name, name);
                if !self.entropy.chance(40) {
                    field.aliases.push(old);
                }
            }
            kept.push(field);
        }
        while self.entropy.chance(50) {
            let ty = version.random_type(self.entropy, 1, true);
            let name = version.new_name("added");
            let field = Field { name, aliases: Vec::new(), ty, has_default: !self.entropy.chance(30) };
            kept.insert(self.entropy.below(kept.len() + 1), field);
        }
        if self.entropy.chance(60) {
            self.entropy.shuffle(&mut kept);
        }
        *fields = kept;
    }

    fn change_symbols(&mut self, symbols: &mut Vec<&'static str>, default: &mut Option<&'static str>) {
        if self.entropy.chance(40) {
            let unused: Vec<_> = SYMBOLS.into_iter().filter(|symbol| !symbols.contains(symbol)).collect();
            symbols.push(self.entropy.one_of(&unused));
        }
        if self.entropy.chance(40) && symbols.len() > 1 {
            symbols.remove(self.entropy.below(symbols.len()));
        }
        if self.entropy.chance(40) {
            self.entropy.shuffle(symbols);
        }
        *default = self.entropy.chance(100).then(|| self.entropy.one_of(symbols));
    }

    fn change_type(&mut self, version: &Version, ty: &Type) -> Type {
        let changed = match ty {
            Type::Primitive(name) => Type::Primitive(self.change_primitive(name)),
            Type::Logical(name, logical) => self.change_logical(name, logical),
            Type::Array(items) => Type::Array(Box::new(self.change_type(version, items))),
            Type::Map(values) => Type::Map(Box::new(self.change_type(version, values))),
            Type::Union(branches) => self.change_union(version, branches),
            Type::Named(_) => ty.clone(),
        };
        if self.entropy.chance(14) {
            return version.union(vec![Type::Primitive("null"), changed]);
        }
        changed
    }

    fn change_primitive(&mut self, name: &'static str) -> &'static str {
        if !self.entropy.chance(50) {
            return name;
        }
        match name {
            "int" => self.entropy.one_of(&["long", "double", "float", "string"]),
            "long" => self.entropy.one_of(&["double", "float"]),
            "float" => self.entropy.one_of(&["double", "long"]),
            "string" => "bytes",
            "bytes" => "string",
            other => other,
        }
    }

    /// The logical type goes, or another comes.
    fn change_logical(&mut self, name: &'static str, logical: &'static str) -> Type {
        if self.may(30) {
            return Type::Primitive(name);
        }
        match logical {
            "timestamp-millis" if self.may(20) => Type::Logical(name, "timestamp-micros"),
            other => Type::Logical(name, other),
        }
    }

    fn change_union(&mut self, version: &Version, branches: &[Type]) -> Type {
        let mut changed: Vec<Type> = branches.iter().map(|branch| self.change_type(version, branch)).collect();
        if self.entropy.chance(40) && changed.len() > 1 {
            changed.remove(self.entropy.below(changed.len()));
        }
        if self.entropy.chance(40) {
            // Beside several numbers apache-avro goes by the value, and not by its type.
            let added = if self.changes == Changes::All { &PRIMITIVES[..] } else { &["null", "boolean"] };
            changed.push(Type::Primitive(self.entropy.one_of(added)));
        }
        if self.entropy.chance(40) {
            self.entropy.shuffle(&mut changed);
        }
        if self.entropy.chance(10) && changed.len() == 1 {
            return changed[0].clone();
        }
        version.union(changed)
    }
}
