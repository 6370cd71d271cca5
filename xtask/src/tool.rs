//! Programs of the system that tests need.

use std::process::{Command, Stdio};

/// Sees to it that there is a `program`, from the Debian package `package` where it is missing.
pub(crate) fn install(program: &str, package: &str) -> Result<(), String> {
    let is_there = || succeeds(program, &["--version"]);
    if is_there() {
        return Ok(());
    }
    println!("\n== {program} is missing: apt-get install {package}");
    let install = ["install", "--yes", "--quiet", "--no-install-recommends", package];
    if succeeds("apt-get", &["update", "--quiet"]) && succeeds("apt-get", &install) && is_there() {
        return Ok(());
    }
    Err(format!(
        "{program} is missing, and could not be installed: install it, with `sudo apt-get install {package}` or as your \
         system does it"
    ))
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let status = Command::new(program).args(arguments).stdin(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
