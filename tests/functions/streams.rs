//! Functions that return a stream, and what is written in them.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use circuit_runtime::{breaker, circuit_breaker};
use futures_core::Stream;
use futures_core::stream::BoxStream;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::support::{Answer, counted, down, now, pause};

#[circuit_breaker(name = "functions/streams")]
fn unfolded(to: u32) -> impl Stream<Item = Answer> {
    stream::unfold(0, move |n| async move {
        pause().await;
        (n < to).then(|| (Ok(n), n + 1))
    })
}

#[circuit_breaker(name = "functions/streams")]
fn borrowing<'r>(rows: &'r [u32]) -> impl Stream<Item = Answer<&'r u32>> + Send + 'r {
    stream::iter(rows).map(Ok)
}

#[circuit_breaker(name = "functions/streams")]
fn boxed(rows: &[u32]) -> BoxStream<'_, Answer> {
    if rows.is_empty() {
        return stream::once(async { down(0) }).boxed();
    }
    Box::pin(stream::iter(rows).map(|row| Ok(*row)))
}

#[circuit_breaker(name = "functions/streams")]
fn flattened(rows: Vec<Vec<u32>>) -> Pin<Box<dyn Stream<Item = Answer> + Send>> {
    stream::iter(rows).flat_map(stream::iter).map(Ok).boxed()
}

#[circuit_breaker(name = "functions/streams")]
async fn later(rows: &[u32]) -> Answer<impl Stream<Item = Answer<u32>> + '_> {
    pause().await;
    Ok(stream::iter(rows.iter().map(|row| Ok(*row))))
}

#[derive(Debug)]
struct Ticks(u32);

impl Stream for Ticks {
    type Item = u32;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
        self.0 += 1;
        Poll::Ready((self.0 < 3).then(|| self.0))
    }
}

/// A type of its own cannot be wrapped: it is a value.
#[circuit_breaker(name = "functions/streams")]
fn of_a_type_of_its_own(from: u32) -> Answer<Ticks> {
    Ok(Ticks(from))
}

/// A `Stream` without items is something else: here, a connection.
mod connection {
    use circuit_runtime::circuit_breaker;

    pub(super) trait Stream {
        fn port(&self) -> u16;
    }

    impl Stream for u16 {
        fn port(&self) -> u16 {
            *self
        }
    }

    #[circuit_breaker(name = "functions/streams")]
    pub(super) fn connect(port: u16) -> std::io::Result<Box<dyn Stream>> {
        Ok(Box::new(port))
    }

    #[circuit_breaker(name = "functions/streams")]
    pub(super) async fn connect_later(port: u16) -> std::io::Result<impl Stream> {
        Ok(port)
    }
}

#[test]
fn streams_are_as_they_were() {
    fn all<S: Stream>(stream: S) -> impl Future<Output = Vec<S::Item>> {
        stream.collect()
    }
    assert_eq!(now(all(unfolded(3))).len(), 3);
    assert_eq!(now(borrowing(&[1, 2]).try_collect::<Vec<&u32>>()).unwrap(), [&1, &2]);
    assert_eq!(now(boxed(&[1]).try_collect::<Vec<_>>()).unwrap(), [1]);
    assert!(now(boxed(&[]).try_collect::<Vec<_>>()).is_err());
    assert_eq!(
        now(flattened(vec![vec![1], vec![2, 3]]).try_collect::<Vec<_>>()).unwrap(),
        [1, 2, 3]
    );
    assert_eq!(now(now(later(&[1])).unwrap().try_collect::<Vec<_>>()).unwrap(), [1]);
    assert_eq!(now(all(of_a_type_of_its_own(0).unwrap())), [1, 2]);
    use connection::Stream as _;
    assert_eq!(connection::connect(1).unwrap().port(), 1);
    assert_eq!(now(connection::connect_later(2)).unwrap().port(), 2);
    assert_eq!(counted(breaker!("functions/streams")), (8, 1));
}
