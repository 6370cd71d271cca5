//! The test kit: breakers of a test's own, time that it moves, states that it forces, events that it asserts on.

use std::future::Future;
use std::time::Duration;

use circuit_runtime::test_util::{ManualClock, force, isolate, isolate_by, record, record_all};
use circuit_runtime::{
    EventKind, FailureKind, Settings, State, breaker, circuit_breaker, configure, registry,
};

use crate::support::{Answer, Fault, TTL, down, fail, ms, owned, permit, rejected, succeed};

#[circuit_breaker(name = "isolated", threshold = 2, ttl = 60)]
fn guarded(outcome: Answer) -> Answer {
    outcome
}

#[circuit_breaker(name = "isolated")]
async fn guarded_later(outcome: Answer) -> Answer {
    tokio::task::yield_now().await;
    outcome
}

fn is_rejected(answer: &Answer) -> bool {
    matches!(answer, Err(Fault::Refused(_)))
}

fn trip() {
    (0..2).for_each(|_| drop(guarded(down(1))));
}

#[test]
fn an_isolated_thread_has_breakers_of_its_own() {
    let outside = breaker!("isolated");
    {
        let _test = isolate();
        trip();
        assert!(is_rejected(&guarded(Ok(1))));
        assert_eq!(breaker!("isolated").state(), State::Open);
        assert!(std::ptr::eq(breaker!("isolated"), registry().get("isolated").unwrap()));
        assert_eq!(outside.state(), State::Closed);
    }
    assert!(std::ptr::eq(breaker!("isolated"), outside));
    assert_eq!(outside.last_trip().map(drop), None);
}

#[test]
fn tests_that_run_side_by_side_do_not_see_each_other() {
    let go = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for n in 0..8_u32 {
            let go = &go;
            scope.spawn(move || {
                let test = isolate();
                go.wait();
                for round in 0..100 {
                    let breaker = breaker!("isolated");
                    assert_eq!(breaker.state(), State::Closed, "{n} in round {round}");
                    trip();
                    assert!(is_rejected(&guarded(Ok(n))));
                    test.advance(TTL);
                    assert_eq!(guarded(Ok(n)).unwrap(), n);
                    assert_eq!(breaker.snapshot().calls.rejected, round + 1);
                }
            });
        }
    });
}

#[test]
fn time_stands_still_until_it_is_advanced() {
    let test = isolate();
    trip();
    assert_eq!(breaker!("isolated").retry_after(), Some(TTL));
    test.advance(TTL - ms(1));
    assert!(is_rejected(&guarded(Ok(1))));
    test.advance(ms(1));
    assert_eq!(guarded(Ok(7)).unwrap(), 7);
    assert_eq!(test.clock().elapsed(), TTL);
    let later = registry().get_or_register("isolated/later", Settings::new().ttl(TTL));
    later.open();
    test.handle().advance(TTL);
    assert_eq!(later.state(), State::HalfOpen, "breakers made later go by it as well");
}

#[test]
fn isolations_nest_and_each_is_whole() {
    let outer = isolate();
    trip();
    {
        let inner = isolate();
        assert_eq!(guarded(Ok(1)).unwrap(), 1);
        configure().default_threshold(1).install().unwrap();
        inner.advance(TTL);
    }
    assert!(is_rejected(&guarded(Ok(1))));
    configure().default_threshold(1).install().expect("the inner one was another program's");
    outer.advance(TTL);
    assert_eq!(guarded(Ok(1)).unwrap(), 1);
}

/// Dropped in another order, an isolation stayed in force for the tests that the thread ran next.
#[test]
fn of_several_isolations_the_latest_that_lives_holds() {
    let outside = breaker!("isolated");
    let mut test = isolate();
    trip();
    let first = breaker!("isolated");
    test = {
        let again = isolate();
        drop(test);
        again
    };
    assert!(!std::ptr::eq(breaker!("isolated"), first));
    assert_eq!(guarded(Ok(1)).unwrap(), 1);
    let inner = isolate();
    drop(test);
    assert_eq!(breaker!("isolated").snapshot().calls.made(), 0);
    drop(inner);
    assert!(std::ptr::eq(breaker!("isolated"), outside));
}

#[test]
fn listeners_of_an_isolated_registry_hear_its_breakers_alone() {
    let (test, recorder) = {
        let test = isolate();
        (test.handle(), record_all())
    };
    guarded(down(1)).unwrap_err();
    guarded(Ok(1)).unwrap();
    assert!(recorder.take().is_empty());
    test.run(|| guarded(Ok(1))).unwrap();
    assert_eq!(recorder.take_lines(), ["registered", "before_call", "success"]);
}

#[test]
fn other_threads_are_taken_in_by_the_handle() {
    let test = isolate();
    let handle = test.handle();
    std::thread::scope(|scope| {
        scope.spawn(move || handle.run(trip));
    });
    assert!(is_rejected(&guarded(Ok(1))));
}

#[tokio::test]
async fn tasks_of_a_single_threaded_runtime_are_isolated_with_it() {
    let test = isolate();
    for _ in 0..2 {
        tokio::spawn(guarded_later(down(1))).await.unwrap().unwrap_err();
    }
    assert!(is_rejected(&tokio::spawn(guarded_later(Ok(1))).await.unwrap()));
    test.advance(TTL);
    assert_eq!(guarded_later(Ok(7)).await.unwrap(), 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_on_other_threads_are_taken_in_by_the_handle() {
    let outside = breaker!("isolated");
    let before = outside.snapshot().calls;
    let handle = isolate().handle();
    let tasks: Vec<_> = (0..50)
        .map(|_| tokio::spawn(handle.scope(async { guarded_later(down(1)).await.unwrap_err() })))
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert!(is_rejected(&handle.run(|| guarded(Ok(1)))));
    assert_eq!(outside.snapshot().calls, before);
}

#[test]
fn a_scoped_future_is_dropped_in_its_scope() {
    let handle = isolate().handle();
    let mut cut_short = Box::pin(handle.scope(guarded_later(Ok(1))));
    assert!(crate::support::poll(cut_short.as_mut()).is_pending());
    drop(cut_short);
    assert_eq!(handle.run(|| breaker!("isolated").snapshot().calls.cancelled), 1);
}

#[test]
fn a_scoped_future_is_as_sendable_as_the_one_inside() {
    fn sendable(_: impl Future + Send + 'static) {}
    sendable(isolate().handle().scope(async {}));
}

#[tokio::test(start_paused = true)]
async fn the_paused_time_of_tokio_moves_breakers_that_follow_it() {
    let start = tokio::time::Instant::now();
    let test = isolate_by(&ManualClock::following(move || start.elapsed()));
    trip();
    tokio::time::sleep(TTL / 2).await;
    assert!(is_rejected(&guarded_later(Ok(1)).await));
    tokio::time::advance(TTL / 2).await;
    assert_eq!(guarded_later(Ok(7)).await.unwrap(), 7);
    trip();
    test.advance(TTL);
    assert_eq!(guarded(Ok(7)).unwrap(), 7, "and by hand");
}

#[test]
fn a_clock_that_is_followed_goes_on_by_itself() {
    let elapsed = std::sync::Arc::new(std::sync::Mutex::new(Duration::ZERO));
    let clock = ManualClock::following({
        let elapsed = elapsed.clone();
        move || *elapsed.lock().unwrap()
    });
    *elapsed.lock().unwrap() = ms(5);
    clock.advance(ms(10));
    assert_eq!((clock.elapsed(), clock.clone().elapsed()), (ms(15), ms(15)));
    *elapsed.lock().unwrap() = Duration::MAX;
    assert_eq!(clock.elapsed(), Duration::from_nanos(u64::MAX), "and stops at its end");
}

/// Outside of the runtime, tokio's clock shows real time: an open breaker let a call in.
#[tokio::test(start_paused = true)]
async fn a_clock_that_is_followed_does_not_go_back_on_another_thread() {
    let start = tokio::time::Instant::now();
    let test = isolate_by(&ManualClock::following(move || start.elapsed()));
    tokio::time::sleep(TTL * 10).await;
    trip();
    let handle = test.handle();
    let there = std::thread::spawn(move || handle.run(|| guarded(Ok(1))));
    assert!(is_rejected(&there.join().unwrap()));
    assert!(is_rejected(&guarded(Ok(1))));
}

#[test]
fn a_forced_state_is_as_by_hand_and_what_was_before_is_restored() {
    for state in [State::Closed, State::Open, State::HalfOpen] {
        let (breaker, _) = owned(Settings::new().threshold(5));
        fail(&breaker);
        fail(&breaker);
        {
            let _forced = force(&breaker, state);
            assert_eq!((breaker.state(), breaker.failure_count()), (state, 0));
        }
        assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 2), "{state}");
        assert!(breaker.last_trip().is_none(), "{state}");
        (0..3).for_each(|_| fail(&breaker));
        assert_eq!(breaker.state(), State::Open);
    }
}

#[test]
fn an_open_breaker_forced_closed_is_open_again_for_the_time_it_had_left() {
    let (breaker, clock) = owned(Settings::new().threshold(1).ttl(TTL));
    fail(&breaker);
    let trip = breaker.last_trip().unwrap();
    clock.advance(ms(10_000));
    {
        let _forced = force(&breaker, State::Closed);
        succeed(&breaker);
        fail(&breaker);
        clock.advance(ms(20_000));
    }
    assert_eq!(breaker.retry_after(), Some(ms(30_000)));
    assert_eq!(rejected(&breaker).trip().unwrap().at, trip.at);
    clock.advance(ms(30_000));
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn what_the_failures_said_and_when_it_opened_is_restored() {
    let (breaker, _) = owned(Settings::new().threshold(3));
    permit(&breaker).failure(&"one");
    permit(&breaker).failure(&"two");
    drop(force(&breaker, State::Open));
    permit(&breaker).failure(&"three");
    assert_eq!(breaker.last_trip().unwrap().last_failures, ["one", "two", "three"]);
    let opened_at = breaker.snapshot().opened_at;
    let recorder = record(&breaker);
    drop(force(&breaker, State::Closed));
    assert_eq!(breaker.snapshot().opened_at, opened_at);
    let back = recorder.take().pop().unwrap();
    assert!(
        back.to_string()
            .ends_with("closed to open: 3 failures in a row (threshold 3), last: three"),
        "{back}"
    );
}

#[test]
fn a_half_open_breaker_is_half_open_again_with_all_its_places_free() {
    let (breaker, _) = owned(Settings::new().probes(1).success_threshold(3));
    breaker.half_open();
    permit(&breaker).success();
    let lost = permit(&breaker);
    drop(force(&breaker, State::Closed));
    assert_eq!((breaker.state(), breaker.success_count()), (State::HalfOpen, 1));
    lost.failure(&"of an era that is over");
    permit(&breaker).success();
    permit(&breaker).success();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_forced_open_breaker_lets_a_probe_in_after_its_ttl_like_any_other() {
    let (breaker, clock) = owned(Settings::new().ttl(TTL));
    let _forced = force(&breaker, State::Open);
    clock.advance(TTL);
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn recorded_events_say_everything_that_listeners_are_told() {
    let (breaker, clock) = owned(Settings::new().threshold(1).ttl(TTL));
    let recorder = record(&breaker);
    permit(&breaker).success();
    permit(&breaker).excluded();
    permit(&breaker).ignore();
    drop(permit(&breaker));
    fail(&breaker);
    rejected(&breaker);
    breaker.set_mode(circuit_runtime::Mode::Shadow);
    breaker.set_threshold(9).unwrap();
    clock.advance(TTL);
    let events = recorder.take();
    let names: Vec<_> = events.iter().map(|event| event.kind.name()).collect();
    let calls = ["success", "excluded", "ignored", "cancelled", "failure"];
    let of_calls = calls.into_iter().flat_map(|name| ["before_call", name]);
    let rest = ["state_change", "rejected", "mode_change", "settings_change"];
    assert_eq!(names, of_calls.chain(rest).collect::<Vec<_>>());
    assert!(events.iter().all(|event| &*event.breaker == "owned"));
    let kinds: Vec<_> = events.into_iter().map(|event| event.kind).collect();
    assert!(matches!(
        &kinds[9],
        EventKind::Failure { kind: FailureKind::Error, message, .. } if message == "down"
    ));
    assert!(matches!(&kinds[10], EventKind::StateChange(change) if change.number == 1
        && change.trip.as_ref().unwrap().last_failures == ["down"]));
    assert!(matches!(&kinds[11], EventKind::Rejected(rejected) if rejected.state() == State::Open));
    assert!(matches!(&kinds[13], EventKind::SettingsChange(change)
        if (change.before.get_threshold(), change.after.get_threshold()) == (1, 9)));
    assert!(recorder.take().is_empty());
}

#[test]
fn a_recorder_that_is_gone_writes_nothing_any_more() {
    let (breaker, _) = owned(Settings::new());
    let recorder = record(&breaker);
    let clone = recorder.clone();
    drop(recorder);
    succeed(&breaker);
    assert_eq!(clone.take().len(), 2);
    drop(clone);
    succeed(&breaker);
    assert_eq!(breaker.snapshot().listener_panics, 0);
}

#[test]
fn changes_alone_can_be_taken() {
    let (breaker, _) = owned(Settings::new().threshold(1));
    let recorder = record(&breaker);
    fail(&breaker);
    breaker.close();
    assert_eq!(recorder.take_state_changes(), ["closed to open", "open to closed"]);
    assert!(recorder.clone().take_lines().is_empty(), "the rest was taken with them");
}

#[test]
fn one_clock_may_be_shared_by_breakers_of_both_kinds() {
    let clock = ManualClock::new();
    let test = isolate_by(&clock);
    let other = circuit_runtime::CircuitBreaker::new("other", Settings::new().ttl(TTL)).unwrap();
    other.set_clock(&clock);
    other.open();
    breaker!("isolated").open();
    test.advance(TTL);
    assert_eq!((other.state(), breaker!("isolated").state()), (State::HalfOpen, State::HalfOpen));
}
