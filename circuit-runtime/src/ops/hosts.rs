//! The names that a service is called by.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use super::answer::Fault;
use super::board::Board;
use super::origin::host;

/// Answers no request to a host of another name, if the service's own are known: a page of another site may have its name point
/// here, and then read what is answered as its own (DNS rebinding).
pub(super) async fn of_this_service(
    State(board): State<Arc<Board>>,
    request: Request,
    next: Next,
) -> Result<Response, Fault> {
    let (parts, body) = request.into_parts();
    let asked = host(&parts).unwrap_or_default();
    if !board.hosts.is_empty() && !board.hosts.iter().any(|host| is_called(asked, host)) {
        let error = format!("{asked:?} is none of the hosts of this service (Ops::hosts)");
        return Err(Fault::new(StatusCode::MISDIRECTED_REQUEST, error));
    }
    Ok(next.run(Request::from_parts(parts, body)).await)
}

/// Whether `asked`, with a port or without, is `host`, which may have one as well.
fn is_called(asked: &str, host: &str) -> bool {
    let without_port = match asked.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => asked,
    };
    asked.eq_ignore_ascii_case(host) || without_port.eq_ignore_ascii_case(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_called_by_its_name_whatever_the_port_unless_one_is_given() {
        assert!(is_called("ops.internal", "ops.internal"));
        assert!(is_called("OPS.internal:8080", "ops.internal"));
        assert!(is_called("[::1]:8080", "[::1]") && is_called("[::1]", "[::1]"));
        assert!(is_called("ops.internal:8080", "ops.internal:8080"));
        assert!(!is_called("ops.internal:8081", "ops.internal:8080"));
        assert!(!is_called("ops.internal", "ops.internal:8080"));
        for other in
            ["", "evil.example", "ops.internal.evil.example", "xops.internal", "ops.internal:x"]
        {
            assert!(!is_called(other, "ops.internal"), "{other}");
        }
    }
}
