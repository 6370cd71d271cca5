//! Counts.

use syn::{Expr, ExprLit, ExprUnary, Lit, UnOp};

use super::Key;

/// The value of a literal; `None` for the path of a constant.
pub(super) fn parse(key: Key, value: &Expr) -> syn::Result<Option<u128>> {
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
                Ok(number) if key.most().is_none_or(|most| number <= most) => Ok(Some(number)),
                _ => error(format!("`{key}` must be at most {most}")),
            }
        }
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), .. }) => {
            error(format!("`{key}` must be at least 1"))
        }
        Expr::Path(_) => Ok(None),
        _ => {
            let example = key.example();
            error(format!("`{key}` is an integer or the path of a `const`: `{example}`"))
        }
    }
}
