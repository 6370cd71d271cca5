//! A breaker that is held.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::circuit::CircuitBreaker;

/// A breaker that is held: a registered one, which lives for ever, or a share of one that does not, such as a
/// [`Group`](crate::Group)'s. Cheap to clone; everything else is the [`CircuitBreaker`]'s.
///
/// ```
/// use std::sync::Arc;
/// use circuit_runtime::{BreakerHandle, CircuitBreaker, Settings, breaker};
///
/// let registered = BreakerHandle::from(breaker!("handles/db", threshold = 5));
/// let own = BreakerHandle::from(Arc::new(CircuitBreaker::new("own", Settings::new())?));
/// assert_eq!((registered.name(), own.name()), ("handles/db", "own"));
/// # Ok::<(), circuit_runtime::SettingsError>(())
/// ```
#[derive(Clone)]
pub struct BreakerHandle(Held);

#[derive(Clone)]
enum Held {
    Registered(&'static CircuitBreaker),
    Owned(Arc<CircuitBreaker>),
}

impl BreakerHandle {
    /// The breaker, if it is one that lives for ever.
    pub fn registered(&self) -> Option<&'static CircuitBreaker> {
        match self.0 {
            Held::Registered(breaker) => Some(breaker),
            Held::Owned(_) => None,
        }
    }

    /// Whether nobody else holds it, nor a permit of it.
    pub(crate) fn is_the_last(&self) -> bool {
        matches!(&self.0, Held::Owned(breaker) if Arc::strong_count(breaker) == 1)
    }

    #[cfg(feature = "storage")]
    pub(crate) fn downgrade(&self) -> WeakHandle {
        match &self.0 {
            Held::Registered(breaker) => WeakHandle::Registered(breaker),
            Held::Owned(breaker) => WeakHandle::Owned(Arc::downgrade(breaker)),
        }
    }
}

impl Deref for BreakerHandle {
    type Target = CircuitBreaker;

    #[inline]
    fn deref(&self) -> &CircuitBreaker {
        match &self.0 {
            Held::Registered(breaker) => breaker,
            Held::Owned(breaker) => breaker,
        }
    }
}

impl From<&'static CircuitBreaker> for BreakerHandle {
    fn from(breaker: &'static CircuitBreaker) -> Self {
        Self(Held::Registered(breaker))
    }
}

impl From<Arc<CircuitBreaker>> for BreakerHandle {
    fn from(breaker: Arc<CircuitBreaker>) -> Self {
        Self(Held::Owned(breaker))
    }
}

impl From<CircuitBreaker> for BreakerHandle {
    fn from(breaker: CircuitBreaker) -> Self {
        Arc::new(breaker).into()
    }
}

impl fmt::Debug for BreakerHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// Knows a breaker without keeping it.
#[cfg(feature = "storage")]
pub(crate) enum WeakHandle {
    Registered(&'static CircuitBreaker),
    Owned(std::sync::Weak<CircuitBreaker>),
}

#[cfg(feature = "storage")]
impl WeakHandle {
    /// Whether nobody holds it any more.
    pub(crate) fn is_gone(&self) -> bool {
        matches!(self, Self::Owned(breaker) if breaker.strong_count() == 0)
    }

    pub(crate) fn upgrade(&self) -> Option<BreakerHandle> {
        match self {
            Self::Registered(breaker) => Some((*breaker).into()),
            Self::Owned(breaker) => breaker.upgrade().map(Into::into),
        }
    }
}
