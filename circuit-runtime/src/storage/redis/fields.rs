//! A record as the script writes it down: texts by the names of fields, which the script explains.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;

use crate::storage::record::{Era, Open, Record};

/// What everybody may see of a record.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Fields(HashMap<String, String>);

/// What is published.
#[derive(Debug, Deserialize)]
pub(super) struct Word {
    breaker: String,
    now: String,
    record: Fields,
}

/// What holds what none of ours does.
#[derive(Debug)]
pub(super) enum Garbage {
    Field(&'static str),
    /// No UTF-8, or no JSON of texts.
    Text,
}

impl fmt::Display for Garbage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(field) => write!(f, "garbage in field {field}"),
            Self::Text => f.write_str("garbage in a text"),
        }
    }
}

impl Word {
    /// The breaker, its record, and when that was written. `None` if it is not one of ours.
    pub(super) fn read(payload: &[u8]) -> Option<(String, Record, u64)> {
        let Self { breaker, now, record } = serde_json::from_slice(payload).ok()?;
        Some((breaker, record.record().ok()?, now.parse().ok()?))
    }
}

impl Fields {
    pub(super) fn read(json: &[u8]) -> Result<Record, Garbage> {
        let fields: Self = serde_json::from_slice(json).map_err(|_| Garbage::Text)?;
        fields.record()
    }

    fn record(&self) -> Result<Record, Garbage> {
        if self.text("v") != Some("1") {
            return Err(Garbage::Field("v"));
        }
        let parent = self.text("pe").map(|_| self.era("pe", "pn")).transpose()?;
        let open = self.text("oa").map(|_| self.open()).transpose()?;
        Ok(Record {
            era: self.era("ep", "no")?,
            parent,
            revision: self.number("rv")?,
            open,
            failures: self.number("fa")?,
            calls: self.number("ca")?,
            texts: self.lines("tx").map(str::to_owned).collect(),
            mode: self.text("mo").map(str::to_owned),
            settings: self.text("se").map(str::to_owned),
            census: self.number("ce")?,
            asked: self.number("cf")?,
            slot: self.number("sl")?,
            ..Record::default()
        })
    }

    fn era(&self, epoch: &'static str, nonce: &'static str) -> Result<Era, Garbage> {
        let number = self.number(nonce)?.try_into().map_err(|_| Garbage::Field(nonce))?;
        Ok(Era { epoch: self.number(epoch)?, nonce: number })
    }

    fn open(&self) -> Result<Open, Garbage> {
        let lease = |line: &str| {
            let (expiry, token) = line.split_once(' ')?;
            Some((token.to_owned(), expiry.parse().ok()?))
        };
        let leases = self.lines("ol").map(|line| lease(line).ok_or(Garbage::Field("ol")));
        Ok(Open {
            at: self.number("oa")?,
            until: self.number("ou")?,
            length: self.number("of")?,
            reopenings: self.number("or")?,
            successes: self.number("os")?,
            leases: leases.collect::<Result<_, _>>()?,
            is_wanted: self.number("ow")? > 0,
            reason: self.text("oy").unwrap_or_default().to_owned(),
            measured: self.number("om")?,
            calls: self.number("oc")?,
        })
    }

    fn text(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    fn lines(&self, field: &str) -> impl Iterator<Item = &str> {
        self.text(field).into_iter().flat_map(|text| text.split('\n'))
    }

    fn number(&self, field: &'static str) -> Result<u64, Garbage> {
        self.text(field).and_then(|text| text.parse().ok()).ok_or(Garbage::Field(field))
    }
}
