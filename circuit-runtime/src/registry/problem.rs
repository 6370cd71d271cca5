//! What can be wrong with a program's declarations.

use std::fmt;

use super::declaration::Place;
use crate::breaker::SettingsError;

/// One thing wrong with the program's declarations. `Display` names every place and the remedy.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Two declarations of one name give a key differently.
    #[error(
        "circuit breaker {name:?} is declared twice with different `{key}`: {first} at {first_place}, {second} \
         at {second_place}; give `{key}` in one place only, or the same in both"
    )]
    #[non_exhaustive]
    Conflict {
        /// The breaker.
        name: &'static str,
        /// The key.
        key: &'static str,
        /// Its value at `first_place`.
        first: String,
        /// The earlier of the two places, by file and line.
        first_place: Place,
        /// Its value at `second_place`.
        second: String,
        /// The later of the two places.
        second_place: Place,
    },
    /// The declarations of one name are each in order, but not together.
    #[error("{error}; declared at {}", Places(places))]
    #[non_exhaustive]
    Invalid {
        /// The setting at fault.
        error: SettingsError,
        /// Every declaration of the breaker.
        places: Vec<Place>,
    },
    /// `breaker!("name")` refers to a name that nothing declares.
    #[error("circuit breaker {name:?}, referred to at {place}, is not declared anywhere; {}", Known { declared, nearest: *nearest })]
    #[non_exhaustive]
    Undeclared {
        /// The name.
        name: &'static str,
        /// Where it is referred to.
        place: Place,
        /// The declared name that was probably meant.
        nearest: Option<&'static str>,
        /// Every declared name.
        declared: Vec<&'static str>,
    },
    /// A name was registered again, at run time, with a setting that differs from the one in force.
    #[error(
        "circuit breaker {name:?} was registered with `{key}` = {registered}, and again with {again}; the first \
         registration holds"
    )]
    #[non_exhaustive]
    Differs {
        /// The breaker.
        name: String,
        /// The key.
        key: &'static str,
        /// Its value in force.
        registered: String,
        /// The value that was asked for later.
        again: String,
    },
}

/// Everything wrong with the program's declarations, one line each.
#[derive(Clone, Debug)]
pub struct RegistryError {
    problems: Vec<Problem>,
}

impl RegistryError {
    /// `Ok` if there are none.
    pub(super) fn from_problems(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self { problems }) }
    }

    /// What is wrong, by file and line.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl std::error::Error for RegistryError {}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

struct Places<'a>(&'a [Place]);

impl fmt::Display for Places<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, place) in self.0.iter().enumerate() {
            write!(f, "{}{place}", if index > 0 { " and " } else { "" })?;
        }
        Ok(())
    }
}

struct Known<'a> {
    declared: &'a [&'static str],
    nearest: Option<&'static str>,
}

impl fmt::Display for Known<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(nearest) = self.nearest {
            write!(f, "did you mean {nearest:?}? ")?;
        }
        match self.declared {
            [] => f.write_str("no breaker is declared"),
            declared => write!(f, "declared are {declared:?}"),
        }
    }
}
