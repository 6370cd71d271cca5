use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db", rejected = || "rejected".to_owned(), failure_if = |a, b| a == b)]
fn load(id: u32) -> Result<u32, String> {
    Ok(id)
}

fn main() {
    let _: Option<Rejected> = None;
    let _ = load(1);
}
