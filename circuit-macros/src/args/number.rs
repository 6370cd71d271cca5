//! Counts.

use syn::{Expr, ExprLit, ExprUnary, Lit, UnOp};

use super::Key;

/// Checks a literal. What the path of a constant is worth, the compiler will say.
pub(super) fn check(key: Key, value: &Expr) -> syn::Result<()> {
    let most = key.most_text();
    let error = |message: String| Err(syn::Error::new_spanned(value, message));
    match value {
        Expr::Lit(ExprLit { lit: Lit::Int(literal), .. }) => {
            if !matches!(literal.suffix(), "" | "u32") {
                let suffix = literal.suffix();
                return error(format!("`{key}` is a `u32`: leave out the suffix `{suffix}`"));
            }
            match literal.base10_parse::<u128>() {
                Ok(0) => error(format!("`{key}` must be at least 1")),
                Ok(number) if key.most().is_none_or(|most| number <= most) => Ok(()),
                _ => error(format!("`{key}` must be at most {most}")),
            }
        }
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), .. }) => {
            error(format!("`{key}` must be at least 1"))
        }
        Expr::Path(_) => Ok(()),
        _ => {
            let example = key.example();
            error(format!(
                "`{key}` is an integer or the path of a `const`: `{example}`; put an expression into a `const`"
            ))
        }
    }
}
