//! Nothing but a test, which knows the runtime only as `facade` hands it on.
