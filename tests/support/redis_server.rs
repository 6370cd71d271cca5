//! A `redis-server` of a test's own.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

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
        let mut last = String::new();
        for _ in 0..10 {
            // Another process may take it before the server does.
            let port = free_port();
            let directory =
                std::env::temp_dir().join(format!("redis-{}-{port}", std::process::id()));
            fs::create_dir_all(&directory).expect("a directory for the server");
            match spawn(port, &options, &directory) {
                Ok(process) => return Self { port, options, directory, process },
                Err(text) => last = text,
            }
            let _ = fs::remove_dir_all(&directory);
        }
        panic!("redis-server does not start:\n{last}");
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

/// One that leaves room for the port of a cluster's bus, 10000 above it.
fn free_port() -> u16 {
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        if port <= 55_535 {
            return port;
        }
    }
}

/// Returns when it answers; what it wrote if it ends instead.
fn spawn(port: u16, options: &[String], directory: &PathBuf) -> Result<Child, String> {
    let log = directory.join("log");
    let output = File::create(&log).map_err(|error| error.to_string())?;
    // A sentinel wants a file that it can write to.
    let file = directory.join("conf");
    fs::write(&file, "").map_err(|error| error.to_string())?;
    let process = Command::new("redis-server")
        .arg(file)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--appendonly", "no", "--dir"])
        .arg(directory)
        .args(options)
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(Stdio::null())
        .spawn();
    let mut process = match process {
        Ok(process) => process,
        Err(error) if error.kind() == io::ErrorKind::NotFound => panic!(
            "redis-server is missing: install it, with `sudo apt-get install redis-server` or as your system does it"
        ),
        Err(error) => return Err(error.to_string()),
    };
    let begun = Instant::now();
    loop {
        if process.try_wait().is_ok_and(|ended| ended.is_some()) {
            return Err(fs::read_to_string(log).unwrap_or_default());
        }
        // It may be another one that took the port; one that wants a password first does not say.
        let own = format!("process_id:{}\r", process.id());
        let is_own = |answer: String| answer.contains(&own) || answer.starts_with("-NOAUTH");
        if ask(port, &["INFO", "server"]).is_ok_and(is_own) {
            return Ok(process);
        }
        if begun.elapsed() > Duration::from_secs(20) {
            let _ = process.kill();
            let _ = process.wait();
            return Err("it does not answer".to_owned());
        }
        thread::sleep(Duration::from_millis(10));
    }
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
