async fn rows(db: &Db) -> Result<impl Iterator<Item = Result<Row, DbError>>, DbError> {
    static __CIRCUIT_SITE: ::circuit_runtime::private::Site = ::circuit_runtime::private::site!(
        __CIRCUIT_SITE : declare("db")
    );
    ::circuit_runtime::private::defer(
            &__CIRCUIT_SITE,
            async move {
                if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                    Result<_, DbError>,
                > {
                    return __ret;
                }
                ::circuit_runtime::private::capture!(db);
                #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
                let __ret: Result<_, DbError> = { db.rows().await };
                #[allow(unreachable_code)] __ret
            },
            ::circuit_runtime::private::try_items(
                ::circuit_runtime::private::reading!(Result < _, DbError >),
                |__error| ::circuit_runtime::private::evidence!(__error),
                ::circuit_runtime::private::reject!(Result < _, DbError >),
                ::circuit_runtime::private::items(
                    ::circuit_runtime::private::reading!(Result < Row, DbError >)
                        .failing_as(
                            ::circuit_runtime::private::reading!(Result < (), DbError >),
                        ),
                    |__error| ::circuit_runtime::private::evidence!(__error),
                    ::circuit_runtime::private::accept,
                    ::circuit_runtime::private::Admitted,
                    ::core::convert::identity,
                ),
            ),
        )
        .await
}
