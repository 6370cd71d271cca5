//! `cargo xtask bench`: the project beside its Rust peers.

use std::path::Path;

use crate::run;

/// Passes `words` on: `--quick` for a few short rounds that write nothing, `--runs <n>` for the noise as well.
pub(crate) fn bench(words: &[&str]) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?;
    let path = |end: &str| root.join(end).display().to_string();
    let (manifest, target, docs) =
        (path("benches/Cargo.toml"), path("target/benches"), path("docs"));
    let mut arguments = vec!["run", "--release", "--manifest-path", &manifest];
    arguments.extend(["--target-dir", &target, "--"]);
    arguments.extend(words);
    if !words.contains(&"--quick") {
        arguments.extend(["--docs", &docs]);
    }
    run("benches", &arguments, &[])
}
