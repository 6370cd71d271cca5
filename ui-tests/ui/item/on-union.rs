use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
union Db {
    number: u32,
}

fn main() {
    let _ = Db { number: 1 };
}
