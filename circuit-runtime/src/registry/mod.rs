//! Every breaker of the program, by name.

mod book;
mod declaration;
mod nearest;
mod problem;
mod table;

pub use book::{Registry, registry};
pub use declaration::{Declaration, Place};
pub use problem::{Problem, RegistryError};

pub(crate) use declaration::Declared;
