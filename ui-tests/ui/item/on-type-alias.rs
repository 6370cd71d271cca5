use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
type Db = u32;

fn main() {
    let _: Db = 1;
}
