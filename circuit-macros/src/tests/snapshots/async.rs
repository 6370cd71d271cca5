async fn load(&self, mut id: u64) -> Result<Customer, ApiError> {
    static __CIRCUIT_SITE: ::circuit_runtime::private::Site = ::circuit_runtime::private::Site::declare(
        "api",
        ::circuit_runtime::private::here!(),
        ::circuit_runtime::private::Settings::new()
            .ttl(::core::time::Duration::new(0u64, 500000000u32)),
    );
    ::circuit_runtime::private::inventory::submit!(__CIRCUIT_SITE.declared());
    ::circuit_runtime::private::defer(
            &__CIRCUIT_SITE,
            async move {
                if let ::core::option::Option::Some(ret) = ::core::option::Option::None::<
                    Result<Customer, ApiError>,
                > {
                    return ret;
                }
                ::circuit_runtime::private::capture!(id, self);
                #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
                let ret: Result<Customer, ApiError> = {
                    id += 1;
                    self.get(id).await
                };
                #[allow(unreachable_code)] ret
            },
            ::circuit_runtime::private::reading!(Result < Customer, ApiError >),
            |error| ::circuit_runtime::private::evidence!(error),
            ::circuit_runtime::private::accept,
            |rejected| <Result<
                Customer,
                ApiError,
            > as ::circuit_runtime::private::FromRejection>::from_rejection(rejected),
        )
        .await
}
