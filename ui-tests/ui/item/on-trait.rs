use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
trait Db {
    fn load(&self);
}

impl Db for u32 {
    fn load(&self) {}
}

fn main() {
    1_u32.load();
}
