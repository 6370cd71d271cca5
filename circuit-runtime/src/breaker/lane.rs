//! Where counts lie: in a lane per thread, with a line per breaker.
//!
//! A shared counter would cost a successful call more than all the rest of the breaker (7 ns alone, 70 ns on two
//! threads). So every thread has a [`Lane`]: one cache line per breaker that only this thread writes, with plain
//! loads and stores. A thread that ends leaves its lane, counts and all, to the next one that starts.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

use crate::machine::Successes;
use crate::poison::Unpoisoned;
use crate::sync::thread_local;

/// One breaker's counters in one lane. Aligned, so that no two threads ever write to one cache line.
#[derive(Debug, Default)]
#[repr(align(64))]
pub(super) struct Line {
    /// How calls ended, by their `Ending`.
    pub(super) endings: [AtomicU64; 7],
    /// For a window: successes of one era.
    successes: AtomicU64,
}

impl Line {
    pub(super) fn successes(&self) -> Successes {
        Successes::from_bits(self.successes.load(Ordering::Relaxed))
    }

    /// One thread at a time.
    pub(super) fn add_success_of(&self, epoch: u32) {
        self.successes.store(self.successes().one_more(epoch).bits(), Ordering::Relaxed);
    }

    pub(super) fn clear(&self) {
        let all = self.endings.iter().chain([&self.successes]);
        all.for_each(|count| count.store(0, Ordering::Relaxed));
    }
}

const FIRST_SEGMENT: u32 = 64;
const SEGMENTS: usize = 7;
/// Breakers that count by thread; those made while this many exist share one line among all threads.
pub(super) const MOST_SEATS: u32 = FIRST_SEGMENT << (SEGMENTS - 1);

/// One thread's lines, in segments that are allocated when first written to: 64 lines, 64, 128, ... 2048.
#[derive(Debug, Default)]
pub(super) struct Lane {
    segments: [OnceLock<Box<[Line]>>; SEGMENTS],
}

/// Where a breaker's line lies in every lane.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat {
    segment: u32,
    line: u32,
}

impl Seat {
    pub(super) fn new(number: u32) -> Self {
        if number < FIRST_SEGMENT {
            return Self { segment: 0, line: number };
        }
        let segment = (number / FIRST_SEGMENT).ilog2() + 1;
        Self { segment, line: number - lines_before(segment) }
    }

    pub(super) fn number(self) -> u32 {
        lines_before(self.segment) + self.line
    }

    /// Breakers beyond [`MOST_SEATS`] have no segment, so no lane ever finds a line for them.
    pub(super) fn is_in_lanes(self) -> bool {
        (self.segment as usize) < SEGMENTS
    }

    pub(super) fn line_of(self, lane: &Lane) -> Option<&Line> {
        lane.segments.get(self.segment as usize)?.get()?.get(self.line as usize)
    }

    pub(super) fn line_made_in(self, lane: &Lane) -> Option<&Line> {
        // Each segment but the first is as long as all before it.
        let lines = lines_before(self.segment).max(FIRST_SEGMENT);
        let segment = lane.segments.get(self.segment as usize)?;
        segment
            .get_or_init(|| (0..lines).map(|_| Line::default()).collect())
            .get(self.line as usize)
    }
}

/// Lines in all segments before this one.
fn lines_before(segment: u32) -> u32 {
    match segment {
        0 => 0,
        segment => FIRST_SEGMENT << (segment - 1),
    }
}

/// Every lane there is, those that wait for a thread, and the seats that are free.
#[derive(Debug, Default)]
pub(super) struct Floor {
    pub(super) lanes: Vec<&'static Lane>,
    idle: Vec<&'static Lane>,
    pub(super) free_seats: Vec<u32>,
    pub(super) seats_made: u32,
}

pub(super) static FLOOR: Mutex<Floor> = Mutex::new(Floor {
    lanes: Vec::new(),
    idle: Vec::new(),
    free_seats: Vec::new(),
    seats_made: 0,
});

thread_local! {
    // Without a destructor, so that reading it is one load.
    pub(super) static LANE: Cell<Option<&'static Lane>> = const { Cell::new(None) }
}

thread_local! {
    // With one: gives the lane back when the thread ends.
    pub(super) static LEASE: Lease = Lease::take()
}

pub(super) struct Lease(pub(super) &'static Lane);

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
        // A thread that is past having one needs none.
        let _ = LANE.try_with(|own| own.set(None));
        FLOOR.lock().unpoisoned().idle.push(self.0);
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
                assert!(seat.line < lines_before(seat.segment));
            }
        }
        assert!(!Seat::new(MOST_SEATS).is_in_lanes());
    }
}
