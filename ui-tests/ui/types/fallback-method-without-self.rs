use circuit_runtime::circuit_breaker;

struct Db;

impl Db {
    #[circuit_breaker(name = "db", fallback = Self::cached)]
    fn load(&self, id: u32) -> u32 {
        id
    }

    fn cached(id: u32) -> u32 {
        id
    }
}

fn main() {
    Db.load(Db::cached(1));
}
