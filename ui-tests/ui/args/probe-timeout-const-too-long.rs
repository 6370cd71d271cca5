use circuit_runtime::{Rejected, circuit_breaker};

const SILENT: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

#[circuit_breaker(name = "db", probe_timeout = SILENT)]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
