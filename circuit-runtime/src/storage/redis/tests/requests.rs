//! Requests, at random and as the tests want them.

use super::chance::Chance;
use crate::storage::record::{Era, Record};
use crate::storage::request::{Action, Answer, Count, Opening, Request, Slot, To, Windowed};

/// One of a process called "a", that knows `record`.
pub(super) fn request(record: Option<&Record>, number: u64, action: Action) -> Request {
    let known = record.map(|record| record.era).unwrap_or_default();
    Request { sender: "a".to_owned(), number, known, fresh: 7, keep: 60_000, action }
}

pub(super) fn opening(texts: &[&str]) -> Opening {
    let texts = texts.iter().map(|&text| text.to_owned()).collect();
    Opening { open_for: 30_000, reason: "{\"rule\":\"threshold\"}".to_owned(), texts }
}

pub(super) fn count(failures: u64, threshold: u64) -> Action {
    Action::Count(Count {
        reset: false,
        failures,
        threshold,
        window: None,
        open: opening(&["refused"]),
    })
}

pub(super) fn windowed(failures: u64, threshold: u64) -> Action {
    let slots =
        vec![Slot { age: 0, failures, successes: 3 }, Slot { age: 900, failures, successes: 0 }];
    let window = Windowed { slot: 500, counts_calls: false, minimum_calls: 0, rate: 0, slots };
    let open = opening(&["refused"]);
    Action::Count(Count { reset: false, failures: 0, threshold, window: Some(window), open })
}

pub(super) fn set(mode: &str) -> Action {
    Action::Set { mode: Some(mode.to_owned()), settings: None }
}

pub(super) fn move_to(to: To) -> Action {
    let open = opening(&["refused", "refused again"]);
    Action::Move { to, is_by_hand: true, open, reopenings: 2, measured: 5, calls: 9 }
}

pub(super) fn lease(token: &str) -> Action {
    let token = token.to_owned();
    Action::Lease { token, length: 5_000, ahead: 60_000, probes: 1, is_standby: false }
}

pub(super) fn settle(token: &str, answer: Answer) -> Action {
    let token = token.to_owned();
    Action::Settle { token, answer, success_threshold: 2, open: opening(&[]) }
}

/// One request after the other, as processes would send them that know much, little, or nonsense.
pub(super) struct Requests {
    chance: Chance,
    /// The limits of this breaker.
    threshold: u64,
    slot: u64,
    open_for: u64,
    probes: u64,
    has_window: bool,
    numbers: [u64; 4],
    last: Option<Request>,
    eras: Vec<Era>,
}

const SENDERS: [&str; 4] = ["a", "host/1-2", "dé \"x\"", ""];
const TEXTS: [&str; 6] = ["", "refused", "a \"quoted\" \\ / one", "día ✓ 🦀", "\t\u{7f}\u{1}", "1"];

impl Requests {
    pub(super) fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        Self {
            threshold: chance.below(6),
            slot: *chance.of(&[1, 50, 500, 3_000]),
            open_for: *chance.of(&[0, 40, 1_000, 60_000]),
            probes: 1 + chance.below(3),
            has_window: chance.one_in(2),
            chance,
            numbers: [0; 4],
            last: None,
            eras: vec![Era::default()],
        }
    }

    pub(super) fn chance(&mut self) -> &mut Chance {
        &mut self.chance
    }

    pub(super) fn next(&mut self, record: Option<&Record>) -> Request {
        if let Some(last) = self.last.clone().filter(|_| self.chance.one_in(12)) {
            return last; // sent again
        }
        let sender = usize::try_from(self.chance.below(4)).expect("an index");
        if !self.chance.one_in(10) {
            self.numbers[sender] += 1 + self.chance.below(2);
        }
        let request = Request {
            sender: SENDERS[sender].to_owned(),
            number: self.numbers[sender].saturating_sub(u64::from(self.chance.one_in(20))),
            known: self.known(record),
            fresh: self.fresh(record),
            keep: 60_000 + self.chance.below(1_000_000),
            action: self.action(record),
        };
        self.last = Some(request.clone());
        request
    }

    fn known(&mut self, record: Option<&Record>) -> Era {
        let Some(now) = record.map(|record| record.era) else { return *self.chance.of(&self.eras) };
        if self.eras.last() != Some(&now) {
            self.eras.push(now);
        }
        match self.chance.below(20) {
            0 => *self.chance.of(&self.eras),
            1 => Era { epoch: now.epoch, nonce: now.nonce ^ 1 },
            2 => Era { epoch: now.epoch + self.chance.below(3), nonce: now.nonce },
            _ => now,
        }
    }

    fn fresh(&mut self, record: Option<&Record>) -> u32 {
        match (record, self.chance.below(10)) {
            (Some(record), 0) => record.era.nonce,
            (_, 1) => u32::MAX,
            _ => u32::try_from(self.chance.below(1 << 32)).expect("a u32"),
        }
    }

    fn token(&mut self, record: Option<&Record>) -> String {
        let held = record.and_then(|record| record.open.as_ref()).map(|open| &open.leases[..]);
        match held {
            Some(held @ [_, ..]) if !self.chance.one_in(3) => self.chance.of(held).0.clone(),
            _ => (*self.chance.of(&["a#1", "b b#2", "c#3", "ü#4", ""])).to_owned(),
        }
    }

    fn opening(&mut self) -> Opening {
        let many = self.chance.below(8).saturating_sub(1);
        let texts = (0..many).map(|_| (*self.chance.of(&TEXTS)).to_owned()).collect();
        let reason = (*self.chance.of(&["", "{\"rule\":\"rate\"}", "größer"])).to_owned();
        Opening { open_for: self.open_for, reason, texts }
    }

    fn action(&mut self, record: Option<&Record>) -> Action {
        let is_open = record.is_some_and(|record| record.open.is_some());
        let kind = self.chance.below(20);
        match kind {
            0 => Action::Look,
            1 => Action::Set {
                mode: self.chance.one_in(2).then(|| "disabled".to_owned()),
                settings: self.chance.one_in(2).then(|| "{\"threshold\":3}".to_owned()),
            },
            2 | 3 => Action::Move {
                to: *self.chance.of(&[To::Open, To::Closed]),
                is_by_hand: self.chance.one_in(2),
                open: self.opening(),
                reopenings: self.chance.below(4),
                measured: self.chance.below(9),
                calls: self.chance.below(9),
            },
            4..8 => self.count(),
            8..11 if is_open => Action::Settle {
                token: self.token(record),
                answer: *self.chance.of(&[Answer::Success, Answer::Failure, Answer::Nothing]),
                success_threshold: self.chance.below(4),
                open: self.opening(),
            },
            _ if is_open => Action::Lease {
                token: self.token(record),
                length: *self.chance.of(&[0, 10, 5_000]),
                ahead: *self.chance.of(&[0, 500]),
                probes: self.probes,
                is_standby: self.chance.one_in(2),
            },
            _ => self.count(),
        }
    }

    fn count(&mut self) -> Action {
        // Now and then a process has other settings.
        let has_window = self.has_window ^ self.chance.one_in(15);
        let window = has_window.then(|| Windowed {
            slot: if self.chance.one_in(30) { 77 } else { self.slot },
            counts_calls: self.chance.one_in(2),
            minimum_calls: *self.chance.of(&[0, 0, 3, 10]),
            rate: *self.chance.of(&[0, 0, 333_333_333, 500_000_000, 1_000_000_000]),
            slots: (0..self.chance.below(5)).map(|_| self.slot()).collect(),
        });
        Action::Count(Count {
            reset: self.chance.one_in(4),
            failures: if window.is_some() { 0 } else { self.chance.below(3) },
            threshold: self.threshold,
            window,
            open: self.opening(),
        })
    }

    fn slot(&mut self) -> Slot {
        let ages = [1, self.slot, self.slot * 5, self.slot * 30];
        let most = *self.chance.of(&ages);
        Slot {
            age: self.chance.below(most),
            failures: self.chance.below(3),
            successes: self.chance.below(4),
        }
    }
}
