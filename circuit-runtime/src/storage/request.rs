//! What a process asks of the record that all share.

use serde::{Deserialize, Serialize};

use super::record::{Era, Record};

/// One request to the record of one breaker: made by this crate, handed to [`Record::apply`] by a storage.
///
/// Serializes, for storages that take their decisions elsewhere: Redis does so in a script.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Which process asks: a name that no other has.
    pub(super) sender: String,
    /// Which of its requests it is. What is sent again, because nobody answered, has the same number.
    pub(super) number: u64,
    /// The era that it knows.
    pub(super) known: Era,
    /// Names the era that it begins, if it begins one.
    pub(super) fresh: u32,
    /// Milliseconds after which the record may be forgotten.
    pub(super) keep: u64,
    #[serde(flatten)]
    pub(super) action: Action,
}

impl Request {
    /// How long, in milliseconds, the record is to be kept after this request.
    pub fn keep_millis(&self) -> u64 {
        self.keep
    }
}

/// Times are in milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(super) enum Action {
    /// What does it say?
    Look,
    /// Calls of a closed breaker.
    Count(Count),
    /// May I probe?
    Lease {
        token: String,
        length: u64,
        /// How long before the time is over it may be given.
        ahead: u64,
        probes: u64,
        /// Whether no probe is out on it yet.
        is_standby: bool,
    },
    /// How a probe ended.
    Settle { token: String, answer: Answer, success_threshold: u64, open: Opening },
    /// It is open now, or closed: found out while the storage was away, or decided by hand.
    Move {
        to: To,
        /// Whatever the others have come to know meanwhile.
        is_by_hand: bool,
        open: Opening,
        reopenings: u64,
        measured: u64,
        calls: u64,
    },
    /// The mode, or the settings given live: each as a text.
    Set {
        #[serde(skip_serializing_if = "Option::is_none", default)]
        mode: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        settings: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    Success,
    Failure,
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum To {
    Open,
    Closed,
}

/// How long it is to be open if this opens it, and why.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Opening {
    pub(super) open_for: u64,
    /// A `Reason`, written out.
    pub(super) reason: String,
    /// What the last failures said, each on one line.
    pub(super) texts: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Count {
    /// Whether a call succeeded before these failed.
    pub(super) reset: bool,
    /// In a row; zero where there is a window.
    pub(super) failures: u64,
    pub(super) threshold: u64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) window: Option<Windowed>,
    pub(super) open: Opening,
}

/// What the window of one process has to add to that of all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Windowed {
    /// The length of a slot.
    pub(super) slot: u64,
    /// Whether a trip asks for calls at all.
    pub(super) counts_calls: bool,
    pub(super) minimum_calls: u64,
    /// In billionths.
    pub(super) rate: u64,
    pub(super) slots: Vec<Slot>,
}

/// Calls that were made so long ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Slot {
    pub(super) age: u64,
    pub(super) failures: u64,
    pub(super) successes: u64,
}

/// What a storage answers: what [`Record::apply`] decided, and the record after it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reply {
    /// What [`Record::apply`] returned.
    pub done: bool,
    /// The record as it stands now, if there is one.
    pub record: Option<Record>,
    /// The time that it was judged by: milliseconds since 1970, by the storage's clock.
    pub now: u64,
}

impl Reply {
    /// A reply.
    pub const fn new(done: bool, record: Option<Record>, now: u64) -> Self {
        Self { done, record, now }
    }
}
