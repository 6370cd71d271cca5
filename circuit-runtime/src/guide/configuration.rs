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
//! With feature `serde`, [`Settings`](crate::Settings) and `Overrides` (a map of names to settings) are read from any format, by
//! the words of the attribute. They are part of the settings that a service reads anyway, with whatever crate it does so:
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
//! An unknown key, a value out of range and a name that nothing declares are errors that say where, and what was probably meant.
//! The example `settings_file` reads such a file, and an environment variable over it, with `config`.
//!
//! # While the program runs
//!
//! Settings, mode and state of a breaker can be changed at any time, by any thread. State and counts are kept where they still
//! mean something; a call sees the old settings or the new ones, never a mixture. A file that was edited is put in force, as a
//! whole, with [`replace_overrides`](crate::Registry::replace_overrides). Listeners are told of each change.
