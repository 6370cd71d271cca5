//! `cargo xtask model`: every schedule of two or three threads, under loom.

use std::env;
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use crate::{cargo, run};

/// Begun first, or a core has nothing to do while it ends.
const LONGEST: &str = "machine::model::one_probe_at_a_time";

/// With flags and so in a directory of its own, or everything would be built anew before and after.
pub(crate) fn model() -> Result<(), String> {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/model");
    let given = env::var("RUSTFLAGS").unwrap_or_default();
    let flags: Vec<&str> = given.split_whitespace().chain(["--cfg", "circuit_model"]).collect();
    // The variable that goes before all others: without the flag there is no model, and no model fails.
    let flags = [("CARGO_ENCODED_RUSTFLAGS", &*flags.join("\x1f"))];
    let of = ["-p", "circuit-runtime", "--features", "test-util", "--target-dir", directory];
    let lint = [&["clippy", "--lib", "--tests"], &of[..], &["--", "-Dwarnings"]].concat();
    run("clippy, models", &lint, &flags)?;
    let test = [&["test", "--release", "--lib"], &of[..]].concat();
    run("building models", &[&test[..], &["--no-run"]].concat(), &flags)?;
    explore(|words| {
        let mut command = cargo(&[&test[..], &["--quiet", "--"], words].concat());
        command.envs(flags);
        command
    })
}

/// Runs each model in a process of its own, one per core at a time: loom maps and unmaps a stack for each thread of each
/// schedule, and two models in one process spend most of their time waiting for each other to do so.
fn explore(test: impl Fn(&[&str]) -> Command + Sync) -> Result<(), String> {
    let listed = test(&["--list", "model::"]).output().map_err(|error| error.to_string())?;
    let listed = String::from_utf8_lossy(&listed.stdout);
    let mut models: Vec<&str> =
        listed.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    if models.is_empty() {
        return Err("no models are listed".to_owned());
    }
    models.sort_by_key(|&model| model != LONGEST);
    println!("\n== every schedule: {} models", models.len());
    let begun = Instant::now();
    let (left, failed) = (Mutex::new(models.into_iter()), Mutex::new(Vec::new()));
    let next = || left.lock().unwrap().next();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(model) = next() {
                    if !explored(model, &test) {
                        failed.lock().unwrap().push(model);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    println!("== every schedule: after {:.1} s", begun.elapsed().as_secs_f32());
    if failed.is_empty() { Ok(()) } else { Err(format!("{} failed", failed.join(", "))) }
}

/// Says what it wrote in one piece.
fn explored(model: &str, test: &impl Fn(&[&str]) -> Command) -> bool {
    match test(&["--exact", model, "--nocapture"]).output() {
        Ok(output) => {
            let written = [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy);
            println!("\n{model}: {}\n{}", output.status, written.concat().trim());
            output.status.success()
        }
        Err(error) => {
            println!("{model}: {error}");
            false
        }
    }
}
