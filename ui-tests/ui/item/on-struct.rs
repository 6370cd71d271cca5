use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
struct Db;

fn main() {
    let _ = Db;
}
