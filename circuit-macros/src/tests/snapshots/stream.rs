fn rows(db: &Db) -> impl Stream<Item = Result<Row, DbError>> {
    static __CIRCUIT_SITE: ::circuit_runtime::private::Site = ::circuit_runtime::private::site!(
        __CIRCUIT_SITE : declare("db")
    );
    ::circuit_runtime::private::stream(
        &__CIRCUIT_SITE,
        ::circuit_runtime::private::construct(move || -> _ {
            ::circuit_runtime::private::capture!(db);
            #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
            let __ret: _ = { db.rows() };
            #[allow(unreachable_code)] __ret
        }),
        ::circuit_runtime::private::items(
            ::circuit_runtime::private::reading!(Result < Row, DbError >),
            |__error| ::circuit_runtime::private::evidence!(__error),
            ::circuit_runtime::private::accept,
            ::circuit_runtime::private::reject!(Result < Row, DbError >),
            ::core::convert::identity,
        ),
    )
}
