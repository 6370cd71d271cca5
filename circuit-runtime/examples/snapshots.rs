//! All breakers at one moment, as JSON: what a status page or a health check shows.

use circuit_runtime::{Rejected, breaker, circuit_breaker, registry};

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("the disk is full")]
    Full,
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[circuit_breaker(name = "archive", threshold = 2, ttl = "90s", window = "10m")]
fn store(size: u64) -> Result<u64, Fault> {
    if size < 100 { Ok(size) } else { Err(Fault::Full) }
}

fn main() -> Result<(), serde_json::Error> {
    for size in [10, 200, 20, 300, 30] {
        if let Err(error) = store(size) {
            println!("{error}");
        }
    }
    // Declared, and not used yet.
    let _ = || breaker!("mailer", threshold = 3);

    println!("{}", serde_json::to_string_pretty(&registry().snapshots())?);

    // An opening between two readings is seen however short it was.
    let archive = breaker!("archive");
    let before = archive.snapshot();
    archive.close();
    archive.open();
    archive.close();
    let after = archive.snapshot();
    println!(
        "{before_state} and {after_state}: {more} changes between",
        before_state = before.state,
        after_state = after.state,
        more = after.transitions.total() - before.transitions.total()
    );
    Ok(())
}
