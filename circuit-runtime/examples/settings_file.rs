//! Settings from a TOML file, and over them from environment variables: the layers that a service has anyway.
//!
//! ```sh
//! BREAKERS__BY_NAME__PAYMENTS__TTL=5s cargo run --example settings_file --features serde
//! ```

use std::collections::BTreeMap;
use std::error::Error;

use circuit_runtime::{Mode, Overrides, Rejected, Settings, breaker, circuit_breaker, configure};
use config::{Config, Environment, File, FileFormat};
use serde::Deserialize;

/// Would lie beside the program.
const FILE: &str = r#"
[breakers.defaults]
ttl = "45s"

[breakers.by_name.payments]
threshold = 3
window = "2m"
failure_rate = 0.1

[breakers.modes]
mailer = "shadow"
"#;

#[derive(Deserialize)]
struct ServiceSettings {
    breakers: BreakerSettings,
}

#[derive(Deserialize)]
struct BreakerSettings {
    #[serde(default)]
    defaults: Settings,
    #[serde(default)]
    by_name: Overrides,
    #[serde(default)]
    modes: BTreeMap<String, Mode>,
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[circuit_breaker(name = "payments", threshold = 5, probes = 2)]
fn pay() -> Result<(), Fault> {
    Ok(())
}

#[circuit_breaker(name = "mailer", ttl = 20)]
fn mail() -> Result<(), Fault> {
    Ok(())
}

fn read(environment: Environment) -> Result<BreakerSettings, config::ConfigError> {
    let layers = Config::builder()
        .add_source(File::from_str(FILE, FileFormat::Toml))
        .add_source(environment.separator("__"))
        .build()?;
    Ok(layers.try_deserialize::<ServiceSettings>()?.breakers)
}

fn main() -> Result<(), Box<dyn Error>> {
    let BreakerSettings { defaults, by_name, modes } = read(Environment::default())?;
    configure().defaults(defaults).overrides(by_name).modes(modes).install()?;

    pay()?;
    mail()?;
    for breaker in [breaker!("payments"), breaker!("mailer")] {
        println!("{}: {}, mode {}", breaker.name(), breaker.settings(), breaker.mode());
    }

    println!("\nWhat a slip costs:");
    for (variable, value) in [
        ("BREAKERS__BY_NAME__PAYMENTS__TRESHOLD", "2"),
        ("BREAKERS__BY_NAME__PAYMENTS__TTL", "5 parsecs"),
    ] {
        let slipped = BTreeMap::from([(variable.to_owned(), value.to_owned())]);
        let error = read(Environment::default().source(Some(slipped.into_iter().collect())));
        println!("  {variable}={value}\n    {}", error.err().ok_or("it was read")?);
    }
    let overrides = [("paymets", Settings::new().threshold(2))];
    let error = circuit_runtime::registry().replace_overrides(overrides);
    println!("  [breakers.by_name.paymets]\n    {}", error.err().ok_or("it was taken")?);
    Ok(())
}
