fn rows(db: &Db) -> BoxStream<'_, Row> {
    static __CIRCUIT_SITE: ::circuit_runtime::private::Site = ::circuit_runtime::private::site!(
        __CIRCUIT_SITE : declare("db")
    );
    ::circuit_runtime::private::Box::pin(
        ::circuit_runtime::private::flatten(async move {
            match ::circuit_runtime::private::Entry::enter(&__CIRCUIT_SITE) {
                ::core::result::Result::Ok(__permit) => {
                    ::circuit_runtime::private::stream(
                        __permit,
                        ::circuit_runtime::private::construct(move || -> BoxStream<
                            '_,
                            Row,
                        > {
                            ::circuit_runtime::private::capture!(db);
                            #[allow(
                                clippy::let_unit_value,
                                clippy::diverging_sub_expression
                            )]
                            let __ret: BoxStream<'_, Row> = { db.rows().boxed() };
                            #[allow(unreachable_code)] __ret
                        }),
                        ::circuit_runtime::private::items(
                            ::circuit_runtime::private::reading!(Row),
                            |__error| {
                                ::circuit_runtime::private::evidence!(borrowed __error)
                            },
                            ::circuit_runtime::private::accept,
                            ::circuit_runtime::private::Admitted,
                            |__items| -> BoxStream<'_, Row> {
                                ::circuit_runtime::private::Box::pin(__items)
                            },
                        ),
                    )
                }
                ::core::result::Result::Err(_) => {
                    ::circuit_runtime::private::fallback!(
                        to_answer, cached, (db) -> BoxStream < '_, Row >
                    )
                }
            }
        }),
    )
}
