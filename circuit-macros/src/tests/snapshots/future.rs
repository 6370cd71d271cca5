fn load(id: u64) -> impl Future<Output = Result<u8, ApiError>> {
    static __CIRCUIT_SITE: ::circuit_runtime::private::Site = ::circuit_runtime::private::site!(
        __CIRCUIT_SITE : declare("api")
    );
    ::circuit_runtime::private::defer(
        &__CIRCUIT_SITE,
        ::circuit_runtime::private::construct(move || -> _ {
            ::circuit_runtime::private::capture!(id);
            #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
            let __ret: _ = { get(id) };
            #[allow(unreachable_code)] __ret
        }),
        ::circuit_runtime::private::value(
            ::circuit_runtime::private::reading!(Result < u8, ApiError >),
            |__error| ::circuit_runtime::private::evidence!(__error),
            ::circuit_runtime::private::accept,
            ::circuit_runtime::private::reject!(
                Result < u8, ApiError >, function ApiError::unavailable
            ),
        ),
    )
}
