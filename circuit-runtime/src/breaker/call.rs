//! The way of a call through its breaker: admission, the call, its outcome.

use std::any::type_name;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;

use super::causes::{Clues, Inside};
use super::circuit::CircuitBreaker;
use super::counters::Ending;
use super::failure::{self, Failure, Message, Reason};
use super::journal::KEPT_FAILURES;
use super::listener::{Listener, StateChange};
use super::mode::Mode;
use super::permit::{Parked, Permit};
use super::rejected::Rejected;
use crate::machine::{Event, Phase, State, Verdict, Word, step};
use crate::poison::Unpoisoned;

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

/// Remarks on how a failure was judged; asked only if it trips the breaker.
pub(super) type Notes<'a> = &'a dyn Fn() -> Vec<String>;

/// One step taken: what it decided, the word it left, and the change of state to tell of.
struct Applied {
    verdict: Verdict,
    word: Word,
    change: Option<StateChange>,
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
        let permit = self.try_acquire()?;
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
        let mut parked = Parked::new(self.try_acquire()?);
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
        let word = self.word.load();
        if word.admits_at_once() { Ok(Permit::new(self, word)) } else { self.acquire_slowly() }
    }

    #[cold]
    fn acquire_slowly(&self) -> Result<Permit<'_>, Rejected> {
        let mode = self.mode();
        match mode {
            Mode::Disabled => return Ok(Permit::new(self, Word::UNCOUNTED)),
            Mode::ForcedOpen => return Err(self.reject(Rejected::new(self, State::Open, None))),
            Mode::Normal | Mode::Shadow => {}
        }
        let applied = self.apply(Event::Acquire, &Vec::new);
        let word = match applied.verdict {
            Verdict::Rejected(_) if mode == Mode::Shadow => Word::NO_EVIDENCE,
            Verdict::Rejected(wait) => {
                let state = State::from(applied.word.phase());
                return Err(self.reject(Rejected::new(self, state, Some(wait))));
            }
            _ => applied.word,
        };
        let permit = Permit::new(self, word);
        self.tell_change(applied.change.as_ref());
        self.tell(applied.word, |listener| listener.before_call(self));
        Ok(permit)
    }

    fn reject(&self, rejected: Rejected) -> Rejected {
        self.counters.add(Ending::Rejected);
        self.tell(self.word.load(), |listener| listener.rejected(self, &rejected));
        rejected
    }

    #[inline]
    pub(super) fn succeeded(&self, permit: Word) {
        if self.word.load().is_clean() {
            self.counters.add(Ending::Success);
        } else {
            self.succeed_slowly(permit);
        }
    }

    #[cold]
    fn succeed_slowly(&self, permit: Word) {
        self.end(permit, Ending::Success, Event::Success(permit), |listener| {
            listener.success(self)
        });
    }

    #[cold]
    pub(super) fn excluded(&self, permit: Word) {
        self.end(permit, Ending::Excluded, Event::Success(permit), |listener| {
            listener.excluded(self);
        });
    }

    #[cold]
    pub(super) fn ignored(&self, permit: Word) {
        self.end(permit, Ending::Ignored, Event::Release(permit), |listener| {
            listener.ignored(self)
        });
    }

    #[cold]
    pub(super) fn cancelled(&self, permit: Word) {
        if self.limits.get().cancel_is_failure {
            return self.failed(permit, Reason::Cancelled, &Vec::new);
        }
        self.end(permit, Ending::Cancelled, Event::Release(permit), |listener| {
            listener.cancelled(self);
        });
    }

    fn end(&self, permit: Word, ending: Ending, event: Event, tell: impl Fn(&dyn Listener)) {
        if !permit.is_counted() {
            return;
        }
        self.counters.add(ending);
        let applied = self.apply(event, &Vec::new);
        self.tell(applied.word, tell);
        self.tell_change(applied.change.as_ref());
    }

    #[cold]
    pub(super) fn failed(&self, permit: Word, reason: Reason<'_>, notes: Notes<'_>) {
        if !permit.is_counted() {
            return;
        }
        self.counters.add(Ending::Failure);
        let failure = Failure::new(reason);
        if self.may_trip_soon(permit) {
            // Written out before the lock is taken: `Display` is the user's code.
            let text = failure::text(&failure);
            self.journal.lock().unpoisoned().failed(permit, text);
        }
        let applied = self.apply(Event::Failure(permit), notes);
        self.tell(applied.word, |listener| listener.failure(self, &failure));
        self.tell_change(applied.change.as_ref());
    }

    /// Whether a failure is among those that a trip would report. The others are spared the writing.
    fn may_trip_soon(&self, permit: Word) -> bool {
        let word = self.word.load();
        permit.same_era(word)
            && match word.phase() {
                Phase::Closed { failures } => {
                    failures.saturating_add(KEPT_FAILURES) >= self.limits.get().threshold
                }
                Phase::Open { .. } => false,
                Phase::HalfOpen { .. } => true,
            }
    }

    pub(super) fn by_hand(&self, event: Event) {
        let applied = self.apply(event, &Vec::new);
        self.tell_change(applied.change.as_ref());
    }

    /// Takes one step. A change of state is made under the journal's lock, so that the journal tells them in
    /// order; every other step, and with it every call but those that trip or recover, goes without.
    fn apply(&self, event: Event, notes: Notes<'_>) -> Applied {
        let limits = self.limits.get();
        let now = || self.clock.now();
        let by_hand = matches!(event, Event::Open | Event::HalfOpen | Event::Close);
        if !by_hand {
            let (verdict, _, word) = self.word.update(|word| {
                let (verdict, next) = step(word, event, &limits, now);
                if next.same_state(word) { (Some(verdict), next) } else { (None, word) }
            });
            if let Some(verdict) = verdict {
                return Applied { verdict, word, change: None };
            }
        }
        let mut journal = self.journal.lock().unpoisoned();
        let (verdict, before, after) = self.word.update(|word| step(word, event, &limits, now));
        if before.same_state(after) && !by_hand {
            // Another thread has made the change since.
            return Applied { verdict, word: after, change: None };
        }
        let trip = journal.changed(self.name(), (before, after), by_hand, &limits, now());
        let trip = trip.map(|trip| Arc::new(super::Trip { notes: notes(), ..trip }));
        if let Some(trip) = &trip {
            self.identity.tripped(Arc::clone(trip));
        }
        drop(journal);
        let (from, to) = (State::from(before.phase()), State::from(after.phase()));
        let change = (from != to).then_some(StateChange { from, to, trip });
        Applied { verdict, word: after, change }
    }

    fn tell(&self, word: Word, event: impl Fn(&dyn Listener)) {
        if word.is_watched() {
            self.listeners.tell(event);
        }
    }

    fn tell_change(&self, change: Option<&StateChange>) {
        if let Some(change) = change {
            self.listeners.tell(|listener| listener.state_change(self, change));
        }
    }

    pub(super) fn watch(&self, watched: bool) {
        self.apply(Event::Watch(watched), &Vec::new);
    }

    pub(crate) fn excludes(&self, clues: &Clues<'_>) -> bool {
        self.exclusions.hold_for(clues)
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
                self.failed_unless_excluded(typeid::of::<E>, type_name::<E>);
                Err(CallError::Inner(error))
            }
        }
    }

    #[cold]
    fn failed_unless_excluded(self, of: fn() -> std::any::TypeId, named: fn() -> &'static str) {
        let clues = Clues { own_type: of(), own: None, inside: Inside::Nothing };
        if self.breaker().excludes(&clues) {
            self.excluded();
        } else {
            self.failed(Reason::Error(Message::Type(named())), &Vec::new);
        }
    }
}
