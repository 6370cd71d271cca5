//! The line on the function's page that says which breaker guards it.

use proc_macro2::TokenStream;
use syn::Visibility;

use crate::item::Function;

/// Seen by rustdoc alone, so that an undocumented function is still reported as such. A function that cannot be public
/// by itself, as in the implementation of a trait, has no page of its own unless it is documented: with a line of this
/// one, it would no longer show the trait's.
pub(crate) fn guarded_by(name: &str, function: &Function) -> TokenStream {
    let is_documented = function.attrs.iter().any(|attr| attr.path().is_ident("doc"));
    if !is_documented && matches!(function.vis, Visibility::Inherited) {
        return TokenStream::new();
    }
    let line = format!("Guarded by the circuit breaker {}.", code(name));
    // The empty line makes a paragraph of its own.
    hygienic!(#[cfg_attr(doc, doc = "", doc = #line)])
}

/// Markdown's code span, fenced by more backticks than there are in `text`.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    if longest == 0 {
        return format!("`{text}`");
    }
    let fence = "`".repeat(longest + 1);
    format!("{fence} {text} {fence}")
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn a_name_with_backticks_stays_whole() {
        assert_eq!(code("db"), "`db`");
        assert_eq!(code("a`b``c"), "``` a`b``c ```");
    }
}
