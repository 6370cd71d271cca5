fn rows(
    db: &Db,
) -> Result<Box<dyn Iterator<Item = Result<Row, DbError>> + '_>, DbError> {
    static __CIRCUIT_SITE: ::circuit_runtime::private::Site = ::circuit_runtime::private::Site::declare(
        "db",
        ::circuit_runtime::private::here!(),
        ::circuit_runtime::private::Settings::new(),
    );
    ::circuit_runtime::private::inventory::submit!(__CIRCUIT_SITE.declared());
    match __CIRCUIT_SITE.enter() {
        ::core::result::Result::Ok(permit) => {
            match ::circuit_runtime::private::try_iterate(
                permit,
                move || -> Result<
                    Box<dyn Iterator<Item = Result<Row, DbError>> + '_>,
                    DbError,
                > {
                    ::circuit_runtime::private::capture!(db);
                    #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
                    let ret: Result<
                        Box<dyn Iterator<Item = Result<Row, DbError>> + '_>,
                        DbError,
                    > = { Ok(Box::new(db.rows()?)) };
                    #[allow(unreachable_code)] ret
                },
                |error| ::circuit_runtime::private::evidence!(borrowed error),
                ::circuit_runtime::private::reading!(Result < Row, DbError >),
                |error| ::circuit_runtime::private::evidence!(borrowed error),
                ::circuit_runtime::private::accept,
            ) {
                ::core::result::Result::Ok(iter) => {
                    ::core::result::Result::Ok(
                        ::circuit_runtime::private::Box::new(iter),
                    )
                }
                ::core::result::Result::Err(error) => ::core::result::Result::Err(error),
            }
        }
        ::core::result::Result::Err(rejected) => {
            <Result<
                Box<dyn Iterator<Item = Result<Row, DbError>> + '_>,
                DbError,
            > as ::circuit_runtime::private::FromRejection>::from_rejection(rejected)
        }
    }
}
