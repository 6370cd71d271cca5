use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
unsafe extern "C" {
    safe fn abs(n: i32) -> i32;
}

fn main() {
    abs(1);
}
