use circuit_runtime::circuit_breaker;

struct Db;

impl Db {
    #[circuit_breaker(name = "db", fallback = |&self, id| id)]
    fn load(&self, id: u32) -> u32 {
        id
    }

    #[circuit_breaker(name = "db", fallback = Self::count)]
    fn count(&self) -> u32 {
        0
    }
}

fn main() {
    Db.load(Db.count());
}
