fn update(db: &Connection) -> Result<(), DbError> {
    use ::circuit_runtime::private as __circuit;
    static __SITE: __circuit::Site = __circuit::site!(__SITE : declare("db"));
    __circuit::run(
        &__SITE,
        #[allow(clippy::result_large_err)]
        move || -> Result<(), DbError> {
            __circuit::capture!(db);
            #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
            let __ret: Result<(), DbError> = { db.execute() };
            #[allow(unreachable_code)] __ret
        },
        __circuit::value(
            __circuit::returning!(Result < (), DbError >),
            |__error| {
                static __SOUGHT: [__circuit::Sought; 2usize] = [
                    __circuit::Sought::new("io::Error", "ignored"),
                    __circuit::Sought::new("ValidationError", "excluded"),
                ];
                let __evidence = __circuit::searched!(__error, __SOUGHT);
                if __circuit::found!(
                    __error, __evidence, __SOUGHT[0usize], io::Error, | e : & io::Error |
                    e.kind() == Interrupted
                ) {
                    __evidence.ignored()
                } else if __circuit::found!(
                    __error, __evidence, __SOUGHT[1usize], ValidationError, | _ | true
                )
                    || __circuit::is_match(
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
            __circuit::accept,
        ),
    )
}
