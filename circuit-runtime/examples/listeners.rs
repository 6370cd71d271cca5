//! Who is told what: a listener for every call, one for changes alone, and a pager that has to await.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use circuit_runtime::{
    CircuitBreaker, Failure, Listener, Rejected, circuit_breaker, configure, event_channel,
    on_change,
};

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("the service answers {0}")]
    Status(u16),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[circuit_breaker(name = "api", threshold = 3)]
async fn fetch(status: u16) -> Result<u16, ApiError> {
    if status < 500 { Ok(status) } else { Err(ApiError::Status(status)) }
}

/// Counts what calls do. Every call of a breaker that has it takes some 50 to 70 ns more.
#[derive(Clone, Default)]
struct Tally {
    failed: Arc<AtomicU64>,
    rejected: Arc<AtomicU64>,
}

impl Listener for Tally {
    fn failure(&self, _: &CircuitBreaker, _: &Failure<'_>) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }
    fn rejected(&self, _: &CircuitBreaker, _: &Rejected) {
        self.rejected.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tally = Tally::default();
    let (sender, mut events) = event_channel(1024);
    configure()
        .listener(tally.clone())
        // Costs calls nothing.
        .listener(on_change(|event| println!("log:  {event}")))
        .listener(sender.changes())
        .install()?;
    drop(sender);
    let pager = tokio::spawn(async move {
        let mut sent = 0;
        while let Some(event) = events.recv().await {
            // Whatever takes time: the calls do not wait for it.
            tokio::task::yield_now().await;
            println!("page: {}", event.kind);
            sent += 1;
            if sent == 2 {
                break;
            }
        }
        (sent, events.dropped())
    });

    for status in [200, 503, 503, 503, 200] {
        match fetch(status).await {
            Ok(status) => println!("call: {status}"),
            Err(error) => println!("call: {error}"),
        }
    }
    let (sent, dropped) = pager.await?;
    println!("{sent} pages, {dropped} dropped");
    println!(
        "{} failed, {} rejected",
        tally.failed.load(Ordering::Relaxed),
        tally.rejected.load(Ordering::Relaxed)
    );
    Ok(())
}
