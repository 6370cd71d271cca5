//! Where counts lie: in a lane per thread, with a line per breaker.
//!
//! A shared counter would cost a successful call more than all the rest of the breaker (7 ns alone, 70 ns on two
//! threads). So every thread has a [`Lane`]: one cache line per breaker that only this thread writes, with plain
//! loads and stores. A thread that ends leaves its lane, counts and all, to the next one that starts.
//!
//! A breaker's line lies at the same place in every lane, its seat, so that finding it is a comparison and a shift.

use std::cell::Cell;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

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
    /// One thread at a time: nothing can come between the load and the store.
    #[inline]
    pub(super) fn add(&self, ending: usize) {
        let count = &self.endings[ending];
        count.store(count.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    }

    pub(super) fn successes(&self) -> Successes {
        Successes::from_bits(self.successes.load(Ordering::Relaxed))
    }

    /// One thread at a time.
    #[inline]
    pub(super) fn add_success_of(&self, epoch: u32) {
        self.successes.store(self.successes().one_more(epoch).bits(), Ordering::Relaxed);
    }

    pub(super) fn clear(&self) {
        let all = self.endings.iter().chain([&self.successes]);
        all.for_each(|count| count.store(0, Ordering::Relaxed));
    }
}

/// Breakers that count by thread; those made while this many exist share one line among all threads.
pub(super) const MOST_SEATS: usize = 4096;
const FEWEST_LINES: usize = 64;

/// One thread's lines, each breaker's at its seat.
#[derive(Debug, Default)]
pub(super) struct Lane {
    /// Only the last one is written to. The others were too short for the breakers that came later, and keep what was
    /// counted in them.
    blocks: Vec<&'static [Line]>,
}

impl Lane {
    /// The lines to write to, the one at `seat` among them unless it is none of [`MOST_SEATS`].
    fn lines_for(&mut self, seat: usize) -> &'static [Line] {
        let lines = self.blocks.last().copied().unwrap_or_default();
        if seat < lines.len() || seat >= MOST_SEATS {
            return lines;
        }
        let length = (seat + 1).next_power_of_two().max(FEWEST_LINES);
        // Never freed: threads come and go, but the lane is handed on.
        let lines: &'static [Line] = Box::leak((0..length).map(|_| Line::default()).collect());
        self.blocks.push(lines);
        lines
    }

    pub(super) fn lines_at(&self, seat: usize) -> impl Iterator<Item = &'static Line> {
        self.blocks.iter().filter_map(move |lines| lines.get(seat))
    }
}

/// Every lane there is, those that wait for a thread, and the seats that are free.
#[derive(Debug, Default)]
pub(super) struct Floor {
    pub(super) lanes: Vec<Lane>,
    idle: Vec<usize>,
    pub(super) free_seats: Vec<usize>,
    pub(super) seats_made: usize,
}

pub(super) static FLOOR: Mutex<Floor> = Mutex::new(Floor {
    lanes: Vec::new(),
    idle: Vec::new(),
    free_seats: Vec::new(),
    seats_made: 0,
});

thread_local! {
    // The lines that this thread writes to. Without a destructor, so that reading it is two loads.
    pub(super) static LINES: Cell<&'static [Line]> = const { Cell::new(&[]) }
}

thread_local! {
    // With one: gives the lane back when the thread ends.
    static LEASE: Lease = Lease::take()
}

/// Which lane is a thread's own.
struct Lease(usize);

/// Makes sure that the thread's lines reach up to `seat`, if it can have any.
#[cold]
pub(super) fn extend_lines_to(seat: usize) {
    let extended = LEASE.try_with(|lease| FLOOR.lock().unpoisoned().lanes[lease.0].lines_for(seat));
    // A thread that is taking itself down has given its lane back, and counts where all can.
    if let Ok(lines) = extended {
        LINES.with(|own| own.set(lines));
    }
}

impl Lease {
    fn take() -> Self {
        let mut floor = FLOOR.lock().unpoisoned();
        // As many as there ever were threads at one time.
        Self(floor.idle.pop().unwrap_or_else(|| {
            floor.lanes.push(Lane::default());
            floor.lanes.len() - 1
        }))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let _ = LINES.try_with(|own| own.set(&[]));
        FLOOR.lock().unpoisoned().idle.push(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_grows_with_its_breakers_and_keeps_what_was_counted() {
        let mut lane = Lane::default();
        assert_eq!(lane.lines_for(MOST_SEATS).len(), 0);
        assert_eq!(lane.lines_for(0).len(), FEWEST_LINES);
        lane.lines_for(0)[7].add_success_of(3);
        assert_eq!(lane.lines_for(FEWEST_LINES).len(), 2 * FEWEST_LINES);
        lane.lines_for(7)[7].add_success_of(3);
        assert_eq!(lane.lines_for(MOST_SEATS - 1).len(), MOST_SEATS);
        assert_eq!(lane.lines_for(MOST_SEATS).len(), MOST_SEATS);
        assert_eq!(lane.blocks.len(), 3);
        let counted = lane.lines_at(7).map(|line| line.successes().of(3));
        assert_eq!(counted.collect::<Vec<_>>(), [1, 1, 0]);
        assert_eq!(lane.lines_at(FEWEST_LINES).count(), 2);
    }
}
