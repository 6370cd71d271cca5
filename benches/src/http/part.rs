//! What is measured in a process of its own.

use super::crowds::requests;
use super::newcomers::{self, Crowd};
use super::{bare, memory};
use crate::measure::{FULL, QUICK};

/// Prints it.
pub(crate) fn take_part(words: &[String]) -> Result<(), String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let number = |word: &str| word.parse::<usize>().map_err(|error| format!("{word:?}: {error}"));
    match words[..] {
        ["rows"] => bare::print_rows(FULL),
        ["rows", "quick"] => bare::print_rows(QUICK),
        ["memory", at_most, threads] => memory::measure(number(at_most)?, number(threads)?),
        ["new", crowd, at_most] => {
            let crowd = Crowd::named(crowd).ok_or("there is no such crowd")?;
            newcomers::measure(crowd, number(at_most)?, requests(crowd));
        }
        _ => return Err(format!("{words:?} is nothing that can be measured")),
    }
    Ok(())
}
