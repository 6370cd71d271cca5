//! As much of HTTP/1.1 as a `GET` over a connection of its own takes.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// Asks `server` for `path`.
pub(crate) async fn get(server: SocketAddr, path: &str) -> io::Result<Response> {
    let mut stream = TcpStream::connect(server).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    parse(&answer).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not an HTTP response"))
}

fn parse(answer: &str) -> Option<Response> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Response { status, body: body.to_owned() })
}

/// Reads one request, and answers it with what `answer` makes of its path.
pub(crate) async fn respond(
    stream: TcpStream,
    answer: impl FnOnce(&str) -> Response,
) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let path = read_path(&mut stream).await?;
    let Response { status, body } = answer(&path);
    let length = body.len();
    // The reason after the status may be empty; the space before it may not be missing.
    let head =
        format!("HTTP/1.1 {status} \r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

/// The path in the first line. The other lines are read as well: closing a connection with bytes left unread in it
/// resets it, and the answer would be lost.
async fn read_path(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut lines = stream.lines();
    let mut first = None;
    while let Some(line) = lines.next_line().await?.filter(|line| !line.is_empty()) {
        first.get_or_insert(line);
    }
    let path = first.as_deref().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    Ok(path.to_owned())
}
