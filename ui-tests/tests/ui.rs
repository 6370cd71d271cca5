//! Every mistake, with the answer it gets. `cargo xtask ui --bless` writes the answers anew; read the diff.

#[test]
fn every_mistake_is_answered_at_its_place() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/args/*.rs");
    cases.compile_fail("ui/item/*.rs");
    cases.compile_fail("ui/types/*.rs");
    cases.pass("ui/pass/*.rs");
}
