//! What is chosen in the golden files, of which `tests/golden/cases.rs` is the list: all options at once, and those of
//! `docs/`.

use avro_codegen::{Bytes, InvalidOption, Logical, Maps, Options, Pointers, Strings};

/// Everything that can be chosen, each where it shows.
pub(crate) fn every_option() -> Result<Options, InvalidOption> {
    Options::new()
        .views(true)
        .own_type("com.acme.Order.id", "crate::options::own::OrderId")?
        .own_type("com.acme.Order.previous_id", "crate::options::own::OrderId")?
        .own_type("com.acme.Order.sole_id", "crate::options::own::OrderId")?
        .own_type("com.acme.*@uuid", "crate::options::own::ItemId")?
        .own_type("com.acme.Order.password", "crate::options::own::Secret<_>")?
        .own_type("com.acme.Order.points", "crate::options::own::Points<_>")?
        .own_type("com.acme.Order.labels", "crate::options::own::Labels<_>")?
        .own_type("com.acme.Order.own_address", "crate::options::own::OwnAddress")?
        .own_type("com.acme.Order.own_level", "crate::options::own::OwnLevel")?
        .own_type("com.acme.Order.own_union", "crate::options::own::OwnUnion")?
        .own_type("com.acme.Order.own_union_with_null", "crate::options::own::OwnUnion")?
        .replace("com.acme.Money", "crate::options::own::Money")?
        .extern_path("com.acme.shared", "crate::options::generated::usual::com::acme::shared")?
        .strings("com.acme.Order.box_text", Strings::BoxStr)?
        .strings("com.acme.Order.arc_texts", Strings::ArcStr)?
        .strings("Totals", Strings::BoxStr)?
        .bytes("com.acme.Order.box_blob", Bytes::BoxSlice)?
        .bytes("com.acme.Order.arc_blob", Bytes::ArcSlice)?
        .bytes("com.acme.Order.shared_blob", Bytes::Bytes)?
        .strings("com.acme.Order.compact_text", Strings::CompactString)?
        .maps("*", Maps::BTreeMap)?
        .maps("com.acme.Order.fast_counts", Maps::FastHashMap)?
        .maps("com.acme.Order.listed_counts", Maps::Vec)?
        .logical("com.acme.Order.*", Logical::Chrono)?
        .logical("com.acme.Order.at", Logical::Default)?
        .logical("com.acme.Order.raw_at", Logical::Underlying)?
        .logical("com.acme.Order.raw_fee", Logical::Underlying)?
        .logical("com.acme.Span", Logical::Underlying)?
        .boxed("com.acme.Order.address")?
        .boxed("com.acme.Order.shared_address")?
        .boxed("com.acme.Order.boxed_union")?
        .boxed("com.acme.Payload.Money")?
        .pointers("com.acme.Order.shared_address", Pointers::Arc)?
        .pointers("com.acme.Tree.left", Pointers::Arc)?
        .union_name("com.acme.Order.payload", "Payload")?
        .union_name("com.acme.Order.other_payload", "OtherPayload")?
        .derive("com.acme.Tree", "Eq, PartialOrd")?
        .derive("com.acme.Payload", "::core::hash::Hash, Eq")?
        .skip_derive("com.acme.Address", "Debug")?
        .type_attribute("com.acme.*@enum", "#[doc(alias = \"severity\")]")?
        .field_attribute("com.acme.Order.limits", "#[doc(alias = \"bounds\")]")?
        .variant_attribute("com.acme.Level.HIGH", "#[doc(alias = \"urgent\")]")?
        .variant_attribute("com.acme.Payload.string", "#[doc(alias = \"text\")]")
}

/// The own type that `docs/generated-code.md` shows.
pub(crate) fn own_type_of_the_pages() -> Result<Options, InvalidOption> {
    Options::new().own_type("com.example.crm.Customer.customerId", "crate::docs::examples::CustomerId")
}
