use circuit_runtime::{Rejected, circuit_breaker};

trait Db {
    #[circuit_breaker(name = "db")]
    async fn load(&self) -> Result<u32, Rejected>;
}

impl Db for u32 {
    async fn load(&self) -> Result<u32, Rejected> {
        Ok(*self)
    }
}

fn main() {
    drop(1_u32.load());
}
