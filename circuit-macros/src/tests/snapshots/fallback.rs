fn load(&self, __circuit_arg1: (u64, u64)) -> Customer {
    use ::circuit_runtime::private as __circuit;
    static __SITE: __circuit::Site = __circuit::site!(__SITE : declare("api"));
    match __circuit::Entry::enter(&__SITE) {
        ::core::result::Result::Ok(__permit) => {
            __circuit::run(
                __permit,
                #[allow(clippy::result_large_err)]
                move || -> Customer {
                    __circuit::capture!(__circuit_arg1, self);
                    let (a, b) = __circuit_arg1;
                    #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
                    let __ret: Customer = { self.get(a + b) };
                    #[allow(unreachable_code)] __ret
                },
                __circuit::value(
                    (__circuit::reading!(Customer), __circuit::Admitted),
                    |__error| __circuit::evidence!(__error),
                    __circuit::accept,
                ),
            )
        }
        ::core::result::Result::Err(_) => {
            #[allow(clippy::used_underscore_binding)]
            __circuit::fallback!(
                to_answer, Self::cached, (self, __circuit_arg1) -> Customer
            )
        }
    }
}
