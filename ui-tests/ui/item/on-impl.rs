use circuit_runtime::circuit_breaker;

struct Db;

#[circuit_breaker(name = "db")]
impl Db {
    fn load(&self) {}
}

fn main() {
    Db.load();
}
