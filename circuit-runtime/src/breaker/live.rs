//! Settings that change while calls go on.

use std::time::Duration;

use super::change::SettingsChange;
use super::circuit::CircuitBreaker;
use super::failing::early_failures;
use super::layers::Layers;
use super::settings::Settings;
use super::settings_error::SettingsError;
use super::sharing::Sharing;
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
        let mut held = self.hold_settings();
        held.prepare(held.layers.base, settings.over(held.layers.live))?;
        self.commit_and_tell(held);
        Ok(())
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
        let mut held = self.hold_settings();
        // What lies below was checked by itself when it was given.
        let checked = held.prepare(held.layers.base, Settings::new());
        debug_assert!(checked.is_ok(), "{checked:?}");
        self.commit_and_tell(held);
    }

    fn commit_and_tell(&self, held: Held<'_>) {
        #[cfg(feature = "storage")]
        if let (Some(membership), Some((layers, _))) = (self.membership.get(), &held.next) {
            membership.settings_set(layers.live);
        }
        self.commit_alone_and_tell(held);
    }

    fn commit_alone_and_tell(&self, held: Held<'_>) {
        if let Some(change) = held.commit() {
            self.tell_settings_change(&change);
        }
    }

    /// Has `live` be all that was given live, as the fleet has it.
    #[cfg(feature = "storage")]
    pub(crate) fn adopt_settings(&self, live: Settings) -> Result<(), SettingsError> {
        let mut held = self.hold_settings();
        held.prepare(held.layers.base, live)?;
        self.commit_alone_and_tell(held);
        Ok(())
    }

    pub(crate) fn live_settings(&self) -> Settings {
        self.settings.lock().unpoisoned().live
    }

    pub(crate) fn tell_settings_change(&self, change: &SettingsChange) {
        self.listeners.tell_of_change(|listener| listener.settings_change(self, change));
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
    /// opened; not that of one which is [shared](crate::guide::fleets), which is the fleet's.
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
    /// What was checked, and what it comes to.
    next: Option<(Layers, Limits)>,
}

impl CircuitBreaker {
    pub(crate) fn hold_settings(&self) -> Held<'_> {
        Held { breaker: self, layers: self.settings.lock().unpoisoned(), next: None }
    }
}

impl Held<'_> {
    /// Checks `base`, by itself and below what was given live: for [`commit`](Self::commit). Returns what is wrong with it.
    pub(crate) fn prepare_base(&mut self, base: Settings) -> Vec<SettingsError> {
        let mut faults = base.faults(self.breaker.name());
        if faults.is_empty() {
            faults.extend(self.prepare(base, self.layers.live).err());
        }
        faults
    }

    pub(crate) fn live(&self) -> Settings {
        self.layers.live
    }

    fn prepare(&mut self, base: Settings, live: Settings) -> Result<(), SettingsError> {
        let next = Layers { base, live };
        let limits = next.in_force().validated(self.breaker.name())?;
        self.next = Some((next, limits));
        Ok(())
    }

    /// Puts in force what was checked. Of the change, listeners are to be told where no lock is held.
    pub(crate) fn commit(mut self) -> Option<SettingsChange> {
        let (next, limits) = self.next.take()?;
        let [before, after] = [*self.layers, next].map(|layers| layers.in_force().with_defaults());
        *self.layers = next;
        if before == after {
            return None;
        }
        self.enforce(&limits);
        Some(SettingsChange { before, after })
    }

    fn enforce(&self, limits: &Limits) {
        let breaker = self.breaker;
        let before = breaker.limits.get();
        let begins_anew = match (&before.policy, &limits.policy) {
            (_, Policy::Consecutive) => false,
            (Policy::Consecutive, Policy::Windowed(_)) => true,
            _ => limits.counted_calls().is_some() && before.counted_calls().is_none(),
        };
        // Calls are looked at before the rule is there that wants it, and it comes with the window that it is to judge: no
        // failure is judged by what nobody has counted.
        let most = before.watch().max(limits.watch());
        if most != before.watch() {
            breaker.watch_for(most);
        }
        if before.policy != Policy::Consecutive && limits.policy == Policy::Consecutive {
            breaker.word.update(|word| ((), word.without_failures()));
        }
        breaker.recent.exchange(limits, begins_anew, || breaker.limits.set(limits));
        if breaker.sharing() == Sharing::Alone {
            breaker.early_failures.store(early_failures(limits), Ordering::Relaxed);
        }
        if most != limits.watch() {
            breaker.watch_for(limits.watch());
        }
        // One that is shared is open for as long as the fleet was told.
        if breaker.sharing() != Sharing::Shared {
            breaker.work_out_reopening(&breaker.journal.lock().unpoisoned(), breaker.word.load());
        }
    }
}
