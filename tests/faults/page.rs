//! `docs/faults.md` names every test, and no test that is not there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const PAGE: &str = include_str!("../../docs/faults.md");

fn tests_directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The names of the functions in `source` that are tests.
fn tests_in(source: &str) -> impl Iterator<Item = &str> {
    source.split("\n#[test]\n").skip(1).map(|test| {
        let (_, from_name) = test.split_once("fn ").expect("a function");
        from_name.split_once('(').expect("arguments").0
    })
}

fn tests_of(file: &Path, path: &str) -> BTreeSet<String> {
    let source = fs::read_to_string(file).expect("readable");
    tests_in(&source).map(|test| format!("{path}::{test}")).collect()
}

/// The tests of this program, but for those of the page itself.
fn tests_here() -> BTreeSet<String> {
    let files = fs::read_dir(tests_directory().join("faults")).expect("readable");
    let mut tests = BTreeSet::new();
    for file in files {
        let file = file.expect("readable").path();
        let module = file.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
        if module != "page" {
            tests.append(&mut tests_of(&file, &format!("faults::{module}")));
        }
    }
    tests
}

/// What the page quotes as code that begins with `prefix`.
fn quoted(prefix: &str) -> BTreeSet<String> {
    let quotes = PAGE.split('`').skip(1).step_by(2);
    quotes.filter(|quote| quote.starts_with(prefix)).map(str::to_owned).collect()
}

#[test]
fn every_test_is_named_and_every_name_is_a_test() {
    let (tests, named) = (tests_here(), quoted("faults::"));
    assert!(tests.len() > 100, "{tests:?}");
    assert_eq!(tests.difference(&named).collect::<Vec<_>>(), [&""; 0], "not on the page");
    assert_eq!(named.difference(&tests).collect::<Vec<_>>(), [&""; 0], "no such test");
}

#[test]
fn what_is_named_elsewhere_is_there_too() {
    let allocations = tests_of(&tests_directory().join("allocations/main.rs"), "allocations");
    let named = quoted("allocations::");
    assert!(!named.is_empty());
    assert_eq!(named.difference(&allocations).collect::<Vec<_>>(), [&""; 0]);
    let promises = fs::read_to_string(tests_directory().join("it/fleet.rs")).expect("readable");
    let (_, promises) = promises.split_once("\npromises! {").expect("a list");
    let named = quoted("fleet::in_redis::");
    assert!(!named.is_empty());
    for name in named {
        let (_, promise) = name.rsplit_once("::").expect("a path");
        assert!(promises.lines().any(|line| line.trim() == promise), "{name}");
    }
    let named = quoted("http::");
    assert!(!named.is_empty());
    for name in named {
        let mut path = name.split("::").skip(1);
        let (module, test) = (path.next().expect("a module"), path.next().expect("a test"));
        let source = fs::read_to_string(tests_directory().join(format!("http/{module}.rs")));
        let source = source.expect("readable").replace("#[tokio::test]\nasync ", "#[test]\n");
        assert!(tests_in(&source).any(|found| found == test), "{name}");
    }
    let cases = quoted("ui-tests/");
    assert!(!cases.is_empty());
    for case in cases {
        assert!(tests_directory().join("..").join(&case).is_file(), "{case}");
    }
}

/// The cells of every row of a table, heads and rules left out.
fn rows() -> impl Iterator<Item = Vec<&'static str>> {
    let rows = PAGE.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
    let cells = rows.map(|row| row.trim_matches('|').split(" | ").map(str::trim).collect());
    cells.filter(|cells: &Vec<_>| cells.first() != Some(&"fault"))
}

#[test]
fn every_row_names_its_test_or_says_that_there_is_none() {
    for row in rows() {
        let [_, _, test] = row.as_slice() else { panic!("{row:?}") };
        let named = ["`faults::", "`allocations::", "`fleet::", "`http::", "`ui-tests/"];
        assert!(*test == "none" || named.iter().any(|prefix| test.starts_with(prefix)), "{row:?}");
    }
}
