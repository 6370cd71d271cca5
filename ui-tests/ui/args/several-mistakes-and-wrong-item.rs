use circuit_runtime::circuit_breaker;

#[circuit_breaker(threshold = 0, ttl = 0)]
struct Db;

fn main() {
    let _ = Db;
}
