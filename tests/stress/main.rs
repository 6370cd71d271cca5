//! Eight threads, four of them an asynchronous runtime's, at breakers with every policy: calls that succeed, fail, panic,
//! are cancelled and forgotten, while modes, settings and listeners change. In the end, all of them are accounted for.
//!
//! `STRESS_SECONDS=60 cargo test --release -p integration-tests --test stress -- --nocapture` goes on for longer.

mod chance;
mod guarded;
mod tally;

use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use circuit_runtime::{CircuitBreaker, Mode, OnCancel, Permit, Settings, State, breaker, registry};

use self::chance::Chance;
use self::tally::Tally;

const THREADS: u64 = 4;

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// One breaker for each policy, and one for the attribute's functions. They trip and recover many times a second.
fn breakers() -> Vec<&'static CircuitBreaker> {
    let base = Settings::new().threshold(4).ttl(ms(1)).max_ttl(ms(4)).probe_timeout(ms(3));
    let named = [
        ("stress/consecutive", base),
        ("stress/probes", base.probes(3).success_threshold(5).jitter(0.5)),
        ("stress/window", base.window(ms(20))),
        ("stress/rate", base.window(ms(50)).failure_rate(0.3).minimum_calls(10)),
        ("stress/slow", base.slow_call(Duration::from_micros(300)).on_cancel(OnCancel::Failure)),
        ("stress/slow rate", base.window(ms(5)).failure_rate(0.9).slow_call(ms(1))),
    ];
    let registered = named.map(|(name, settings)| registry().get_or_register(name, settings));
    registered.into_iter().chain([breaker!("stress/guarded")]).collect()
}

#[test]
fn in_the_end_every_call_is_accounted_for_and_the_breakers_recover() {
    let seconds = env::var("STRESS_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(2);
    let seed = env::var("STRESS_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    println!("STRESS_SECONDS={seconds} STRESS_SEED={seed}");
    let breakers = breakers();
    // Every second one is left to its fast path.
    let tallies = breakers.iter().enumerate().map(|(n, breaker)| Tally::of(breaker, n % 2 == 1));
    let all: Vec<(&CircuitBreaker, Arc<Tally>)> = breakers.iter().copied().zip(tallies).collect();
    let is_over = Arc::new(AtomicBool::new(false));

    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (all, is_over) = (&all, &is_over);
            scope.spawn(move || {
                let mut chance = Chance::new(seed * 1_000 + thread);
                while !is_over.load(Ordering::Relaxed) {
                    let (breaker, tally) = chance.of(all);
                    call(breaker, tally, &mut chance);
                }
            });
        }
        let (all, is_over) = (&all, &is_over);
        scope.spawn(move || run_tasks(seed, all, is_over));
        scope.spawn(move || meddle(&mut Chance::new(seed * 1_000 + 99), all, is_over));
        thread::sleep(Duration::from_secs(seconds));
        is_over.store(true, Ordering::Relaxed);
    });

    for (breaker, tally) in &all {
        breaker.set_mode(Mode::Normal);
        check(breaker, tally);
        recover(breaker);
    }
}

/// One synchronous call, in one of the ways to make and to end it.
fn call(breaker: &'static CircuitBreaker, tally: &Tally, chance: &mut Chance) {
    if breaker.name() == "stress/guarded" && chance.one_in(2) {
        return guarded::call(tally, chance);
    }
    if chance.one_in(4) {
        tally.ask();
        return guarded::survive(|| {
            let _ = breaker.call(|| guarded::work(chance));
        });
    }
    tally.ask();
    let Ok(permit) = breaker.try_acquire() else { return };
    if chance.one_in(50) {
        thread::sleep(Duration::from_micros(chance.below(600)));
    }
    match chance.below(40) {
        0..20 => permit.success(),
        20..30 => permit.failure(&"down"),
        30..32 => permit.excluded(),
        32..34 => permit.ignore(),
        34..37 => drop(permit),
        37 => guarded::survive(|| {
            let _permit = permit;
            guarded::panic();
        }),
        38 => forget(permit, tally),
        _ => {
            // Ends on another thread than it began on.
            thread::scope(|scope| scope.spawn(|| permit.success()).join().expect("no panic"));
        }
    }
}

fn forget(permit: Permit<'_>, tally: &Tally) {
    tally.forget();
    std::mem::forget(permit);
}

/// Four threads of tasks, each of which makes calls that are polled for a while and then, perhaps, dropped.
fn run_tasks(seed: u64, all: &[(&'static CircuitBreaker, Arc<Tally>)], is_over: &Arc<AtomicBool>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_time()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let tasks = (0..16).map(|task| {
            let all: Vec<_> = all.to_vec();
            let is_over = Arc::clone(is_over);
            tokio::spawn(async move {
                let mut chance = Chance::new(seed * 1_000 + 100 + task);
                while !is_over.load(Ordering::Relaxed) {
                    let (breaker, tally) = chance.of(&all);
                    guarded::call_async(breaker, tally, &mut chance).await;
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.expect("the calls' panics are caught");
        }
    });
}

/// Changes everything that can be changed while the others call. Never `Disabled`, in which no call is counted.
fn meddle(
    chance: &mut Chance,
    all: &[(&'static CircuitBreaker, Arc<Tally>)],
    is_over: &AtomicBool,
) {
    while !is_over.load(Ordering::Relaxed) {
        let (breaker, _) = chance.of(all);
        match chance.below(12) {
            0 => breaker.open(),
            1 => breaker.half_open(),
            2 => breaker.close(),
            3 => breaker.set_mode(Mode::Shadow),
            4 => breaker.set_mode(Mode::ForcedOpen),
            5 => breaker.set_threshold(2 + chance.below_u32(5)).expect("valid"),
            6 => breaker.set_ttl(ms(1 + chance.below(3))).expect("valid"),
            7 => {
                let probes = Settings::new().probes(1 + chance.below_u32(4));
                breaker.set_settings(probes).expect("valid");
            }
            8 => {
                let id = breaker.add_listener(guarded::Rude);
                thread::sleep(ms(1));
                assert!(breaker.remove_listener(id));
            }
            _ => breaker.set_mode(Mode::Normal),
        }
        assert!(breaker.snapshot().probes_in_flight <= 4, "more than there ever were places");
        thread::sleep(Duration::from_micros(chance.below(2_000)));
    }
}

/// Calls in, outcomes out.
fn check(breaker: &CircuitBreaker, tally: &Tally) {
    let snapshot = breaker.snapshot();
    let calls = snapshot.calls;
    println!("{}: {calls:?}\n    {:?}", breaker.name(), snapshot.transitions);
    let (asked, forgotten) = (tally.asked(), tally.forgotten());
    assert_eq!(calls.made() + calls.rejected + forgotten, asked, "{}: {calls:?}", breaker.name());
    assert!(calls.slow <= calls.failure, "{calls:?}");
    if tally.listens() {
        assert_eq!(tally.changes(), snapshot.transitions.total(), "every change was told, once");
    }
    let count = |from, to| snapshot.transitions.count(from, to);
    let (closed, open, half_open) = (State::Closed, State::Open, State::HalfOpen);
    for (state, others) in
        [(closed, [open, half_open]), (open, [closed, half_open]), (half_open, [closed, open])]
    {
        let into: u64 = others.iter().map(|&from| count(from, state)).sum();
        let out: u64 = others.iter().map(|&to| count(state, to)).sum();
        assert!(into.abs_diff(out) <= 1, "{state}: {into} in, {out} out");
    }
    assert!(snapshot.transitions.total() > 10, "nothing happened: {:?}", snapshot.transitions);
}

/// The dependency is well again: whoever is rejected comes back when they were told to.
fn recover(breaker: &CircuitBreaker) {
    let begun = Instant::now();
    while breaker.state() != State::Closed {
        match breaker.try_acquire() {
            Ok(permit) => permit.success(),
            Err(rejected) => thread::sleep(rejected.retry_after().expect("a time to try again")),
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "stuck: {:?}", breaker.snapshot());
    }
    assert!(breaker.call(|| Ok::<_, ()>(())).is_ok());
}
