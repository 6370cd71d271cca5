use circuit_runtime::circuit_breaker;

struct Db;

impl Iterator for Db {
    #[circuit_breaker(name = "db")]
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        None
    }
}

fn main() {
    for _ in Db {}
}
