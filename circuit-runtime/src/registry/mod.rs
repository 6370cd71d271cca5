//! Every breaker of the program, by name.

mod book;
mod configuration;
mod configured;
mod declaration;
mod problem;
mod table;

pub use book::{Registry, registry};
pub use configuration::{Configuration, configure};
pub use declaration::{Declaration, Place};
pub use problem::{Problem, RegistryError};

pub(crate) use declaration::Declared;
