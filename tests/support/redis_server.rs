//! A `redis-server` of a test's own.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::starting::{on_a_free_port, once_ready};

/// A server on a free port of the loopback interface, with nothing in it. Killed when it is dropped.
#[derive(Debug)]
pub struct RedisServer {
    port: u16,
    options: Vec<String>,
    directory: PathBuf,
    process: Child,
}

impl RedisServer {
    /// Starts one, and waits until it answers.
    ///
    /// # Panics
    ///
    /// If `redis-server` is missing, or does not start.
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// Starts one with further options, as on the command line: `["--requirepass", "secret"]`.
    ///
    /// # Panics
    ///
    /// If `redis-server` is missing, or does not start.
    pub fn with(options: &[&str]) -> Self {
        let options: Vec<String> = options.iter().map(|&option| option.to_owned()).collect();
        // Room for the port of a cluster's bus, 10000 above it.
        let is_fit = |port| port <= 55_535;
        let start = |port, directory: &Path| spawn(port, &options, directory);
        let (port, directory, process) = on_a_free_port("redis-server", is_fit, start);
        Self { port, options, directory, process }
    }

    /// Starts one that watches others: it is told which by `SENTINEL MONITOR`.
    ///
    /// # Panics
    ///
    /// If `redis-server` is missing, or does not start.
    pub fn sentinel() -> Self {
        Self::with(&["--sentinel"])
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it is reached, as a URL.
    pub fn address(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Ends it at once, as a crash does.
    pub fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Ends it if it still runs, and starts it again on the same port, with nothing in it.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn restart_empty(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(&self.directory);
        fs::create_dir_all(&self.directory).expect("a directory for the server");
        match spawn(self.port, &self.options, &self.directory) {
            Ok(process) => self.process = process,
            Err(text) => panic!("redis-server does not start again:\n{text}"),
        }
    }

    /// Stops it where it is: connections stay, and nothing answers.
    ///
    /// # Panics
    ///
    /// If the system cannot.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on after [`pause`](Self::pause).
    ///
    /// # Panics
    ///
    /// If the system cannot.
    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        // That of the shell: as a program of its own it may be missing.
        let command = format!("kill {signal} {}", self.process.id());
        let status = Command::new("sh").args(["-c", &command]).status();
        assert!(status.is_ok_and(|status| status.success()), "kill {signal} failed");
    }

    /// Sends one command, and returns the answer as a text: an error begins with `-`, and of a list each item is on a line of
    /// its own. What is not there is empty.
    ///
    /// # Panics
    ///
    /// If the server does not answer within 10 s.
    pub fn command(&self, words: &[&str]) -> String {
        ask(self.port, words).expect("an answer of redis-server")
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Returns when it answers; what it wrote if it ends instead.
fn spawn(port: u16, options: &[String], directory: &Path) -> Result<Child, String> {
    let log = directory.join("log");
    let output = File::create(&log).map_err(|error| error.to_string())?;
    // A sentinel wants a file that it can write to.
    let file = directory.join("conf");
    fs::write(&file, "").map_err(|error| error.to_string())?;
    let mut command = Command::new("redis-server");
    command
        .arg(file)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--appendonly", "no", "--dir"])
        .arg(directory)
        .args(options)
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(Stdio::null());
    once_ready(&mut command, "redis-server", &log, |process| {
        // It may be another one that took the port; one that wants a password first does not say.
        let own = format!("process_id:{}\r", process.id());
        let is_own = |answer: String| answer.contains(&own) || answer.starts_with("-NOAUTH");
        ask(port, &["INFO", "server"]).is_ok_and(is_own)
    })
}

fn ask(port: u16, words: &[&str]) -> io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut command = format!("*{}\r\n", words.len());
    for word in words {
        command.extend([&format!("${}\r\n", word.len()), *word, "\r\n"]);
    }
    stream.write_all(command.as_bytes())?;
    read(&mut BufReader::new(stream))
}

/// Reads one answer in RESP2.
fn read(stream: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let line = line.trim_end();
    let Some((kind, rest)) = line.split_at_checked(1) else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    let length = || rest.parse::<i64>().map_err(io::Error::other);
    match kind {
        "+" | ":" => Ok(rest.to_owned()),
        "$" => {
            let Ok(length) = u64::try_from(length()?) else { return Ok(String::new()) };
            let mut text = Vec::new();
            stream.take(length + 2).read_to_end(&mut text)?;
            text.truncate(text.len().saturating_sub(2));
            Ok(String::from_utf8_lossy(&text).into_owned())
        }
        "*" => {
            let items: io::Result<Vec<_>> = (0..length()?).map(|_| read(stream)).collect();
            Ok(items?.join("\n"))
        }
        _ => Ok(line.to_owned()),
    }
}
