fn load<'a>(
    &'a self,
) -> Pin<Box<dyn Future<Output = Result<u8, ApiError>> + Send + 'a>> {
    static __CIRCUIT_SITE: ::circuit_runtime::private::Site = ::circuit_runtime::private::Site::declare(
        "api",
        ::circuit_runtime::private::here!(),
        ::circuit_runtime::private::Settings::new(),
    );
    ::circuit_runtime::private::inventory::submit!(__CIRCUIT_SITE.declared());
    Box::pin(
        ::circuit_runtime::private::defer(
            &__CIRCUIT_SITE,
            async move {
                let __self = self;
                __self.get().await
            },
            ::circuit_runtime::private::reading!(Result < u8, ApiError >),
            |error| ::circuit_runtime::private::evidence!(borrowed error),
            ::circuit_runtime::private::accept,
            |rejected| <Result<
                u8,
                ApiError,
            > as ::circuit_runtime::private::FromRejection>::from_rejection(rejected),
        ),
    )
}
