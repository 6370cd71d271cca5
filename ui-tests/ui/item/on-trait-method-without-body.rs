use circuit_runtime::{Rejected, circuit_breaker};

trait Db {
    #[circuit_breaker(name = "db")]
    fn load(&self) -> Result<u32, Rejected>;
}

impl Db for u32 {
    fn load(&self) -> Result<u32, Rejected> {
        Ok(*self)
    }
}

fn main() {
    let _ = 1_u32.load();
}
