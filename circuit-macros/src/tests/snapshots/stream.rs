fn rows(db: &Db) -> impl Stream<Item = Result<Row, DbError>> {
    use ::circuit_runtime::private as __circuit;
    static __SITE: __circuit::Site = __circuit::site!(__SITE : declare("db"));
    __circuit::stream(
        &__SITE,
        __circuit::construct(
            #[allow(clippy::result_large_err)]
            move || -> _ {
                __circuit::capture!(db);
                #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
                let __ret: _ = { db.rows() };
                #[allow(unreachable_code)] __ret
            },
        ),
        __circuit::items(
            __circuit::returning!(Result < Row, DbError >),
            |__error| __circuit::evidence!(__error),
            __circuit::accept,
            ::core::convert::identity,
        ),
    )
}
