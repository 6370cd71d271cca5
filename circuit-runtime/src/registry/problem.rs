//! What can be wrong with a program's declarations.

use std::fmt;

use super::declaration::Place;
use crate::breaker::{Settings, SettingsError};

/// One thing wrong with the program's declarations, or with its configuration:
/// [`RegistryError::problems`]. `Display` names every place and the remedy.
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
    /// The configuration gives settings or a mode for a name that nothing declares and nobody has registered.
    #[error(
        "circuit breaker {name:?} is configured, but neither declared anywhere nor registered; {}",
        Known { declared: known, nearest: *nearest }
    )]
    #[non_exhaustive]
    Unknown {
        /// The name.
        name: String,
        /// The known name that was probably meant.
        nearest: Option<&'static str>,
        /// Every known name.
        known: Vec<&'static str>,
    },
    /// Settings are out of range, or contradict each other, once the configuration is put with the rest.
    #[error("{error}; of {}", Layers { layers, places })]
    #[non_exhaustive]
    Configured {
        /// The setting at fault.
        error: SettingsError,
        /// Where the breaker's settings come from, from the weakest to the strongest, and what each gives: `"default"`,
        /// `"declared"` or `"registered with"`, `"configured"`, `"set live"`.
        layers: Vec<(&'static str, Settings)>,
        /// Every declaration of the breaker; none if it was registered at run time.
        places: Vec<Place>,
    },
    /// The configuration's defaults are out of range.
    #[error("the defaults of all circuit breakers: {}", error.fault())]
    #[non_exhaustive]
    Defaults {
        /// The setting at fault; it names no breaker.
        error: SettingsError,
    },
    /// A [`Group`](crate::Group) that is configured cannot be made.
    #[error("{error}")]
    #[non_exhaustive]
    Group {
        /// Why not.
        error: SettingsError,
    },
    /// There can be no thread that talks to the fleet's storage.
    #[cfg(feature = "storage")]
    #[error("no fleet: the thread that is to talk to its storage cannot be started: {why}")]
    #[non_exhaustive]
    Fleet {
        /// What the system says.
        why: String,
    },
    /// There is a configuration already. One program has one, so that it cannot matter which comes first.
    #[error(
        "the circuit breakers of this program are configured already: call `configure().install()` once, where it starts; \
         settings are changed later with `set_settings` and `replace_overrides`, and a test that configures begins with \
         `test_util::isolate()`"
    )]
    AlreadyInstalled,
    /// A name was registered, at run time, with a setting that differs from what it was declared or registered with before.
    #[error(
        "circuit breaker {name:?} was {} `{key}` = {registered}, and registered again with {again}; the first holds",
        Before(places)
    )]
    #[non_exhaustive]
    Differs {
        /// The breaker.
        name: String,
        /// The key.
        key: &'static str,
        /// Its value as declared or first registered.
        registered: String,
        /// The value that was asked for later.
        again: String,
        /// Every declaration of the breaker; none if it was registered at run time.
        places: Vec<Place>,
    },
}

/// What [`verify`](crate::Registry::verify) and [`install`](crate::Configuration::install) find: everything wrong with the
/// program's declarations and its configuration, one line each. `Debug` prints the same as `Display`, since that is what
/// `unwrap` and a failing `main` show.
#[derive(Clone)]
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

impl fmt::Debug for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

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

/// `declared (ttl = 60s) and configured (max_ttl = 5s); declared at src/db.rs:7:1`.
struct Layers<'a> {
    layers: &'a [(&'static str, Settings)],
    places: &'a [Place],
}

impl fmt::Display for Layers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (layer, settings)) in self.layers.iter().enumerate() {
            let and = if index > 0 { " and " } else { "" };
            write!(f, "{and}{layer} ({settings})")?;
        }
        match self.places {
            [] => Ok(()),
            places => write!(f, "; declared at {}", Places(places)),
        }
    }
}

/// How a breaker came to its settings before it was registered again.
struct Before<'a>(&'a [Place]);

impl fmt::Display for Before<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => f.write_str("registered with"),
            places => write!(f, "declared at {} with", Places(places)),
        }
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
            [] => f.write_str(
                "no breaker is declared: of a crate that nothing uses, nothing is linked; `use the_crate as _;` links it",
            ),
            declared => write!(f, "declared are {declared:?}"),
        }
    }
}
