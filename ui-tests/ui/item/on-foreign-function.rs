use circuit_runtime::circuit_breaker;

unsafe extern "C" {
    #[circuit_breaker(name = "db")]
    safe fn abs(n: i32) -> i32;
}

fn main() {
    abs(1);
}
