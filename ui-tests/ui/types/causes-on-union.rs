use circuit_runtime::Causes;

#[derive(Causes)]
union DbError {
    code: u32,
}

fn main() {
    let _ = DbError { code: 1 };
}
