fn load<'a>(
    &'a self,
) -> Pin<Box<dyn Future<Output = Result<u8, ApiError>> + Send + 'a>> {
    use ::circuit_runtime::private as __circuit;
    static __SITE: __circuit::Site = __circuit::site!(__SITE : declare("api"));
    Box::pin(
        __circuit::defer(
            &__SITE,
            async move {
                if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                    Result<u8, ApiError>,
                > {
                    return __ret;
                }
                let __self = self;
                __self.get().await
            },
            || __circuit::outcome!(borrowed Result < u8, ApiError >),
        ),
    )
}
