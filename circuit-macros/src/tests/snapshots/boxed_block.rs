fn load<'a>(
    &'a self,
) -> Pin<Box<dyn Future<Output = Result<u8, ApiError>> + Send + 'a>> {
    static __CIRCUIT_SITE: ::circuit_runtime::private::Site = ::circuit_runtime::private::site!(
        __CIRCUIT_SITE : declare("api")
    );
    Box::pin(
        ::circuit_runtime::private::defer(
            &__CIRCUIT_SITE,
            async move {
                if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                    Result<u8, ApiError>,
                > {
                    return __ret;
                }
                let __self = self;
                __self.get().await
            },
            ::circuit_runtime::private::value(
                ::circuit_runtime::private::reading!(Result < u8, ApiError >),
                |__error| ::circuit_runtime::private::evidence!(borrowed __error),
                ::circuit_runtime::private::accept,
                ::circuit_runtime::private::reject!(Result < u8, ApiError >),
            ),
        ),
    )
}
