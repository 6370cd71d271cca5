async fn load(&self, mut id: u64) -> Result<Customer, ApiError> {
    use ::circuit_runtime::private as __circuit;
    static __SITE: __circuit::Site = __circuit::site!(
        __SITE : declare("api").ttl(::core::time::Duration::new(0, 500000000))
    );
    __circuit::begin(
            &__SITE,
            async move {
                if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                    Result<Customer, ApiError>,
                > {
                    return __ret;
                }
                __circuit::capture!(id, self);
                #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
                let __ret: Result<Customer, ApiError> = {
                    id += 1;
                    self.get(id).await
                };
                #[allow(unreachable_code)] __ret
            },
            || __circuit::outcome!(Result < Customer, ApiError >),
        )
        .await
}
