//! What one process believes of the record of one breaker, and what it has to say to it.
//!
//! A state machine without I/O: a [member](super::member) takes its breaker's steps through it, and the fleet's thread sends
//! what it has to [say](Link::next) and brings back the [answers](Link::answered). All of it happens under one lock per breaker,
//! so a step and what is noted of it are one.

mod believing;
mod hearing;
mod saying;
mod steps;

use std::sync::Arc;

use super::fleet::Pace;
use super::leases::Leases;
use super::lot::Lots;
use super::pending::Pending;
use super::record::Record;
use super::request::{Answer, Opening, Request};
use crate::breaker::{CircuitBreaker, Mode, Settings, StateChange};
use crate::clock::Moment;
use crate::machine::Phase;

/// Milliseconds, where nobody knows how long it takes until the next call is let in.
const SOON: u64 = 10;

/// One process's side of one record.
pub(super) struct Link {
    sender: String,
    instance: Arc<str>,
    pace: Pace,
    lots: Lots,
    /// Of the last request.
    number: u64,
    contact: Contact,
    /// Whether something else lies under the breaker's name.
    is_foreign: bool,
    /// The last word of the fleet; of no era, if none was heard.
    known: Record,
    /// The breaker's era that stands for the one that is known, or for what is to be said of it.
    epoch: u32,
    /// When the open era that is known is over.
    until: Moment,
    ahead: Ahead,
    pending: Pending,
    /// Successes of the breaker's era that were told.
    told: u64,
    /// Orders that the others have not heard of; and those that hold here, given or heard of.
    unset: Orders,
    orders: Orders,
    /// Settings that were given live before it joined: for a fleet that has none.
    live: Settings,
    leases: Leases,
    settles: Vec<Settle>,
    /// How many calls had been rejected when it was last known that nobody wants to call it; `None` if somebody does.
    rejections: Option<u64>,
    /// When a lease is to be asked for.
    ask_at: Option<Moment>,
    /// Whether it asks even if it knows that all places are taken: who holds one and does not use it, gives it up then.
    insists: bool,
    /// When a trip that is near is to be decided on; whether it is asked to be.
    evaluate_at: Option<Moment>,
    is_looking: bool,
    /// When the record is to be looked at, whatever happens.
    look_at: Moment,
    sent: Option<Sent>,
    /// What nobody has answered, perhaps for want of having heard it.
    again: Option<Request>,
    effects: Vec<Effect>,
}

/// What is known of the storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Contact {
    None,
    /// There is a session, and no answer yet; or something else lies under the breaker's name.
    Begun,
    /// Others have a say.
    Governed,
}

/// What the breaker is, that the fleet has not heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ahead {
    Nowhere,
    /// It was brought into another state: by hand, whatever the others know, or because it found out.
    Moved {
        by_hand: bool,
    },
    /// A probe has decided, under a lease.
    Settled,
}

/// What was ordered for all processes, each as a text.
#[derive(Debug, Default)]
struct Orders {
    mode: Option<String>,
    settings: Option<String>,
}

#[derive(Debug)]
struct Settle {
    token: String,
    answer: Answer,
    open: Opening,
}

struct Sent {
    request: Request,
    at: Moment,
}

/// What is to be done where no lock is held.
#[derive(Debug)]
pub(super) enum Effect {
    Changed(StateChange),
    Mode(Mode),
    Settings(Settings),
    /// The breaker goes on by itself, because of what lies under its name.
    Foreign {
        why: String,
        is_news: bool,
    },
    /// It does so no more.
    SharedAgain,
    /// The storage has lost what it knew.
    Lost(String),
}

impl Link {
    pub(super) fn new(
        breaker: &CircuitBreaker,
        (instance, sender): (Arc<str>, String),
        live: Settings,
        pace: Pace,
        lots: Lots,
    ) -> Self {
        let word = breaker.word();
        let failures = match word.phase() {
            Phase::Closed { failures } => failures.into(),
            _ => 0,
        };
        let mut link = Self {
            sender,
            instance,
            pace,
            lots,
            number: 0,
            contact: Contact::None,
            is_foreign: false,
            known: Record::default(),
            epoch: word.epoch(),
            until: breaker.now(),
            ahead: Ahead::Nowhere,
            pending: Pending::default(),
            told: 0,
            unset: Orders::default(),
            orders: Orders::default(),
            live,
            leases: Leases::default(),
            settles: Vec::new(),
            rejections: None,
            ask_at: None,
            insists: false,
            evaluate_at: None,
            is_looking: false,
            look_at: breaker.now(),
            sent: None,
            again: None,
            effects: Vec::new(),
        };
        link.begun(breaker, word);
        link.pending.failures = failures;
        link
    }

    pub(super) fn is_governed(&self) -> bool {
        self.contact == Contact::Governed
    }

    /// What it believes, for whoever reads why a test failed.
    #[cfg(test)]
    pub(super) fn belief(&self) -> String {
        let Self { contact, known, ahead, sent, again, ask_at, until, .. } = self;
        let sent = sent.as_ref().map(|sent| &sent.request);
        let (era, is_open) = (known.era, known.open.is_some());
        format!(
            "{contact:?}, {era:?} open: {is_open}, {ahead:?}, until {until:?}, asks at {ask_at:?}, sent {sent:?}, \
             again {again:?}"
        )
    }

    #[cfg(test)]
    pub(super) fn known_epoch(&self) -> u64 {
        self.known.era.epoch
    }

    #[cfg(test)]
    pub(super) fn probes_out(&self, now: Moment) -> u64 {
        self.leases.used(now)
    }

    pub(super) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }
}
