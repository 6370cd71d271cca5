//! Every mistake, with the answer it gets. `cargo xtask ui --bless` writes the answers anew; read the diff.

// Apart from those that pass: only where none does are all compiled at once.
#[test]
fn every_mistake_is_answered_at_its_place() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/args/*.rs");
    cases.compile_fail("ui/item/*.rs");
    cases.compile_fail("ui/types/*.rs");
}

#[test]
fn what_is_no_mistake_compiles() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}
