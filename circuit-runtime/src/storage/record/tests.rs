use super::super::request::{Action, Count, Opening, Request, Slot, Windowed};
use super::{GATHER, Record};

/// A record, and who reports to it.
#[derive(Default)]
struct Kept {
    record: Option<Record>,
    number: u64,
    now: u64,
}

impl Kept {
    fn new() -> Self {
        Self { now: 1_000_000, ..Self::default() }
    }

    /// A process whose window has slots of so many milliseconds; none, if it counts in a row.
    fn count(&mut self, sender: &str, slot: Option<u64>, (failures, successes): (u64, u64)) {
        let rate = 500_000_000;
        self.count_by(sender, slot.map(|slot| (slot, rate)), (failures, successes));
    }

    fn count_by(
        &mut self,
        sender: &str,
        rule: Option<(u64, u64)>,
        (failures, successes): (u64, u64),
    ) {
        self.number += 1;
        let slots = vec![Slot { age: 0, failures, successes }];
        let window = rule.map(|(slot, rate)| Windowed {
            slot,
            counts_calls: rate > 0,
            minimum_calls: 1,
            rate,
            slots,
        });
        let count = Count {
            reset: false,
            failures: if window.is_some() { 0 } else { failures },
            threshold: 5,
            window,
            open: Opening { open_for: 60_000, ..Opening::default() },
        };
        let request = Request {
            sender: sender.to_owned(),
            number: self.number,
            known: self.record.as_ref().map(|record| record.era).unwrap_or_default(),
            fresh: 7,
            keep: 1_000,
            action: Action::Count(count),
        };
        Record::apply(&mut self.record, &request, self.now);
    }

    fn is_open(&self) -> bool {
        self.record.as_ref().is_some_and(|record| record.open.is_some())
    }
}

#[test]
fn windows_of_two_lengths_are_added_up() {
    let mut kept = Kept::new();
    for failure in 0..4 {
        kept.count_by(
            ["v1", "v2"][failure % 2],
            Some((500 + 500 * (failure as u64 % 2), 0)),
            (1, 0),
        );
        kept.now += 100;
        assert!(!kept.is_open());
    }
    kept.count_by("v1", Some((500, 0)), (1, 0));
    assert!(kept.is_open());
}

#[test]
fn what_was_counted_in_a_window_is_no_run() {
    let mut kept = Kept::new();
    kept.count_by("v2", Some((500, 0)), (4, 0));
    kept.count("v1", None, (1, 0));
    assert!(!kept.is_open(), "one in a row");
    kept.count("v1", None, (4, 0));
    assert!(kept.is_open(), "five");
}

#[test]
fn a_share_is_judged_by_what_had_failed_when_all_were_asked() {
    // One sees a failure each 10 ms, and the others two successes each 10 ms, of which they tell when they are asked: a third
    // of the calls fail, and half of them would trip.
    let mut kept = Kept::new();
    let (mut untold, mut asked) = (0, 0);
    for _ in 0..3_000 {
        kept.now += 10;
        untold += 2;
        kept.count("sick", Some(500), (1, 0));
        assert!(!kept.is_open(), "after {} ms: {:?}", kept.now - 1_000_000, kept.record);
        let census = kept.record.as_ref().map_or(0, |record| record.census);
        if census != asked {
            asked = census;
            kept.count("well", Some(500), (0, std::mem::take(&mut untold)));
        }
    }
    assert!(asked > 0, "they were asked");
}

#[test]
fn a_share_that_is_reached_trips_soon_after_all_were_asked() {
    let mut kept = Kept::new();
    for _ in 0..100 {
        kept.count("sick", Some(500), (1, 0));
        kept.now += 2;
        if kept.is_open() {
            break;
        }
    }
    assert!(kept.is_open() && kept.now <= 1_000_000 + GATHER + 20, "{}", kept.now);
}

#[test]
fn senders_that_are_silent_are_forgotten_as_others_come() {
    let mut kept = Kept::new();
    for sender in 0..100 {
        kept.count(&format!("process {sender}"), Some(500), (0, 1));
        kept.now += 60_000;
    }
    let heard = kept.record.map_or(0, |record| record.heard.len());
    assert!((9..=11).contains(&heard), "{heard}");
}
