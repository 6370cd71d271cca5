use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
fn load() -> Box<dyn std::fmt::Display> {
    Box::new(1)
}

fn main() {
    load();
}
