//! Steps of the breaker: taken, or others in their place, and noted.

use super::super::pending::Pending;
use super::super::record::Era;
use super::super::request::{Action, Answer, Opening};
use super::{Ahead, Link, SOON, Settle};
use crate::breaker::{Applied, CircuitBreaker, Mode, Settings};
use crate::clock::Moment;
use crate::machine::{Event, Phase, Tally, Verdict, Word};

impl Link {
    pub(in crate::storage) fn step(
        &mut self,
        breaker: &CircuitBreaker,
        event: Event,
        take: &mut dyn FnMut(Event) -> Applied,
    ) -> Applied {
        let word = breaker.word();
        match event {
            Event::Acquire => self.acquire(breaker, word, take),
            Event::Open | Event::HalfOpen | Event::Close => {
                let applied = take(event);
                // What is done before the fleet was ever heard holds as well.
                let is_heard = self.is_governed() || self.known.era == Era::default();
                self.moved(breaker, applied.word, is_heard);
                applied
            }
            _ => match (event.permit(), word.phase()) {
                (Some(permit), _) if !permit.same_era(word) => take(event),
                (Some(_), Phase::Closed { .. }) => self.call_ended(breaker, event, take),
                (Some(permit), Phase::HalfOpen { .. }) => {
                    self.probe_ended(breaker, permit, event, take)
                }
                _ => take(event),
            },
        }
    }

    /// Takes the step as if there were no others, who are to hear of it if it begins an era.
    fn take_alone(
        &mut self,
        breaker: &CircuitBreaker,
        event: Event,
        take: &mut dyn FnMut(Event) -> Applied,
    ) -> Applied {
        let applied = take(event);
        if !applied.before.same_era(applied.word) {
            self.moved(breaker, applied.word, false);
        }
        applied
    }

    pub(super) fn acquire(
        &mut self,
        breaker: &CircuitBreaker,
        word: Word,
        take: &mut dyn FnMut(Event) -> Applied,
    ) -> Applied {
        if !self.is_governed() || matches!(word.phase(), Phase::Closed { .. }) {
            return self.take_alone(breaker, Event::Acquire, take);
        }
        let now = breaker.now();
        if self.until <= now && self.ahead == Ahead::Nowhere && self.leases.take(now) {
            let applied = take(Event::Probe);
            self.epoch = applied.word.epoch();
            return applied;
        }
        self.rejections = None;
        if self.until <= now {
            self.ask_at.get_or_insert(now);
        }
        take(Event::Wait(self.wait(now)))
    }

    /// Milliseconds until the next call may be let in.
    pub(super) fn wait(&self, now: Moment) -> u64 {
        match now.until(self.until) {
            0 => self.ask_at.map_or(0, |ask_at| now.until(ask_at)).clamp(SOON, self.pace.lease),
            left => left,
        }
    }

    /// As [`wait`](Self::wait); none, if a lease is at hand.
    pub(in crate::storage) fn wait_for_lease(&self, now: Moment) -> Option<u64> {
        let is_at_hand = self.until <= now && self.leases.is_at_hand(now);
        (!is_at_hand).then(|| self.wait(now))
    }

    pub(super) fn call_ended(
        &mut self,
        breaker: &CircuitBreaker,
        event: Event,
        take: &mut dyn FnMut(Event) -> Applied,
    ) -> Applied {
        let limits = breaker.limits();
        let event = match event {
            // Who sees but a part of the calls does not judge their share.
            Event::Failure(permit, _) if self.is_governed() && limits.counted_calls().is_some() => {
                Event::Failure(permit, Tally::default())
            }
            event => event,
        };
        let applied = take(event);
        match (event, applied.before.phase()) {
            _ if applied.verdict != Verdict::Applied => {}
            (Event::Success(_), Phase::Closed { failures }) => {
                let is_told = self.known.failures > 0 || self.is_counting();
                if is_told && (failures > 0 || self.pending.failures > 0) {
                    self.pending.succeeded();
                } else if !is_told {
                    // Nobody else has heard of a failure.
                    self.pending.forget_run();
                }
            }
            (Event::Failure(..), _) if applied.before.same_era(applied.word) => {
                self.pending.failed(breaker.last_failure(), &limits, breaker.now());
            }
            (Event::Failure(..) | Event::Away(..), _) => {
                self.moved(breaker, applied.word, false);
            }
            _ => {}
        }
        applied
    }

    pub(super) fn probe_ended(
        &mut self,
        breaker: &CircuitBreaker,
        permit: Word,
        event: Event,
        take: &mut dyn FnMut(Event) -> Applied,
    ) -> Applied {
        if !self.is_governed() {
            return self.take_alone(breaker, event, take);
        }
        let limits = breaker.limits();
        let now = breaker.now();
        let Some((token, is_valid)) = self.leases.give_back(now) else {
            // Its lease is over, and perhaps somebody else's probe is out: it decides nothing.
            return take(Event::Release(permit));
        };
        let decides = match event {
            // Nobody else is out there whose word could be against it.
            Event::Success(_) => is_valid && limits.probes == 1 && limits.success_threshold == 1,
            Event::Failure(..) | Event::Away(..) => true,
            _ => false,
        };
        let applied = take(if decides { event } else { Event::Release(permit) });
        let (answer, open) = match event {
            Event::Success(_) => (Answer::Success, Opening::default()),
            Event::Failure(..) | Event::Away(..) => {
                (Answer::Failure, self.opening_of_trip(breaker))
            }
            _ => (Answer::Nothing, Opening::default()),
        };
        self.settles.push(Settle { token, answer, open });
        if decides {
            self.ahead = Ahead::Settled;
            self.begun(breaker, applied.word);
        } else {
            self.ask_at.get_or_insert(now);
        }
        applied
    }

    /// Whether failures may be known to the others that are not known to be.
    pub(super) fn is_counting(&self) -> bool {
        self.is_out(|action| matches!(action, Action::Count(_)))
    }

    /// The breaker is in another state, and the others are to hear of it.
    pub(super) fn moved(&mut self, breaker: &CircuitBreaker, word: Word, by_hand: bool) {
        self.ahead = Ahead::Moved { by_hand };
        self.settles.clear();
        self.leases.clear();
        self.begun(breaker, word);
    }

    /// The breaker has begun another era.
    pub(super) fn begun(&mut self, breaker: &CircuitBreaker, word: Word) {
        let now = breaker.now();
        self.epoch = word.epoch();
        self.pending = Pending::default();
        self.told = 0;
        self.evaluate_at = None;
        self.ask_at = None;
        self.rejections = None;
        self.until = match word.phase() {
            Phase::Open { opened_at, reopenings } => {
                let time_open = breaker.limits().time_open(word, reopenings);
                now.after(opened_at.left_of(time_open, now))
            }
            _ => now,
        };
    }

    pub(in crate::storage) fn mode_set(&mut self, mode: Mode) {
        self.unset.mode = Some(mode.as_str().to_owned());
        self.orders.mode.clone_from(&self.unset.mode);
    }

    pub(in crate::storage) fn settings_set(&mut self, live: Settings) {
        self.unset.settings = serde_json::to_string(&live).ok();
        self.orders.settings.clone_from(&self.unset.settings);
    }
}
