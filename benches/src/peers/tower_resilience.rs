//! `tower-resilience-circuitbreaker`: failures in a row, or their share by calls or by time, as a layer around a tower
//! service.

use std::future::poll_fn;

use tower::{Layer, Service, service_fn};
use tower_resilience_circuitbreaker::{
    CircuitBreakerConfigBuilder, CircuitBreakerError, CircuitBreakerLayer, DefaultClassifier,
    SlidingWindowType,
};

use super::{FAR, FOR_EVER};
use crate::calls::{
    LATER_FAILURE, LATER_REJECTION, LATER_SUCCESS, failing, rejected, succeed, succeeding,
};
use crate::scenario::Scenario;
use crate::threads::Contender;
use crate::windows;
use crate::work::{Answer, FAILING, Fault, finish, work_later};

const WHO: &str = "tower-resilience";
const ROW: &str = "in a row";
const DEFAULT: &str = "share of 100 calls (default)";

pub(super) fn scenarios() -> Vec<Scenario> {
    let far = || calling(service(builder().consecutive_failures(FAR as usize)));
    let mut all = vec![
        succeeding(&LATER_SUCCESS, WHO, ROW, || {
            calling(service(builder().consecutive_failures(5)))
        }),
        succeeding(&LATER_SUCCESS, WHO, DEFAULT, || calling(service(builder()))),
        failing(&LATER_FAILURE, WHO, ROW, far),
        rejected(&LATER_REJECTION, WHO, ROW, || {
            let mut call = calling(service(builder().consecutive_failures(1)));
            call(FAILING).expect_err("the call that trips");
            call
        }),
    ];
    let window = |_| {
        let window = builder()
            .sliding_window_type(SlidingWindowType::TimeBased)
            .sliding_window_duration(windows::LENGTH);
        calling(service(window))
    };
    all.extend(windows::succeeding(WHO, "share, async", window));
    all
}

pub(super) fn contender() -> Contender {
    let service = service(builder().consecutive_failures(5));
    let run = move |calls| succeed(calls, &mut calling(service.clone()));
    Contender::shared(WHO, "async, in a row", run)
}

fn builder() -> CircuitBreakerConfigBuilder<DefaultClassifier> {
    CircuitBreakerLayer::builder().wait_duration_in_open(FOR_EVER)
}

trait Guarded: Service<u64, Response = u64, Error = CircuitBreakerError<Fault>> {}

impl<S: Service<u64, Response = u64, Error = CircuitBreakerError<Fault>>> Guarded for S {}

fn service(
    builder: CircuitBreakerConfigBuilder<DefaultClassifier>,
) -> impl Guarded + Clone + Send + Sync {
    let layer = builder.build().expect("settings in range");
    layer.layer(service_fn(work_later))
}

fn calling(mut service: impl Guarded) -> impl FnMut(u64) -> Answer {
    move |n| {
        let answer = finish(async {
            poll_fn(|context| service.poll_ready(context)).await?;
            service.call(n).await
        });
        answer.map_err(|error| match error {
            CircuitBreakerError::Inner(fault) => fault,
            CircuitBreakerError::OpenCircuit => Fault::Rejected,
        })
    }
}
