//! Calls without an attribute.

use std::any::{TypeId, type_name};
use std::future::{Future, poll_fn};
use std::pin::pin;

use super::causes::{Clues, Inside};
use super::circuit::CircuitBreaker;
use super::failure::{Message, Reason};
use super::parked::Parked;
use super::permit::Permit;
use super::rejected::{Refusal, Rejected};
use crate::type_id::type_id_of;

/// What [`call`](CircuitBreaker::call) returns instead of a value.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CallError<E> {
    /// The call was not made.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// The call was made and returned this.
    #[error(transparent)]
    Inner(E),
}

impl<E: From<Rejected>> CallError<E> {
    /// The error of the call, or one made from the rejection: where the error type has a variant for it.
    ///
    /// ```
    /// # use circuit_runtime::{CallError, CircuitBreaker, Rejected, Settings};
    /// #[derive(Debug, thiserror::Error)]
    /// enum QueueError {
    ///     #[error("full")]
    ///     Full,
    ///     #[error(transparent)]
    ///     Rejected(#[from] Rejected),
    /// }
    ///
    /// fn push(breaker: &CircuitBreaker) -> Result<(), QueueError> {
    ///     breaker.call(|| Err(QueueError::Full)).map_err(CallError::flatten)
    /// }
    /// # let breaker = CircuitBreaker::new("queue", Settings::new().threshold(1))?;
    /// assert!(matches!(push(&breaker), Err(QueueError::Full)));
    /// assert!(matches!(push(&breaker), Err(QueueError::Rejected(_))));
    /// # Ok::<(), circuit_runtime::SettingsError>(())
    /// ```
    pub fn flatten(self) -> E {
        match self {
            Self::Rejected(rejected) => rejected.into(),
            Self::Inner(error) => error,
        }
    }
}

impl CircuitBreaker {
    /// Makes the call `f` if the breaker lets it through, and counts its outcome. `Err` is a failure unless its
    /// type is [excluded](Self::exclude); so is a panic, which goes on unwinding.
    ///
    /// The error may be of any type, so a [`Trip`](crate::Trip) can tell only its type's name; where it matters
    /// what the error says or holds, use the attribute or [`try_acquire`](Self::try_acquire).
    ///
    /// ```
    /// # use circuit_runtime::{CallError, CircuitBreaker, Settings};
    /// # let breaker = CircuitBreaker::new("numbers", Settings::new())?;
    /// assert!(matches!(breaker.call(|| "7".parse::<u8>()), Ok(7)));
    /// assert!(matches!(breaker.call(|| "x".parse::<u8>()), Err(CallError::Inner(_))));
    ///
    /// breaker.open();
    /// assert!(matches!(breaker.call(|| "7".parse::<u8>()), Err(CallError::Rejected(_))));
    /// # Ok::<(), circuit_runtime::SettingsError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`CallError::Inner`] with the error of `f`, or [`CallError::Rejected`] if `f` was not called.
    #[inline]
    pub fn call<T, E>(&self, f: impl FnOnce() -> Result<T, E>) -> Result<T, CallError<E>> {
        let permit = self.ask().map_err(Refusal::into_rejected)?;
        let result = f();
        permit.conclude(result)
    }

    /// As [`call`](Self::call), for a future. The breaker is asked at its first poll; dropped before its end, it
    /// counts as cancelled.
    ///
    /// # Errors
    ///
    /// As for [`call`](Self::call).
    pub async fn call_async<T, E>(
        &self,
        f: impl Future<Output = Result<T, E>>,
    ) -> Result<T, CallError<E>> {
        let mut parked = Parked::admitted(self.try_acquire()?);
        let mut f = pin!(f);
        let result = poll_fn(|context| parked.step(|| f.as_mut().poll(context))).await;
        match parked.take() {
            Some(permit) => permit.conclude(result),
            None => result.map_err(CallError::Inner),
        }
    }

    /// Asks for the right to make one call, and leaves it to the caller to say how it ended: the two-step form.
    ///
    /// ```
    /// # use circuit_runtime::{CircuitBreaker, Settings};
    /// # fn send() -> std::io::Result<()> { Ok(()) }
    /// # let breaker = CircuitBreaker::new("queue", Settings::new())?;
    /// let permit = breaker.try_acquire()?;
    /// match send() {
    ///     Ok(()) => permit.success(),
    ///     Err(error) => permit.failure(&error),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Rejected`] if the breaker is open, or half-open with all probes out.
    #[inline]
    pub fn try_acquire(&self) -> Result<Permit<'_>, Rejected> {
        self.ask_for_keeps().map_err(Refusal::into_rejected)
    }
}

impl Permit<'_> {
    /// Counts a result whose error's type is all that is known of it.
    #[inline]
    fn conclude<T, E>(self, result: Result<T, E>) -> Result<T, CallError<E>> {
        match result {
            Ok(value) => {
                self.success();
                Ok(value)
            }
            Err(error) => {
                self.failed_unless_excluded(type_id_of::<E>, type_name::<E>);
                Err(CallError::Inner(error))
            }
        }
    }

    #[inline(never)]
    fn failed_unless_excluded(self, of: fn() -> TypeId, named: fn() -> &'static str) {
        let Some(permit) = self.failed_early() else { return };
        let clues = Clues { own_type: of(), own: None, inside: Inside::Nothing };
        if permit.breaker().excludes(&clues) {
            permit.excluded();
        } else {
            permit.failed(Reason::Error(Message::Type(named())), &Vec::new);
        }
    }
}
