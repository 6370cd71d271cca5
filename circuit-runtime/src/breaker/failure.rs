//! What a failed call had to say, kept short and taken without risk.

use std::fmt::{self, Debug, Display, Write};
use std::time::Duration;

use super::quietly::quietly;

/// In which way a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// It returned an error that counts.
    Error,
    /// It returned a value for which `failure_if` is true.
    Value,
    /// It returned a value or an excluded error, or was cancelled, after longer than `slow_call`.
    Slow,
    /// It panicked.
    Panic,
    /// It was dropped before an outcome, where `on_cancel = failure`.
    Cancelled,
}

/// A counted failure, as listeners see it. `Display` prints what the error said.
#[derive(Clone, Copy)]
pub struct Failure<'a> {
    reason: Reason<'a>,
}

impl<'a> Failure<'a> {
    pub(crate) fn new(reason: Reason<'a>) -> Self {
        Self { reason }
    }

    /// In which way the call failed.
    pub fn kind(&self) -> FailureKind {
        match self.reason {
            Reason::Error(_) => FailureKind::Error,
            Reason::Value => FailureKind::Value,
            Reason::Slow(_) => FailureKind::Slow,
            Reason::Panic => FailureKind::Panic,
            Reason::Cancelled => FailureKind::Cancelled,
        }
    }
}

impl Display for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason {
            Reason::Error(Message::Display(error)) => Display::fmt(error, f),
            Reason::Error(Message::Debug(error)) => Debug::fmt(error, f),
            Reason::Error(Message::Type(name)) => f.write_str(name),
            Reason::Value => f.write_str("a value that `failure_if` refuses"),
            Reason::Slow(Slow { taken, limit }) => {
                write!(f, "took {taken:?}, longer than {limit:?}")
            }
            Reason::Panic => f.write_str("panicked"),
            Reason::Cancelled => f.write_str("cancelled"),
        }
    }
}

impl Debug for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Failure").field(&format_args!("{self}")).finish()
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Reason<'a> {
    Error(Message<'a>),
    Value,
    Slow(Slow),
    Panic,
    Cancelled,
}

/// How long a call took, and what it should have taken at most.
#[derive(Clone, Copy)]
pub(crate) struct Slow {
    pub(crate) taken: Duration,
    pub(crate) limit: Duration,
}

/// The best that an error's type offers to print it with.
#[derive(Clone, Copy)]
pub enum Message<'a> {
    /// Most errors.
    Display(&'a dyn Display),
    /// Where there is no `Display`.
    Debug(&'a dyn Debug),
    /// Where there is neither: the name of the type.
    Type(&'static str),
}

/// What stands for the rest of a message.
const ELLIPSIS: &str = "…";
/// The most bytes of a message that are kept, with the ellipsis 200.
const LONGEST: usize = 200 - ELLIPSIS.len();

/// The failure's text on one line, cut to [`LONGEST`] bytes. A `Display` that panics costs the caller nothing but its
/// text.
pub(super) fn text(failure: &Failure<'_>) -> String {
    let mut text = Bounded(String::new());
    let written = quietly(|| write!(text, "{failure}"));
    let text = text.0.replace(char::is_control, " ");
    match written {
        Some(Ok(())) => text,
        // Either the bound was reached, or the error's own `Display` gave up.
        Some(Err(fmt::Error)) => text + ELLIPSIS,
        None => "(its Display panicked)".to_owned(),
    }
}

struct Bounded(String);

impl Write for Bounded {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let room = LONGEST - self.0.len();
        if piece.len() <= room {
            self.0.push_str(piece);
            return Ok(());
        }
        let end = (0..=room).rev().find(|&end| piece.is_char_boundary(end)).unwrap_or(0);
        self.0.push_str(&piece[..end]);
        Err(fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(message: &dyn Display) -> String {
        text(&Failure::new(Reason::Error(Message::Display(message))))
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let long = "é".repeat(300);
        let cut = text_of(&long);
        assert_eq!(cut.chars().filter(|&c| c == 'é').count(), 98);
        assert!(cut.ends_with('…') && cut.len() <= 200);
        assert_eq!(text_of(&"two\nlines"), "two lines");
        assert_eq!(text_of(&"short"), "short");
        let refused = Failure::new(Reason::Value);
        assert_eq!(format!("{refused:?}"), "Failure(a value that `failure_if` refuses)");
    }

    #[test]
    fn a_message_in_pieces_is_cut_where_their_sum_is_too_long() {
        let (half, rest) = ("a".repeat(LONGEST / 2), "b".repeat(LONGEST - LONGEST / 2));
        assert_eq!(text_of(&format_args!("{half}{rest}")), format!("{half}{rest}"));
        assert_eq!(text_of(&format_args!("{half}{rest}c")), format!("{half}{rest}…"));
        assert_eq!(text_of(&format_args!("{half}c{rest}")), format!("{half}c{}…", &rest[1..]));
    }

    #[test]
    fn a_display_that_panics_is_survived() {
        struct Rude;
        impl Display for Rude {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                panic!("no manners")
            }
        }
        assert_eq!(text_of(&Rude), "(its Display panicked)");
    }
}
