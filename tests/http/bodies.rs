//! Bodies that are watched to their end, and bodies that are not.

use std::cell::RefCell;
use std::convert::Infallible;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use circuit_runtime::http::{GuardedBody, HttpCircuitBreakerLayer};
use circuit_runtime::{BreakerHandle, OnCancel, Settings, State};
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Empty};
use integration_tests::{TTL, ms, now, panic_of};
use tower::{Layer, Service, service_fn};

use crate::layer::{breaker, breaker_with, calls};

/// What the next poll of a body is to come to.
#[derive(Clone)]
enum Piece {
    Data,
    Wait,
    Break,
    Panic,
}

/// Comes in pieces, as a test hands them out.
#[derive(Clone, Default)]
struct Pieces(Rc<RefCell<Vec<Piece>>>);

impl Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let mut pieces = self.0.borrow_mut();
        if pieces.is_empty() {
            return Poll::Ready(None);
        }
        match pieces.remove(0) {
            Piece::Data => Poll::Ready(Some(Ok(Frame::data(Bytes::from("data"))))),
            Piece::Wait => Poll::Pending,
            Piece::Break => Poll::Ready(Some(Err(io::Error::other("broken off")))),
            Piece::Panic => panic!("body"),
        }
    }
}

fn respond(breaker: &BreakerHandle, pieces: &[Piece], watched: bool) -> GuardedBody<Pieces> {
    let layer = HttpCircuitBreakerLayer::new(breaker.clone());
    let layer = if watched { layer.watch_bodies() } else { layer };
    let body = Pieces(Rc::new(RefCell::new(pieces.to_vec())));
    let mut service = layer.layer(service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, io::Error>(Response::new(body.clone())))
    }));
    now(service.call(Request::new(()))).expect("a response").into_body()
}

fn frame(body: Pin<&mut GuardedBody<Pieces>>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
    body.poll_frame(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_body_that_breaks_off_is_a_failure_if_it_is_watched() {
    for (watched, counted) in [(true, [0, 1, 0, 0, 0, 0]), (false, [1, 0, 0, 0, 0, 0])] {
        let (breaker, _) = breaker();
        let body = respond(&breaker, &[Piece::Data, Piece::Break], watched);
        let error = now(body.collect()).unwrap_err();
        assert_eq!(error.to_string(), "broken off");
        assert_eq!(calls(&breaker), counted);
    }
}

#[test]
fn what_a_body_broke_off_with_is_in_the_report() {
    let (breaker, _) = breaker();
    let _ = now(respond(&breaker, &[Piece::Break], true).collect());
    assert_eq!(breaker.last_trip().unwrap().last_failures, ["broken off"]);
}

#[test]
fn a_call_ends_where_its_body_does() {
    let (breaker, clock) = breaker();
    breaker.open();
    clock.advance(TTL);
    let body = respond(&breaker, &[Piece::Data, Piece::Data], true);
    assert_eq!(breaker.snapshot().probes_in_flight, 1);
    assert!(breaker.try_acquire().is_err(), "the probe is being read");
    assert_eq!(now(body.collect()).unwrap().to_bytes(), "datadata");
    assert_eq!((breaker.state(), calls(&breaker)), (State::Closed, [1, 0, 0, 0, 0, 1]));
}

#[test]
fn who_stops_reading_has_seen_what_it_wanted() {
    for read in 0..2 {
        let (breaker, _) = breaker();
        let mut body = pin!(Some(respond(&breaker, &[Piece::Data, Piece::Break], true)));
        for _ in 0..read {
            assert!(frame(body.as_mut().as_pin_mut().unwrap()).is_ready());
        }
        body.set(None);
        assert_eq!(calls(&breaker), [1, 0, 0, 0, 0, 0]);
    }
}

#[test]
fn who_stops_waiting_has_cancelled_the_call() {
    let settings = [Settings::new(), Settings::new().on_cancel(OnCancel::Failure)];
    for (settings, counted) in settings.into_iter().zip([[0, 0, 0, 0, 1, 0], [0, 1, 0, 0, 0, 0]]) {
        let (breaker, clock) = breaker_with(settings);
        breaker.open();
        clock.advance(TTL);
        let mut body = pin!(Some(respond(&breaker, &[Piece::Data, Piece::Wait], true)));
        assert!(frame(body.as_mut().as_pin_mut().unwrap()).is_ready());
        assert!(frame(body.as_mut().as_pin_mut().unwrap()).is_pending());
        body.set(None);
        assert_eq!(calls(&breaker), counted);
        assert_ne!(breaker.state(), State::Closed, "a probe that hangs closes nothing");
    }
}

#[test]
fn what_is_inside_can_be_taken_out() {
    let (breaker, _) = breaker();
    assert!(respond(&breaker, &[Piece::Data], true).into_inner().is_some());
    assert_eq!(calls(&breaker), [1, 0, 0, 0, 0, 0]);
}

#[test]
fn a_body_that_says_it_has_ended_need_not_be_asked_for_more() {
    let (breaker, _) = breaker();
    let layer = HttpCircuitBreakerLayer::new(breaker.clone()).watch_bodies();
    let mut service = layer.layer(service_fn(async |_: Request<()>| {
        Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
    }));
    let response = now(service.call(Request::new(()))).unwrap();
    assert!(response.body().is_end_stream());
    assert_eq!(calls(&breaker), [1, 0, 0, 0, 0, 0], "nor to be dropped");
}

#[test]
fn a_body_that_panics_is_a_failure() {
    let (breaker, _) = breaker();
    let mut body = pin!(respond(&breaker, &[Piece::Panic], true));
    assert_eq!(panic_of(|| frame(body.as_mut())), "body");
    assert_eq!(calls(&breaker), [0, 1, 0, 0, 0, 0]);
}

#[test]
fn a_slow_call_is_one_that_was_waited_for_not_one_that_was_read_slowly() {
    let read = |waits: bool| {
        let (breaker, clock) = breaker_with(Settings::new().slow_call(ms(100)));
        let mut body = pin!(respond(&breaker, &[Piece::Data, Piece::Wait, Piece::Data], true));
        assert!(frame(body.as_mut()).is_ready());
        if !waits {
            clock.advance(ms(200));
        }
        assert!(frame(body.as_mut()).is_pending());
        if waits {
            clock.advance(ms(200));
        }
        assert!(frame(body.as_mut()).is_ready());
        assert!(matches!(frame(body.as_mut()), Poll::Ready(None)));
        breaker.snapshot().calls.slow
    };
    assert_eq!((read(true), read(false)), (1, 0));
}

#[test]
fn a_response_that_has_failed_already_is_not_watched() {
    let (breaker, _) = breaker();
    let layer = HttpCircuitBreakerLayer::new(breaker.clone()).watch_bodies();
    let mut service = layer.layer(service_fn(async |_: Request<()>| {
        let response = Response::builder().status(502).body(Empty::<Bytes>::new());
        Ok::<_, Infallible>(response.expect("valid"))
    }));
    let response = now(service.call(Request::new(()))).unwrap();
    assert_eq!((response.status().as_u16(), breaker.state()), (502, State::Open));
    assert_eq!(breaker.last_trip().unwrap().last_failures, ["502 Bad Gateway"]);
}
