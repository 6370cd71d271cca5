#[cfg_attr(doc, doc = "", doc = "Guarded by the circuit breaker `db`.")]
pub fn update(db: &Connection, customer: &Customer) -> Result<(), DbError> {
    static __CIRCUIT_SITE: ::circuit_runtime::private::Site = ::circuit_runtime::private::site!(
        __CIRCUIT_SITE : declare("db").threshold(5)
        .ttl(::core::time::Duration::new(60u64, 0u32))
    );
    ::circuit_runtime::private::run(
        &__CIRCUIT_SITE,
        move || -> Result<(), DbError> {
            ::circuit_runtime::private::capture!(customer, db);
            #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
            let __ret: Result<(), DbError> = {
                db.execute(customer.sql())?;
                Ok(())
            };
            #[allow(unreachable_code)] __ret
        },
        ::circuit_runtime::private::value(
            ::circuit_runtime::private::reading!(Result < (), DbError >),
            |__error| ::circuit_runtime::private::evidence!(__error),
            ::circuit_runtime::private::accept,
            ::circuit_runtime::private::reject!(Result < (), DbError >),
        ),
    )
}
