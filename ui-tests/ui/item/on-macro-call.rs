use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
thread_local! {
    static DB: u32 = 1;
}

fn main() {
    DB.with(|_| ());
}
