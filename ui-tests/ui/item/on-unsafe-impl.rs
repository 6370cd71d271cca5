use circuit_runtime::circuit_breaker;

unsafe trait Db {}

#[circuit_breaker(name = "db")]
unsafe impl Db for u32 {}

fn main() {
    fn is_db(_: impl Db) {}
    is_db(1_u32);
}
