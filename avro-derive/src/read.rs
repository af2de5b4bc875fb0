//! Reads what was written on a type, and checks it as far as a macro sees.

mod variants;

use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::{Data, DeriveInput, Fields, Generics, Ident, LitStr, Member, Type};

use crate::ast::{Body, Container, Field, FileChoice, Inner};
use crate::attr::{self, Attributes};
use crate::errors::{Errors, internal_error};
use crate::generic_name;
use crate::names::{self, AvroName};
use crate::rename::Case;
use crate::tokens;
use crate::wire::Wire;

/// What all parts of a type are read with.
struct Context<'e> {
    errors: &'e Errors,
    ident: Ident,
    generics: Generics,
    runtime: syn::Path,
    namespace: Option<String>,
    fields_case: Option<Case>,
    has_file: bool,
}

impl Container {
    /// Reads `input`. What is wrong is reported, and then the result is not to be used.
    pub(crate) fn read(input: DeriveInput, errors: &Errors) -> Option<Container> {
        let DeriveInput { attrs, ident, generics, data, .. } = input;
        let mut attributes = Attributes::read(&attrs, errors);
        let runtime = runtime(&mut attributes, errors);
        let file = file_choice(&mut attributes, errors);
        let has_file = file.is_some();
        let is_transparent = attributes.flag("transparent").is_some();
        let has_name = !has_file && !is_transparent && !is_union(&data);
        let namespace = if has_name { namespace(&mut attributes, errors) } else { None };
        let rename = if has_name { attributes.text("rename") } else { None };
        let aliases = if has_name { aliases(&mut attributes, true, errors) } else { Vec::new() };
        let doc = if has_name { doc(&mut attributes, &attrs) } else { None };
        let mut context = Context { errors, ident, generics, runtime, namespace, fields_case: None, has_file };
        let body = match data {
            Data::Struct(data) => context.structure(data.fields, &mut attributes, is_transparent),
            Data::Enum(data) => {
                if is_transparent {
                    errors.add(&context.ident, "`transparent` is for a struct of one field");
                }
                context.enumeration(data.variants.into_iter().collect(), &mut attributes)
            }
            Data::Union(data) => {
                errors.add(data.union_token, "Avro can be derived for structs and enums only");
                None
            }
        };
        let place = match &body {
            _ if has_file => "a type whose schema is in a file",
            Some(Body::Enum { .. }) => "an enum of names",
            Some(Body::Union(_)) => "an enum of values, which is a union and has no name in Avro",
            Some(Body::Transparent(_)) => "a transparent struct, which has no name in Avro",
            _ => "a struct",
        };
        attributes.finish(place);
        let body = body?;
        let Context { ident, generics, runtime, namespace, .. } = context;
        let used = |parameter: &Ident| body.uses(parameter);
        let name = generic_name::pieces(rename, &ident, &generics, namespace.as_deref(), &used, errors);
        Some(Container { ident, generics, runtime, name, doc, aliases, file, body })
    }
}

impl Context<'_> {
    fn structure(&mut self, fields: Fields, attributes: &mut Attributes<'_>, is_transparent: bool) -> Option<Body> {
        let fields = match fields {
            Fields::Named(fields) => fields.named,
            Fields::Unit => return Some(Body::Record(Vec::new())),
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 && !is_transparent => {
                let is_fixed = attributes.flag("fixed").is_some();
                if !is_fixed && !self.has_file {
                    let message = "a struct of one field is either `#[avro(transparent)]`, the same as the field in Avro, \
                                   or `#[avro(fixed)]`, a fixed with the struct's name";
                    self.errors.add(&self.ident, message);
                }
                let field = fields.unnamed.into_iter().next()?;
                return Some(Body::Fixed(self.inner(&field.attrs, field.ty, true, "the field of a fixed")));
            }
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => fields.unnamed,
            Fields::Unnamed(fields) => {
                self.errors.add(fields, "the fields of a record have names in Avro: name them");
                return None;
            }
        };
        if is_transparent {
            if fields.len() != 1 {
                self.errors.add(&self.ident, "`transparent` is for a struct of one field");
                return None;
            }
            let field = fields.into_iter().next()?;
            let inner = self.inner(&field.attrs, field.ty, false, "the field of a transparent struct");
            if let Some(ident) = field.ident {
                self.errors.add(ident, "a transparent struct is a tuple struct: `struct Name(Type);`");
            }
            return Some(Body::Transparent(inner));
        }
        self.fields_case = rename_all(attributes, self.errors);
        let fields: Vec<Field> = fields.into_iter().filter_map(|field| self.field(field)).collect();
        let sent = fields.iter().filter(|field| !field.is_skipped).map(|field| &field.name);
        names::check_unique(sent, "fields", self.errors);
        Some(Body::Record(fields))
    }

    fn field(&self, field: syn::Field) -> Option<Field> {
        let errors = self.errors;
        let ident = field.ident?;
        let mut attributes = Attributes::read(&field.attrs, errors);
        let is_skipped = attributes.flag("skip").is_some();
        let made = || {
            let rust_name = ident.unraw().to_string();
            (self.fields_case.map_or(rust_name.clone(), |case| case.field(&rust_name)), ident.span())
        };
        let ty = self.without_self(field.ty);
        let bare = |name, ident: &Ident| Field {
            member: Member::Named(ident.clone()),
            ty: ty.clone(),
            is_skipped,
            name,
            doc: None,
            aliases: Vec::new(),
            default: None,
            wire: Wire::Own,
            fixed: None,
        };
        if is_skipped {
            attributes.finish("a skipped field");
            return Some(bare(AvroName { text: String::new(), span: ident.span() }, &ident));
        }
        let name = AvroName::new(attributes.text("rename"), made, errors);
        if self.has_file {
            attributes.finish("a field whose schema is in a file");
            return Some(bare(name, &ident));
        }
        let fixed = attributes.text("fixed").map(|fixed| {
            if !names::is_fullname(&fixed.value()) {
                errors.add(&fixed, names::invalid(&fixed.value()));
            }
            names::in_namespace(&fixed.value(), self.namespace.as_deref())
        });
        let wire = Wire::read(&mut attributes, &ty, fixed.is_some(), &self.runtime, errors);
        let default = attributes.flag_or_text("default");
        let aliases = aliases(&mut attributes, false, errors);
        let doc = doc(&mut attributes, &field.attrs);
        attributes.finish("a field");
        Some(Field { doc, aliases, default, wire, fixed, ..bare(name, &ident) })
    }

    fn inner(&self, attributes: &[syn::Attribute], ty: Type, has_fixed_name: bool, place: &str) -> Inner {
        let mut attributes = Attributes::read(attributes, self.errors);
        let ty = self.without_self(ty);
        let wire = match self.has_file {
            true => Wire::Own,
            false => Wire::read(&mut attributes, &ty, has_fixed_name, &self.runtime, self.errors),
        };
        attributes.finish(place);
        Inner { ty, wire }
    }

    /// The type with its own name in place of `Self`, which cannot be used outside of the impl.
    fn without_self(&self, ty: Type) -> Type {
        let (_, arguments, _) = self.generics.split_for_impl();
        let ident = &self.ident;
        let own = quote::quote!(#ident #arguments);
        syn::parse2(tokens::without_self(ty.to_token_stream(), &own)).unwrap_or_else(|_| {
            self.errors.add(&ty, internal_error("the type cannot be written without `Self`"));
            ty
        })
    }
}

fn is_union(data: &Data) -> bool {
    matches!(data, Data::Enum(data) if data.variants.iter().any(|variant| !matches!(variant.fields, Fields::Unit)))
}

/// The path of avro-typed.
pub(crate) fn runtime(attributes: &mut Attributes<'_>, errors: &Errors) -> syn::Path {
    let given = attributes.text("crate").and_then(|path| match path.parse::<syn::Path>() {
        Ok(path) => Some(path),
        Err(_) => {
            errors.add(&path, format!("`{}` is not a path; write one such as `::avro_typed`", path.value()));
            None
        }
    });
    given.unwrap_or_else(|| syn::parse_quote!(::avro_typed))
}

fn file_choice(attributes: &mut Attributes<'_>, errors: &Errors) -> Option<FileChoice> {
    let path = attributes.text("schema");
    let name = attributes.text("name");
    let subset = attributes.flag("subset");
    if let Some(path) = path {
        return Some(FileChoice { path, name, is_subset: subset.is_some() });
    }
    if let Some(name) = name {
        errors.add(name, "`name` chooses a type of a `schema` file; to name the type, use `rename`");
    }
    if let Some(subset) = subset {
        errors.add_at(subset, "a `subset` is one of the fields in a schema file: name it with `schema = \"…\"`");
    }
    None
}

fn namespace(attributes: &mut Attributes<'_>, errors: &Errors) -> Option<String> {
    let namespace = attributes.text("namespace")?;
    if !names::is_fullname(&namespace.value()) {
        errors.add(
            &namespace,
            format!("`{}` is not a valid namespace; write one such as `com.example.shop`", namespace.value()),
        );
    }
    Some(namespace.value())
}

fn aliases(attributes: &mut Attributes<'_>, may_have_dots: bool, errors: &Errors) -> Vec<String> {
    let is_valid = if may_have_dots { names::is_fullname } else { names::is_name };
    let aliases = attributes.texts("alias");
    for alias in aliases.iter().filter(|alias| !is_valid(&alias.value())) {
        errors.add(alias, names::invalid(&alias.value()));
    }
    aliases.iter().map(LitStr::value).collect()
}

fn doc(attributes: &mut Attributes<'_>, all: &[syn::Attribute]) -> Option<String> {
    attributes.text("doc").map(|doc| doc.value()).or_else(|| attr::documentation(all))
}

fn rename_all(attributes: &mut Attributes<'_>, errors: &Errors) -> Option<Case> {
    let name = attributes.text("rename_all")?;
    match Case::parse(&name.value()) {
        Ok(case) => Some(case),
        Err(message) => {
            errors.add(&name, message);
            None
        }
    }
}
