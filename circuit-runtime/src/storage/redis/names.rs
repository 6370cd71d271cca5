//! What is called how in the server.

use std::sync::Arc;

/// The names of keys and of the channel.
#[derive(Clone, Debug)]
pub(super) struct Names {
    pub(super) prefix: Arc<str>,
    /// Keys lie in one database; a channel is heard in all of them.
    pub(super) database: i64,
}

impl Names {
    pub(super) fn key(&self, breaker: &str) -> String {
        format!("{}:{{{breaker}}}", self.prefix)
    }

    pub(super) fn channel(&self) -> String {
        match self.database {
            0 => format!("{}:words", self.prefix),
            database => format!("{}:words:{database}", self.prefix),
        }
    }
}
