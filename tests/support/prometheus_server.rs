//! A `prometheus` of a test's own.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::starting::{on_a_free_port, once_ready};

/// A server on a free port of the loopback interface, that scrapes what it is told to five times a second. Killed when it is
/// dropped.
#[derive(Debug)]
pub struct PrometheusServer {
    port: u16,
    directory: PathBuf,
    process: Child,
}

impl PrometheusServer {
    /// Starts one, with a job for each `(name, address, path)`, and waits until it answers.
    ///
    /// # Panics
    ///
    /// If `prometheus` is missing, or does not start.
    pub fn scraping(jobs: &[(&str, &str, &str)]) -> Self {
        let start = |port, directory: &Path| spawn(port, jobs, directory);
        let (port, directory, process) = on_a_free_port("prometheus", |_| true, start);
        Self { port, directory, process }
    }

    /// What it answers to a query of its language, as JSON: its `/api/v1/query`.
    ///
    /// # Panics
    ///
    /// If it does not answer within 10 s.
    pub fn query(&self, query: &str) -> String {
        self.get(&format!("/api/v1/query?query={}", escaped(query)))
    }

    /// The values that a label has in the series that `series` selects, as JSON.
    ///
    /// # Panics
    ///
    /// If it does not answer within 10 s.
    pub fn label_values(&self, label: &str, series: &str) -> String {
        self.get(&format!("/api/v1/label/{label}/values?match[]={}", escaped(series)))
    }

    /// What it answers at a path.
    ///
    /// # Panics
    ///
    /// If it does not answer within 10 s.
    pub fn get(&self, path: &str) -> String {
        ask(self.port, path).expect("an answer of prometheus")
    }
}

impl Drop for PrometheusServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Returns when it answers; what it wrote if it ends instead.
fn spawn(port: u16, jobs: &[(&str, &str, &str)], directory: &Path) -> Result<Child, String> {
    let log = directory.join("log");
    let output = File::create(&log).map_err(|error| error.to_string())?;
    let mut configuration =
        "global: {scrape_interval: 200ms, scrape_timeout: 200ms}\nscrape_configs:\n".to_owned();
    for (name, address, path) in jobs {
        let _ = writeln!(
            configuration,
            "- {{job_name: '{name}', metrics_path: '{path}', static_configs: [{{targets: ['{address}']}}]}}"
        );
    }
    let file = directory.join("prometheus.yml");
    fs::write(&file, configuration).map_err(|error| error.to_string())?;
    let mut command = Command::new("prometheus");
    command
        .arg(format!("--config.file={}", file.display()))
        .arg(format!("--storage.tsdb.path={}", directory.display()))
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(output);
    once_ready(&mut command, "prometheus", &log, |_| {
        // It may be another one that took the port.
        let own = format!("\"storage.tsdb.path\":\"{}\"", directory.display());
        let is_own = ask(port, "/api/v1/status/flags").is_ok_and(|flags| flags.contains(&own));
        is_own && ask(port, "/-/ready").is_ok()
    })
}

/// What is answered, well or ill; nothing but an error while the server is not ready.
fn ask(port: u16, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    // Of this version an answer is in one piece, and ends with the connection.
    write!(stream, "GET {path} HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    if head.contains(" 503 ") {
        return Err(io::Error::other(body.to_owned()));
    }
    Ok(body.to_owned())
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        let _ = write!(escaped, "%{byte:02X}");
    }
    escaped
}
