//! Who may change breakers, and how they prove it.

use std::fmt;
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use subtle::{Choice, ConstantTimeEq};

/// The fewest bytes of a token: what nobody guesses in a lifetime of requests, if they are random.
const FEWEST: usize = 16;

/// An operator who cannot be one. Names the operator, and never the token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("operator {operator:?}: {rule}")]
pub struct OperatorError {
    operator: String,
    rule: &'static str,
}

impl OperatorError {
    /// The operator's name.
    pub fn operator(&self) -> &str {
        &self.operator
    }
}

/// Those who may change breakers.
#[derive(Clone, Default)]
pub(super) struct Operators(Vec<Operator>);

#[derive(Clone)]
struct Operator {
    name: Arc<str>,
    token: Box<str>,
}

impl fmt::Debug for Operators {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|operator| &operator.name)).finish()
    }
}

impl Operators {
    pub(super) fn add(&mut self, name: &str, token: &str) -> Result<(), OperatorError> {
        let fault = |rule| Err(OperatorError { operator: name.to_owned(), rule });
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            return fault("a name is some text on one line, since events say who it was");
        }
        if token.len() < FEWEST {
            return fault("the token must have at least 16 bytes, or it is guessed");
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return fault(
                "the token must be of visible ASCII characters, as it is to be sent in a header",
            );
        }
        if self.0.iter().any(|other| *other.token == *token && *other.name != *name) {
            return fault("the token is another operator's already, and events say who it was");
        }
        self.0.push(Operator { name: name.into(), token: token.into() });
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whose token the request bears. How long it takes tells nothing but the token's length.
    pub(super) fn authorized(&self, headers: &HeaderMap) -> Option<Arc<str>> {
        let given = bearer(headers)?;
        let mut found = None;
        for operator in &self.0 {
            let is_equal: Choice = operator.token.as_bytes().ct_eq(given);
            // All of them are compared.
            if bool::from(is_equal) {
                found = Some(Arc::clone(&operator.name));
            }
        }
        found
    }
}

fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.as_bytes().split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "of-sixteen-bytes-and-more";

    fn sent(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, value.parse().expect("a header"));
        headers
    }

    #[test]
    fn an_operator_is_known_by_the_whole_token_alone() {
        let mut operators = Operators::default();
        operators.add("alice", TOKEN).expect("valid");
        operators.add("bob", "another-token-of-bobs").expect("valid");
        let who = |value: &str| operators.authorized(&sent(value));
        assert_eq!(who(&format!("Bearer {TOKEN}")).as_deref(), Some("alice"));
        assert_eq!(who(&format!("bearer  {TOKEN} ")).as_deref(), Some("alice"));
        assert_eq!(who("Bearer another-token-of-bobs").as_deref(), Some("bob"));
        for wrong in [
            "",
            "Bearer",
            "Bearer ",
            TOKEN,
            &format!("Basic {TOKEN}"),
            "Bearer of-sixteen-bytes-and-mor",
        ] {
            assert_eq!(who(wrong), None, "{wrong}");
        }
        assert_eq!(operators.authorized(&HeaderMap::new()), None);
    }

    #[test]
    fn what_is_no_token_or_not_one_persons_is_refused_with_the_name_and_without_the_token() {
        let mut operators = Operators::default();
        operators.add("alice", TOKEN).expect("valid");
        operators.add("alice", "the-one-after-rotation").expect("a second one");
        let faults = [
            ("", TOKEN),
            ("bob", ""),
            ("bob", "too-short"),
            ("bob", "with a space in between"),
            ("bob", TOKEN),
        ];
        for (name, token) in faults {
            let error = operators.add(name, token).expect_err(token);
            assert_eq!(error.operator(), name);
            assert!(token.is_empty() || !format!("{error} {error:?}").contains(token), "{error}");
        }
        assert_eq!(format!("{operators:?}"), r#"["alice", "alice"]"#);
    }
}
