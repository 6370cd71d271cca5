//! How many calls ended how: counted by each thread for itself, added up when read.
//!
//! A shared counter would cost a successful call more than all the rest of the breaker (7 ns alone, 70 ns on two
//! threads). So every thread has a [`Lane`]: one cache line per breaker that only this thread writes, with plain
//! loads and stores. A thread that ends leaves its lane, counts and all, to the next one that starts.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

use crate::poison::Unpoisoned;

/// How calls ended, since the breaker was made. Every call that asked is in exactly one of these, once it is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Calls {
    /// Returned a value.
    pub success: u64,
    /// Returned an error that counts, or panicked.
    pub failure: u64,
    /// Returned an error that proves the dependency answered; a success to the state machine.
    pub excluded: u64,
    /// Returned an error that is no evidence either way.
    pub ignored: u64,
    /// Dropped before an outcome.
    pub cancelled: u64,
    /// Not made.
    pub rejected: u64,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Ending {
    Success,
    Failure,
    Excluded,
    Ignored,
    Cancelled,
    Rejected,
}

/// One breaker's counters in one lane. Aligned, so that no two threads ever write to one cache line.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Line([AtomicU64; 6]);

impl Line {
    fn sum_into(&self, calls: &mut Calls) {
        let [success, failure, excluded, ignored, cancelled, rejected] =
            self.0.each_ref().map(|count| count.load(Ordering::Relaxed));
        calls.success += success;
        calls.failure += failure;
        calls.excluded += excluded;
        calls.ignored += ignored;
        calls.cancelled += cancelled;
        calls.rejected += rejected;
    }

    fn clear(&self) {
        self.0.iter().for_each(|count| count.store(0, Ordering::Relaxed));
    }
}

const FIRST_SEGMENT: u32 = 64;
const SEGMENTS: usize = 7;
/// Breakers that count by thread; those made while this many exist share one line among all threads.
const MOST_SEATS: u32 = FIRST_SEGMENT << (SEGMENTS - 1);

/// One thread's lines, in segments that are allocated when first written to: 64 lines, 64, 128, ... 2048.
#[derive(Debug, Default)]
struct Lane {
    segments: [OnceLock<Box<[Line]>>; SEGMENTS],
}

/// Where a breaker's line lies in every lane.
#[derive(Clone, Copy, Debug)]
struct Seat {
    segment: u32,
    line: u32,
}

impl Seat {
    fn new(number: u32) -> Self {
        if number < FIRST_SEGMENT {
            return Self { segment: 0, line: number };
        }
        let segment = (number / FIRST_SEGMENT).ilog2() + 1;
        Self { segment, line: number - (FIRST_SEGMENT << (segment - 1)) }
    }

    fn number(self) -> u32 {
        match self.segment {
            0 => self.line,
            segment => (FIRST_SEGMENT << (segment - 1)) + self.line,
        }
    }

    /// Breakers beyond [`MOST_SEATS`] have no segment, so no lane ever finds a line for them.
    fn is_in_lanes(self) -> bool {
        (self.segment as usize) < SEGMENTS
    }

    fn line_of(self, lane: &Lane) -> Option<&Line> {
        lane.segments.get(self.segment as usize)?.get()?.get(self.line as usize)
    }

    fn line_made_in(self, lane: &Lane) -> Option<&Line> {
        let lines = match self.segment {
            0 => FIRST_SEGMENT,
            segment => FIRST_SEGMENT << (segment - 1),
        };
        let segment = lane.segments.get(self.segment as usize)?;
        segment
            .get_or_init(|| (0..lines).map(|_| Line::default()).collect())
            .get(self.line as usize)
    }
}

/// Every lane there is, those that wait for a thread, and the seats that are free.
#[derive(Debug, Default)]
struct Floor {
    lanes: Vec<&'static Lane>,
    idle: Vec<&'static Lane>,
    free_seats: Vec<u32>,
    seats_made: u32,
}

static FLOOR: Mutex<Floor> = Mutex::new(Floor {
    lanes: Vec::new(),
    idle: Vec::new(),
    free_seats: Vec::new(),
    seats_made: 0,
});

thread_local! {
    // Without a destructor, so that reading it is one load.
    static LANE: Cell<Option<&'static Lane>> = const { Cell::new(None) };
    // With one: gives the lane back when the thread ends.
    static LEASE: Lease = Lease::take();
}

struct Lease(&'static Lane);

impl Lease {
    fn take() -> Self {
        let mut floor = FLOOR.lock().unpoisoned();
        let lane = floor.idle.pop().unwrap_or_else(|| {
            // Never freed, but handed on: as many as there ever were threads at one time.
            let lane: &'static Lane = Box::leak(Box::default());
            floor.lanes.push(lane);
            lane
        });
        Self(lane)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        LANE.set(None);
        FLOOR.lock().unpoisoned().idle.push(self.0);
    }
}

/// A breaker's counters.
#[derive(Debug)]
pub(super) struct Counters {
    seat: Seat,
    /// For threads without a lane (those already taking themselves down) and breakers without a seat.
    shared: Line,
}

impl Counters {
    pub(super) fn new() -> Self {
        let mut floor = FLOOR.lock().unpoisoned();
        let number = floor.free_seats.pop().unwrap_or_else(|| {
            let number = floor.seats_made.min(MOST_SEATS);
            floor.seats_made = number + 1;
            number
        });
        Self { seat: Seat::new(number), shared: Line::default() }
    }

    #[inline]
    pub(super) fn add(&self, ending: Ending) {
        match LANE.get().and_then(|lane| self.seat.line_of(lane)) {
            Some(line) => {
                // Nobody else writes here, so nothing can come between the load and the store.
                let count = &line.0[ending as usize];
                count.store(count.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
            }
            None => self.add_first(ending),
        }
    }

    #[cold]
    fn add_first(&self, ending: Ending) {
        if let Ok(lane) = LEASE.try_with(|lease| lease.0) {
            LANE.set(Some(lane));
            if self.seat.line_made_in(lane).is_some() {
                return self.add(ending);
            }
        }
        self.shared.0[ending as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Calls {
        let mut calls = Calls::default();
        self.shared.sum_into(&mut calls);
        for lane in &FLOOR.lock().unpoisoned().lanes {
            if let Some(line) = self.seat.line_of(lane) {
                line.sum_into(&mut calls);
            }
        }
        calls
    }
}

impl Drop for Counters {
    fn drop(&mut self) {
        if !self.seat.is_in_lanes() {
            return;
        }
        let mut floor = FLOOR.lock().unpoisoned();
        for lane in &floor.lanes {
            if let Some(line) = self.seat.line_of(lane) {
                line.clear();
            }
        }
        floor.free_seats.push(self.seat.number());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seat_lies_in_its_segment_and_is_found_again() {
        for number in 0..MOST_SEATS {
            let seat = Seat::new(number);
            assert!(seat.is_in_lanes());
            assert_eq!(seat.number(), number);
            if seat.segment > 0 {
                assert!(seat.line < FIRST_SEGMENT << (seat.segment - 1));
            }
        }
        assert!(!Seat::new(MOST_SEATS).is_in_lanes());
    }

    #[test]
    fn nothing_is_lost_when_threads_end() {
        let counters = Counters::new();
        for _ in 0..10 {
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| (0..1_000).for_each(|_| counters.add(Ending::Success)));
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
                scope.spawn(|| counters.add(Ending::Failure));
            });
        }
        // Other tests of this binary run threads of their own meanwhile.
        assert!(lanes() < 100, "{} lanes", lanes());
        assert_eq!(counters.read().failure, 200);
    }

    #[test]
    fn a_seat_taken_over_starts_from_zero() {
        let first = Counters::new();
        first.add(Ending::Rejected);
        let number = first.seat.number();
        drop(first);
        let made: Vec<Counters> = (0..500).map(|_| Counters::new()).collect();
        assert!(made.iter().all(|counters| counters.read() == Calls::default()), "seat {number}");
    }

    #[test]
    fn a_breaker_without_a_seat_counts_all_the_same() {
        let counters = Counters { seat: Seat::new(MOST_SEATS), shared: Line::default() };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..100).for_each(|_| counters.add(Ending::Excluded)));
            }
        });
        assert_eq!(counters.read().excluded, 400);
    }

    #[test]
    fn a_call_made_while_a_thread_takes_itself_down_is_counted() {
        static COUNTERS: OnceLock<Counters> = OnceLock::new();
        struct AtTheEnd;
        impl Drop for AtTheEnd {
            fn drop(&mut self) {
                COUNTERS.get().expect("set").add(Ending::Success);
            }
        }
        thread_local!(static LAST: AtTheEnd = const { AtTheEnd });
        let counters = COUNTERS.get_or_init(Counters::new);
        std::thread::spawn(|| {
            LAST.with(|_| ());
            COUNTERS.get().expect("set").add(Ending::Success);
        })
        .join()
        .expect("the thread ends in peace");
        assert_eq!(counters.read().success, 2);
    }
}
