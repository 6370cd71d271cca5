fn rows(
    db: &Db,
) -> Result<Box<dyn Iterator<Item = Result<Row, DbError>> + '_>, DbError> {
    static __CIRCUIT_SITE: ::circuit_runtime::private::Site = ::circuit_runtime::private::site!(
        __CIRCUIT_SITE : declare("db")
    );
    ::circuit_runtime::private::run(
        &__CIRCUIT_SITE,
        move || -> Result<Box<dyn Iterator<Item = Result<Row, DbError>> + '_>, DbError> {
            ::circuit_runtime::private::capture!(db);
            #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
            let __ret: Result<
                Box<dyn Iterator<Item = Result<Row, DbError>> + '_>,
                DbError,
            > = { Ok(Box::new(db.rows()?)) };
            #[allow(unreachable_code)] __ret
        },
        ::circuit_runtime::private::try_items(
            ::circuit_runtime::private::reading!(Result < _, DbError >),
            |__error| ::circuit_runtime::private::evidence!(borrowed __error),
            ::circuit_runtime::private::reject!(Result < _, DbError >),
            ::circuit_runtime::private::items(
                ::circuit_runtime::private::reading!(Result < Row, DbError >)
                    .failing_as(
                        ::circuit_runtime::private::reading!(Result < (), DbError >),
                    ),
                |__error| ::circuit_runtime::private::evidence!(borrowed __error),
                ::circuit_runtime::private::accept,
                ::circuit_runtime::private::Admitted,
                |__items| -> Box<dyn Iterator<Item = Result<Row, DbError>> + '_> {
                    ::circuit_runtime::private::Box::new(__items)
                },
            ),
        ),
    )
}
