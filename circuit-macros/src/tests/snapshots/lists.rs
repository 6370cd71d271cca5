fn update(db: &Connection) -> Result<(), DbError> {
    static __CIRCUIT_SITE: ::circuit_runtime::private::Site = ::circuit_runtime::private::site!(
        __CIRCUIT_SITE : declare("db")
    );
    ::circuit_runtime::private::run(
        &__CIRCUIT_SITE,
        move || -> Result<(), DbError> {
            ::circuit_runtime::private::capture!(db);
            #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
            let __ret: Result<(), DbError> = { db.execute() };
            #[allow(unreachable_code)] __ret
        },
        ::circuit_runtime::private::value(
            ::circuit_runtime::private::reading!(Result < (), DbError >),
            |__error| {
                static __CIRCUIT_SOUGHT: [::circuit_runtime::private::Sought; 2usize] = [
                    ::circuit_runtime::private::Sought::new("io::Error", "ignored"),
                    ::circuit_runtime::private::Sought::new(
                        "ValidationError",
                        "excluded",
                    ),
                ];
                let __evidence = ::circuit_runtime::private::searched!(
                    __error, __CIRCUIT_SOUGHT
                );
                if ::circuit_runtime::private::found!(
                    __error, __evidence, __CIRCUIT_SOUGHT[0usize], io::Error, | e : &
                    io::Error | e.kind() == Interrupted
                ) {
                    __evidence.ignored()
                } else if ::circuit_runtime::private::found!(
                    __error, __evidence, __CIRCUIT_SOUGHT[1usize], ValidationError, | _ |
                    true
                )
                    || ::circuit_runtime::private::is_match(
                        __error,
                        #[allow(unreachable_patterns, clippy::match_like_matches_macro)]
                        |__error| match __error {
                            DbError::Http(400..=499) => true,
                            _ => false,
                        },
                    )
                {
                    __evidence.excluded()
                } else {
                    __evidence
                }
            },
            ::circuit_runtime::private::accept,
            ::circuit_runtime::private::reject!(Result < (), DbError >),
        ),
    )
}
