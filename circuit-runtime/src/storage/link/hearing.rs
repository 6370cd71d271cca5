//! What is heard: answers, what others have written, and the beginning and end of a session.

use super::super::contract::StorageError;
use super::super::record::{Era, FRESH, GATHER, Record};
use super::super::request::{Action, Reply, Request, To};
use super::{Ahead, Contact, Effect, Link, Sent};
use crate::breaker::CircuitBreaker;
use crate::clock::Moment;
use crate::machine::{Phase, Policy, Tally};

impl Link {
    /// A session has begun: what the fleet knows is asked for first.
    pub(in crate::storage) fn connected(&mut self, now: Moment) {
        self.contact = Contact::Begun;
        self.look_at = now;
    }

    /// The session is over: from now on, the breaker goes on by itself.
    pub(in crate::storage) fn disconnected(&mut self) {
        self.contact = Contact::None;
        self.leases.clear();
        self.ask_at = None;
        if let Some(sent) = self.sent.take() {
            self.unanswered(sent);
        }
    }

    fn unanswered(&mut self, Sent { request, at }: Sent) {
        match &request.action {
            // What was asked is not known yet.
            Action::Look => self.look_at = at,
            Action::Lease { .. } => {}
            _ => self.again = Some(request),
        }
    }

    /// Others have written.
    pub(in crate::storage) fn pushed(
        &mut self,
        breaker: &CircuitBreaker,
        record: Record,
        server: u64,
    ) {
        if !self.is_governed() {
            return;
        }
        let now = breaker.now();
        if record.era.epoch == self.known.era.epoch && record.era != self.known.era
            || record.era.epoch < self.known.era.epoch
        {
            // Late, or the storage has forgotten what was known: it is asked.
            self.look_at = now;
        } else if record.order() > self.known.order() {
            let is_census = record.census > self.known.census
                && server.saturating_sub(record.census) < GATHER
                && record.open.is_none();
            // Its own word may come before the answer.
            let follows = self.sent.as_ref().is_some_and(|sent| {
                let is_own = sent.request.fresh == record.era.nonce;
                is_own && self.is_ahead() && is_where_it_was_sent(breaker, &sent.request)
            });
            if follows {
                self.ahead = Ahead::Nowhere;
            }
            self.believe(breaker, record, (server, now), follows);
            if is_census && breaker.limits().counted_calls().is_some() {
                self.pending.is_asked = true;
            }
        }
    }

    /// What was sent was answered, or could not be.
    pub(in crate::storage) fn answered(
        &mut self,
        breaker: &CircuitBreaker,
        answer: Result<Reply, StorageError>,
    ) {
        let Some(sent) = self.sent.take() else { return };
        let now = breaker.now();
        match answer {
            Ok(reply) => {
                if std::mem::take(&mut self.is_foreign) {
                    self.effects.push(Effect::SharedAgain);
                }
                self.hear(breaker, &sent.request, sent.at, reply);
            }
            Err(StorageError::Foreign(why)) => {
                self.contact = Contact::Begun;
                self.unanswered(sent);
                self.look_at = now.after(self.lots.around(self.pace.poll));
                let is_news = !std::mem::replace(&mut self.is_foreign, true);
                self.effects.push(Effect::Foreign { why, is_news });
            }
            Err(_) => self.unanswered(sent),
        }
    }

    pub(super) fn hear(
        &mut self,
        breaker: &CircuitBreaker,
        request: &Request,
        at: Moment,
        reply: Reply,
    ) {
        let now = breaker.now();
        let Reply { done, record, now: server } = reply;
        // Overtaken by a push: what it says is old, and whether it was done will be seen.
        let is_late = self.known.era != request.known
            && record.as_ref().is_none_or(|record| record.order() < self.known.order());
        if is_late {
            self.look_at = now;
            if matches!(request.action, Action::Settle { .. }) && self.ahead == Ahead::Settled {
                self.ahead = Ahead::Nowhere;
            }
            return;
        }
        let is_behind = |record: &Record| record.era.epoch < request.known.epoch;
        // Who comes to it now would believe it.
        let misleads = record.as_ref().is_some_and(|it| is_behind(it) && it.open.is_some());
        let record = record.filter(|record| !is_behind(record));
        // Whether this is the answer to what the breaker stands for.
        let mut follows = false;
        match &request.action {
            Action::Look => {
                if !self.is_governed() {
                    self.contact = Contact::Governed;
                    self.give_settings(record.as_ref().and_then(|it| it.settings.as_ref()));
                    return match record {
                        Some(record) => self.reconcile(breaker, record, server, now),
                        None => self.lost(breaker, misleads),
                    };
                }
            }
            Action::Lease { token, length, .. } => {
                // Measured from when it was asked for, which was before the storage began to count.
                let open = record.as_ref().and_then(|record| record.open.as_ref());
                let mut leases = open.iter().flat_map(|open| &open.leases);
                let granted = leases.find(|(holder, _)| done && holder == token);
                let until = granted.map(|(_, expiry)| at.after(expiry.saturating_sub(server)));
                self.leases.answered(token, until.map(|until| (at, until)), *length);
                if !done {
                    self.ask_again(open, server, now);
                    // Unless nobody calls it any more.
                    self.rejections = Some(breaker.rejections());
                }
            }
            Action::Count(count) => {
                let brings_failures = count.window.as_ref().is_some_and(|window| {
                    window.counts_calls && window.slots.iter().any(|slot| slot.failures > 0)
                });
                // Whoever brings failures sees to it that a trip that is near is decided on.
                let is_looking = std::mem::take(&mut self.is_looking) || brings_failures;
                let near = record.as_ref().filter(|record| is_near(breaker, record));
                if let Some(record) = near.filter(|_| is_looking) {
                    let since = server.saturating_sub(record.census);
                    let decided_at = if since < GATHER { GATHER } else { FRESH };
                    self.evaluate_at = Some(now.after(decided_at.saturating_sub(since) + 1));
                }
            }
            Action::Settle { .. } if self.ahead == Ahead::Settled => follows = true,
            Action::Move { .. } if self.is_moving() => {
                // Unless it has moved on meanwhile, and has another one to send.
                follows = is_where_it_was_sent(breaker, request);
            }
            Action::Settle { .. } | Action::Move { .. } | Action::Set { .. } => {}
        }
        if follows {
            self.ahead = Ahead::Nowhere;
        }
        match record {
            // It began this era, and has moved on since: that is to be said next.
            Some(record) if self.is_moving() && record.era.nonce == request.fresh => {
                self.adopt_orders(breaker, &record);
                self.known = record;
            }
            Some(record) => self.believe(breaker, record, (server, now), follows),
            None => self.lost(breaker, misleads),
        }
    }

    /// The first answer of a session: what became of the fleet while it could not be heard.
    pub(super) fn reconcile(
        &mut self,
        breaker: &CircuitBreaker,
        record: Record,
        server: u64,
        now: Moment,
    ) {
        let is_closed = matches!(breaker.word().phase(), Phase::Closed { .. });
        let is_first = self.known.era == Era::default();
        let continues = record.parent == Some(self.known.era) && !is_first;
        if record.era != self.known.era && !continues {
            self.again =
                self.again.take().filter(|again| matches!(again.action, Action::Set { .. }));
            if is_first && self.is_moving_by_hand() {
                self.adopt_orders(breaker, &record);
                self.known = record;
                return;
            }
            self.ahead = Ahead::Nowhere;
            if is_first && !is_closed && record.open.is_none() {
                // It knows something that nobody else does.
                self.adopt_orders(breaker, &record);
                self.known = record;
                self.ahead = Ahead::Moved { by_hand: false };
                return;
            }
        }
        self.believe(breaker, record, (server, now), false);
    }

    /// The storage knows nothing, or less than it did: something that `misleads`, where it is open as it was long ago.
    pub(super) fn lost(&mut self, breaker: &CircuitBreaker, misleads: bool) {
        let era = self.known.era;
        let known = std::mem::replace(&mut self.known, Record { era, ..Record::default() });
        let is_closed = matches!(breaker.word().phase(), Phase::Closed { .. });
        self.leases.clear();
        self.settles.clear();
        self.ask_at = None;
        if self.ahead == Ahead::Settled {
            self.ahead = Ahead::Nowhere;
        }
        // Who comes to it now is to hear of this era, and not to begin one from before it.
        if !is_closed || misleads || era != Era::default() {
            if misleads || known.open.is_some() {
                let why = "the storage has lost what it knew; it is told again".to_owned();
                self.effects.push(Effect::Lost(why));
            }
            if self.ahead == Ahead::Nowhere {
                self.ahead = Ahead::Moved { by_hand: false };
            }
        }
        self.tell_orders(None);
        if is_closed && known.failures > 0 {
            self.recount(breaker);
        }
    }
}

/// Whether what is known of the window of all would trip it, if all had said how many calls they made.
fn is_near(breaker: &CircuitBreaker, record: &Record) -> bool {
    let limits = breaker.limits();
    let Policy::Windowed(rule) = limits.policy else { return false };
    let tally = Tally { failures: record.failures, calls: record.calls };
    record.open.is_none() && rule.trips(limits.threshold, tally)
}

/// Whether a breaker still is what it was said to be.
fn is_where_it_was_sent(breaker: &CircuitBreaker, request: &Request) -> bool {
    let Action::Move { to, .. } = &request.action else { return false };
    let is_closed = matches!(breaker.word().phase(), Phase::Closed { .. });
    (*to == To::Closed) == is_closed
}
