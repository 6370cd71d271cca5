fn load(&self, __circuit_arg1: (u64, u64)) -> Customer {
    static __CIRCUIT_SITE: ::circuit_runtime::private::Site = ::circuit_runtime::private::site!(
        __CIRCUIT_SITE : declare("api")
    );
    match ::circuit_runtime::private::Entry::enter(&__CIRCUIT_SITE) {
        ::core::result::Result::Ok(__permit) => {
            ::circuit_runtime::private::run(
                __permit,
                move || -> Customer {
                    ::circuit_runtime::private::capture!(__circuit_arg1, self);
                    let (a, b) = __circuit_arg1;
                    #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
                    let __ret: Customer = { self.get(a + b) };
                    #[allow(unreachable_code)] __ret
                },
                ::circuit_runtime::private::value(
                    ::circuit_runtime::private::reading!(Customer),
                    |__error| ::circuit_runtime::private::evidence!(__error),
                    ::circuit_runtime::private::accept,
                    ::circuit_runtime::private::Admitted,
                ),
            )
        }
        ::core::result::Result::Err(_) => {
            #[allow(clippy::used_underscore_binding)]
            ::circuit_runtime::private::fallback!(
                to_answer, Self::cached, (self, __circuit_arg1) -> Customer
            )
        }
    }
}
