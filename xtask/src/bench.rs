//! `cargo xtask bench`: the project beside its Rust peers.

use crate::{run, tool};

/// Passes `words` on: `--quick` for a few short rounds that write nothing, `--runs <n>` for the noise as well; `--http` for HTTP
/// clients instead, which are built for that alone.
pub(crate) fn bench(words: &[&str]) -> Result<(), String> {
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs");
    let mut arguments = of_benches(&["run", "--release"]);
    if words.first() == Some(&"--http") {
        arguments.extend(["--features", "http"]);
    }
    arguments.push("--");
    arguments.extend(words);
    if !words.contains(&"--quick") {
        arguments.extend(["--docs", docs]);
    }
    run("benches", &arguments, &[])
}

/// That the benches are in order, and that no call takes more instructions or allocations than it may.
pub(crate) fn test() -> Result<(), String> {
    run("formatting, benches", &["fmt", "--manifest-path", MANIFEST, "--check"], &[])?;
    let lint = of_benches(&["clippy", "--all-targets"]);
    run("clippy, benches", &[&lint[..], &["--", "-Dwarnings"]].concat(), &[])?;
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        // It counts the instructions.
        tool::install("valgrind", "valgrind")?;
    }
    run("hot path", &of_benches(&["test", "--release"]), &[])
}

const MANIFEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../benches/Cargo.toml");

/// What they build goes beside everything else that is built.
fn of_benches<'a>(words: &[&'a str]) -> Vec<&'a str> {
    const TARGET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/benches");
    [words, &["--manifest-path", MANIFEST, "--target-dir", TARGET]].concat()
}
