use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
fn load(_id: u32) -> () {}

fn main() {
    load(1);
}
