fn load(id: u64) -> impl Future<Output = Result<u8, ApiError>> {
    static __CIRCUIT_SITE: ::circuit_runtime::private::Site = ::circuit_runtime::private::Site::declare(
        "api",
        ::circuit_runtime::private::here!(),
        ::circuit_runtime::private::Settings::new(),
    );
    ::circuit_runtime::private::inventory::submit!(__CIRCUIT_SITE.declared());
    ::circuit_runtime::private::defer(
        &__CIRCUIT_SITE,
        ::circuit_runtime::private::construct(move || -> _ {
            ::circuit_runtime::private::capture!(id);
            #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
            let ret: _ = { get(id) };
            #[allow(unreachable_code)] ret
        }),
        ::circuit_runtime::private::reading!(Result < u8, ApiError >),
        |error| ::circuit_runtime::private::evidence!(error),
        ::circuit_runtime::private::accept,
        |rejected| <Result<
            u8,
            ApiError,
        > as ::circuit_runtime::private::RejectedBy>::reject_by(
            ApiError::unavailable,
            rejected,
        ),
    )
}
