use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db", failure_if = is_empty)]
fn load(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

fn is_empty(rows: &Vec<u32>) -> bool {
    rows.is_empty()
}

fn main() {
    let _ = (load(1), is_empty(&Vec::new()));
}
