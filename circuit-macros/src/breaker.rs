//! `breaker!("name")` and `breaker!("name", settings)`.

use proc_macro2::TokenStream;

use crate::args::{self, Place};
use crate::expand::site;

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    match args::parse(input, Place::Breaker) {
        Ok(args) => {
            let site = site(&args, args.settings.is_empty());
            hygienic!({ #site __SITE.breaker() })
        }
        Err(error) => {
            // Of the type that was asked for, so that nothing but the mistake itself is reported.
            let error = error.to_compile_error();
            hygienic! {
                {
                    #error
                    ::circuit_runtime::private::no_breaker()
                }
            }
        }
    }
}
