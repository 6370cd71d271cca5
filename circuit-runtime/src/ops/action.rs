//! What an operator asks for.

use serde_json::{Map, Value};

use crate::breaker::{CircuitBreaker, Mode, Settings, SettingsChange, SettingsError};
use crate::nearest::nearest;

/// The most bytes of a reason.
const LONGEST_REASON: usize = 200;

const ACTIONS: [&str; 6] = ["open", "half-open", "close", "mode", "settings", "reset-settings"];

/// What is to be done to a breaker.
#[derive(Debug)]
pub(super) enum Action {
    Open,
    HalfOpen,
    Close,
    Mode(Mode),
    Settings(Box<Settings>),
    ResetSettings,
}

/// An action, and why it is to be done.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) action: Action,
    pub(super) reason: Option<String>,
}

impl Order {
    /// Reads `{"action": "open", "reason": ".."}`, `{"action": "mode", "mode": "shadow"}`, `{"action": "settings",
    /// "settings": {"threshold": 3}}`; says what is wrong otherwise.
    pub(super) fn parse(text: &[u8]) -> Result<Self, String> {
        let mut fields: Map<String, Value> = serde_json::from_slice(text)
            .map_err(|error| format!("the body must be an object of JSON: {error}"))?;
        let reason = fields.remove("reason").map(reason).transpose()?.flatten();
        let Some(Value::String(action)) = fields.remove("action") else {
            return Err(format!("`action` must be given, one of {ACTIONS:?}"));
        };
        let action = match &*action {
            "open" => Action::Open,
            "half-open" => Action::HalfOpen,
            "close" => Action::Close,
            "mode" => Action::Mode(field(&mut fields, "mode")?),
            "settings" => Action::Settings(field(&mut fields, "settings")?),
            "reset-settings" => Action::ResetSettings,
            other => return Err(no_action(other)),
        };
        match fields.keys().next() {
            None => Ok(Self { action, reason }),
            Some(key) => Err(format!("there is no `{key}` in this action; nothing was changed")),
        }
    }
}

fn no_action(given: &str) -> String {
    match nearest(given, ACTIONS) {
        Some(near) => format!("no action {given:?}; did you mean {near:?}?"),
        None => format!("no action {given:?}; there are {ACTIONS:?}"),
    }
}

fn field<T: serde::de::DeserializeOwned>(
    fields: &mut Map<String, Value>,
    name: &str,
) -> Result<T, String> {
    let value = fields.remove(name).ok_or_else(|| format!("`{name}` must be given"))?;
    serde_json::from_value(value).map_err(|error| format!("`{name}`: {error}"))
}

fn reason(value: Value) -> Result<Option<String>, String> {
    let words = match value {
        Value::Null => return Ok(None),
        Value::String(text) => one_line(&text),
        _ => return Err("`reason` must be a text".to_owned()),
    };
    if words.len() > LONGEST_REASON {
        return Err(format!("`reason` must have at most {LONGEST_REASON} bytes"));
    }
    Ok(Some(words).filter(|words| !words.is_empty()))
}

/// Without what moves a terminal's cursor, or turns the order of a line round.
fn one_line(text: &str) -> String {
    let turns = |char| matches!(char, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_gap = |char: char| char.is_whitespace() || char.is_control() || turns(char);
    text.split(is_gap).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

impl Action {
    /// Does it; returns what was done, in a few words.
    pub(super) fn take(&self, breaker: &CircuitBreaker) -> Result<String, SettingsError> {
        let before = breaker.settings().with_defaults();
        let changed = || {
            let after = breaker.settings().with_defaults();
            SettingsChange { before, after }.to_string()
        };
        Ok(match self {
            Self::Open => {
                breaker.open();
                "open".to_owned()
            }
            Self::HalfOpen => {
                breaker.half_open();
                "half-open".to_owned()
            }
            Self::Close => {
                breaker.close();
                "close".to_owned()
            }
            Self::Mode(mode) => {
                breaker.set_mode(*mode);
                format!("mode {mode}")
            }
            Self::Settings(settings) => {
                breaker.set_settings(**settings)?;
                format!("settings {}", changed()).trim_end().to_owned()
            }
            Self::ResetSettings => {
                breaker.reset_settings();
                format!("settings reset {}", changed()).trim_end().to_owned()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        Order::parse(text.as_bytes()).expect_err(text)
    }

    #[test]
    fn each_action_is_read_and_done() {
        let breaker = CircuitBreaker::new("db", Settings::new()).expect("valid");
        let done = |text: &str| {
            Order::parse(text.as_bytes()).expect(text).action.take(&breaker).expect(text)
        };
        assert_eq!(done(r#"{"action":"open"}"#), "open");
        assert_eq!(done(r#"{"action":"half-open","reason":null}"#), "half-open");
        assert_eq!(done(r#"{"action":"close"}"#), "close");
        assert_eq!(done(r#"{"action":"mode","mode":"forced-open"}"#), "mode forced-open");
        assert_eq!(breaker.mode(), Mode::ForcedOpen);
        let settings = r#"{"action":"settings","settings":{"threshold":3,"jitter":"0.1"}}"#;
        assert_eq!(done(settings), "settings threshold = 3 (was 5), jitter = 0.1 (was 0.0)");
        assert_eq!(done(settings), "settings", "as they were");
        let reset = "settings reset threshold = 5 (was 3), jitter = 0.0 (was 0.1)";
        assert_eq!(done(r#"{"action":"reset-settings"}"#), reset);
    }

    #[test]
    fn a_reason_is_one_line_and_short() {
        let asked = Order::parse(br#"{"action":"open","reason":" the vendor\n is down "}"#);
        assert_eq!(asked.expect("valid").reason.as_deref(), Some("the vendor is down"));
        assert_eq!(one_line("\u{1b}[2J\u{202e}root\u{7}\0\u{2028}x"), "[2J root x");
        let long = format!(r#"{{"action":"open","reason":"{}"}}"#, "x".repeat(201));
        assert_eq!(fault(&long), "`reason` must have at most 200 bytes");
        assert_eq!(fault(r#"{"action":"open","reason":7}"#), "`reason` must be a text");
    }

    #[test]
    fn whatever_is_no_action_is_answered_with_what_would_be_one() {
        assert!(fault("").starts_with("the body must be an object of JSON: "));
        assert!(fault("[]").starts_with("the body must be an object of JSON: "));
        let all = r#"["open", "half-open", "close", "mode", "settings", "reset-settings"]"#;
        assert_eq!(fault("{}"), format!("`action` must be given, one of {all}"));
        assert_eq!(fault(r#"{"action":"clsoe"}"#), r#"no action "clsoe"; did you mean "close"?"#);
        assert_eq!(
            fault(r#"{"action":"explode"}"#),
            format!(r#"no action "explode"; there are {all}"#)
        );
        assert_eq!(fault(r#"{"action":"mode"}"#), "`mode` must be given");
        assert_eq!(
            fault(r#"{"action":"mode","mode":"shadwo"}"#),
            "`mode`: unknown variant `shadwo`, expected one of `normal`, `forced-open`, `disabled`, `shadow`"
        );
        assert_eq!(
            fault(r#"{"action":"settings","settings":{"treshold":3}}"#),
            "`settings`: no setting `treshold`; did you mean `threshold`?"
        );
        assert_eq!(
            fault(r#"{"action":"close","mode":"shadow"}"#),
            "there is no `mode` in this action; nothing was changed"
        );
    }
}
