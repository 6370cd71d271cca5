//! A client of `tonic`, whose statuses come in headers or in trailers.

use bytes::{Buf, BufMut};
use circuit_runtime::http::{BoxError, GrpcStatus, HttpCircuitBreakerLayer, RejectedResponse};
use circuit_runtime::{BreakerHandle, Rejected, State};
use http::uri::PathAndQuery;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tower::ServiceBuilder;

use crate::layer::{breaker, calls};
use crate::server::{Server, dead_url};

/// Messages of no bytes.
#[derive(Default)]
struct Nothing;

impl Codec for Nothing {
    type Encode = ();
    type Decode = ();
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }
    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Nothing {
    type Item = ();
    type Error = Status;

    fn encode(&mut self, (): (), buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&[]);
        Ok(())
    }
}

impl Decoder for Nothing {
    type Item = ();
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<()>, Status> {
        buffer.advance(buffer.remaining());
        Ok(Some(()))
    }
}

/// Calls `/<place>.<code>/Method` through the breaker: the status that comes back.
async fn call(breaker: &BreakerHandle, url: String, service: &str) -> Result<(), Status> {
    let layer =
        HttpCircuitBreakerLayer::new(breaker.clone()).classify(GrpcStatus::new()).watch_bodies();
    let channel = Channel::from_shared(url).expect("a URL").connect_lazy();
    let mut client = Grpc::new(ServiceBuilder::new().layer(layer).service(channel));
    client.ready().await.map_err(|error: BoxError| Status::from_error(error))?;
    let method: PathAndQuery = format!("/{service}/Method").parse().expect("a path");
    client.unary(Request::new(()), method, Nothing).await.map(drop)
}

#[tokio::test]
async fn a_status_counts_by_its_code_whether_it_comes_in_headers_or_in_trailers() {
    let server = Server::start().await;
    let expected = [
        (Code::Ok, [1, 0, 0, 0, 0, 0]),
        (Code::NotFound, [0, 0, 1, 0, 0, 0]),
        (Code::Cancelled, [0, 0, 0, 1, 0, 0]),
        (Code::Unavailable, [0, 1, 0, 0, 0, 0]),
        (Code::Internal, [0, 1, 0, 0, 0, 0]),
    ];
    for (code, counted) in expected {
        for place in ["headers", "trailers"] {
            let (breaker, _) = breaker();
            let service = format!("{place}.{}", code as i32);
            let result = call(&breaker, server.url(""), &service).await;
            // A call that returns nothing, and says in its headers that all is well, is none.
            if (place, code) != ("headers", Code::Ok) {
                assert_eq!(result.map_or_else(|status| status.code(), |()| Code::Ok), code);
            }
            assert_eq!(calls(&breaker), counted, "{place} {code:?}");
        }
    }
}

#[tokio::test]
async fn the_report_has_the_status() {
    let server = Server::start().await;
    let (breaker, _) = breaker();
    call(&breaker, server.url(""), "headers.14").await.unwrap_err();
    let trip = breaker.last_trip().unwrap();
    assert_eq!(trip.last_failures, ["gRPC status 14 (UNAVAILABLE): as told"]);
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_trips_and_the_rejection_is_found_in_the_status() {
    let (breaker, _) = breaker();
    let dead = dead_url().await;
    let status = call(&breaker, dead.clone(), "headers.0").await.unwrap_err();
    assert!(Rejected::find_in(&status).is_none());
    assert_eq!(breaker.state(), State::Open);
    let status = call(&breaker, dead, "headers.0").await.unwrap_err();
    assert_eq!(Rejected::find_in(&status).expect("a rejection").name(), "owned");
    assert_eq!(calls(&breaker), [0, 1, 0, 0, 0, 1]);
}

#[tokio::test]
async fn a_body_that_ends_without_a_status_has_failed() {
    let server = Server::start().await;
    let (breaker, _) = breaker();
    // The client itself takes it for a success.
    call(&breaker, server.url(""), "nowhere.0").await.unwrap();
    let trip = breaker.last_trip().expect("a trip");
    assert_eq!(trip.last_failures, ["no gRPC status behind the body"]);
}

#[tokio::test]
async fn a_rejected_call_is_answered_in_the_words_of_grpc() {
    let (breaker, _) = breaker();
    breaker.open();
    let layer = HttpCircuitBreakerLayer::new(breaker).answer_rejected(RejectedResponse::grpc());
    let channel = Channel::from_static("http://grpc.invalid").connect_lazy();
    let mut client = Grpc::new(ServiceBuilder::new().layer(layer).service(channel));
    client.ready().await.unwrap();
    let method = PathAndQuery::from_static("/any/Method");
    let status = client.unary(Request::new(()), method, Nothing).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(status.message(), "circuit breaker \"owned\" is open, retry in 60.0s");
}
