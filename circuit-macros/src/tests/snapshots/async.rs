async fn load(&self, mut id: u64) -> Result<Customer, ApiError> {
    static __CIRCUIT_SITE: ::circuit_runtime::private::Site = ::circuit_runtime::private::site!(
        __CIRCUIT_SITE : declare("api").ttl(::core::time::Duration::new(0u64,
        500000000u32))
    );
    ::circuit_runtime::private::defer(
            &__CIRCUIT_SITE,
            async move {
                if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                    Result<Customer, ApiError>,
                > {
                    return __ret;
                }
                ::circuit_runtime::private::capture!(id, self);
                #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
                let __ret: Result<Customer, ApiError> = {
                    id += 1;
                    self.get(id).await
                };
                #[allow(unreachable_code)] __ret
            },
            ::circuit_runtime::private::value(
                ::circuit_runtime::private::reading!(Result < Customer, ApiError >),
                |__error| ::circuit_runtime::private::evidence!(__error),
                ::circuit_runtime::private::accept,
                ::circuit_runtime::private::reject!(Result < Customer, ApiError >),
            ),
        )
        .await
}
