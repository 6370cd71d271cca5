//! What the people on call see, and what they may change.

#![allow(missing_docs, reason = "tests")]

mod browser;
mod changes;
mod cost;
mod json;
mod live;
mod page;
mod pictures;
mod streams;
mod support;
