//! This program once more, in a process of its own.

use std::env;
use std::process::{Command, Stdio};

/// What it prints, if it succeeds.
pub(crate) fn output(words: &[&str]) -> Result<String, String> {
    let this = env::current_exe().map_err(|error| format!("this program is not found: {error}"))?;
    let output = Command::new(this)
        .args(words)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("this program cannot be run again: {error}"))?;
    if !output.status.success() {
        return Err(format!("a run failed: {}", output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
