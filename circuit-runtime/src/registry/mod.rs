//! Every breaker of the program, by name.

mod book;
mod configuration;
mod configured;
mod contradictions;
#[cfg(feature = "test-util")]
mod current;
mod declaration;
mod group;
mod group_settings;
mod grouping;
mod installing;
mod known;
mod member;
#[cfg(feature = "serde")]
mod overrides;
mod problem;
mod registering;
mod table;

pub use book::{Registry, registry};
pub use configuration::{Configuration, configure};
pub use declaration::{Declaration, Place};
pub use group::Group;
pub use group_settings::GroupSettings;
#[cfg(feature = "serde")]
pub use overrides::Overrides;
pub use problem::{Problem, RegistryError};

#[cfg(feature = "test-util")]
pub(crate) use current::{Current, isolated};
pub(crate) use declaration::Declared;
