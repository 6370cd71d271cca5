//! Tokens that cannot be mistaken for the user's.

/// As `quote!`, with the names of locals invisible to the user's tokens, and theirs to these. `quote!` itself gives
/// every name the span of the call, as if the user had written it.
macro_rules! hygienic {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*)
    };
}
