//! Settings from outside the source: defaults, files, the environment, and changes while the program runs.
//!
//! The attribute holds what the author of a call knows. What the operator knows comes over it, key by key, from the weakest to
//! the strongest:
//!
//! | layer | given by |
//! | --- | --- |
//! | built in | `threshold` 5, `ttl` 60 s |
//! | defaults of all breakers | [`configure().defaults(..)`](crate::Configuration::defaults) |
//! | the source | the attributes and `breaker!`s of the name, or `get_or_register` |
//! | by name | [`configure().settings(name, ..)`](crate::Configuration::settings), [`replace_overrides`](crate::Registry::replace_overrides) |
//! | live | [`set_settings`](crate::CircuitBreaker::set_settings) and its like, until [`reset_settings`](crate::CircuitBreaker::reset_settings) |
//!
//! [`configure`](crate::configure()) is called once, where the program starts, and what it says holds for breakers that were used
//! before as well; `install` finds everything wrong at once, and then changes nothing.
//!
//! # Files and the environment
//!
//! With feature `serde`, [`Settings`](crate::Settings) and [`Overrides`](crate::Overrides) (a map of names to settings) are read
//! from any self-describing format, by the words of the attribute. They are part of the settings that a service reads anyway,
//! with whatever crate it does so:
//!
//! ```toml
//! [breakers.defaults]
//! ttl = "45s"                # seconds as a number, or a text with units
//!
//! [breakers.by_name.payments]
//! threshold = 3
//! window = "2m"
//! failure_rate = 0.1
//! slow_call = "none"         # takes back what the source gives; also window, failure_rate, minimum_calls
//! ```
//!
//! ```
//! # #[cfg(feature = "serde")] {
//! use std::collections::BTreeMap;
//! use circuit_runtime::{Mode, Overrides, Settings, configure};
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! struct Breakers {
//!     #[serde(default)]
//!     defaults: Settings,
//!     #[serde(default)]
//!     by_name: Overrides,
//!     #[serde(default)]
//!     modes: BTreeMap<String, Mode>,
//! }
//!
//! fn start(read: Breakers) -> Result<(), circuit_runtime::RegistryError> {
//!     let Breakers { defaults, by_name, modes } = read;
//!     configure().defaults(defaults).overrides(by_name).modes(modes).install()
//! }
//! # }
//! ```
//!
//! An unknown key, a value out of range and a name that nothing declares are errors that say where, and what was probably meant.
//! The repository's `examples/settings_file.rs` reads such a file, and an environment variable over it, with `config`.
//!
//! A name that is to be set by an environment variable has to be one that such a variable can have: small letters, digits and
//! single underscores (`user_db`), since `config` and `figment` read names in small letters, and `__` separates them.
//!
//! A name that is made at run time has to be [registered](crate::Registry::get_or_register) before it is configured.
//!
//! # While the program runs
//!
//! Settings, mode and state of a breaker can be changed at any time, by any thread. State and counts are kept where they still
//! mean something; a call sees the old settings or the new ones, never a mixture. A file that was edited is put in force, as a
//! whole, with [`replace_overrides`](crate::Registry::replace_overrides): the settings by name, that is; defaults are those of
//! the start, and a mode is changed with [`set_mode`](crate::CircuitBreaker::set_mode). Listeners are told of each change.
