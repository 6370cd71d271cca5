//! Hands the runtime on, with an error, a macro and guarded functions of its own.

pub use circuit_runtime as breakers;

use circuit_runtime::{Rejected, circuit_breaker};

/// What goes wrong.
#[derive(Debug, thiserror::Error, circuit_runtime::Causes)]
pub enum Error {
    /// No number.
    #[error(transparent)]
    Number(#[from] std::num::ParseIntError),
    /// Not called at all.
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

/// Reads a number.
///
/// # Errors
///
/// If it is none.
#[circuit_breaker(name = "facade/number")]
pub fn number(text: &str) -> Result<u32, Error> {
    Ok(text.parse()?)
}

#[allow(missing_docs, clippy::missing_errors_doc)]
#[circuit_breaker(name = "facade/`undocumented`")]
pub async fn undocumented(text: &str) -> Result<u32, Error> {
    number(text)
}

/// Something to implement.
pub trait Load {
    /// What the trait says of it.
    ///
    /// # Errors
    ///
    /// If it fails.
    fn load(&self) -> Result<u32, Error>;

    /// A method with a body.
    ///
    /// # Errors
    ///
    /// If it fails.
    #[circuit_breaker(name = "facade/twice")]
    fn load_twice(&self) -> Result<u32, Error> {
        Ok(self.load()? + self.load()?)
    }
}

impl Load for str {
    #[circuit_breaker(name = "facade/load")]
    fn load(&self) -> Result<u32, Error> {
        number(self)
    }
}

/// Guards a function that a crate writes which does not know the runtime.
#[macro_export]
macro_rules! guarded {
    ($name:literal, $(#[$attr:meta])* $vis:vis fn $function:ident($($arg:ident: $ty:ty),*) -> $ret:ty $body:block) => {
        $(#[$attr])*
        #[$crate::breakers::circuit_breaker(name = $name, crate = $crate::breakers, threshold = 2)]
        $vis fn $function($($arg: $ty),*) -> $ret $body
    };
}
