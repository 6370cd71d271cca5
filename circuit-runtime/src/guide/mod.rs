//! What is promised, and the traps. Prose; there is nothing to call in here.
//!
//! | | |
//! | --- | --- |
//! | [`states`] | closed, open, half-open; late outcomes, lost probes; modes, and changes by hand |
//! | [`policies`] | what trips a breaker, and for how long it is open |
//! | [`outcomes`] | which errors count as what |
//! | [`asynchronous`] | futures: when the breaker is asked, cancellation, timeouts, retries |
//! | [`items`] | iterators and streams |
//! | [`names`] | sharing one name among functions; names made at run time |
//! | [`configuration`] | settings from outside the source, and live changes |
//! | [`fleets`] | one breaker for many processes: what is shared, how soon, and when the storage is away |
//! | [`watching`] | snapshots, why it opened, listeners, logs |
//! | [`testing`] | testing your code |
//! | [`traps`] | what surprises people |
//! | [`limits`] | what the attribute changes, how many breakers, what they do not do |

pub mod asynchronous;
pub mod configuration;
pub mod fleets;
pub mod items;
pub mod limits;
pub mod names;
pub mod outcomes;
pub mod policies;
pub mod states;
pub mod testing;
pub mod traps;
pub mod watching;
