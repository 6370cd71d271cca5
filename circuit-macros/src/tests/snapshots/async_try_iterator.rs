async fn rows(db: &Db) -> Result<impl Iterator<Item = Result<Row, DbError>>, DbError> {
    use ::circuit_runtime::private as __circuit;
    static __SITE: __circuit::Site = __circuit::site!(__SITE : declare("db"));
    __circuit::begin(
            &__SITE,
            async move {
                if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                    Result<_, DbError>,
                > {
                    return __ret;
                }
                __circuit::capture!(db);
                #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
                let __ret: Result<_, DbError> = { db.rows().await };
                #[allow(unreachable_code)] __ret
            },
            || __circuit::try_items(
                __circuit::returning!(Result < _, DbError >),
                |__error| __circuit::evidence!(__error),
                __circuit::items(
                    (
                        __circuit::reading!(Result < Row, DbError >)
                            .failing_as(__circuit::reading!(Result < (), DbError >)),
                        __circuit::Admitted,
                    ),
                    |__error| __circuit::evidence!(__error),
                    __circuit::accept,
                    ::core::convert::identity,
                ),
            ),
        )
        .await
}
