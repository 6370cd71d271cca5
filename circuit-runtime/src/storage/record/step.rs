//! What one request does to a record.

use std::collections::BTreeMap;

use super::super::request::{Action, Answer, Count, Opening, Request, Slot, To, Windowed};
use super::{Counted, Era, FRESH, GATHER, Open, Record, SLOTS, TEXTS};

/// One request, taken at one time.
pub(super) struct Step<'a> {
    pub(super) request: &'a Request,
    pub(super) now: u64,
    pub(super) publishes: &'a mut bool,
}

impl Step<'_> {
    pub(super) fn take(&mut self, kept: &mut Option<Record>) -> bool {
        let known = self.request.known;
        let is_lost = kept.as_ref().is_none_or(|record| record.era.epoch < known.epoch);
        if let (false, Some(answer)) = (is_lost, self.answer_again(kept.as_ref())) {
            return answer;
        }
        let begins_anew = match &self.request.action {
            Action::Look => return true,
            Action::Lease { .. } | Action::Settle { .. } if is_lost => return false,
            Action::Lease { .. } | Action::Settle { .. } => false,
            Action::Count(_) | Action::Move { .. } | Action::Set { .. } => is_lost,
        };
        let record = kept.get_or_insert_default();
        if begins_anew {
            // The storage has forgotten, all or the latest of it: what comes is later than what anybody knows.
            record.close(Era { epoch: known.epoch.saturating_add(1), nonce: self.request.fresh });
            record.parent = Some(known);
        }
        let is_known = begins_anew || record.era == known;
        if let Some(open) = &mut record.open {
            // The clock has been put back.
            open.until = open.until.min(self.now.saturating_add(open.length));
        }
        match &self.request.action {
            Action::Look => true,
            Action::Count(count) => {
                (is_known || record.parent == Some(known)) && self.count(record, count)
            }
            Action::Lease { .. } => is_known && self.lease(record),
            Action::Settle { token, answer, success_threshold, open } => {
                is_known && self.settle(record, token, *answer, (*success_threshold, open))
            }
            Action::Move { to, is_by_hand, open, reopenings, measured, calls } => {
                if !(is_known || *is_by_hand) {
                    return false;
                }
                self.hear(record);
                match to {
                    // It is so already, and somebody may be about to find out more.
                    To::Closed if record.open.is_none() && !is_by_hand => {}
                    To::Open if record.open.is_some() && !is_by_hand => {}
                    To::Closed => record.close(self.next_era(record)),
                    To::Open => self.open(record, open, *reopenings, (*measured, *calls)),
                }
                true
            }
            Action::Set { mode, settings } => {
                self.hear(record);
                record.revision += 1;
                record.mode = mode.clone().or(record.mode.take());
                record.settings = settings.clone().or(record.settings.take());
                true
            }
        }
    }

    /// What is answered where this request, or a later one of the same sender, has been here before.
    fn answer_again(&self, kept: Option<&Record>) -> Option<bool> {
        let Request { sender, number, action, .. } = self.request;
        let record = kept?;
        let (last, _) = record.heard.get(sender)?;
        match action {
            _ if last < number => None,
            Action::Look => None,
            Action::Lease { token, .. } => {
                let open = record.open.as_ref();
                Some(open.is_some_and(|open| open.leases.iter().any(|lease| lease.0 == *token)))
            }
            _ => Some(true),
        }
    }

    fn hear(&self, record: &mut Record) {
        let sender = self.request.sender.clone();
        if record.heard.insert(sender, (self.request.number, self.now)).is_none() {
            record.forget_senders(self.now);
        }
    }

    fn next_era(&self, record: &Record) -> Era {
        Era { epoch: record.era.epoch.saturating_add(1), nonce: self.request.fresh }
    }

    fn open(&self, record: &mut Record, open: &Opening, reopenings: u64, found: (u64, u64)) {
        let now = self.now;
        let texts = if open.texts.is_empty() { record.texts.clone() } else { open.texts.clone() };
        record.close(self.next_era(record));
        record.texts = texts;
        record.open = Some(Open {
            at: now,
            until: now.saturating_add(open.open_for),
            length: open.open_for,
            reopenings,
            reason: open.reason.clone(),
            measured: found.0,
            calls: found.1,
            ..Open::default()
        });
        record.forget_senders(now);
    }

    fn count(&mut self, record: &mut Record, count: &Count) -> bool {
        if record.open.is_some() {
            return false;
        }
        self.hear(record);
        record.revision += 1;
        if count.reset {
            record.texts.clear();
        }
        record.texts.extend(count.open.texts.iter().cloned());
        let forgotten = record.texts.len().saturating_sub(TEXTS);
        record.texts.drain(..forgotten);
        let trips = match &count.window {
            None => {
                // What was counted in a window is no run.
                let is_run = !count.reset && record.slot == 0;
                let before = if is_run { record.failures } else { 0 };
                // That a run has begun, or ended, is news; how long it is, the record knows.
                *self.publishes = record.failures == 0 || count.reset;
                (record.slot, record.slots) = (0, BTreeMap::new());
                record.failures = before.saturating_add(count.failures);
                record.calls = record.failures;
                count.failures > 0 && record.failures >= count.threshold
            }
            Some(window) => self.count_in_window(record, window, count.threshold),
        };
        if trips {
            let found = match &count.window {
                Some(window) if window.counts_calls => record.judged(),
                _ => (record.failures, record.calls),
            };
            // The last failures of all, not of this one process.
            let open = Opening { texts: Vec::new(), ..count.open.clone() };
            self.open(record, &open, 0, found);
            *self.publishes = true;
        }
        true
    }

    fn count_in_window(&mut self, record: &mut Record, window: &Windowed, threshold: u64) -> bool {
        let length = window.slot.max(1);
        if record.slot != length {
            // Another version of the program, or other settings: what lies in both windows is kept.
            let before = std::mem::replace(&mut record.slot, length);
            for (number, counted) in std::mem::take(&mut record.slots) {
                record.add(number.saturating_mul(before) / length, counted);
            }
        }
        for slot in &window.slots {
            let Slot { age, failures, successes } = *slot;
            record.add(self.now.saturating_sub(age) / length, Counted { failures, successes });
        }
        let oldest = (self.now / length + 1).saturating_sub(SLOTS);
        record.slots = record.slots.split_off(&oldest);
        let failures: u64 = record.slots.values().map(|counted| counted.failures).sum();
        let successes: u64 = record.slots.values().map(|counted| counted.successes).sum();
        (record.failures, record.calls) = (failures, failures + successes);
        *self.publishes = false;
        let is_reached = |(failures, calls): (u64, u64)| {
            failures >= threshold
                && failures > 0
                && calls >= window.minimum_calls
                && u128::from(failures) * 1_000_000_000
                    >= u128::from(window.rate) * u128::from(calls)
        };
        let is_near = is_reached((record.failures, record.calls));
        if !(is_near && window.counts_calls) {
            return is_near;
        }
        // Those who see no failures have not said how many calls they made: they are asked, and given the time to answer.
        let since = self.now.checked_sub(record.census).filter(|since| *since <= FRESH);
        if since.is_none() {
            (record.census, record.asked) = (self.now, record.failures);
            *self.publishes = true;
        }
        since.is_some_and(|since| since >= GATHER) && is_reached(record.judged())
    }

    fn lease(&mut self, record: &mut Record) -> bool {
        let Action::Lease { token, length, ahead, probes, is_standby } = &self.request.action
        else {
            return false;
        };
        let Some(open) = &mut record.open else { return false };
        let now = self.now;
        let expiry = now.max(open.until).saturating_add(*length);
        // One that ends later than any can was given before the clock was put back.
        open.leases.iter_mut().for_each(|lease| lease.1 = lease.1.min(expiry));
        open.leases.retain(|(holder, expiry)| *expiry > now || holder == token);
        if let Some(at) = open.leases.iter().position(|(holder, _)| holder == token) {
            if *is_standby && open.is_wanted {
                // It is somebody else's turn.
                open.leases.remove(at);
                open.is_wanted = false;
                self.hear(record);
                record.revision += 1;
                return false;
            }
            open.leases[at].1 = expiry;
            self.hear(record);
            return true;
        }
        if open.until > now.saturating_add(*ahead) {
            return false;
        }
        if open.leases.len() as u64 >= *probes {
            open.is_wanted = true;
            return false;
        }
        open.leases.push((token.clone(), expiry));
        self.hear(record);
        record.revision += 1;
        true
    }

    fn settle(
        &self,
        record: &mut Record,
        token: &str,
        answer: Answer,
        (success_threshold, opening): (u64, &Opening),
    ) -> bool {
        let Some(open) = &mut record.open else { return false };
        let Some(at) = open.leases.iter().position(|(holder, _)| holder == token) else {
            return false;
        };
        open.leases.remove(at);
        open.is_wanted = false;
        record.revision += 1;
        self.hear(record);
        let Some(open) = &mut record.open else { return true };
        match answer {
            Answer::Nothing => {}
            Answer::Success => {
                open.successes += 1;
                if open.successes >= success_threshold {
                    record.close(self.next_era(record));
                }
            }
            Answer::Failure => {
                let reopenings = open.reopenings + 1;
                self.open(record, opening, reopenings, (1, 0));
            }
        }
        true
    }
}
