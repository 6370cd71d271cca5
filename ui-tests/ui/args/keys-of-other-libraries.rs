use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db", fail_max = 5, reset_timeout = 60)]
fn load0(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

#[circuit_breaker(name = "db", failure_threshold = 5, wait_duration_in_open_state = 60)]
fn load1(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

#[circuit_breaker(id = "db")]
fn load2(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

fn main() {
    let _ = (load0(1), load1(1), load2(1));
}
