use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db", sliding_window_size = 60, failure_rate_threshold = 50, minimum_number_of_calls = 20)]
fn load0(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

#[circuit_breaker(name = "db", rolling_count_timeout = 60, error_threshold_percentage = 50, volume_threshold = 20)]
fn load1(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

#[circuit_breaker(name = "db", sampling_duration = 60, failure_ratio = 0.5, minimum_throughput = 20)]
fn load2(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

#[circuit_breaker(name = "db", slow_call_duration_threshold = "2s", randomized_wait_factor = 0.5)]
fn load3(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

fn main() {
    let _ = (load0(1), load1(1), load2(1), load3(1));
}
