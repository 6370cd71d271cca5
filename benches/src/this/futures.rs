//! How large a guarded function's future is.

use std::future::pending;
use std::hint::black_box;
use std::mem::size_of_val;

use circuit_runtime::circuit_breaker;

use crate::row::Row;
use crate::scenario::{Group, THIS, UNGUARDED};
use crate::work::{Answer, work, work_later};

pub(crate) const FUTURES: Group = Group {
    key: "futures",
    title: "Size of the future of an async function",
    note: "Bytes.",
    sizes: None,
};

pub(crate) fn sizes() -> Vec<Row> {
    vec![
        row(UNGUARDED, "one number", &work_later(1)),
        row(THIS, "one number", &guarded(1)),
        row(UNGUARDED, "a kibibyte across an await", &large(1)),
        row(THIS, "a kibibyte across an await", &guarded_large(1)),
    ]
}

fn row<F>(who: &str, what: &str, future: &F) -> Row {
    let bytes = u32::try_from(size_of_val(future)).expect("a small number").into();
    Row {
        group: FUTURES.key.to_owned(),
        who: who.to_owned(),
        what: what.to_owned(),
        median: bytes,
        tenth: bytes,
        ninetieth: bytes,
        ..Row::default()
    }
}

#[circuit_breaker(name = "benches/future")]
async fn guarded(n: u64) -> Answer {
    work(n)
}

async fn large(n: u64) -> Answer {
    let held = black_box([0_u8; 1024]);
    pending::<()>().await;
    work(n + u64::from(held[0]))
}

#[circuit_breaker(name = "benches/future-large")]
async fn guarded_large(n: u64) -> Answer {
    let held = black_box([0_u8; 1024]);
    pending::<()>().await;
    work(n + u64::from(held[0]))
}
