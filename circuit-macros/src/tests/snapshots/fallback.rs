fn load(&self, __circuit_arg1: (u64, u64)) -> Customer {
    static __CIRCUIT_SITE: ::circuit_runtime::private::Site = ::circuit_runtime::private::Site::declare(
        "api",
        ::circuit_runtime::private::here!(),
        ::circuit_runtime::private::Settings::new(),
    );
    ::circuit_runtime::private::inventory::submit!(__CIRCUIT_SITE.declared());
    match __CIRCUIT_SITE.enter() {
        ::core::result::Result::Ok(permit) => {
            ::circuit_runtime::private::run(
                permit,
                move || -> Customer {
                    ::circuit_runtime::private::capture!(__circuit_arg1, self);
                    let (a, b) = __circuit_arg1;
                    #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
                    let ret: Customer = { self.get(a + b) };
                    #[allow(unreachable_code)] ret
                },
                ::circuit_runtime::private::reading!(Customer),
                |error| ::circuit_runtime::private::evidence!(error),
                ::circuit_runtime::private::accept,
            )
        }
        ::core::result::Result::Err(_) => {
            #[allow(clippy::used_underscore_binding)]
            (Self::cached)(self, __circuit_arg1)
        }
    }
}
