//! The project's own commands.
//!
//! - `cargo xtask test`: everything that continuous integration runs, in its order;
//! - `cargo xtask model`: every schedule of two or three threads, under loom;
//! - `cargo xtask stress <seconds>`: threads and tasks at breakers with every policy;
//! - `cargo xtask simulate <seeds>`: fleets whose messages, processes and storages are lost;
//! - `cargo xtask fleet`: what processes that share a breaker through Redis do and cost, at length;
//! - `cargo xtask compare <schedules>`: random schedules beside the naive reference;
//! - `cargo xtask ui --bless`: writes the golden files of `ui-tests` anew;
//! - `cargo xtask cost`: what the attribute costs at compile time;
//! - `cargo xtask bench`: what a call costs, beside the peers; with `--http`, what an HTTP client's request does.

mod bench;
mod cost;
mod model;
mod tool;

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

const USAGE: &str = "usage: cargo xtask test | model | stress <seconds> | simulate <seeds> | fleet | compare <schedules> | ui [--bless] | cost | bench [--http] [--quick] [--runs <n>]";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["test"] => test(),
        ["model"] => model::model(),
        ["stress", seconds] if is_number(seconds) => stress(seconds),
        ["simulate", seeds] if is_number(seeds) => simulate(seeds),
        ["fleet"] => fleet(),
        ["compare", schedules] if is_number(schedules) => compare(schedules),
        ["ui"] => run("UI tests", &["test", "-p", "ui-tests"], &[]),
        ["ui", "--bless"] => {
            run("UI tests, writing", &["test", "-p", "ui-tests"], &[("TRYBUILD", "overwrite")])
        }
        ["cost"] => cost::measure(),
        ["bench", ref words @ ..] => bench::bench(words),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// From the fastest to find fault to the slowest.
fn test() -> Result<(), String> {
    for (tool, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        let found =
            cargo(&[tool, "--version"]).output().is_ok_and(|output| output.status.success());
        if !found {
            return Err(format!("`cargo {tool}` is missing: rustup component add {component}"));
        }
    }
    let deny = [("RUSTDOCFLAGS", "-Dwarnings")];
    run("formatting", &["fmt", "--all", "--check"], &[])?;
    run(
        "clippy, all features",
        &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-Dwarnings"],
        &[],
    )?;
    run(
        "clippy, default features",
        &["clippy", "-p", "circuit-runtime", "--lib", "--examples", "--", "-Dwarnings"],
        &[],
    )?;
    run(
        "clippy, no features",
        &["clippy", "-p", "circuit-runtime", "--lib", "--no-default-features", "--", "-Dwarnings"],
        &[],
    )?;
    for feature in features()? {
        let lint =
            ["clippy", "-p", "circuit-runtime", "--lib", "--no-default-features", "--features"];
        let lint = [&lint[..], &[&feature, "--", "-Dwarnings"]].concat();
        run(&format!("clippy, {feature} alone"), &lint, &[])?;
    }
    run("docs", &["doc", "--workspace", "--no-deps", "--all-features"], &deny)?;
    run(
        "tests, default features",
        &["test", "-p", "circuit-runtime", "-p", "circuit-macros"],
        &[],
    )?;
    tool::install("redis-server", "redis-server")?;
    tool::install("promtool", "prometheus")?;
    examples()?;
    tool::install("chromium", "chromium")?;
    tool::install("chromedriver", "chromium-driver")?;
    run("tests, all features", &["test", "--workspace", "--all-features"], &[])?;
    // What is published is built by itself, from what goes into the packages.
    let package = ["package", "--allow-dirty", "-p", "circuit-macros", "-p", "circuit-runtime"];
    run("packages", &package, &[])?;
    bench::test()?;
    compare("20000")?;
    stress("60")?;
    model::model()
}

/// Features, none of which may need another.
fn features() -> Result<Vec<String>, String> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../circuit-runtime/Cargo.toml");
    let text = fs::read_to_string(manifest).map_err(|error| format!("{manifest}: {error}"))?;
    let lines = text.lines().skip_while(|line| *line != "[features]").skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    let names = lines.filter_map(|line| Some(line.split_once(" = ")?.0.to_owned()));
    Ok(names.filter(|name| name != "default" && !name.starts_with('#')).collect())
}

/// Every one of them runs unattended, and ends with an error where it does not show what it is to show.
fn examples() -> Result<(), String> {
    // With the features of the tests that follow, or what they need would be built twice.
    run("examples", &["build", "--workspace", "--all-features", "--examples"], &[])?;
    let program = env::current_exe().map_err(|error| format!("this program: {error}"))?;
    let built = program.with_file_name("examples");
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../circuit-runtime/examples");
    let entries = fs::read_dir(directory).map_err(|error| format!("{directory}: {error}"))?;
    let stems = entries.flatten().map(|entry| entry.path().with_extension(""));
    let mut names: Vec<String> =
        stems.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect();
    names.sort_unstable();
    for name in names {
        wait(&format!("example: {name}"), &mut Command::new(built.join(&name)))?;
    }
    Ok(())
}

fn is_number(word: &str) -> bool {
    word.parse::<u32>().is_ok()
}

fn compare(schedules: &str) -> Result<(), String> {
    run("random schedules", &tests("reference"), &[("PROPTEST_CASES", schedules)])
}

/// As they are built for all the tests: with other features they would be built anew.
fn tests(name: &str) -> [&str; 5] {
    ["test", "--workspace", "--all-features", "--test", name]
}

fn simulate(seeds: &str) -> Result<(), String> {
    let of = ["-p", "circuit-runtime", "--features", "storage,test-util"];
    let simulate = [&["test", "--release", "--lib"], &of[..], &["simulation::"]].concat();
    run("simulated fleets", &simulate, &[("FLEET_SEEDS", seeds)])
}

fn fleet() -> Result<(), String> {
    tool::install("redis-server", "redis-server")?;
    let arguments = ["test", "--release", "-p", "integration-tests", "--test", "fleet"];
    run("fleet", &arguments, &[("FLEET_FULL", "1")])
}

fn stress(seconds: &str) -> Result<(), String> {
    let arguments = [&tests("stress")[..], &["--", "--nocapture"]].concat();
    run("stress", &arguments, &[("STRESS_SECONDS", seconds)])
}

fn run(what: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Result<(), String> {
    wait(what, cargo(arguments).envs(environment.iter().copied()))
}

fn wait(what: &str, command: &mut Command) -> Result<(), String> {
    let program = Path::new(command.get_program()).file_name();
    let words: Vec<_> =
        program.into_iter().chain(command.get_args()).map(OsStr::to_string_lossy).collect();
    println!("\n== {what}: {}", words.join(" "));
    let begun = Instant::now();
    let status = command.status();
    let status = status.map_err(|error| format!("{what}: it cannot be run: {error}"))?;
    println!("== {what}: {status} after {:.1} s", begun.elapsed().as_secs_f32());
    if status.success() { Ok(()) } else { Err(format!("{what} failed")) }
}

fn cargo(arguments: &[&str]) -> Command {
    // The cargo that runs this, whatever the path says.
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}
