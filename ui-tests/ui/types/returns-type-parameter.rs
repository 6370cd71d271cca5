use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
fn load<T>(value: T) -> T {
    value
}

fn main() {
    load(1);
}
