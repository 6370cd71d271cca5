use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
const LOAD: fn() -> u32 = || 1;

fn main() {
    LOAD();
}
