use circuit_runtime::circuit_breaker;

struct Db;

impl Db {
    #[circuit_breaker(name = "db", fallback = |id| id)]
    fn load(&self, id: u32) -> u32 {
        id
    }

    #[circuit_breaker(name = "db", fallback = |_| 0)]
    fn count() -> u32 {
        0
    }
}

fn main() {
    Db.load(Db::count());
}
