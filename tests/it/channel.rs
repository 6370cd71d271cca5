//! Events handed over to who awaits them (feature `channel`).

use circuit_runtime::{EventKind, Settings, State, event_channel};

use crate::support::{fail, now, owned, poll, succeed};

#[test]
fn events_come_in_order_and_end_with_the_last_listener() {
    let (breaker, _) = owned(Settings::new().threshold(1));
    let (sender, mut events) = event_channel(16);
    let id = breaker.add_listener(sender.events());
    drop(sender);
    succeed(&breaker);
    fail(&breaker);
    let mut lines = Vec::new();
    while let Some(event) = events.try_recv() {
        lines.push(event.kind.to_string());
    }
    let expected = ["before_call", "success", "before_call", "failure: down", "closed to open"];
    assert_eq!(lines, expected);
    assert!(poll(Box::pin(events.recv()).as_mut()).is_pending());
    breaker.remove_listener(id);
    assert!(now(events.recv()).is_none());
}

#[test]
fn a_full_channel_drops_and_counts_and_no_call_waits() {
    let (breaker, _) = owned(Settings::new());
    let (sender, mut events) = event_channel(3);
    breaker.add_listener(sender.events());
    (0..5).for_each(|_| succeed(&breaker));
    assert_eq!((events.dropped(), breaker.snapshot().calls.success), (7, 5));
    assert_eq!(format!("{events:?}"), "EventReceiver { waiting: 3, dropped: 7 }");
    assert!(matches!(events.try_recv().unwrap().kind, EventKind::BeforeCall));
    succeed(&breaker);
    assert_eq!(events.dropped(), 8, "there was room for one");
}

#[test]
fn changes_alone_leave_calls_on_their_fast_path_and_out_of_the_channel() {
    let (breaker, _) = owned(Settings::new().threshold(1));
    let (sender, mut events) = event_channel(3);
    breaker.add_listener(sender.changes());
    (0..100).for_each(|_| succeed(&breaker));
    fail(&breaker);
    let event = events.try_recv().unwrap();
    assert!(matches!(event.kind, EventKind::StateChange(change) if change.to == State::Open));
    assert_eq!((events.try_recv().map(drop), events.dropped()), (None, 0));
}

#[test]
fn a_receiver_that_is_gone_harms_nobody() {
    let (breaker, _) = owned(Settings::new());
    let (sender, events) = event_channel(1);
    breaker.add_listener(sender.events());
    drop(events);
    succeed(&breaker);
    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.calls.success, snapshot.listener_panics), (1, 0));
    // Of two, one is gone.
    let (sender, events) = event_channel(1);
    drop(events);
    breaker.add_listener(sender.events());
    succeed(&breaker);
}

#[tokio::test]
async fn a_task_awaits_events_while_calls_go_on() {
    let (breaker, _) = owned(Settings::new().threshold(1));
    let (sender, mut events) = event_channel(16);
    breaker.add_listener(sender.changes());
    let pager = tokio::spawn(async move {
        tokio::task::yield_now().await;
        events.recv().await.map(|event| event.to_string())
    });
    fail(&breaker);
    let page = pager.await.unwrap().unwrap();
    assert_eq!(
        page,
        "circuit breaker \"owned\": closed to open: 1 failure in a row (threshold 1), last: down"
    );
}

#[tokio::test]
async fn a_receiver_is_a_stream_and_a_thread_may_wait_for_it() {
    use futures_util::StreamExt;

    let (breaker, _) = owned(Settings::new());
    let (sender, mut events) = event_channel(16);
    breaker.add_listener(sender.changes());
    breaker.open();
    breaker.close();
    drop((breaker, sender));
    let first = events.next().await.unwrap();
    assert_eq!(first.kind.to_string(), "closed to open");
    let rest = std::thread::spawn(move || {
        let second = events.blocking_recv().unwrap();
        (second.kind.to_string(), events.blocking_recv().is_none())
    });
    assert_eq!(rest.join().unwrap(), (String::from("open to closed"), true));
}
