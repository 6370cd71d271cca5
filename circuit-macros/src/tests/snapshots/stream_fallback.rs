fn rows(db: &Db) -> BoxStream<'_, Row> {
    use ::circuit_runtime::private as __circuit;
    static __SITE: __circuit::Site = __circuit::site!(__SITE : declare("db"));
    __circuit::Box::pin(
        __circuit::lazily(move || {
            __circuit::capture!(db);
            match __circuit::Entry::enter(&__SITE) {
                ::core::result::Result::Ok(__permit) => {
                    __circuit::stream(
                        __permit,
                        __circuit::construct(
                            #[allow(clippy::result_large_err)]
                            move || -> BoxStream<'_, Row> {
                                __circuit::capture!(db);
                                #[allow(
                                    clippy::let_unit_value,
                                    clippy::diverging_sub_expression
                                )]
                                let __ret: BoxStream<'_, Row> = { db.rows().boxed() };
                                #[allow(unreachable_code)] __ret
                            },
                        ),
                        __circuit::items(
                            (
                                __circuit::reading!(
                                    < BoxStream < '_, Row > as __circuit::Stream > ::Item
                                ),
                                __circuit::Admitted,
                            ),
                            |__error| __circuit::evidence!(borrowed __error),
                            __circuit::accept,
                            |__items| -> BoxStream<'_, Row> {
                                __circuit::Box::pin(__items)
                            },
                        ),
                    )
                }
                ::core::result::Result::Err(_) => {
                    __circuit::fallback!(
                        to_answer, cached, (db) -> BoxStream < '_, Row >
                    )
                }
            }
        }),
    )
}
