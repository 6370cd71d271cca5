//! What becomes of calls that are dropped.

/// What a call counts as whose permit was dropped before an outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OnCancel {
    /// It is no evidence either way.
    #[default]
    Ignore,
    /// It is a failure: for dependencies that are cancelled only when they hang.
    Failure,
}

impl OnCancel {
    /// `"ignore"` or `"failure"`: as in the attribute.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Failure => "failure",
        }
    }
}
