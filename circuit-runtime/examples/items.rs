//! Iterators and streams, each of them one call with one outcome.

use std::pin::pin;

use circuit_runtime::{Rejected, State, breaker, circuit_breaker};
use futures_util::{Stream, StreamExt, stream};

#[derive(Debug, thiserror::Error)]
enum DbError {
    #[error("the connection was lost")]
    Lost,
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

/// Rows until the connection is lost.
fn rows(until: usize) -> impl Iterator<Item = Result<usize, DbError>> {
    (0..=until).map(move |row| if row < until { Ok(row) } else { Err(DbError::Lost) })
}

#[circuit_breaker(name = "db", threshold = 2)]
fn customers(until: usize) -> impl Iterator<Item = Result<usize, DbError>> {
    rows(until)
}

#[circuit_breaker(name = "db")]
fn orders(until: usize) -> impl Stream<Item = Result<usize, DbError>> {
    stream::iter(rows(until))
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let db = breaker!("db");

    // Dropped after a good item: the dependency answers.
    assert_eq!(customers(3).take(2).filter_map(Result::ok).count(), 2);
    println!("a success: {:?}", db.snapshot().calls);

    // Its first error that counts is the outcome.
    customers(3).for_each(drop);
    println!("a failure: {} in a row", db.failure_count());

    let mut late = pin!(orders(1));
    while let Some(order) = late.next().await {
        println!("{order:?}");
    }
    assert_eq!(db.state(), State::Open);

    // Rejected: one item that says so, then none.
    let rejected: Vec<_> = orders(3).collect().await;
    println!("{rejected:?}");
    assert!(matches!(rejected.as_slice(), [Err(DbError::Rejected(_))]));
}
