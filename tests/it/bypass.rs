//! A scope in which calls are neither guarded nor counted.

use std::cell::Cell;
use std::pin::pin;
use std::sync::mpsc;

use circuit_runtime::test_util::{isolate, record};
use circuit_runtime::{
    Calls, Mode, Settings, State, breaker, bypass, bypass_async, circuit_breaker,
};

use crate::support::{
    Answer, CANCELLED, FAILURE, SUCCESS, TTL, calls, down, fail, now, owned, panic_of, permit,
    poll, probeable, rejected, succeed,
};

#[circuit_breaker(name = "bypass/fn", threshold = 2)]
fn guarded(outcome: Answer) -> Answer {
    outcome
}

#[circuit_breaker(name = "bypass/async", threshold = 2)]
async fn guarded_later(outcome: Answer) -> Answer {
    std::future::ready(()).await;
    outcome
}

#[circuit_breaker(name = "bypass/iterator", threshold = 2)]
fn guarded_items(items: Vec<Answer>) -> impl Iterator<Item = Answer> {
    items.into_iter()
}

#[test]
fn an_open_breaker_lets_a_bypassed_call_through_and_counts_nothing() {
    let _test = isolate();
    let breaker = breaker!("bypass/fn");
    breaker.open();
    let before = breaker.snapshot().calls;
    assert_eq!(bypass(|| guarded(Ok(7))).unwrap(), 7);
    bypass(|| guarded(down(7))).unwrap_err();
    assert_eq!(breaker.snapshot().calls, before);
    assert_eq!(breaker.state(), State::Open);
    guarded(Ok(7)).unwrap_err();
}

#[test]
fn a_closed_breaker_counts_no_outcome_of_a_bypassed_call() {
    let _test = isolate();
    let breaker = breaker!("bypass/fn");
    // Before the thread has counted anything for it, and after.
    for _ in 0..2 {
        let before = breaker.snapshot().calls;
        for _ in 0..5 {
            bypass(|| guarded(down(1))).unwrap_err();
            bypass(|| guarded(Ok(1))).unwrap();
        }
        assert_eq!(breaker.snapshot().calls, before);
        assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 0));
        guarded(Ok(1)).unwrap();
        assert_eq!(breaker.snapshot().calls.success, before.success + 1, "as ever outside");
    }
}

#[test]
fn every_policy_and_every_way_to_end_is_bypassed() {
    let new = Settings::new;
    for settings in [
        new().threshold(1),
        new().threshold(100),
        new().threshold(1).window(TTL),
        new().threshold(1).window(TTL).failure_rate(0.1),
        new().threshold(1).slow_call(TTL),
        new().threshold(1).on_cancel(circuit_runtime::OnCancel::Failure),
    ] {
        let (breaker, _) = owned(settings);
        let recorder = record(&breaker);
        bypass(|| {
            succeed(&breaker);
            fail(&breaker);
            permit(&breaker).excluded();
            permit(&breaker).ignore();
            drop(permit(&breaker));
            panic_of(|| breaker.call(|| -> Result<(), ()> { panic!("unwinds") }));
        });
        assert_eq!(breaker.snapshot().calls, Calls::default(), "{settings}");
        assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 0), "{settings}");
        assert!(recorder.take().is_empty(), "{settings}");
        fail(&breaker);
        assert_eq!(breaker.snapshot().calls.failure, 1, "{settings}");
    }
}

#[test]
fn forced_open_and_half_open_breakers_are_bypassed() {
    let (breaker, _) = probeable(Settings::new());
    let probe = permit(&breaker);
    assert_eq!(bypass(|| breaker.call(|| Ok::<_, ()>(1))).unwrap(), 1);
    rejected(&breaker);
    probe.success();
    assert_eq!(breaker.state(), State::Closed);
    breaker.set_mode(Mode::ForcedOpen);
    assert_eq!(bypass(|| breaker.call(|| Ok::<_, ()>(1))).unwrap(), 1);
    rejected(&breaker);
}

#[test]
fn a_probe_that_ends_in_a_scope_gives_its_place_back_and_decides() {
    for (fails, state) in [(true, State::Open), (false, State::Closed)] {
        let (breaker, _) = probeable(Settings::new());
        let before = breaker.snapshot().calls;
        let probe = permit(&breaker);
        bypass(|| if fails { probe.failure(&"down") } else { probe.success() });
        assert_eq!(breaker.state(), state);
        let after = breaker.snapshot().calls;
        let more = (after.failure - before.failure, after.success - before.success);
        assert_eq!(more, (u64::from(fails), u64::from(!fails)));
    }
}

#[test]
fn a_scope_is_one_threads_alone_and_ends_with_it() {
    let (breaker, _) = owned(Settings::new());
    let (inside, entered) = mpsc::channel();
    let (leave, left) = mpsc::channel();
    std::thread::scope(|scope| {
        let breaker = &breaker;
        let bypassing = scope.spawn(move || {
            bypass(|| {
                inside.send(()).unwrap();
                left.recv().unwrap();
                succeed(breaker);
            });
            succeed(breaker);
        });
        entered.recv().unwrap();
        succeed(breaker);
        leave.send(()).unwrap();
        bypassing.join().unwrap();
    });
    assert_eq!(breaker.snapshot().calls.success, 2);
}

#[test]
fn scopes_nest_and_a_panic_leaves_them() {
    let (breaker, _) = owned(Settings::new());
    succeed(&breaker);
    bypass(|| {
        bypass(|| succeed(&breaker));
        succeed(&breaker);
        panic_of(|| bypass(|| panic!("unwinds")));
        succeed(&breaker);
    });
    panic_of(|| bypass(|| panic!("unwinds")));
    succeed(&breaker);
    assert_eq!(breaker.snapshot().calls.success, 2);
}

#[test]
fn a_bypassed_future_bypasses_in_every_poll_and_its_drop_and_nothing_between() {
    let _test = isolate();
    let breaker = breaker!("bypass/async");
    {
        let mut pending = pin!(bypass_async(async {
            guarded_later(down(1)).await.unwrap_err();
            let mut polled = false;
            std::future::poll_fn(|_| {
                if std::mem::replace(&mut polled, true) {
                    std::task::Poll::Ready(())
                } else {
                    std::task::Poll::Pending
                }
            })
            .await;
            guarded_later(down(1)).await.unwrap_err();
            breaker.call_async(std::future::pending::<Result<(), ()>>()).await.unwrap();
        }));
        assert!(poll(pending.as_mut()).is_pending());
        succeed(breaker);
        assert!(poll(pending.as_mut()).is_pending());
    }
    assert_eq!(calls(breaker), SUCCESS, "the one that was made between two polls");
    assert_ne!(calls(breaker), CANCELLED, "the one that was dropped");
    breaker.open();
    assert_eq!(now(bypass_async(guarded_later(Ok(7)))).unwrap(), 7);
}

#[test]
fn an_iterator_that_leaves_its_scope_stays_bypassed() {
    let _test = isolate();
    let breaker = breaker!("bypass/iterator");
    let items = bypass(|| guarded_items(vec![Ok(1), down(1), down(2)]));
    assert_eq!(items.count(), 3);
    breaker.open();
    assert_eq!(bypass(|| guarded_items(vec![Ok(1)])).count(), 1);
    assert_eq!(calls(breaker), [0; 6]);
    breaker.close();
    assert_eq!(guarded_items(vec![down(1)]).count(), 1);
    assert_eq!(calls(breaker), FAILURE);
}

/// What began in a scope and ended outside of it counted where the breaker was closed and nobody watched it, and nowhere else.
#[test]
fn a_call_that_begins_in_a_scope_is_bypassed_to_its_end_whoever_watches() {
    for is_watched in [false, true] {
        let (breaker, _) = owned(Settings::new().threshold(1));
        let recorder = is_watched.then(|| record(&breaker));
        bypass(|| breaker.try_acquire()).unwrap().failure(&"down");
        let mut pending = Box::pin(breaker.call_async(async {
            tokio::task::yield_now().await;
            Err::<(), _>("down")
        }));
        assert!(bypass(|| poll(pending.as_mut())).is_pending());
        assert!(poll(pending.as_mut()).is_ready());
        assert_eq!((calls(&breaker), breaker.state()), ([0; 6], State::Closed), "{is_watched}");
        assert!(recorder.is_none_or(|recorder| recorder.take().is_empty()));
    }
}

#[test]
fn a_stream_that_is_first_polled_in_a_scope_is_bypassed_to_its_end() {
    use futures_util::{Stream, StreamExt, stream};

    #[circuit_breaker(name = "bypass/stream", threshold = 1)]
    fn guarded_stream(items: Vec<Answer>) -> impl Stream<Item = Answer> {
        stream::iter(items)
    }

    let _test = isolate();
    let breaker = breaker!("bypass/stream");
    let mut items = Box::pin(guarded_stream(vec![Ok(1), down(1)]));
    assert!(matches!(now(bypass_async(items.next())), Some(Ok(1))));
    assert!(matches!(now(items.next()), Some(Err(_))));
    assert_eq!((calls(breaker), breaker.state()), ([0; 6], State::Closed));
}

#[test]
fn other_threads_calls_count_while_one_bypasses() {
    let (breaker, _) = owned(Settings::new().threshold(100));
    bypass(|| {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                succeed(&breaker);
                (0..3).for_each(|_| fail(&breaker));
            });
        });
    });
    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.calls.success, snapshot.calls.failure, snapshot.failures), (1, 3, 3));
}

#[test]
fn a_call_of_shadow_mode_that_ends_in_a_scope_is_not_counted() {
    let (breaker, _) = owned(Settings::new().threshold(1));
    breaker.open();
    breaker.set_mode(Mode::Shadow);
    let no_evidence = permit(&breaker);
    bypass(|| no_evidence.success());
    assert_eq!(breaker.snapshot().calls.success, 0);
}

#[test]
fn what_a_bypassed_call_returns_is_what_it_returned() {
    let called = Cell::new(0);
    let (breaker, _) = owned(Settings::new());
    breaker.open();
    let text = bypass(|| {
        breaker.call(|| {
            called.set(called.get() + 1);
            Ok::<_, ()>(String::from("answer"))
        })
    });
    assert_eq!((text.unwrap().as_str(), called.get()), ("answer", 1));
}

#[test]
fn breakers_beyond_those_with_lines_of_their_own_are_bypassed_too() {
    let all: Vec<_> = (0..4_200).map(|_| owned(Settings::new().threshold(1)).0).collect();
    let last = all.last().unwrap();
    bypass(|| {
        succeed(last);
        fail(last);
    });
    assert_eq!((calls(last), last.state()), ([0; 6], State::Closed));
    succeed(last);
    assert_eq!(calls(last), SUCCESS);
}
