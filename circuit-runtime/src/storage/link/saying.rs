//! What there is to say, and when.

use super::super::pending::slot_of;
use super::super::reason::Reason;
use super::super::request::{Action, Count, Opening, Request, To, Windowed};
use super::believing::ahead;
use super::{Ahead, Contact, Link, Orders, Sent, Settle};
use crate::breaker::{CircuitBreaker, WindowSuccesses};
use crate::clock::Moment;
use crate::machine::{Limits, Phase, Policy};

impl Link {
    /// When it will have something to say, if nothing happens until then.
    pub(in crate::storage) fn wake(&self, now: Moment) -> Option<Moment> {
        if self.contact == Contact::None || self.sent.is_some() {
            return None;
        }
        if self.has_news() {
            return Some(now);
        }
        let governed = self.is_governed().then_some(());
        let times = [
            Some(self.look_at),
            governed.and(self.evaluate_at),
            governed.and(self.ask_at),
            governed.and(self.leases.renew_at()),
        ];
        times.into_iter().flatten().min()
    }

    pub(super) fn has_news(&self) -> bool {
        self.is_governed()
            && (self.again.is_some()
                || !self.settles.is_empty()
                || self.is_moving()
                || self.unset.mode.is_some()
                || self.unset.settings.is_some()
                || !self.pending.is_empty())
    }

    /// Whether a request of this kind was sent, and not answered.
    pub(super) fn is_out(&self, is_of_kind: impl Fn(&Action) -> bool) -> bool {
        let sent = self.sent.as_ref().map(|sent| &sent.request);
        sent.into_iter().chain(&self.again).any(|request| is_of_kind(&request.action))
    }

    /// Whether all has been said, and answered.
    pub(in crate::storage) fn is_silent(&self, now: Moment) -> bool {
        self.sent.is_none() && self.wake(now).is_none_or(|wake| wake > now)
    }

    /// Has it ask for all there is to know, and for a lease if it wants one.
    pub(in crate::storage) fn refresh(&mut self, now: Moment) {
        self.look_at = now;
        if self.known.open.is_some() && self.until <= now && !self.leases.is_at_hand(now) {
            self.rejections = None;
            self.ask_at = Some(now);
            self.insists = true;
        }
    }

    /// How many successes of the window were told, if the others are to hear of more.
    pub(in crate::storage) fn told(&self, breaker: &CircuitBreaker) -> Option<u64> {
        let counts_calls = breaker.limits().counted_calls().is_some();
        let is_due = self.evaluate_at.is_some_and(|evaluate_at| evaluate_at <= breaker.now());
        (counts_calls && (is_due || !self.pending.is_empty())).then_some(self.told)
    }

    /// What is to be said now, if the last of it was answered. `successes` are those in the window that were not
    /// [told](Self::told).
    pub(in crate::storage) fn next(
        &mut self,
        breaker: &CircuitBreaker,
        successes: Option<WindowSuccesses>,
    ) -> Option<Request> {
        let now = breaker.now();
        self.leases.forget_expired(now);
        if self.wake(now).is_none_or(|wake| wake > now) {
            return None;
        }
        let is_governed = self.is_governed();
        let request = match self.again.take_if(|_| is_governed) {
            Some(again) => again,
            None => {
                let action = self.action(breaker, now, successes)?;
                self.request(action, &breaker.limits(), now)
            }
        };
        self.sent = Some(Sent { request: request.clone(), at: now });
        Some(request)
    }

    pub(super) fn request(&mut self, action: Action, limits: &Limits, now: Moment) -> Request {
        self.number += 1;
        let window = match limits.policy {
            Policy::Consecutive => 0,
            Policy::Windowed(rule) => rule.length() / 1_000_000,
        };
        let longest = u64::from(limits.max_ttl).saturating_mul(2).max(window);
        let longest = longest.max(now.until(self.until));
        Request {
            sender: self.sender.clone(),
            number: self.number,
            known: self.known.era,
            #[allow(clippy::cast_possible_truncation, reason = "half of a lot is one as well")]
            fresh: self.lots.draw() as u32,
            keep: self.pace.keep + longest,
            action,
        }
    }

    pub(super) fn action(
        &mut self,
        breaker: &CircuitBreaker,
        now: Moment,
        successes: Option<WindowSuccesses>,
    ) -> Option<Action> {
        if !self.is_governed() || self.look_at <= now {
            // As of now, not of the answer: who wants to know more than this question brings, asks another one.
            self.look_at = now.after(self.lots.around(self.pace.poll));
            return Some(Action::Look);
        }
        let limits = breaker.limits();
        if !self.settles.is_empty() {
            let Settle { token, answer, open } = self.settles.remove(0);
            let success_threshold = limits.success_threshold.into();
            return Some(Action::Settle { token, answer, success_threshold, open });
        }
        if let Ahead::Moved { by_hand } = self.ahead {
            return Some(self.move_to(breaker, by_hand, now));
        }
        if self.unset.mode.is_some() || self.unset.settings.is_some() {
            let Orders { mode, settings } = std::mem::take(&mut self.unset);
            return Some(Action::Set { mode, settings });
        }
        if self.evaluate_at.is_some_and(|evaluate_at| evaluate_at <= now) {
            self.evaluate_at = None;
            self.pending.is_asked = true;
            self.is_looking = true;
        }
        if !self.pending.is_empty() {
            let successes = successes.filter(|successes| successes.epoch == self.epoch);
            return Some(Action::Count(self.count(breaker, &limits, now, successes)));
        }
        self.lease(breaker, &limits, now)
    }

    pub(super) fn move_to(
        &self,
        breaker: &CircuitBreaker,
        is_by_hand: bool,
        now: Moment,
    ) -> Action {
        let phase = breaker.word().phase();
        let (to, open_for, reopenings) = match phase {
            Phase::Closed { .. } => (To::Closed, 0, 0),
            Phase::Open { reopenings, .. } => (To::Open, now.until(self.until), reopenings),
            Phase::HalfOpen { reopenings, .. } => (To::Open, 0, reopenings),
        };
        // A trip is of an open era; half-open by hand, there is none.
        let trip = breaker.last_trip().filter(|_| open_for > 0 || !is_by_hand);
        let open = match &trip {
            Some(_) => Opening { open_for, ..self.opening_of_trip(breaker) },
            None => {
                let reason = Reason::by_hand(&self.instance).written();
                Opening { reason, ..Opening::default() }
            }
        };
        let measured = trip.as_ref().map_or(0, |trip| trip.measured.into());
        let calls = trip.and_then(|trip| trip.calls).unwrap_or_default();
        Action::Move { to, is_by_hand, open, reopenings: reopenings.into(), measured, calls }
    }

    /// What the others are to be told of the last trip.
    pub(super) fn opening_of_trip(&self, breaker: &CircuitBreaker) -> Opening {
        let Some(trip) = breaker.last_trip() else { return Opening::default() };
        let open_for = match breaker.word().phase() {
            Phase::Open { .. } => u64::try_from(trip.open_for.as_millis()).unwrap_or(u64::MAX),
            _ => 0,
        };
        let by = trip.instance.as_deref().unwrap_or(&self.instance);
        let reason = Reason::of(&trip, by).written();
        Opening { open_for, reason, texts: trip.last_failures.clone() }
    }

    pub(super) fn count(
        &mut self,
        breaker: &CircuitBreaker,
        limits: &Limits,
        now: Moment,
        successes: Option<WindowSuccesses>,
    ) -> Count {
        let pending = std::mem::take(&mut self.pending);
        let successes = successes.map(|successes| (successes.by_age, successes.total));
        let (by_age, total) = successes.unwrap_or((Vec::new(), self.told));
        self.told = total;
        let window = match limits.policy {
            Policy::Consecutive => None,
            Policy::Windowed(rule) => Some(Windowed {
                slot: slot_of(&rule),
                counts_calls: limits.counted_calls().is_some(),
                minimum_calls: rule.minimum_calls.into(),
                rate: rule.rate.bits().into(),
                slots: pending.slots(&by_age, slot_of(&rule), now),
            }),
        };
        Count {
            reset: pending.reset,
            failures: if window.is_some() { 0 } else { pending.failures },
            threshold: limits.threshold.into(),
            window,
            open: Opening {
                open_for: limits.time_open(breaker.word(), 0),
                reason: Reason::ahead(limits, &self.instance).written(),
                texts: pending.texts,
            },
        }
    }

    pub(super) fn lease(
        &mut self,
        breaker: &CircuitBreaker,
        limits: &Limits,
        now: Moment,
    ) -> Option<Action> {
        let (length, ahead) = (self.pace.lease, ahead(self.pace));
        let probes = limits.probes.into();
        if let Some((token, is_standby)) = self.leases.renewal(now, limits.probe_timeout.into()) {
            return Some(Action::Lease { token, length, ahead, probes, is_standby });
        }
        self.ask_at.take_if(|ask_at| *ask_at <= now)?;
        self.insists = false;
        self.known.open.as_ref()?;
        if self.rejections.is_some_and(|before| before == breaker.rejections()) {
            return None; // nobody wants to call it: until somebody does
        }
        self.rejections = None;
        if self.leases.len() >= probes {
            return None;
        }
        let token = format!("{}#{}", self.sender, self.number + 1);
        self.leases.ask_for(&token);
        Some(Action::Lease { token, length, ahead, probes, is_standby: true })
    }
}
