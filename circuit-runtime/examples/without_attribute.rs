//! Calls without an attribute, names made at run time, breakers that belong to a value.

use circuit_runtime::{CallError, CircuitBreaker, Settings, breaker, registry};

fn connect(host: &str) -> Result<usize, String> {
    if host.contains("down") { Err(format!("{host} refuses")) } else { Ok(host.len()) }
}

/// One breaker for each host, registered when it is first met.
fn fetch(host: &str) -> Result<usize, CallError<String>> {
    registry().get_or_register(host, Settings::new().threshold(2)).call(|| connect(host))
}

/// A breaker of its own, which no registry knows.
struct Pool {
    breaker: CircuitBreaker,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    for host in ["up.example", "down.example", "down.example", "down.example"] {
        match fetch(host) {
            Ok(length) => println!("{host}: {length}"),
            Err(CallError::Inner(error)) => println!("failed: {error}"),
            Err(CallError::Rejected(rejected)) => println!("{rejected}"),
        }
    }
    for breaker in registry().iter() {
        println!("{breaker}");
    }

    let pool = Pool { breaker: CircuitBreaker::new("pool", Settings::new())? };
    let answer = pool.breaker.call_async(async { connect("up.example") }).await;
    println!("{answer:?}");

    // In two steps, where the outcome is known only later, and elsewhere.
    let permit = breaker!("queue", threshold = 3).try_acquire()?;
    match connect("down.example") {
        Ok(_) => permit.success(),
        Err(error) => permit.failure(&error),
    }
    println!("{} failure", breaker!("queue").failure_count());
    Ok(())
}
