//! Monotonic time, in the units the machine counts in.

#[cfg(feature = "test-util")]
mod manual;
mod moment;
mod source;
#[cfg_attr(all(target_os = "linux", target_pointer_width = "64"), path = "system_linux.rs")]
mod system;

#[cfg(feature = "test-util")]
pub use manual::ManualClock;
pub(crate) use moment::Moment;
pub(crate) use source::Clock;
pub(crate) use system::LAG;
