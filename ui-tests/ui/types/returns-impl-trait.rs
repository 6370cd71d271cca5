use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
fn load() -> impl std::fmt::Display {
    1
}

fn main() {
    load();
}
