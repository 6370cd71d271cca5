//! Changing settings while calls go on.

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
