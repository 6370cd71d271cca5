fn rows(db: &Db) -> impl Iterator<Item = Result<Row, DbError>> + '_ {
    static __CIRCUIT_SITE: ::circuit_runtime::private::Site = ::circuit_runtime::private::Site::declare(
        "db",
        ::circuit_runtime::private::here!(),
        ::circuit_runtime::private::Settings::new(),
    );
    ::circuit_runtime::private::inventory::submit!(__CIRCUIT_SITE.declared());
    ::circuit_runtime::private::iterate(
        __CIRCUIT_SITE.enter(),
        move || -> _ {
            ::circuit_runtime::private::capture!(db);
            #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
            let ret: _ = { db.rows() };
            #[allow(unreachable_code)] ret
        },
        ::circuit_runtime::private::reading!(Result < Row, DbError >),
        |error| ::circuit_runtime::private::evidence!(borrowed error),
        ::circuit_runtime::private::accept,
        |rejected| <Result<
            Row,
            DbError,
        > as ::circuit_runtime::private::FromRejection>::from_rejection(rejected),
    )
}
