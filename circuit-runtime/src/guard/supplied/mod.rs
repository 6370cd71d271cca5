//! The functions that the user names in `failure_if`, `rejected` and `fallback`.
//!
//! Called as they are, those that do not fit would be answered with what is wrong with a call that the user never wrote.
//! So they are looked at first, in two tiers as in `probe`: one that fits is called, one that does not lacks a trait
//! whose message says what it has to be.

mod fallback;
mod fits;
mod nothing;
mod offered;
mod unfit;

pub use fallback::*;
pub use fits::{Fits, Fitting};
pub use nothing::Nothing;
pub use offered::*;
pub use unfit::*;
