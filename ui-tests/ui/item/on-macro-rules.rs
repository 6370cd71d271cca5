use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
macro_rules! load {
    () => {
        1
    };
}

fn main() {
    let _ = load!();
}
