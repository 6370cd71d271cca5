//! What is believed of what was heard, and what the breaker becomes by it.

use super::super::fleet::Pace;
use super::super::pending::Pending;
use super::super::reason::{time, trip_of};
use super::super::record::{Era, Open, Record};
use super::super::request::Action;
use super::{Ahead, Effect, Link, SOON};
use crate::breaker::{CircuitBreaker, Mode, Settings, StateChange};
use crate::clock::Moment;
use crate::machine::{Phase, Policy};

impl Link {
    /// Takes over a record that is not older than what is known; one that `follows` from what the breaker did, quietly.
    pub(super) fn believe(
        &mut self,
        breaker: &CircuitBreaker,
        record: Record,
        (server, now): (u64, Moment),
        follows: bool,
    ) {
        self.adopt_orders(breaker, &record);
        let is_new = record.era != self.known.era && record.parent != Some(self.known.era);
        let before = std::mem::replace(&mut self.known, record);
        if self.is_moving_by_hand() || !is_new && self.is_ahead() {
            return;
        }
        let phase = breaker.word().phase();
        let is_closed = matches!(phase, Phase::Closed { .. });
        // The same conclusion as one's own needs no other era.
        let is_first = before.era == Era::default();
        let was_ahead = follows || self.is_ahead();
        let is_there = is_closed == self.known.open.is_none() && (was_ahead || !is_new || is_first);
        if is_new {
            self.settles.clear();
            self.leases.clear();
            self.ask_at = None;
            self.evaluate_at = None;
        }
        self.ahead = Ahead::Nowhere;
        let open = self.known.open.clone();
        if let Some(open) = &open {
            self.until = now.after(open.until.saturating_sub(server));
        }
        match &open {
            None if is_there => self.recount(breaker),
            None => {
                let (epoch, change) = breaker.adopt_closed(self.known_failures(breaker));
                self.began(epoch, change);
            }
            Some(open) if is_there => {
                let reopenings = u8::try_from(open.reopenings).unwrap_or(u8::MAX);
                breaker.retime(reopenings, self.until);
                breaker.count_as(self.epoch, u32::try_from(open.successes).unwrap_or(u32::MAX));
            }
            Some(open) => {
                let trip = trip_of(breaker.name(), &self.known, open);
                let reopenings = u8::try_from(open.reopenings).unwrap_or(u8::MAX);
                let (epoch, change) =
                    breaker.adopt_open((reopenings, self.until), time(open.at), trip);
                self.began(epoch, change);
            }
        }
        if let Some(open) = &open {
            self.plan_lease(breaker, open, (is_new, was_ahead), (server, now));
        }
    }

    pub(super) fn is_moving(&self) -> bool {
        matches!(self.ahead, Ahead::Moved { .. })
    }

    pub(super) fn is_moving_by_hand(&self) -> bool {
        self.ahead == Ahead::Moved { by_hand: true }
    }

    pub(super) fn is_ahead(&self) -> bool {
        self.ahead != Ahead::Nowhere
    }

    /// The breaker stands for an era of the fleet's that has just begun for it.
    pub(super) fn began(&mut self, epoch: u32, change: Option<StateChange>) {
        self.epoch = epoch;
        self.pending = Pending::default();
        self.told = 0;
        self.effects.extend(change.map(Effect::Changed));
    }

    /// When a lease is to be asked for.
    pub(super) fn plan_lease(
        &mut self,
        breaker: &CircuitBreaker,
        open: &Open,
        (is_new, was_ahead): (bool, bool),
        (server, now): (u64, Moment),
    ) {
        let ahead = ahead(self.pace);
        if is_new {
            // Who opened it wants to know; who did not, as soon as somebody wants to call it.
            self.rejections = (!was_ahead).then(|| breaker.rejections());
            let early = self.lots.below(ahead.min(now.until(self.until)) + 1);
            let left = now.until(self.until);
            self.ask_at = Some(now.after(left.saturating_sub(early)));
        } else if self.ask_at.is_some() && now.until(self.until) <= ahead && !self.insists {
            // Somebody else was faster, or has just given its place back.
            self.ask_again(Some(open), server, now);
        }
    }

    /// Asks for a lease when there may be one: at once, where a place is free.
    pub(super) fn ask_again(&mut self, open: Option<&Open>, server: u64, now: Moment) {
        let Some(open) = open else {
            self.ask_at = None;
            return;
        };
        let own = |token: &str| self.leases.has(token);
        let others = open.leases.iter().filter(|(token, _)| !own(token));
        let free_in = others.map(|(_, expiry)| expiry.saturating_sub(server)).min();
        let wait = free_in.unwrap_or(0).max(open.until.saturating_sub(server + ahead(self.pace)));
        self.ask_at = Some(now.after(wait.saturating_add(1 + self.lots.below(SOON))));
    }

    pub(super) fn known_failures(&self, breaker: &CircuitBreaker) -> u32 {
        match breaker.limits().policy {
            Policy::Consecutive if self.known.slot == 0 => {
                u32::try_from(self.known.failures).unwrap_or(u32::MAX)
            }
            // What was counted in a window is no run.
            Policy::Consecutive | Policy::Windowed(_) => 0,
        }
    }

    /// Has the breaker count what the fleet has counted, and what the fleet has not heard of.
    pub(super) fn recount(&mut self, breaker: &CircuitBreaker) {
        if !matches!(breaker.limits().policy, Policy::Consecutive) {
            return;
        }
        if self.is_counting() {
            return; // whether it is in there is known when it is answered
        }
        let known = if self.pending.reset { 0 } else { self.known_failures(breaker) };
        let pending = u32::try_from(self.pending.failures).unwrap_or(u32::MAX);
        breaker.count_as(self.epoch, known.saturating_add(pending));
    }

    /// A fleet that was given no settings takes those that were given here.
    pub(super) fn give_settings(&mut self, given: Option<&String>) {
        let live = std::mem::take(&mut self.live);
        if live != Settings::new() && given.is_none() && self.unset.settings.is_none() {
            self.settings_set(live);
        }
    }

    /// Mode and settings, where they are others than those that hold here.
    pub(super) fn adopt_orders(&mut self, breaker: &CircuitBreaker, record: &Record) {
        if self.is_telling_orders() {
            return; // the latest of both is in the answer
        }
        let mode = record.mode.as_ref().filter(|_| self.unset.mode.is_none());
        if let Some(mode) = mode.and_then(|mode| Mode::from_name(mode)) {
            self.orders.mode.clone_from(&record.mode);
            self.effects.extend((breaker.mode() != mode).then_some(Effect::Mode(mode)));
        }
        let settings = record.settings.as_ref().filter(|_| self.unset.settings.is_none());
        if settings.is_some() && record.settings != self.orders.settings {
            self.orders.settings.clone_from(&record.settings);
            let settings = settings.and_then(|settings| serde_json::from_str(settings).ok());
            self.effects.extend(settings.map(Effect::Settings));
        }
        self.tell_orders(Some(record));
    }

    /// Tells a record that has none the mode and the settings that were given.
    pub(super) fn tell_orders(&mut self, record: Option<&Record>) {
        if self.is_telling_orders() {
            return;
        }
        if record.is_none_or(|record| record.mode.is_none()) {
            self.unset.mode = self.unset.mode.take().or(self.orders.mode.clone());
        }
        if record.is_none_or(|record| record.settings.is_none()) {
            self.unset.settings = self.unset.settings.take().or(self.orders.settings.clone());
        }
    }

    fn is_telling_orders(&self) -> bool {
        self.is_out(|action| matches!(action, Action::Set { .. }))
    }
}

/// How long before the time is over a lease is asked for.
pub(super) fn ahead(pace: Pace) -> u64 {
    pace.lease.min(100)
}
