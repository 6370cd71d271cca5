use circuit_runtime::Causes;

#[derive(Causes)]
fn load() {}

fn main() {
    load();
}
