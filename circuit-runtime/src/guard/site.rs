//! The place of one attribute or `breaker!`.

use once_cell::race::OnceRef;

use crate::breaker::{CircuitBreaker, Settings};
#[cfg(feature = "test-util")]
use crate::registry::Registry;
use crate::registry::{Declaration, Declared, Place, registry};

/// One attribute or `breaker!`: its declaration, and the breaker it means once it has run.
#[derive(Debug)]
pub struct Site {
    declaration: Declaration,
    breaker: OnceRef<'static, CircuitBreaker>,
}

impl Site {
    pub const fn declare(name: &'static str, place: Place, settings: Settings) -> Self {
        Self { declaration: Declaration::new(name, place, settings), breaker: OnceRef::new() }
    }

    pub const fn refer(name: &'static str, place: Place) -> Self {
        Self { declaration: Declaration::reference(name, place), breaker: OnceRef::new() }
    }

    pub const fn declared(&'static self) -> Declared {
        Declared(&self.declaration)
    }

    /// Resolved once; then one load.
    ///
    /// # Panics
    ///
    /// At the user's place, if the program contradicts itself.
    #[inline]
    #[track_caller]
    pub fn breaker(&'static self) -> &'static CircuitBreaker {
        #[cfg(feature = "test-util")]
        if let Some(isolated) = crate::registry::isolated() {
            return self.resolve_in(isolated);
        }
        match self.breaker.get() {
            Some(breaker) => breaker,
            None => self.resolve(),
        }
    }

    #[cold]
    #[track_caller]
    fn resolve(&'static self) -> &'static CircuitBreaker {
        or_panic(self.breaker.get_or_try_init(|| registry().resolve(&self.declaration)))
    }

    /// In a test's own registry, which other threads do not share.
    #[cfg(feature = "test-util")]
    #[track_caller]
    fn resolve_in(&'static self, isolated: &Registry) -> &'static CircuitBreaker {
        or_panic(isolated.resolve(&self.declaration))
    }
}

#[track_caller]
fn or_panic(resolved: Result<&'static CircuitBreaker, String>) -> &'static CircuitBreaker {
    match resolved {
        Ok(breaker) => breaker,
        Err(contradiction) => panic!("{contradiction}"),
    }
}

/// Stands in for a breaker in a program that does not compile.
pub fn no_breaker() -> &'static CircuitBreaker {
    unreachable!("the program did not compile")
}
