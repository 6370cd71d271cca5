fn load(id: u64) -> Result<Customer, ApiError> {
    use ::circuit_runtime::private as __circuit;
    static __SITE: __circuit::Site = __circuit::site!(
        __SITE : declare("api").threshold({ let value : ::core::primitive::u32 = LIMIT;
        ::core::assert!(value >= 1 && value <= 4294967295u32,
        "`threshold` must be at least 1 and at most 4294967295"); value })
        .window(::core::time::Duration::new(120, 0)).failure_rate({ let value :
        ::core::primitive::f64 = RATE; ::core::assert!(value > 0.0 && value <= 1.0,
        "`failure_rate` must be more than 0 and at most 1"); value }).minimum_calls(20)
        .slow_call({ let value : ::core::time::Duration = SLOW; ::core::assert!(value
        .as_nanos() >= 1u128 && value.as_nanos() <= 86400000000000u128,
        "`slow_call` must be longer than zero and at most 1 day"); value }).jitter(1.0)
        .on_cancel(__circuit::OnCancel::Failure)
    );
    __circuit::run(
        &__SITE,
        #[allow(clippy::result_large_err)]
        move || -> Result<Customer, ApiError> {
            __circuit::capture!(id);
            #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
            let __ret: Result<Customer, ApiError> = { get(id) };
            #[allow(unreachable_code)] __ret
        },
        __circuit::outcome!(Result < Customer, ApiError >),
    )
}
