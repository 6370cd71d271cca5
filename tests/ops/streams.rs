//! What is sent to those who watch.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode};
use circuit_runtime::ops::Ops;
use circuit_runtime::test_util::isolate;
use circuit_runtime::{CircuitBreaker, Group, GroupSettings, registry};
use futures_util::StreamExt;
use integration_tests::{fail, ms, succeed};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::support::{get, json_of, named, send};

/// One who watches.
struct Watching(BodyDataStream);

/// What was sent: its kind, its number if it has one, and the JSON in it.
#[derive(Debug)]
struct Message {
    event: String,
    id: Option<u64>,
    data: Value,
}

impl Watching {
    async fn at(router: &Router, path: &str) -> Self {
        Self::with(router, Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn with(router: &Router, request: Request<Body>) -> Self {
        let response = send(router, request).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut watching = Self(response.into_body().into_data_stream());
        assert_eq!(watching.raw().await.unwrap(), "retry: 2000\n: circuit breakers\n\n");
        watching
    }

    async fn raw(&mut self) -> Option<String> {
        let bytes = self.0.next().await?.unwrap();
        Some(String::from_utf8(bytes.to_vec()).unwrap())
    }

    async fn next(&mut self) -> Message {
        let text = self.raw().await.expect("it goes on");
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
        Message {
            event: field("event: ").unwrap_or_default().to_owned(),
            id: field("id: ").map(|id| id.parse().unwrap()),
            data: serde_json::from_str(field("data: ").unwrap_or("null")).unwrap(),
        }
    }

    /// Whether nothing is sent for so long.
    async fn is_quiet_for(&mut self, time: Duration) -> bool {
        timeout(time, self.raw()).await.is_err()
    }
}

impl Message {
    fn names(&self) -> Vec<&str> {
        let rows = self.data["breakers"].as_array().unwrap();
        rows.iter().map(|row| row["name"].as_str().unwrap()).collect()
    }

    fn row(&self, name: &str) -> &Value {
        let rows = self.data["breakers"].as_array().unwrap();
        rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("{self:?}"))
    }
}

#[tokio::test(start_paused = true)]
async fn who_comes_is_sent_all_breakers_and_then_what_changed_once_a_second() {
    let _isolation = isolate();
    let busy = named("streams/busy", 3);
    named("streams/idle", 3);
    let router = Ops::new().router();
    let mut watching = Watching::at(&router, "/stream").await;
    let first = watching.next().await;
    assert_eq!((first.event.as_str(), &first.data["all"]), ("breakers", &json!(true)));
    assert_eq!(first.names(), registry().iter().map(CircuitBreaker::name).collect::<Vec<_>>());

    succeed(busy);
    fail(busy);
    let asked_at = Instant::now();
    let second = watching.next().await;
    assert!(asked_at.elapsed() <= ms(1_000), "{:?}", asked_at.elapsed());
    assert_eq!((second.names(), &second.data["all"]), (vec!["streams/busy"], &json!(false)));
    let row = second.row("streams/busy");
    assert_eq!((&row["failures"], &row["threshold"]), (&json!(1), &json!(3)));
    assert_eq!((&row["calls"]["success"], &row["calls"]["failure"]), (&json!(1), &json!(1)));
    assert!(watching.is_quiet_for(ms(14_000)).await, "nothing has changed");
}

#[tokio::test(start_paused = true)]
async fn a_change_of_state_is_sent_at_once_with_why() {
    let _isolation = isolate();
    let breaker = named("streams/tripped", 1);
    let router = Ops::new().router();
    let mut watching = Watching::at(&router, "/stream").await;
    watching.next().await;
    assert!(watching.is_quiet_for(ms(300)).await);

    let tripped_at = Instant::now();
    fail(breaker);
    let rows = watching.next().await;
    let row = rows.row("streams/tripped");
    assert_eq!(row["state"], "open");
    assert_eq!(row["why"], "1 failure in a row (threshold 1), last: down");
    assert_eq!(row["last_failures"], json!(["down"]));
    let change = watching.next().await;
    assert_eq!((change.event.as_str(), &change.data["to"]), ("change", &json!("open")));
    assert_eq!(change.id, change.data["id"].as_u64());
    assert_eq!(tripped_at.elapsed(), Duration::ZERO, "no time has passed");
}

#[tokio::test(start_paused = true)]
async fn changes_in_quick_succession_go_together() {
    let _isolation = isolate();
    let breaker = named("streams/flapping", 1);
    let router = Ops::new().router();
    let mut watching = Watching::at(&router, "/stream").await;
    watching.next().await;
    let begun = Instant::now();
    let mut messages = 0;
    for _ in 0..50 {
        breaker.open();
        breaker.close();
        // A hundred changes in half a second.
        while timeout(ms(10), watching.raw()).await.is_ok_and(|raw| {
            messages += u32::from(raw.unwrap().starts_with("event: breakers"));
            true
        }) {}
    }
    assert!(messages <= 1 + 600 / 100, "{messages} in {:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn who_watches_events_alone_is_sent_no_rows_and_a_sign_of_life_when_all_is_quiet() {
    let _isolation = isolate();
    let breaker = named("streams/events", 3);
    let router = Ops::new().router();
    let mut watching = Watching::at(&router, "/events/stream").await;
    fail(breaker);
    let begun = Instant::now();
    assert_eq!(watching.raw().await.unwrap(), ": nothing new\n\n");
    assert_eq!(begun.elapsed(), ms(15_000));
    breaker.open();
    assert_eq!(watching.next().await.data["event"], "state_change");
}

#[tokio::test(start_paused = true)]
async fn who_lost_the_connection_is_sent_what_he_missed_and_nothing_twice() {
    let _isolation = isolate();
    let breaker = named("streams/resumed", 3);
    let router = Ops::new().router();
    let mut watching = Watching::at(&router, "/events/stream").await;
    breaker.open();
    let seen = watching.next().await.id.unwrap();
    drop(watching);
    breaker.close();
    breaker.open();

    let again = |name: &'static str, id: u64| {
        // As a browser does: the address is the old one, and the header says more.
        let request = Request::get(format!("/events/stream?after={}", seen - 1)).header(name, id);
        request.body(Body::empty()).unwrap()
    };
    let mut watching = Watching::with(&router, again("last-event-id", seen)).await;
    assert_eq!(watching.next().await.id, Some(seen + 1));
    assert_eq!(watching.next().await.id, Some(seen + 2));
    assert!(watching.is_quiet_for(ms(14_000)).await);

    let mut watching = Watching::with(&router, again("x-nothing", 0)).await;
    assert_eq!(watching.next().await.id, Some(seen));
}

#[tokio::test(start_paused = true)]
async fn who_asks_for_one_breaker_is_sent_nothing_of_others() {
    let _isolation = isolate();
    let (asked, other) = (named("streams/asked", 1), named("streams/other", 1));
    let router = Ops::new().router();
    let mut rows = Watching::at(&router, "/stream?breaker=streams/asked").await;
    let mut events = Watching::at(&router, "/events/stream?breaker=streams%2Fasked").await;
    assert_eq!(rows.next().await.names(), ["streams/asked"]);
    other.open();
    assert!(rows.is_quiet_for(ms(5_000)).await);
    asked.open();
    assert_eq!(rows.next().await.names(), ["streams/asked"]);
    for watching in [&mut rows, &mut events] {
        assert_eq!(watching.next().await.data["breaker"], "streams/asked");
    }
}

#[tokio::test(start_paused = true)]
async fn a_member_that_its_group_forgot_is_sent_as_gone() {
    let _isolation = isolate();
    let group: &Group = registry().group("streams/hosts", GroupSettings::new().at_most(1));
    drop(group.breaker("one"));
    let router = Ops::new().router();
    let mut watching = Watching::at(&router, "/stream").await;
    assert!(watching.next().await.names().contains(&"streams/hosts/one"));
    drop(group.breaker("two"));
    let next = watching.next().await;
    assert_eq!(next.data["gone"], json!(["streams/hosts/one"]));
    assert_eq!(next.names(), ["streams/hosts/two"]);
    drop(group.breaker("one"));
    let next = watching.next().await;
    assert_eq!(
        (&next.data["gone"], next.names()),
        (&json!(["streams/hosts/two"]), vec!["streams/hosts/one"])
    );
}

#[tokio::test(start_paused = true)]
async fn no_more_watch_than_may_and_a_place_is_free_again_when_one_leaves() {
    let _isolation = isolate();
    let router = Ops::new().at_most_streams(2).router();
    let one = Watching::at(&router, "/stream").await;
    let _two = Watching::at(&router, "/events/stream").await;
    for path in ["/stream", "/events/stream"] {
        let (status, answer) = json_of(get(&router, path).await).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer["error"].as_str().unwrap().contains("Ops::at_most_streams"), "{answer}");
    }
    drop(one);
    Watching::at(&router, "/stream").await;
}

#[tokio::test(start_paused = true)]
async fn who_has_watched_for_a_minute_makes_place_for_one_who_comes() {
    let _isolation = isolate();
    let breaker = named("streams/place", 1);
    let router = Ops::new().at_most_streams(2).router();
    let mut first = Watching::at(&router, "/events/stream").await;
    tokio::time::advance(ms(30_000)).await;
    let mut second = Watching::at(&router, "/events/stream").await;
    tokio::time::advance(ms(29_999)).await;
    let refused = get(&router, "/stream").await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    tokio::time::advance(ms(1)).await;
    let mut third = Watching::at(&router, "/events/stream").await;
    let refused = get(&router, "/stream").await;
    assert_eq!(
        refused.status(),
        StatusCode::SERVICE_UNAVAILABLE,
        "it is not yet the second's turn"
    );
    breaker.open();
    assert_eq!(first.raw().await, None);
    assert_eq!(second.next().await.data["to"], "open");
    assert_eq!(third.next().await.data["to"], "open");
}

#[tokio::test(start_paused = true)]
async fn a_page_of_another_origin_takes_no_place() {
    let _isolation = isolate();
    let router = Ops::new().router();
    for path in ["/stream", "/events/stream"] {
        let asked = Request::get(path).header("sec-fetch-site", "cross-site");
        let response = send(&router, asked.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
    }
}

#[tokio::test(start_paused = true)]
async fn an_open_breaker_that_nobody_calls_is_sent_once() {
    let _isolation = isolate();
    named("streams/open", 1).open();
    let router = Ops::new().router();
    let mut watching = Watching::at(&router, "/stream").await;
    watching.next().await;
    assert!(watching.is_quiet_for(ms(14_000)).await, "only time has passed");
}

#[tokio::test(start_paused = true)]
async fn whoever_comes_when_counts_are_on_their_way_within_a_second() {
    let _isolation = isolate();
    let breaker = named("streams/phase", 3);
    let router = Ops::new().router();
    let mut first = Watching::at(&router, "/stream").await;
    first.next().await;
    tokio::time::advance(ms(600)).await;
    let mut second = Watching::at(&router, "/stream").await;
    second.next().await;
    for _ in 0..5 {
        tokio::time::advance(ms(130)).await;
        let begun = Instant::now();
        succeed(breaker);
        let both = tokio::join!(first.next(), second.next());
        assert_eq!([both.0.names(), both.1.names()], [["streams/phase"]; 2]);
        assert!(begun.elapsed() <= ms(1_000), "{:?}", begun.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn who_does_not_read_is_sent_the_latest_when_he_does_and_no_more_events_than_are_kept() {
    let _isolation = isolate();
    let breaker = named("streams/unread", 1);
    let router = Ops::new().keep_events(10).router();
    let mut watching = Watching::at(&router, "/stream").await;
    watching.next().await;
    for _ in 0..1_000 {
        breaker.open();
        breaker.close();
        tokio::time::advance(ms(50)).await;
    }
    breaker.open();
    let rows = watching.next().await;
    assert_eq!(rows.row("streams/unread")["state"], "open");
    let mut events = 0;
    while timeout(ms(500), watching.next()).await.is_ok_and(|message| message.event == "change") {
        events += 1;
    }
    assert_eq!(events, 10);
}

#[tokio::test(start_paused = true)]
async fn streams_end_with_what_they_are_to_last_until() {
    let _isolation = isolate();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let router = Ops::new().until(async { drop(stopped.await) }).router();
    let mut watching =
        [Watching::at(&router, "/stream").await, Watching::at(&router, "/events/stream").await];
    watching[0].next().await;
    stop.send(()).unwrap();
    for watching in &mut watching {
        assert_eq!(watching.raw().await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn streams_whose_end_panics_end() {
    let _isolation = isolate();
    let router = Ops::new().until(async { panic!("not the streams' fault") }).router();
    for path in ["/stream", "/events/stream", "/stream"] {
        let response = get(&router, path).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert!(response.into_body().into_data_stream().next().await.is_none());
    }
}
