//! How many instructions a call takes: this program once more, under callgrind, for two numbers of calls. What
//! starting it takes falls out of the difference.

use std::env;
use std::process::Command;

use crate::measure::number;
use crate::scenario::Scenario;

/// Calls of the shorter run, and how often they fit into the longer one.
const FEW: u64 = 1_000;
const TIMES: u64 = 11;

/// Per call, the loop included.
pub(crate) fn per_call(scenario: &Scenario) -> Result<f64, String> {
    let few = scenario.unit.max(FEW);
    let name = scenario.name();
    let (less, more) = (collected(&name, few)?, collected(&name, few * TIMES)?);
    Ok(number(more.saturating_sub(less)) / number(few * (TIMES - 1)))
}

fn collected(name: &str, calls: u64) -> Result<u64, String> {
    let this = env::current_exe().map_err(|error| format!("this program is not found: {error}"))?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(this)
        .args(["--only", name, &calls.to_string()])
        .output()
        .map_err(|error| {
            format!(
                "valgrind cannot be run ({error}); on Debian and Ubuntu: apt-get install valgrind"
            )
        })?;
    let said = String::from_utf8_lossy(&output.stderr);
    let number = said.lines().find_map(|line| line.split_once("Collected :"));
    let number = number.and_then(|(_, number)| number.trim().parse().ok());
    number
        .filter(|_| output.status.success())
        .ok_or_else(|| format!("{name:?} under callgrind: {}\n{said}", output.status))
}
