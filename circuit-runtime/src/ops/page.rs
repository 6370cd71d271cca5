//! The page: complete as it is served, and live where scripts may run.

use std::fmt::{self, Display, Write};
use std::time::SystemTime;

use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use super::answer::answer;
use super::board::Board;
use super::row::Row;
use crate::breaker::{Mode, Sharing, Snapshot};
use crate::machine::State;
use crate::serial::text_of;

const PAGE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// What the page may load and run: itself. The hashes are those of the style and of the script; a test says what they are to be.
const POLICY: &str = "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; style-src 'sha256-mRA/jzu0gc7YtAwH8gSp78vZSurmWr5jlhMW3aCYKTU='; script-src 'sha256-jLJJqhBsBBNQOO347ynhcjrpatxdbHiWw7Q3UMWOv5E='";

pub(super) fn page(board: &Board) -> Response {
    let mut response = answer(StatusCode::OK, "text/html; charset=utf-8", rendered(board));
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn rendered(board: &Board) -> String {
    // Events that come from here on, the stream tells.
    let seen = board.log.latest();
    let mut snapshots = board.registry.snapshots();
    snapshots.sort_by_key(severity);
    let mut parts = PAGE.split("{{");
    let mut page = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (marker, rest) = part.split_once("}}").unwrap_or_default();
        let written = match marker {
            "heading" => write!(page, "{}", Escaped(&heading(board))),
            "changes" => write!(page, "{}", if board.operators.is_empty() { "no" } else { "yes" }),
            "seen" => write!(page, "{seen}"),
            "tally" => write_tally(&mut page, &snapshots),
            "rows" => snapshots.iter().try_for_each(|snapshot| write_row(&mut page, snapshot)),
            "events" => write_events(&mut page, board, seen),
            "style" => page.write_str(STYLE),
            "script" => page.write_str(SCRIPT),
            _ => Ok(()),
        };
        // Writing to a string cannot fail, and a listener's text was made long ago.
        debug_assert!(written.is_ok());
        page.push_str(rest);
    }
    page
}

fn heading(board: &Board) -> String {
    if board.title.is_empty() {
        return "Circuit breakers".to_owned();
    }
    format!("{}: circuit breakers", board.title)
}

/// What wants to be seen first.
fn severity(snapshot: &Snapshot) -> u8 {
    match snapshot.state {
        State::Open => 0,
        State::HalfOpen => 1,
        State::Closed if snapshot.mode != Mode::Normal => 2,
        State::Closed if snapshot.sharing == Sharing::Local => 2,
        State::Closed => 3,
    }
}

fn write_tally(page: &mut String, snapshots: &[Snapshot]) -> fmt::Result {
    let of = |state| snapshots.iter().filter(|snapshot| snapshot.state == state).count();
    let [open, half_open, closed] = [State::Open, State::HalfOpen, State::Closed].map(of);
    write!(page, "{open} open, {half_open} half-open, {closed} closed")
}

fn write_row(page: &mut String, snapshot: &Snapshot) -> fmt::Result {
    let row = Row::of(snapshot, SystemTime::now());
    let (state, mode) = (row.state, row.mode);
    write!(page, "<tr class=\"{state}\"><th scope=\"row\">{}", Escaped(row.name))?;
    write!(page, "<div class=\"why\">{}", Escaped(row.why.as_deref().unwrap_or_default()))?;
    // The last one is in the reason already.
    if row.last_failures.iter().any(|failure| Some(failure) != row.last_failures.last()) {
        page.push_str("<ul>");
        for failure in row.last_failures {
            write!(page, "<li>{}</li>", Escaped(failure))?;
        }
        page.push_str("</ul>");
    }
    write!(page, "</div></th><td data-label=\"State\"><span class=\"state\">{state}</span>")?;
    if mode != Mode::Normal {
        write!(page, "<span class=\"mode\">{mode}</span>")?;
    }
    write!(page, "</td><td data-label=\"Failures\">{} of {}</td>", row.failures, row.threshold)?;
    let calls = row.calls;
    write!(page, "<td data-label=\"Calls\">{} ok, {} failed, ", calls.success, calls.failure)?;
    write!(page, "{} rejected</td><td class=\"live empty\"></td>", calls.rejected)?;
    page.push_str("<td data-label=\"Time\">");
    if let (true, Some(open_for)) = (state != State::Closed, row.open_for) {
        write!(page, "open {open_for:.0} s")?;
    }
    if let Some(left) = row.retry_after {
        write!(page, ", {:.0} s left", left.as_secs_f64())?;
    }
    writeln!(page, "</td><td data-label=\"Shared\">{}</td></tr>", row.sharing)
}

fn write_events(page: &mut String, board: &Board, until: u64) -> fmt::Result {
    let events = board.log.after(0);
    for logged in events.iter().rev().filter(|logged| logged.id <= until) {
        let at = text_of(logged.event.at);
        let text = logged.event.to_string();
        writeln!(page, "<li><time datetime=\"{at}\">{at}</time>{}</li>", Escaped(&text))?;
    }
    Ok(())
}

/// Text as text, between tags and in a quoted attribute.
struct Escaped<'t>(&'t str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|char| match char {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            _ => f.write_char(char),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_text_is_text() {
        let text = r#"<script>alert("x")</script> & 'more' {{script}}"#;
        let escaped =
            "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;more&#39; {{script}}";
        assert_eq!(Escaped(text).to_string(), escaped);
    }

    #[test]
    fn every_marker_of_the_page_is_known_and_no_text_that_is_put_in_ends_its_element() {
        let markers = PAGE.split("{{").skip(1).filter_map(|part| Some(part.split_once("}}")?.0));
        let known = ["heading", "changes", "seen", "tally", "rows", "events", "style", "script"];
        assert!(markers.clone().all(|marker| known.contains(&marker)), "{markers:?}");
        assert!(!STYLE.contains("</") && !SCRIPT.contains("</script") && !SCRIPT.contains("<!--"));
    }
}
