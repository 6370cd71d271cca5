//! The command line.

use std::env;
use std::path::PathBuf;

use crate::measure::{FULL, Pace, QUICK};

const USAGE: &str = "usage: circuit-benches [--quick] [--runs <n>] [--docs <directory>]
       circuit-benches --rows [--quick]        measure once, print the bare rows
       circuit-benches --cost <scenario>..     instructions and allocations that each adds
       circuit-benches --http [--quick] [--docs <directory>]   what HTTP clients pay; with feature `http`
       circuit-benches --only <scenario> <n>   n calls and no more, for callgrind
       circuit-benches --list";

pub(crate) enum Task {
    Report {
        pace: Pace,
        runs: u32,
        docs: Option<PathBuf>,
    },
    Rows(Pace),
    Cost(Vec<String>),
    Only {
        name: String,
        calls: u64,
    },
    List,
    #[cfg(feature = "http")]
    Http {
        pace: Pace,
        docs: Option<PathBuf>,
    },
    /// What one of the processes does that this starts.
    #[cfg(feature = "http")]
    Part(Vec<String>),
}

pub(crate) fn read() -> Result<Task, String> {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["--list"] => Ok(Task::List),
        ["--rows"] => Ok(Task::Rows(FULL)),
        ["--rows", "--quick"] => Ok(Task::Rows(QUICK)),
        ["--cost", ref names @ ..] => {
            Ok(Task::Cost(names.iter().map(ToString::to_string).collect()))
        }
        ["--only", name, calls] => {
            let calls = calls.parse().map_err(|_| USAGE.to_owned())?;
            Ok(Task::Only { name: name.to_owned(), calls })
        }
        #[cfg(feature = "http")]
        ["--http", ref rest @ ..] => match report(rest)? {
            Task::Report { pace, runs: 1, docs } => Ok(Task::Http { pace, docs }),
            _ => Err(USAGE.to_owned()),
        },
        #[cfg(feature = "http")]
        ["--part", ref words @ ..] => {
            Ok(Task::Part(words.iter().map(ToString::to_string).collect()))
        }
        _ => report(&words),
    }
}

fn report(mut words: &[&str]) -> Result<Task, String> {
    let (mut pace, mut runs, mut docs) = (FULL, 1, None);
    loop {
        words = match words {
            [] => return Ok(Task::Report { pace, runs, docs }),
            ["--quick", rest @ ..] => {
                pace = QUICK;
                rest
            }
            ["--runs", number, rest @ ..] => {
                runs = number.parse().ok().filter(|runs| *runs > 0).ok_or(USAGE)?;
                rest
            }
            ["--docs", directory, rest @ ..] => {
                docs = Some(PathBuf::from(directory));
                rest
            }
            _ => return Err(USAGE.to_owned()),
        };
    }
}
