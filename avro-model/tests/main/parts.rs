//! Schemas that are split so that those which share types refer to each other.

use std::collections::BTreeSet;

use avro_model::{Kind, SchemaPart, SchemaSet, Source, Type};
use proptest::prelude::*;

/// Records that name each other: each with the numbers of those that its fields may be.
fn set_of(records: &[Vec<usize>]) -> SchemaSet {
    let field =
        |(place, used): (usize, &usize)| format!(r#"{{"name":"f{place}","type":["null","n.R{used}"],"default":null}}"#);
    let sources = records.iter().enumerate().map(|(number, used)| {
        let fields: Vec<String> = used.iter().enumerate().map(field).collect();
        let text = format!(r#"{{"type":"record","name":"n.R{number}","fields":[{}]}}"#, fields.join(","));
        Source::new(format!("r{number}.avsc"), text)
    });
    SchemaSet::parse(sources.collect()).expect("every name is there")
}

/// The places of a part and of all that it refers to, directly or not, in their order.
fn with_references(parts: &[SchemaPart], place: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![place];
    while let Some(place) = waiting.pop() {
        if found.insert(place) {
            waiting.extend(&parts[place].references);
        }
    }
    found
}

/// What a registry and its clients do: the texts of all references, and then the part itself.
fn linked(parts: &[SchemaPart], place: usize) -> String {
    let sources = with_references(parts, place);
    let sources = sources.iter().map(|place| Source::new(format!("part {place}"), parts[*place].json.clone()));
    let set = SchemaSet::parse(sources.collect()).expect("a part and its references are complete");
    let last = set.roots().last().expect("the part is there");
    set.schema_of(&last.ty).to_json()
}

/// How often each name is defined in the texts of a part and of its references.
fn definitions(parts: &[SchemaPart], place: usize) -> Vec<String> {
    let texts = with_references(parts, place).into_iter().map(|place| parts[place].json.clone());
    let mut names: Vec<String> = texts
        .flat_map(|text| {
            let defined = text.split(r#""type":"record","name":""#).skip(1);
            defined.filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect::<Vec<_>>()
        })
        .collect();
    names.sort();
    names
}

fn check(set: &SchemaSet, roots: &[usize], apart: &[String]) -> Vec<SchemaPart> {
    let types: Vec<&Type> = roots.iter().map(|root| &set.roots()[*root].ty).collect();
    let parts = set.parts(&types, |definition| apart.contains(&definition.name.to_string()));
    for (place, part) in parts.iter().enumerate() {
        assert!(part.references.iter().all(|other| *other < place), "references come first: {parts:#?}");
        let defined = definitions(&parts, place);
        assert!(defined.windows(2).all(|two| two[0] != two[1]), "{defined:?} in {parts:#?}");
    }
    for (number, ty) in types.iter().enumerate() {
        let mut of_root = (0..parts.len()).filter(|place| parts[*place].root == Some(number));
        let place = of_root.next().expect("each root has a part");
        assert_eq!(of_root.next(), None, "each root has one part");
        assert_eq!(linked(&parts, place), set.schema_of(ty).to_json(), "{parts:#?}");
    }
    parts
}

proptest! {
    #[test]
    fn parts_make_the_same_schemas(
        records in (1_usize..9).prop_flat_map(|count| {
            proptest::collection::vec(proptest::collection::vec(0..count, 0..4), count)
        }),
        roots in proptest::collection::vec(any::<prop::sample::Index>(), 1..4),
        apart in proptest::collection::vec(any::<prop::sample::Index>(), 0..3),
    ) {
        let set = set_of(&records);
        let roots: Vec<usize> = roots.iter().map(|root| root.index(records.len())).collect();
        let apart: Vec<String> = apart.iter().map(|one| format!("n.R{}", one.index(records.len()))).collect();
        check(&set, &roots, &apart);
    }
}

/// The records that name each other, the roots, what is apart, and the names of the parts, each with its references.
type Case = (&'static [&'static [usize]], &'static [usize], &'static [usize], &'static [(usize, &'static [usize])]);

#[test]
fn each_type_has_its_part() {
    let cases: &[Case] = &[
        // One root alone, and one of whose types has a part of its own.
        (&[&[1, 1], &[]], &[0], &[], &[(0, &[])]),
        (&[&[1], &[]], &[0], &[1], &[(1, &[]), (0, &[0])]),
        // What two roots share, and what only a shared type uses.
        (&[&[2], &[2], &[3], &[]], &[0, 1], &[], &[(2, &[]), (0, &[0]), (1, &[0])]),
        // A root that another one uses.
        (&[&[1], &[]], &[0, 1], &[], &[(1, &[]), (0, &[0])]),
        // What is apart and its user share a type, which has to be apart, too.
        (&[&[1, 2], &[2], &[]], &[0], &[1], &[(2, &[]), (1, &[0]), (0, &[0, 1])]),
        // A circle that two roots enter at different places stays together.
        (&[&[2], &[3], &[3], &[2]], &[0, 1], &[], &[(2, &[]), (0, &[0]), (1, &[0])]),
        // Roots in a circle: each has all of it, and others refer to the first.
        (&[&[1], &[0], &[1]], &[0, 1, 2], &[], &[(0, &[]), (1, &[]), (2, &[0])]),
        // The same root twice, and types that no root uses.
        (&[&[], &[0]], &[0, 0], &[1], &[(0, &[]), (0, &[])]),
    ];
    for (records, roots, apart, expected) in cases {
        let records: Vec<Vec<usize>> = records.iter().map(|used| used.to_vec()).collect();
        let apart: Vec<String> = apart.iter().map(|number| format!("n.R{number}")).collect();
        let parts = check(&set_of(&records), roots, &apart);
        let found: Vec<_> = parts
            .iter()
            .map(|part| (part.name.as_ref().expect("records have names").to_string(), part.references.clone()))
            .collect();
        let expected: Vec<_> = expected.iter().map(|(name, used)| (format!("n.R{name}"), used.to_vec())).collect();
        assert_eq!(found, expected, "{records:?} with {roots:?}");
    }
}

#[test]
fn a_root_without_a_name_refers_to_what_it_is_made_of() {
    let sources = vec![
        Source::new("city.avsc", r#"{"type":"fixed","name":"a.City","size":4}"#),
        Source::new("cities.avsc", r#"{"type":"array","items":"a.City"}"#),
    ];
    let set = SchemaSet::parse(sources).expect("both are valid");
    let types: Vec<&Type> = set.roots().iter().map(|root| &root.ty).collect();
    assert!(matches!(types[1].kind, Kind::Array(_)));
    let parts = set.parts(&types, |_| false);
    assert_eq!(parts[1].json, r#"{"type":"array","items":"a.City"}"#);
    assert_eq!((&parts[1].name, &parts[1].references, parts[1].root), (&None, &vec![0], Some(1)));
    assert_eq!(set.parts(&types[1..], |_| false)[0].json, set.schema_of(types[1]).to_json());
}
