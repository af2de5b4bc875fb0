//! Runs the targets on mutations of valid input: the same ones in every run.

mod declared;
mod mutation;

use std::panic::catch_unwind;

use fuzz_targets::{TARGETS, Target};
use mutation::Mutator;

/// How many inputs each target gets: all of them together take some ten seconds, in a build that is not optimized.
const INPUTS: usize = 30_000;

fn check(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target");
    let seeds = (target.seeds)();
    seeds.iter().for_each(|seed| run(target, seed));
    run(target, &[]);
    let mut mutator = Mutator::new(&seeds);
    for _ in 0..INPUTS {
        run(target, mutator.next_input());
    }
}

/// A panic names the input, so that it can become a test.
fn run(target: &Target, input: &[u8]) {
    if catch_unwind(|| (target.run)(input)).is_err() {
        panic!("{} panics, as above, with the input {}", target.name, input.escape_ascii());
    }
}

#[test]
fn decode() {
    check("decode");
}

#[test]
fn resolved() {
    check("resolved");
}

#[test]
fn views() {
    check("views");
}

#[test]
fn json() {
    check("json");
}

#[test]
fn schema() {
    check("schema");
}

#[test]
fn idl() {
    check("idl");
}

#[test]
fn frames() {
    check("frames");
}
