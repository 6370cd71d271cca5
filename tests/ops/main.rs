//! What the people on call see, and what they may change.

#![allow(missing_docs, reason = "tests")]

mod changes;
mod cost;
mod json;
mod page;
mod streams;
mod support;
