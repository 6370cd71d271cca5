//! Settings that change while calls go on.

use std::time::Duration;

use super::change::SettingsChange;
use super::circuit::CircuitBreaker;
use super::failing::early_failures;
use super::layers::Layers;
use super::settings::Settings;
use super::settings_error::SettingsError;
use crate::machine::{Limits, Policy};
use crate::poison::Unpoisoned;
use crate::sync::MutexGuard;
use crate::sync::atomic::Ordering;

impl CircuitBreaker {
    /// Changes the settings that are given in `settings` and leaves the others as they are. State and counts are
    /// kept; what they are compared with changes at once, for all calls together. What is given so holds over what the
    /// breaker was made, declared or [configured](crate::configure) with, until [`reset_settings`](Self::reset_settings).
    ///
    /// Failures in a row and failures in a window are counted apart, so a breaker that is given a `window` where it had
    /// none begins with an empty one. It begins anew when calls are to be counted in it that were not before, by a first
    /// `failure_rate`, or by `minimum_calls` above the `threshold`: nobody knows how many there have been. A breaker whose
    /// window is taken away ([`without_window`](Settings::without_window)) counts failures in a row from zero.
    ///
    /// ```
    /// use std::time::Duration;
    /// use circuit_runtime::{CircuitBreaker, Settings};
    ///
    /// let breaker = CircuitBreaker::new("db", Settings::new().threshold(5))?;
    /// breaker.set_settings(Settings::new().ttl(Duration::from_secs(5)).probes(2))?;
    /// assert_eq!(breaker.settings().get_threshold(), 5);
    /// assert_eq!(breaker.settings().get_probes(), 2);
    /// # Ok::<(), circuit_runtime::SettingsError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the settings that would result are out of range or contradict each other; nothing changes then.
    pub fn set_settings(&self, settings: Settings) -> Result<(), SettingsError> {
        self.change_settings(|layers| layers.live = settings.over(layers.live))
    }

    /// Takes back everything that was given live: the settings are again those the breaker was made, declared or
    /// configured with. State and counts are kept as by [`set_settings`](Self::set_settings).
    ///
    /// ```
    /// # use circuit_runtime::{CircuitBreaker, Settings};
    /// # let breaker = CircuitBreaker::new("db", Settings::new().threshold(5))?;
    /// breaker.set_threshold(1)?;
    /// breaker.reset_settings();
    /// assert_eq!(breaker.settings().get_threshold(), 5);
    /// # Ok::<(), circuit_runtime::SettingsError>(())
    /// ```
    pub fn reset_settings(&self) {
        let reset = self.change_settings(|layers| layers.live = Settings::new());
        // What lies below was checked when it was given.
        debug_assert!(reset.is_ok(), "{reset:?}");
    }

    fn change_settings(&self, change: impl FnOnce(&mut Layers)) -> Result<(), SettingsError> {
        let change = self.hold_settings().exchange(change)?;
        self.tell_settings_change(change.as_ref());
        Ok(())
    }

    pub(crate) fn tell_settings_change(&self, change: Option<&SettingsChange>) {
        if let Some(change) = change {
            self.listeners.tell_of_change(|listener| listener.settings_change(self, change));
        }
    }

    /// Changes the `threshold` and nothing else.
    ///
    /// # Errors
    ///
    /// If it is zero.
    pub fn set_threshold(&self, threshold: u32) -> Result<(), SettingsError> {
        self.set_settings(Settings::new().threshold(threshold))
    }

    /// Changes the `ttl` and nothing else. The time that an open breaker has left is measured anew, from when it
    /// opened.
    ///
    /// # Errors
    ///
    /// If it is zero, longer than 30 days, or longer than a given `max_ttl`.
    pub fn set_ttl(&self, ttl: Duration) -> Result<(), SettingsError> {
        self.set_settings(Settings::new().ttl(ttl))
    }
}

/// A breaker whose settings nobody else changes meanwhile: so that many can be checked first, and then changed together.
pub(crate) struct Held<'b> {
    breaker: &'b CircuitBreaker,
    layers: MutexGuard<'b, Layers>,
}

impl CircuitBreaker {
    pub(crate) fn hold_settings(&self) -> Held<'_> {
        Held { breaker: self, layers: self.settings.lock().unpoisoned() }
    }
}

impl Held<'_> {
    /// Whether what was given live goes with `base` below it.
    pub(crate) fn check_base(&self, base: Settings) -> Result<(), SettingsError> {
        let changed = Layers { base, ..*self.layers };
        changed.in_force().validated(self.breaker.name()).map(drop)
    }

    /// Puts `base` below what was given live. Of the change, listeners are to be told where no lock is held.
    pub(crate) fn set_base(self, base: Settings) -> Result<Option<SettingsChange>, SettingsError> {
        self.exchange(|layers| layers.base = base)
    }

    pub(super) fn exchange(
        mut self,
        change: impl FnOnce(&mut Layers),
    ) -> Result<Option<SettingsChange>, SettingsError> {
        let mut changed = *self.layers;
        change(&mut changed);
        let (before, after) = (self.layers.in_force(), changed.in_force());
        let limits = after.validated(self.breaker.name())?;
        *self.layers = changed;
        if before == after {
            return Ok(None);
        }
        self.enforce(&limits);
        Ok(Some(SettingsChange { before, after }))
    }

    fn enforce(&self, limits: &Limits) {
        let breaker = self.breaker;
        let before = breaker.limits.get();
        breaker.limits.set(limits);
        breaker.early_failures.store(early_failures(limits), Ordering::Relaxed);
        breaker.recent.prepare(limits);
        breaker.update_watch();
        breaker.work_out_reopening(&breaker.journal.lock().unpoisoned(), breaker.word.load());
        let counts_what_nobody_counted = match (&before.policy, &limits.policy) {
            (_, Policy::Consecutive) => false,
            (Policy::Consecutive, Policy::Windowed(_)) => true,
            _ => limits.counted_calls().is_some() && before.counted_calls().is_none(),
        };
        if counts_what_nobody_counted {
            breaker.recent.clear();
        }
    }
}
