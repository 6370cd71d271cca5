//! Together with `#[tracing::instrument]`, above and below.

use circuit_runtime::{breaker, circuit_breaker};
use tracing::instrument;

use crate::support::{Answer, counted, down, now, pause};

#[instrument(err, ret)]
#[circuit_breaker(name = "functions/instrumented")]
fn above(n: u32, text: &str) -> Answer {
    if text.is_empty() { down(n) } else { Ok(n) }
}

#[circuit_breaker(name = "functions/instrumented")]
#[instrument(err, ret, skip(text))]
fn below(n: u32, text: &str) -> Answer {
    if text.is_empty() { down(n) } else { Ok(n) }
}

#[instrument(err)]
#[circuit_breaker(name = "functions/instrumented")]
async fn above_later(mut n: u32, text: &str) -> Answer<usize> {
    n += 1;
    pause().await;
    Ok(text.len() + n as usize)
}

#[circuit_breaker(name = "functions/instrumented")]
#[instrument(level = "debug", fields(length = text.len()))]
async fn below_later(n: u32, text: &str) -> Answer<usize> {
    pause().await;
    Ok(text.len() + n as usize)
}

#[derive(Debug)]
struct Db;

impl Db {
    #[instrument(skip(self), ret)]
    #[circuit_breaker(name = "functions/instrumented")]
    fn method(&self, n: u32) -> Answer {
        let _ = self;
        Ok(n)
    }

    #[circuit_breaker(name = "functions/instrumented")]
    #[instrument(skip_all)]
    async fn method_later(&mut self, n: u32) -> Answer {
        pause().await;
        Ok(n)
    }
}

#[test]
fn it_goes_with_instrument_above_and_below() {
    assert_eq!((above(1, "a").unwrap(), below(1, "a").unwrap()), (1, 1));
    assert!(above(1, "").is_err());
    assert!(below(1, "").is_err());
    assert_eq!((now(above_later(1, "a")).unwrap(), now(below_later(1, "a")).unwrap()), (3, 2));
    assert_eq!((Db.method(1).unwrap(), now(Db.method_later(1)).unwrap()), (1, 1));
    assert_eq!(counted(breaker!("functions/instrumented")), (6, 2));
}
