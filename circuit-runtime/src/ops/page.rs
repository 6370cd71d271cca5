//! The page: complete as it is served, and live where scripts may run.

use std::fmt::{self, Display, Write};
use std::time::SystemTime;

use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use super::answer::answer;
use super::board::Board;
use super::row::Row;
use crate::breaker::{Mode, Sharing};
use crate::machine::State;
use crate::serial::text_of;

const PAGE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// What the page may load and run: itself. The hashes are those of the style and of the script; a test says what they are to be.
const POLICY: &str = "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; style-src 'sha256-TvjNwUydR3Lc+O/gClRoiAf8W5j0HqZOsKeXgO0jJaE='; script-src 'sha256-VO3vFzQ9VVfYC3S9l1z3earWlMDG9/U/wmpazy1s400='";

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
    let snapshots = board.registry.snapshots();
    let now = SystemTime::now();
    let row = |snapshot| Row::of(snapshot, board.registry.is_overflow(&snapshot.name), now);
    let mut rows: Vec<Row<'_>> = snapshots.iter().map(row).collect();
    rows.sort_by_key(Row::urgency);
    let mut parts = PAGE.split("{{");
    let mut page = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (marker, rest) = part.split_once("}}").unwrap_or_default();
        let written = match marker {
            "heading" => write!(page, "{}", Escaped(&heading(board))),
            "changes" => write!(page, "{}", if board.operators.is_empty() { "no" } else { "yes" }),
            "seen" => write!(page, "{seen}"),
            "tally" => write_tally(&mut page, &rows),
            "rows" => rows.iter().try_for_each(|row| write_row(&mut page, row)),
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

fn write_tally(page: &mut String, rows: &[Row<'_>]) -> fmt::Result {
    let of = |state| rows.iter().filter(|row| row.state == state).count();
    let [open, half_open, closed] = [State::Open, State::HalfOpen, State::Closed].map(of);
    write!(page, "{open} open, {half_open} half-open, {closed} closed")
}

fn write_row(page: &mut String, row: &Row<'_>) -> fmt::Result {
    let (state, mode) = (row.state, row.mode);
    write!(page, "<tr class=\"{state}\"><th scope=\"row\">{}</th>", Escaped(row.name))?;
    write!(page, "<td data-label=\"State\"><span class=\"state\">{state}</span>")?;
    if mode != Mode::Normal {
        write!(page, "<span class=\"mode\">{mode}</span>")?;
    }
    write!(page, "<div class=\"why\">{}", Escaped(row.why.as_deref().unwrap_or_default()))?;
    // The last one is in the reason already.
    if row.last_failures.iter().any(|failure| Some(failure) != row.last_failures.last()) {
        page.push_str("<ul>");
        for failure in row.last_failures {
            write!(page, "<li>{}</li>", Escaped(failure))?;
        }
        page.push_str("</ul>");
    }
    page.push_str("</div></td>");
    write_cell(page, "Failures", &failures(row))?;
    let calls = row.calls;
    let counts = [(calls.success, "ok"), (calls.failure, "failed"), (calls.rejected, "rejected")];
    write_cell(page, "Calls", &counts.map(|(count, word)| format!("{count} {word}")).join(", "))?;
    page.push_str("<td class=\"live empty\"></td>");
    write_cell(page, "Time", &times(row).join(", "))?;
    let shared = if row.sharing == Sharing::Alone { "" } else { row.sharing.as_str() };
    write_cell(page, "Shared", shared)?;
    page.push_str("</tr>\n");
    Ok(())
}

fn write_cell(page: &mut String, label: &str, text: &str) -> fmt::Result {
    let class = if text.is_empty() { " class=\"empty\"" } else { "" };
    write!(page, "<td data-label=\"{label}\"{class}>{text}</td>")
}

fn failures(row: &Row<'_>) -> String {
    match row.state {
        State::Closed => format!("{} of {}", row.failures, row.threshold),
        State::Open => String::new(),
        State::HalfOpen => format!("{} probing", row.probes_in_flight),
    }
}

fn times(row: &Row<'_>) -> Vec<String> {
    let mut times = Vec::new();
    times.extend(row.open_for.map(|open_for| format!("open {open_for:.0} s")));
    let left = row.retry_after.filter(|_| row.state == State::Open);
    times.extend(left.map(|left| format!("{:.0} s left", left.as_secs_f64())));
    if row.mode == Mode::ForcedOpen {
        times.push("until the mode is changed".to_owned());
    }
    times
}

fn write_events(page: &mut String, board: &Board, until: u64) -> fmt::Result {
    let events = board.log.after(0, None);
    for logged in events.iter().rev().filter(|logged| logged.id <= until) {
        let at = text_of(logged.event.at);
        let text = logged.event.to_string();
        let id = logged.id;
        write!(page, "<li data-id=\"{id}\"><time datetime=\"{at}\">{at}</time>")?;
        writeln!(page, "{}</li>", Escaped(&text))?;
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
