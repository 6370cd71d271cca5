//! What a failure said, kept without an allocation.

use std::fmt::{self, Display, Write};

use super::quietly::quietly;

/// The most bytes of a message that are kept, with what stands for the rest of it.
const MOST: usize = 200;
const ELLIPSIS: &str = "…";
const LONGEST: usize = MOST - ELLIPSIS.len();

/// A message on one line, cut to [`MOST`] bytes.
#[derive(Clone, Copy)]
pub(super) struct Text {
    length: usize,
    bytes: [u8; MOST],
}

impl Text {
    pub(super) const EMPTY: Self = Self { length: 0, bytes: [0; MOST] };

    /// A `Display` that panics costs the caller nothing but its text.
    pub(super) fn of(message: &impl Display) -> Self {
        let mut text = Self::EMPTY;
        match quietly(|| write!(text, "{message}")) {
            Some(Ok(())) => {}
            // Either the bound was reached, or the message's own `Display` gave up.
            Some(Err(fmt::Error)) => text.push(ELLIPSIS),
            None => {
                text = Self::EMPTY;
                text.push("(its Display panicked)");
            }
        }
        text
    }

    pub(super) fn as_str(&self) -> &str {
        // Only whole characters were pushed.
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }

    /// For what is known to fit.
    fn push(&mut self, piece: &str) {
        let end = self.length + piece.len();
        self.bytes[self.length..end].copy_from_slice(piece.as_bytes());
        self.length = end;
    }
}

impl Write for Text {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        if self.length + piece.len() <= LONGEST && !piece.contains(char::is_control) {
            self.push(piece);
            return Ok(());
        }
        piece.chars().try_for_each(|character| self.write_char(character))
    }

    fn write_char(&mut self, character: char) -> fmt::Result {
        let character = if character.is_control() { ' ' } else { character };
        if self.length + character.len_utf8() > LONGEST {
            return Err(fmt::Error);
        }
        self.push(character.encode_utf8(&mut [0; 4]));
        Ok(())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(message: &dyn Display) -> String {
        Text::of(&message).as_str().to_owned()
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let long = "é".repeat(300);
        let cut = text_of(&long);
        assert_eq!(cut.chars().filter(|&c| c == 'é').count(), 98);
        assert!(cut.ends_with('…') && cut.len() <= 200);
        assert_eq!(text_of(&"two\nlines"), "two lines");
        assert_eq!(text_of(&"short"), "short");
        assert_eq!(format!("{:?}", Text::of(&"short")), "\"short\"");
    }

    #[test]
    fn a_message_in_pieces_is_cut_where_their_sum_is_too_long() {
        let (half, rest) = ("a".repeat(LONGEST / 2), "b".repeat(LONGEST - LONGEST / 2));
        assert_eq!(text_of(&format_args!("{half}{rest}")), format!("{half}{rest}"));
        assert_eq!(text_of(&format_args!("{half}{rest}c")), format!("{half}{rest}…"));
        assert_eq!(text_of(&format_args!("{half}c{rest}")), format!("{half}c{}…", &rest[1..]));
    }

    #[test]
    fn a_message_with_control_characters_is_cut_where_it_is_too_long_too() {
        let lines = "a\n".repeat(LONGEST);
        let cut = text_of(&lines);
        assert_eq!(cut, format!("{}…", &"a ".repeat(LONGEST)[..LONGEST]));
    }

    struct Rude;

    impl Display for Rude {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("begun")?;
            panic!("no manners")
        }
    }

    struct Tired;

    impl Display for Tired {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("begun")?;
            Err(fmt::Error)
        }
    }

    #[test]
    fn a_display_that_panics_or_gives_up_is_survived() {
        assert_eq!(text_of(&Rude), "(its Display panicked)");
        assert_eq!(text_of(&Tired), "begun…");
    }
}
