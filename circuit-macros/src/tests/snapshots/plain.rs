#[cfg_attr(doc, doc = "", doc = "Guarded by the circuit breaker `db`.")]
pub fn update(db: &Connection, customer: &Customer) -> Result<(), DbError> {
    use ::circuit_runtime::private as __circuit;
    static __SITE: __circuit::Site = __circuit::site!(
        __SITE : declare("db").threshold(5).ttl(::core::time::Duration::new(60, 0))
    );
    __circuit::run(
        &__SITE,
        #[allow(clippy::result_large_err)]
        move || -> Result<(), DbError> {
            __circuit::capture!(customer, db);
            #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
            let __ret: Result<(), DbError> = {
                db.execute(customer.sql())?;
                Ok(())
            };
            #[allow(unreachable_code)] __ret
        },
        __circuit::outcome!(Result < (), DbError >),
    )
}
