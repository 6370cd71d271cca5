//! The place's static.

use proc_macro2::TokenStream;

use crate::args::Args;

/// The runtime under a short name, a static in the body, its entry in the program's list of declarations, and the
/// checks of its constants.
pub(crate) fn site(args: &Args, is_reference: bool) -> TokenStream {
    let Args { name, settings, checks, krate, .. } = args;
    let site =
        if is_reference { hygienic!(refer(#name)) } else { hygienic!(declare(#name) #settings) };
    hygienic! {
        use #krate::private as __circuit;
        static __SITE: __circuit::Site = __circuit::site!(__SITE: #site);
        #checks
    }
}
