fn update(db: &Connection) -> Result<(), DbError> {
    static __CIRCUIT_SITE: ::circuit_runtime::private::Site = ::circuit_runtime::private::Site::declare(
        "db",
        ::circuit_runtime::private::here!(),
        ::circuit_runtime::private::Settings::new(),
    );
    ::circuit_runtime::private::inventory::submit!(__CIRCUIT_SITE.declared());
    match __CIRCUIT_SITE.enter() {
        ::core::result::Result::Ok(permit) => {
            ::circuit_runtime::private::run(
                permit,
                move || -> Result<(), DbError> {
                    ::circuit_runtime::private::capture!(db);
                    #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
                    let ret: Result<(), DbError> = { db.execute() };
                    #[allow(unreachable_code)] ret
                },
                ::circuit_runtime::private::reading!(Result < (), DbError >),
                |error| {
                    static __CIRCUIT_SOUGHT: [::circuit_runtime::private::Sought; 2usize] = [
                        ::circuit_runtime::private::Sought::new("io::Error", "ignored"),
                        ::circuit_runtime::private::Sought::new(
                            "ValidationError",
                            "excluded",
                        ),
                    ];
                    let evidence = ::circuit_runtime::private::evidence!(error)
                        .owning(error, &__CIRCUIT_SOUGHT);
                    if ::circuit_runtime::private::found!(
                        error, evidence, __CIRCUIT_SOUGHT[0usize], io::Error, | e : &
                        io::Error | e.kind() == Interrupted
                    ) {
                        evidence.ignored()
                    } else if ::circuit_runtime::private::found!(
                        error, evidence, __CIRCUIT_SOUGHT[1usize], ValidationError, | _ |
                        true
                    )
                        || {
                            #[allow(
                                unreachable_patterns,
                                clippy::match_like_matches_macro
                            )]
                            match error {
                                DbError::Http(400..=499) => true,
                                _ => false,
                            }
                        }
                    {
                        evidence.excluded()
                    } else {
                        evidence
                    }
                },
                ::circuit_runtime::private::accept,
            )
        }
        ::core::result::Result::Err(rejected) => {
            <Result<
                (),
                DbError,
            > as ::circuit_runtime::private::FromRejection>::from_rejection(rejected)
        }
    }
}
