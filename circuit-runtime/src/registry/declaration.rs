//! One attribute, or one `breaker!`.

use std::fmt;

use crate::breaker::Settings;

/// A place in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    file: &'static str,
    line: u32,
    column: u32,
}

impl Place {
    #[doc(hidden)]
    pub const fn new(file: &'static str, line: u32, column: u32) -> Self {
        Self { file, line, column }
    }

    /// The file, as `file!()` names it.
    pub const fn file(&self) -> &'static str {
        self.file
    }

    /// The line, from 1.
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// The column, from 1.
    pub const fn column(&self) -> u32 {
        self.column
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One attribute `#[circuit_breaker(..)]`, or one `breaker!(..)`. All of a program's are known before its first
/// call: [`Registry::declarations`](crate::Registry::declarations).
///
/// ```
/// use circuit_runtime::{breaker, registry};
///
/// fn never_called() {
///     breaker!("declared/here", threshold = 3).close();
/// }
///
/// let declared = registry().declarations().find(|known| known.name() == "declared/here").unwrap();
/// println!("{} at {}: {}", declared.name(), declared.place(), declared.settings());
/// assert_eq!(declared.settings().get_threshold(), 3);
/// ```
#[derive(Debug)]
pub struct Declaration {
    name: &'static str,
    place: Place,
    settings: Settings,
    is_reference: bool,
}

impl Declaration {
    pub(crate) const fn new(name: &'static str, place: Place, settings: Settings) -> Self {
        Self { name, place, settings, is_reference: false }
    }

    pub(crate) const fn reference(name: &'static str, place: Place) -> Self {
        Self { name, place, settings: Settings::new(), is_reference: true }
    }

    /// The breaker's name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Where it stands in the source.
    pub const fn place(&self) -> Place {
        self.place
    }

    /// The settings it gives; those it does not give are another declaration's, or the defaults.
    pub const fn settings(&self) -> Settings {
        self.settings
    }

    /// Whether it only refers to a breaker that is declared elsewhere: `breaker!("name")`.
    pub const fn is_reference(&self) -> bool {
        self.is_reference
    }
}

/// What `inventory` collects from all over the program.
pub struct Declared(pub(crate) &'static Declaration);

inventory::collect!(Declared);
