use circuit_runtime::{Rejected, circuit_breaker};

struct Db;

impl Db {
    const FAILURES: u32 = 5;

    #[circuit_breaker(name = "db", threshold = Self::FAILURES)]
    fn load(&self) -> Result<u32, Rejected> {
        Ok(1)
    }
}

fn main() {
    let _ = Db.load();
}
