fn load(id: u64) -> impl Future<Output = Result<u8, ApiError>> {
    use ::circuit_runtime::private as __circuit;
    static __SITE: __circuit::Site = __circuit::site!(__SITE : declare("api"));
    __circuit::defer(
        &__SITE,
        __circuit::construct(
            #[allow(clippy::result_large_err)]
            move || -> _ {
                __circuit::capture!(id);
                #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
                let __ret: _ = { get(id) };
                #[allow(unreachable_code)] __ret
            },
        ),
        || __circuit::value(
            (
                __circuit::reading!(Result < u8, ApiError >),
                __circuit::reject!(
                    Result < u8, ApiError >, function ApiError::unavailable
                ),
            ),
            |__error| __circuit::evidence!(__error),
            __circuit::accept,
        ),
    )
}
