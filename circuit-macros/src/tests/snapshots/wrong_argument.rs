::core::compile_error! {
    "unknown key `treshold`, did you mean `threshold`?"
}
::core::compile_error! {
    "`ttl` must be longer than zero"
}
fn update() -> Result<(), DbError> {
    Ok(())
}
