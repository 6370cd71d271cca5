//! Telling a breaker how a call ended.

use std::any::{Any, TypeId};
use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Display};

use super::verdict::{BoxError, Verdict};
use crate::breaker::{Clues, Inside, Message, OwnedPermit, Reason, Rejected, walk};

/// Why a call failed, if it did.
pub(super) enum Why<'e> {
    /// It returned an error that can be looked into.
    Error(&'e (dyn Error + 'static)),
    /// It returned an error of which no more is known than its type, and what it says.
    Opaque { error: &'e dyn Any, own_type: TypeId, text: &'e dyn Display },
    /// It returned a response of which this is to be said.
    Response(&'e dyn Fn() -> Cow<'static, str>),
}

impl<'e> Why<'e> {
    /// An error of any type; into some of them can be looked.
    pub(super) fn any<E: Display + 'static>(error: &'e E) -> Self {
        let own: &dyn Any = error;
        if let Some(error) = own.downcast_ref::<BoxError>() {
            return Self::Error(&**error);
        }
        #[cfg(feature = "reqwest-middleware")]
        if let Some(error) = own.downcast_ref::<::reqwest::Error>() {
            return Self::Error(error);
        }
        Self::Opaque { error: own, own_type: TypeId::of::<E>(), text: error }
    }

    fn clues(&self) -> Option<Clues<'_>> {
        match *self {
            Self::Error(error) => {
                let own_type = TypeId::of::<()>();
                Some(Clues { own_type, own: None, inside: Inside::Dyn(error) })
            }
            Self::Opaque { error, own_type, .. } => {
                Some(Clues { own_type, own: Some(error), inside: Inside::Nothing })
            }
            Self::Response(_) => None,
        }
    }
}

impl Display for Why<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => write_chain(*error, f),
            Self::Opaque { text, .. } => text.fmt(f),
            Self::Response(describe) => f.write_str(&describe()),
        }
    }
}

/// What an error says, and what those say that it came from: `client error (Connect): tcp connect error: Connection refused`.
/// Clients say of an error only where it came up.
fn write_chain(error: &(dyn Error + 'static), f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut said = String::new();
    walk(error, &mut |error| {
        let says = without_url(error);
        // Some say what lies behind them as well.
        if !said.contains(&says) {
            let colon = if said.is_empty() { "" } else { ": " };
            said.extend([colon, &says]);
        }
        false
    });
    f.write_str(&said)
}

/// What one says, without the URL: nobody wants the query's secrets in a log, and which service it was, the breaker says.
#[cfg(feature = "reqwest-middleware")]
fn without_url(error: &(dyn Error + 'static)) -> String {
    let of_client = error.downcast_ref::<::reqwest::Error>().and_then(::reqwest::Error::url);
    let of_middleware = || error.downcast_ref::<reqwest_middleware::Error>()?.url();
    let says = error.to_string();
    match of_client.or_else(of_middleware) {
        Some(url) => {
            says.replace(&format!(" for url ({url})"), "").replace(url.as_str(), "its URL")
        }
        None => says,
    }
}

#[cfg(not(feature = "reqwest-middleware"))]
fn without_url(error: &(dyn Error + 'static)) -> String {
    error.to_string()
}

impl OwnedPermit {
    /// The call ended so; `why` is looked at only if it failed.
    pub(super) fn end(mut self, verdict: Verdict, why: &Why<'_>) {
        let permit = self.take();
        let retry_after = match verdict {
            Verdict::Success => return permit.success(),
            Verdict::Excluded => return permit.excluded(),
            Verdict::Ignored => return permit.ignore(),
            Verdict::Failure => None,
            Verdict::Unavailable { retry_after } => Some(retry_after),
        };
        if let Some(clues) = why.clues() {
            // A breaker further in has refused: nobody has asked the dependency.
            if clues.find_error::<Rejected>(&|_| true) {
                return permit.ignore();
            }
            if permit.breaker().excludes(&clues) {
                return permit.excluded();
            }
        }
        match retry_after {
            Some(wait) => permit.unavailable(why, wait),
            None => permit.failed(Reason::Error(Message::Display(why)), &Vec::new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Says(&'static str, #[source] Option<Box<Says>>);

    #[test]
    fn what_an_error_came_from_is_said_once() {
        let inner = Says("Connection refused", None);
        let middle = Says("tcp connect error", Some(Box::new(inner)));
        let outer = Says("client error (Connect)", Some(Box::new(middle)));
        let said = Why::Error(&outer).to_string();
        assert_eq!(said, "client error (Connect): tcp connect error: Connection refused");
        let inner = Says("refused", None);
        let outer = Says("cannot connect: refused", Some(Box::new(inner)));
        assert_eq!(Why::Error(&outer).to_string(), "cannot connect: refused");
    }
}
