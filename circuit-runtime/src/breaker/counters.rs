//! How many calls ended how: counted by each thread for itself, added up when read.

use std::cell::Cell;
use std::sync::atomic::Ordering;

use super::bypass::is_bypassing;
use super::lane::{FLOOR, LINES, Line, MOST_SEATS, extend_lines_to};
use crate::poison::Unpoisoned;

/// How calls ended, since the breaker was made.
///
/// Every call that asked is in exactly one of these, once it is over, and the slow ones among the failures are in
/// [`slow`](Self::slow) as well; those made while [`Mode::Disabled`](crate::Mode::Disabled), and those that
/// [`bypass`](crate::bypass()) the breaker, are in none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Calls {
    /// Returned a value.
    pub success: u64,
    /// Returned an error that counts, panicked, or took longer than `slow_call`.
    pub failure: u64,
    /// Returned an error that proves the dependency answered; a success to the state machine.
    pub excluded: u64,
    /// Returned an error that is no evidence either way.
    pub ignored: u64,
    /// Dropped before an outcome.
    pub cancelled: u64,
    /// Not made.
    pub rejected: u64,
    /// Of the failures, those that took longer than `slow_call`, whatever they returned.
    pub slow: u64,
}

impl Calls {
    /// Calls that were made: all but the rejected ones.
    pub const fn made(&self) -> u64 {
        self.success + self.failure + self.excluded + self.ignored + self.cancelled
    }

    fn add_line(&mut self, line: &Line) {
        let [success, failure, excluded, ignored, cancelled, rejected, slow] =
            line.endings.each_ref().map(|count| count.load(Ordering::Relaxed));
        self.success += success;
        self.failure += failure;
        self.excluded += excluded;
        self.ignored += ignored;
        self.cancelled += cancelled;
        self.rejected += rejected;
        self.slow += slow;
    }
}

/// How one call ended, or what is to be said of its end; its place in a line.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ending {
    Success,
    Failure,
    Excluded,
    Ignored,
    Cancelled,
    Rejected,
    Slow,
}

/// A breaker's counters.
#[derive(Debug)]
pub(super) struct Counters {
    /// Where its line lies in every lane.
    seat: usize,
    /// For threads without a lane (those already taking themselves down) and breakers without a seat.
    shared: Line,
}

impl Counters {
    pub(super) fn new() -> Self {
        let mut floor = FLOOR.lock().unpoisoned();
        let seat = floor.free_seats.pop().unwrap_or_else(|| {
            let seat = floor.seats_made.min(MOST_SEATS);
            floor.seats_made = seat + 1;
            seat
        });
        Self { seat, shared: Line::default() }
    }

    /// As where [`MOST_SEATS`] breakers exist already.
    #[cfg(test)]
    pub(super) fn without_seat() -> Self {
        Self { seat: MOST_SEATS, shared: Line::default() }
    }

    /// The thread's own line, if it has one already. It has none while it bypasses.
    #[inline]
    pub(super) fn line(&self) -> Option<&'static Line> {
        LINES.with(Cell::get).get(self.seat)
    }

    /// Counts the end of a call, unless the thread bypasses.
    #[inline]
    pub(super) fn count_unless_bypassing(&self, ending: Ending) {
        match self.line() {
            Some(line) => line.add(ending as usize),
            None => self.count_first_unless_bypassing(ending),
        }
    }

    #[cold]
    fn count_first_unless_bypassing(&self, ending: Ending) {
        if !is_bypassing() {
            self.count(ending);
        }
    }

    /// Counts the end of a call, whatever the thread does.
    pub(super) fn count(&self, ending: Ending) {
        match self.own_line() {
            Some(line) => line.add(ending as usize),
            None => {
                self.shared.endings[ending as usize].fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// The thread's own line, if it can have one.
    #[inline]
    pub(super) fn own_line(&self) -> Option<&'static Line> {
        self.line().or_else(|| self.take_line())
    }

    #[cold]
    fn take_line(&self) -> Option<&'static Line> {
        // Asked in vain, it would be asked for every call, under a lock that all breakers share.
        if self.seat >= MOST_SEATS || is_bypassing() {
            return None;
        }
        extend_lines_to(self.seat);
        self.line()
    }

    /// As a line's own `add_success_of`, where a thread has none. Callers take turns, and come only while `epoch` is the
    /// current one: here, a late success would wipe out what others have counted since.
    pub(super) fn add_shared_success_of(&self, epoch: u32) {
        self.shared.add_success_of(epoch);
    }

    /// Successes that were counted for the era `epoch`: a total to tell the difference to another one.
    pub(super) fn successes_of(&self, epoch: u32) -> u64 {
        let of = |line: &Line| line.successes().of(epoch);
        let mut successes = of(&self.shared);
        self.each_line(|line| successes += of(line));
        successes
    }

    pub(super) fn read(&self) -> Calls {
        let mut calls = Calls::default();
        calls.add_line(&self.shared);
        self.each_line(|line| calls.add_line(line));
        calls
    }

    /// Visits the lines of all threads, those that have ended included.
    fn each_line(&self, visit: impl FnMut(&Line)) {
        let floor = FLOOR.lock().unpoisoned();
        floor.lanes.iter().flat_map(|lane| lane.lines_at(self.seat)).for_each(visit);
    }
}

impl Drop for Counters {
    fn drop(&mut self) {
        if self.seat >= MOST_SEATS {
            return;
        }
        self.each_line(Line::clear);
        FLOOR.lock().unpoisoned().free_seats.push(self.seat);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use super::*;

    #[test]
    fn a_thread_counts_in_a_line_of_its_own() {
        let counters = Counters::new();
        counters.count(Ending::Success);
        let line = counters.own_line().expect("a line");
        assert_eq!(line.endings[Ending::Success as usize].load(Ordering::Relaxed), 1);
    }

    #[test]
    fn nothing_is_lost_when_threads_end() {
        let counters = Counters::new();
        for _ in 0..10 {
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| (0..1_000).for_each(|_| counters.count(Ending::Success)));
                }
            });
        }
        assert_eq!(counters.read().success, 40_000);
    }

    #[test]
    fn lanes_are_handed_on_instead_of_piling_up() {
        let counters = Counters::new();
        let lanes = || FLOOR.lock().unpoisoned().lanes.len();
        for _ in 0..200 {
            std::thread::scope(|scope| {
                scope.spawn(|| counters.count(Ending::Failure));
            });
        }
        // Other tests of this binary run threads of their own meanwhile.
        assert!(lanes() < 100, "{} lanes", lanes());
        assert_eq!(counters.read().failure, 200);
    }

    #[test]
    fn every_ending_is_counted_under_its_name() {
        use Ending::{Cancelled, Excluded, Failure, Ignored, Rejected, Slow, Success};
        let counters = Counters::new();
        let endings = [Success, Failure, Excluded, Ignored, Cancelled, Rejected, Slow];
        for (ending, times) in endings.into_iter().zip([1, 2, 4, 8, 16, 32, 64]) {
            (0..times).for_each(|_| counters.count(ending));
        }
        let calls = counters.read();
        assert_eq!((calls.success, calls.failure, calls.excluded), (1, 2, 4));
        assert_eq!((calls.ignored, calls.cancelled, calls.rejected), (8, 16, 32));
        assert_eq!(calls.slow, 64);
        assert_eq!(calls.made(), 1 + 2 + 4 + 8 + 16);
    }

    #[test]
    fn a_seat_left_is_taken_over_by_a_later_breaker() {
        assert!((0..=MOST_SEATS).all(|_| Counters::new().seat < MOST_SEATS));
    }

    #[test]
    fn a_seat_taken_over_starts_from_zero() {
        let first = Counters::new();
        first.count(Ending::Rejected);
        let seat = first.seat;
        drop(first);
        let made: Vec<Counters> = (0..500).map(|_| Counters::new()).collect();
        assert!(made.iter().all(|counters| counters.read() == Calls::default()), "seat {seat}");
    }

    #[test]
    fn a_breaker_without_a_seat_counts_all_the_same() {
        let counters = Counters::without_seat();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..100).for_each(|_| counters.count(Ending::Excluded)));
            }
        });
        assert_eq!(counters.read().excluded, 400);
    }

    #[test]
    fn a_breaker_without_a_seat_waits_for_nobody_elses_lock() {
        let counters = Counters::without_seat();
        counters.count(Ending::Success);
        let floor = FLOOR.lock().unpoisoned();
        counters.count(Ending::Success);
        assert!(counters.own_line().is_none());
        drop(floor);
        assert_eq!(counters.read().success, 2);
    }

    #[test]
    fn a_call_made_while_a_thread_takes_itself_down_is_counted() {
        static COUNTERS: OnceLock<Counters> = OnceLock::new();
        struct AtTheEnd;
        impl Drop for AtTheEnd {
            fn drop(&mut self) {
                COUNTERS.get().expect("set").count(Ending::Success);
            }
        }
        thread_local!(static LAST: AtTheEnd = const { AtTheEnd });
        let counters = COUNTERS.get_or_init(Counters::new);
        std::thread::spawn(|| {
            LAST.with(|_| ());
            COUNTERS.get().expect("set").count(Ending::Success);
        })
        .join()
        .expect("the thread ends in peace");
        assert_eq!(counters.read().success, 2);
    }

    #[test]
    fn successes_are_counted_for_their_era_alone() {
        let counters = Counters::new();
        let add = |epoch| counters.own_line().expect("a line").add_success_of(epoch);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..100).for_each(|_| add(3)));
            }
        });
        assert_eq!((counters.successes_of(2), counters.successes_of(3)), (0, 400));
        add(4);
        assert_eq!(counters.successes_of(4), 1);
        assert_eq!(counters.read(), Calls::default(), "counted for the window, and not as calls");
    }

    #[test]
    fn successes_of_a_breaker_without_a_seat_are_counted_for_all_threads_together() {
        let counters = Counters::without_seat();
        assert!(counters.own_line().is_none());
        (0..3).for_each(|_| counters.add_shared_success_of(9));
        assert_eq!((counters.successes_of(9), counters.successes_of(0)), (3, 0));
    }
}
