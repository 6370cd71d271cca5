//! The same loop on several threads at once.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use core_affinity::{CoreId, get_core_ids, set_for_current};

use crate::calls::succeed;
use crate::machine::cores;
use crate::measure::{Pace, calls_within, nanoseconds, number, row};
use crate::row::Row;
use crate::scenario::{Group, UNGUARDED};
use crate::work::work;
use crate::{peers, this};

pub(crate) const THREADS: Group = Group {
    key: "threads",
    title: "Successful call on several threads",
    note: "Nanoseconds per call of one thread, by the number of threads: the time from the first thread's start to the \
           last one's end, divided by the calls of one thread, or, where there are more threads than cores, by the \
           calls that one core made. Threads are pinned. In brackets: how much slower than on one thread, beyond what the unguarded call became \
           slower by; 1.0x is perfect.",
    sizes: Some("threads"),
};

/// Calls of each thread before the clock starts: whatever a thread sets up for itself is behind it then.
const WARMING: u64 = 64;

type Run = Box<dyn Fn(usize, u64) + Sync>;

pub(crate) struct Contender {
    who: &'static str,
    what: &'static str,
    threads: &'static [usize],
    run: Run,
}

impl Contender {
    /// `run` makes so many calls on the thread of that number.
    pub(crate) fn scaling(
        who: &'static str,
        what: &'static str,
        run: impl Fn(usize, u64) + Sync + 'static,
    ) -> Self {
        Self { who, what, threads: &[1, 2, 4, 8, 16], run: Box::new(run) }
    }

    /// One breaker, and two threads at most.
    pub(crate) fn shared(
        who: &'static str,
        what: &'static str,
        run: impl Fn(u64) + Sync + 'static,
    ) -> Self {
        Self { who, what, threads: &[1, 2], run: Box::new(move |_, calls| run(calls)) }
    }
}

/// Those of [`THREADS`].
pub(crate) fn contenders() -> Vec<Contender> {
    let mut all = vec![Contender::scaling(UNGUARDED, "", |_, calls| succeed(calls, &mut work))];
    all.extend(this::contenders());
    all.extend(peers::contenders());
    all
}

/// The rows of a group whose columns are threads.
pub(crate) fn contention(group: &Group, contenders: &[Contender], pace: Pace) -> Vec<Row> {
    let of = |contender| Crowd::all(contender, pace);
    let mut crowds: Vec<Crowd<'_>> = contenders.iter().flat_map(of).collect();
    for _ in 0..pace.rounds {
        crowds.iter_mut().for_each(Crowd::take);
    }
    crowds.iter_mut().map(|crowd| crowd.row(group)).collect()
}

/// One cell of the table.
struct Crowd<'a> {
    contender: &'a Contender,
    threads: usize,
    calls: u64,
    samples: Vec<f64>,
}

impl<'a> Crowd<'a> {
    fn all(contender: &'a Contender, pace: Pace) -> impl Iterator<Item = Self> {
        contender.threads.iter().map(move |&threads| {
            // Turns long enough that all threads are at it together for most of them, as far as the machine lets them.
            let run = |calls| (0..5).map(|_| together(&contender.run, threads, calls)).min();
            let calls =
                calls_within(pace.turn * 3, (64, u64::MAX), |calls| run(calls).unwrap_or_default());
            Self { contender, threads, calls, samples: Vec::with_capacity(pace.rounds) }
        })
    }

    fn take(&mut self) {
        let taken = together(&self.contender.run, self.threads, self.calls);
        let turns = self.threads.div_ceil(cores());
        self.samples.push(nanoseconds(taken) / number(self.calls) / number(turns as u64));
    }

    fn row(&mut self, group: &Group) -> Row {
        let Contender { who, what, .. } = self.contender;
        let row = row(group.key, who, what, &mut self.samples);
        Row { size: Some(self.threads as u64), ..row }
    }
}

/// From the first start to the last end. Where there is a core for each thread, turns in which one of them was kept
/// from its core at first do not count: the others had the breaker to themselves then.
fn together(run: &Run, threads: usize, calls: u64) -> Duration {
    const TRIES: usize = 10;
    let mut times = at_once(run, threads, calls);
    for _ in 1..TRIES {
        if threads > cores() || times.apart() <= times.whole() / 20 {
            break;
        }
        times = at_once(run, threads, calls);
    }
    times.whole()
}

/// When each thread began and ended.
struct Times(Vec<(Instant, Instant)>);

impl Times {
    fn whole(&self) -> Duration {
        let first = self.0.iter().map(|(begun, _)| *begun).min();
        let last = self.0.iter().map(|(_, ended)| *ended).max();
        first.zip(last).map_or(Duration::ZERO, |(first, last)| last - first)
    }

    /// How much later the last one began than the first.
    fn apart(&self) -> Duration {
        let begun = || self.0.iter().map(|(begun, _)| *begun);
        begun().min().zip(begun().max()).map_or(Duration::ZERO, |(first, last)| last - first)
    }
}

fn at_once(run: &Run, threads: usize, calls: u64) -> Times {
    let cores: Vec<CoreId> = get_core_ids().unwrap_or_default();
    let ready = AtomicUsize::new(0);
    let body = |thread: usize| {
        if let Some(core) = cores.get(thread % cores.len().max(1)) {
            set_for_current(*core);
        }
        run(thread, WARMING);
        // The last one lets all of them go.
        ready.fetch_add(1, Ordering::AcqRel);
        while ready.load(Ordering::Acquire) < threads {
            // More threads than cores must make room for those that are not ready yet.
            if threads > cores.len() { thread::yield_now() } else { spin_loop() }
        }
        let begun = Instant::now();
        run(thread, calls);
        (begun, Instant::now())
    };
    thread::scope(|scope| {
        let body = &body;
        let spawned: Vec<_> =
            (0..threads).map(|thread| scope.spawn(move || body(thread))).collect();
        let join = spawned.into_iter().map(|thread| thread.join().expect("the calls succeed"));
        Times(join.collect())
    })
}
