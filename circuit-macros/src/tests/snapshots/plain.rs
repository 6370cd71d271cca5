pub fn update(db: &Connection, customer: &Customer) -> Result<(), DbError> {
    static __CIRCUIT_SITE: ::circuit_runtime::private::Site = ::circuit_runtime::private::Site::declare(
        "db",
        ::circuit_runtime::private::here!(),
        ::circuit_runtime::private::Settings::new()
            .threshold(5)
            .ttl(::core::time::Duration::new(60u64, 0u32)),
    );
    ::circuit_runtime::private::inventory::submit!(__CIRCUIT_SITE.declared());
    match __CIRCUIT_SITE.enter() {
        ::core::result::Result::Ok(permit) => {
            ::circuit_runtime::private::run(
                permit,
                move || -> Result<(), DbError> {
                    ::circuit_runtime::private::capture!(customer, db);
                    #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
                    let ret: Result<(), DbError> = {
                        db.execute(customer.sql())?;
                        Ok(())
                    };
                    #[allow(unreachable_code)] ret
                },
                ::circuit_runtime::private::reading!(Result < (), DbError >),
                |error| ::circuit_runtime::private::evidence!(error),
                ::circuit_runtime::private::accept,
            )
        }
        ::core::result::Result::Err(rejected) => {
            <Result<
                (),
                DbError,
            > as ::circuit_runtime::private::FromRejection>::from_rejection(rejected)
        }
    }
}
