//! `cargo xtask cost`: what the attribute costs at compile time, beside what people compare it with.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::cargo;

const FUNCTIONS: u32 = 1000;
const RUNS: u32 = 5;

/// Prints both tables. The crates that are built stay in `target/cost`.
pub(crate) fn measure() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?;
    let at = root.join("target/cost");
    let runtime = root.join("circuit-runtime");
    let runtime = format!("circuit-runtime = {{ path = '{}' }}", runtime.display());
    let syn = "syn = { version = \"3\", features = [\"full\"] }";

    // As of crates from a registry, which are never built incrementally.
    println!("cold build of an empty crate, least of {RUNS}");
    for (name, dependency) in [("circuit-runtime", &*runtime), ("syn, full", syn)] {
        let krate = Crate::write(&at.join("cold"), root, dependency, "")?;
        let least = least(|| {
            krate.clean()?;
            krate.build("build", Reuse::Nothing)
        })?;
        println!("{name:<40} {:>7.2} s", least.as_secs_f32());
    }

    let dependencies = format!("{runtime}\ntracing = \"0.1\"\nasync-trait = \"0.1\"");
    println!(
        "\n`cargo check` of {FUNCTIONS} functions, least of {RUNS}, and what an attribute adds to each: from scratch, \
         and again when nothing but the expansions has to be done anew"
    );
    for is_async in [false, true] {
        let mut bare = None;
        for (name, attribute) in ATTRIBUTES {
            let Some(source) = source(name, attribute, is_async) else { continue };
            let krate = Crate::write(&at.join("check"), root, &dependencies, &source)?;
            let measured = [Reuse::Nothing, Reuse::All].map(|reuse| {
                krate.build("check", reuse)?;
                least(|| {
                    krate.touch(&source)?;
                    krate.build("check", reuse)
                })
            });
            let [scratch, again] = measured;
            let measured = [scratch?, again?];
            let bare = *bare.get_or_insert(measured);
            let kind = if is_async { "async fn" } else { "fn" };
            print!("{:<40}", format!("{kind}, {name}"));
            for (least, bare) in measured.into_iter().zip(bare) {
                let each = least.saturating_sub(bare) / FUNCTIONS;
                print!(" {:>7.2} s {:>7.3} ms", least.as_secs_f32(), each.as_secs_f32() * 1000.0);
            }
            println!();
        }
    }
    Ok(())
}

/// What a build may take over from the one before.
#[derive(Clone, Copy)]
enum Reuse {
    Nothing,
    All,
}

const ATTRIBUTES: [(&str, &str); 5] = [
    ("bare", ""),
    ("#[circuit_breaker(name)]", "#[circuit_breaker(name = \"db\")]"),
    (
        "#[circuit_breaker(name, exclude)]",
        "#[circuit_breaker(name = \"db\", exclude = [std::num::ParseIntError])]",
    ),
    ("#[tracing::instrument]", "#[tracing::instrument(skip_all)]"),
    ("#[async_trait]", ""),
];

/// The functions, `None` where the attribute is not for such ones.
fn source(name: &str, attribute: &str, is_async: bool) -> Option<String> {
    let in_trait = name == "#[async_trait]";
    if in_trait && !is_async {
        return None;
    }
    let mut source = "#![allow(unused_imports, dead_code)]\n\
         use circuit_runtime::{Rejected, circuit_breaker};\n\
         #[derive(Debug)] pub enum Fault { Number(std::num::ParseIntError), Rejected(Rejected) }\n\
         impl From<std::num::ParseIntError> for Fault { fn from(e: std::num::ParseIntError) -> Self { Self::Number(e) } }\n\
         impl From<Rejected> for Fault { fn from(e: Rejected) -> Self { Self::Rejected(e) } }\n"
        .to_owned();
    let (keyword, this) =
        (if is_async { "async " } else { "" }, if in_trait { "&self, " } else { "" });
    let head = |n| {
        format!("{keyword}fn f{n}({this}text: &str, mut rows: Vec<u32>) -> Result<Vec<u32>, Fault>")
    };
    let wait = if is_async { "std::future::ready(()).await;" } else { "" };
    if in_trait {
        source.push_str("#[async_trait::async_trait] pub trait All {\n");
        for n in 0..FUNCTIONS {
            let _ = writeln!(source, "{};", head(n));
        }
        source.push_str("}\npub struct Db;\n#[async_trait::async_trait] impl All for Db {\n");
    }
    for n in 0..FUNCTIONS {
        let vis = if in_trait { "" } else { "pub " };
        let _ = writeln!(
            source,
            "{attribute}\n{vis}{} {{\n    for part in text.split(',') {{\n        let row: u32 = part.trim().parse()?;\n        \
             if row > {n} {{\n            return Ok(rows);\n        }}\n        {wait}\n        rows.push(row);\n    }}\n    \
             rows.sort_unstable();\n    rows.dedup();\n    let last = rows.last().copied().unwrap_or_default();\n    \
             rows.retain(|row| *row != last);\n    Ok(rows)\n}}",
            head(n)
        );
    }
    if in_trait {
        source.push_str("}\n");
    }
    Some(source)
}

fn least(mut run: impl FnMut() -> Result<Duration, String>) -> Result<Duration, String> {
    let mut least = Duration::MAX;
    for _ in 0..RUNS {
        least = least.min(run()?);
    }
    Ok(least)
}

/// A crate of its own, with the workspace's versions.
struct Crate(PathBuf);

impl Crate {
    fn write(at: &Path, root: &Path, dependencies: &str, source: &str) -> Result<Self, String> {
        let manifest = format!(
            "[package]\nname = \"cost\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependencies}\n"
        );
        let written = fs::create_dir_all(at.join("src"))
            .and_then(|()| fs::write(at.join("Cargo.toml"), manifest))
            .and_then(|()| fs::write(at.join("src/lib.rs"), source))
            .and_then(|()| fs::copy(root.join("Cargo.lock"), at.join("Cargo.lock")));
        written.map_err(|error| format!("{}: {error}", at.display()))?;
        Ok(Self(at.to_owned()))
    }

    fn clean(&self) -> Result<(), String> {
        match fs::remove_dir_all(self.0.join("target")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.to_string()),
            _ => Ok(()),
        }
    }

    /// Makes cargo look at it again.
    fn touch(&self, source: &str) -> Result<(), String> {
        fs::write(self.0.join("src/lib.rs"), source).map_err(|error| error.to_string())
    }

    fn build(&self, how: &str, reuse: Reuse) -> Result<Duration, String> {
        let incremental = if matches!(reuse, Reuse::All) { "1" } else { "0" };
        let mut command = cargo(&[how, "--quiet"]);
        command.current_dir(&self.0).env("CARGO_INCREMENTAL", incremental);
        command.env("CARGO_TARGET_DIR", self.0.join("target"));
        let begun = Instant::now();
        let status = command.status();
        let taken = begun.elapsed();
        match status {
            Ok(status) if status.success() => Ok(taken),
            Ok(status) => Err(format!("cargo {how} in {}: {status}", self.0.display())),
            Err(error) => Err(format!("cargo cannot be run: {error}")),
        }
    }
}
