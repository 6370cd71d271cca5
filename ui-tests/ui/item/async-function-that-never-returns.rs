use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
async fn serve() -> ! {
    loop {
        std::future::ready(()).await;
    }
}

fn main() {
    drop(serve());
}
