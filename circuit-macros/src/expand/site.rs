//! The place's static.

use proc_macro2::TokenStream;

use crate::args::Args;

/// A static in the body, its entry in the program's list of declarations, and the checks of its constants.
pub(crate) fn site(args: &Args, is_reference: bool) -> TokenStream {
    let Args { name, settings, checks, krate, .. } = args;
    let site =
        if is_reference { hygienic!(refer(#name)) } else { hygienic!(declare(#name) #settings) };
    hygienic! {
        static __CIRCUIT_SITE: #krate::private::Site = #krate::private::site!(__CIRCUIT_SITE: #site);
        #checks
    }
}
