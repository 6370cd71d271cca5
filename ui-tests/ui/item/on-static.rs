use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
static DB: u32 = 1;

fn main() {
    let _ = DB;
}
