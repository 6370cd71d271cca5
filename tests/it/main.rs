//! What is promised, a file per promise.

mod smoke;
