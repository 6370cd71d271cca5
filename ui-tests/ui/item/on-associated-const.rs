use circuit_runtime::circuit_breaker;

struct Db;

impl Db {
    #[circuit_breaker(name = "db")]
    const LIMIT: u32 = 1;
}

fn main() {
    let _ = Db::LIMIT;
}
