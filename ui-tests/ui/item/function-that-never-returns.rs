use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
fn serve() -> ! {
    loop {}
}

fn main() {
    let _: fn() -> ! = serve;
}
