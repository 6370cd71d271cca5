//! What answers while a breaker is open: another function with the same arguments, or an error of one's own.

use circuit_runtime::{Rejected, breaker, circuit_breaker};

#[derive(Debug, PartialEq)]
struct Quote(&'static str, u32);

/// The fallback takes the arguments, and answers in the function's own type; so the function needs no `Result` at all.
#[circuit_breaker(name = "prices", failure_if = |quote: &Quote| quote.1 == 0, threshold = 2, fallback = last_known)]
async fn price(of: &'static str) -> Quote {
    Quote(of, 0) // the price service is confused
}

async fn last_known(of: &'static str) -> Quote {
    Quote(of, 42)
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("the server is broken")]
    Broken,
    #[error("try again in {0:?}")]
    Later(Option<std::time::Duration>),
}

/// Where the error cannot be made `From<Rejected>`, say how to make it.
#[circuit_breaker(name = "mailer", threshold = 1, rejected = |rejected: Rejected| Problem::Later(rejected.retry_after()))]
fn mail() -> Result<(), Problem> {
    Err(Problem::Broken)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    for _ in 0..3 {
        println!("{:?}", price("tea").await);
    }
    assert_eq!(price("tea").await, Quote("tea", 42));
    println!("{}", breaker!("prices"));

    for _ in 0..2 {
        println!("{}", mail().expect_err("no mail today"));
    }
}
