//! What the figures were taken on.

use std::fs;
use std::process::Command;
use std::thread;

/// One line: processor, cores, compiler.
pub(crate) fn description() -> String {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("an unknown processor", |(_, model)| model.trim());
    format!("{model}, {} cores, {}", cores(), compiler())
}

pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

fn compiler() -> String {
    let output = Command::new("rustc").arg("--version").output();
    let version = output.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    version.map_or_else(|| "an unknown compiler".to_owned(), |version| version.trim().to_owned())
}

/// The peers' versions, as the lock file has them.
pub(crate) fn versions(names: &[&str]) -> String {
    let packages: Vec<&str> = include_str!("../Cargo.lock").split("[[package]]").collect();
    let version = |name: &&str| {
        let head = format!("\nname = \"{name}\"\n");
        let package = packages.iter().find(|package| package.starts_with(&head))?;
        let version = package.split("version = \"").nth(1)?.split('"').next()?;
        Some(format!("{name} {version}"))
    };
    names.iter().filter_map(version).collect::<Vec<_>>().join(", ")
}
