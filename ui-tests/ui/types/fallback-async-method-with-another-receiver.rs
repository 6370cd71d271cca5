use circuit_runtime::circuit_breaker;

struct Db;

impl Db {
    #[circuit_breaker(name = "db", fallback = Self::cached)]
    async fn load(&mut self, id: u32) -> u32 {
        id
    }

    async fn cached(&self, id: u32) -> u32 {
        id
    }
}

fn main() {
    drop(Db.load(1));
}
