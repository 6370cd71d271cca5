//! Four processes, one Redis, one dependency: it breaks down, their failures together trip the breaker of all, and when it is back,
//! one call of one process finds out for everybody.
//!
//! ```text
//! cargo run --example fleet --features redis
//! ```
//!
//! It starts a `redis-server` of its own, or uses the one that `REDIS_URL` names.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use circuit_runtime::storage::RedisStorage;
use circuit_runtime::{Rejected, breaker, circuit_breaker, configure, on_change};

/// For how long the breaker of all stays open.
const TTL: Duration = Duration::from_millis(500);

/// What each process does: it calls the dependency as often as it is told to.
#[circuit_breaker(name = "orders", threshold = 5, ttl = TTL)]
fn order(address: &str) -> Result<(), OrderError> {
    let mut answer = String::new();
    BufReader::new(TcpStream::connect(address)?).read_line(&mut answer)?;
    if answer.trim() == "ok" { Ok(()) } else { Err(OrderError::Down) }
}

#[derive(Debug, thiserror::Error)]
enum OrderError {
    #[error("the order service is down")]
    Down,
    #[error("the order service: {0}")]
    Io(#[from] io::Error),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

type Fallible = Result<(), Box<dyn std::error::Error>>;

fn main() -> Fallible {
    match env::args().collect::<Vec<_>>().as_slice() {
        [_, name, redis, address] => process(name, redis, address),
        _ => fleet(),
    }
}

/// One process: the two lines that make its breakers the fleet's, and its calls.
fn process(name: &str, redis: &str, address: &str) -> Fallible {
    let own = name.to_owned();
    let log = on_change(move |event| println!("{own}: {event}"));
    configure().storage(RedisStorage::new(redis)?).listener(log).install()?;
    for line in io::stdin().lines() {
        // Nothing has to wait, and what a call knows is then as old as the way to the storage. In this story each one knows
        // what those before it found out: it has heard of that, and they have told it.
        breaker!("orders").sync().wait()?;
        let said = match order(address) {
            Ok(()) => "ordered".to_owned(),
            Err(error) => error.to_string(),
        };
        breaker!("orders").sync().wait()?;
        println!("{name}: {}: {said}", line?);
    }
    Ok(())
}

/// The story.
fn fleet() -> Fallible {
    let (_server, redis) = redis()?;
    let dependency = Dependency::start()?;
    let (sender, told) = mpsc::channel();
    let mut processes = Vec::new();
    for name in ["one", "two", "three", "four"] {
        processes.push(Process::start(name, &redis, &dependency.address, &sender)?);
    }
    let mut everybody_calls = |what: &str| -> io::Result<Vec<String>> {
        let mut said = Vec::new();
        for process in &mut processes {
            writeln!(process.calls, "{what}")?;
            said.extend(told.iter().take_while(|line| !line.contains(what)));
            said.push(what.to_owned());
        }
        Ok(said)
    };

    everybody_calls("call 1")?;
    dependency.is_down.store(true, Ordering::Relaxed);
    everybody_calls("call 2")?;
    let begun = Instant::now();
    everybody_calls("call 3")?;
    let calls = dependency.calls.swap(0, Ordering::Relaxed);
    // Four calls failed, and then one more: the others were not made, unless it took so long that they were probes.
    assert!(calls == 4 + 5 || begun.elapsed() >= TTL, "{calls} calls in {:?}", begun.elapsed());

    dependency.is_down.store(false, Ordering::Relaxed);
    let mut rounds = 4;
    while dependency.calls.load(Ordering::Relaxed) == 0 {
        thread::sleep(Duration::from_millis(50));
        everybody_calls(&format!("call {rounds}"))?;
        rounds += 1;
    }
    let before = dependency.calls.load(Ordering::Relaxed);
    everybody_calls("last call")?;
    assert_eq!(dependency.calls.load(Ordering::Relaxed), before + 4, "all are closed again");
    Ok(())
}

struct Process {
    child: Child,
    calls: std::process::ChildStdin,
}

impl Process {
    fn start(
        name: &'static str,
        redis: &str,
        address: &str,
        told: &mpsc::Sender<String>,
    ) -> io::Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.args([name, redis, address]).env("HOSTNAME", name);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(calls), Some(said)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("no pipes"));
        };
        let told = told.clone();
        thread::spawn(move || {
            for line in BufReader::new(said).lines().map_while(Result::ok) {
                println!("{line}");
                let _ = told.send(line);
            }
        });
        Ok(Self { child, calls })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that answers `ok`, or not.
struct Dependency {
    address: String,
    is_down: Arc<AtomicBool>,
    calls: Arc<AtomicU32>,
}

impl Dependency {
    fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?.to_string();
        let (is_down, calls) = (Arc::<AtomicBool>::default(), Arc::<AtomicU32>::default());
        let (down, counted) = (Arc::clone(&is_down), Arc::clone(&calls));
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::Relaxed);
                let answer = if down.load(Ordering::Relaxed) { "down" } else { "ok" };
                let _ = writeln!(stream, "{answer}");
            }
        });
        Ok(Self { address, is_down, calls })
    }
}

/// A server for the time of this program, if none is named.
fn redis() -> Result<(Option<Server>, String), Box<dyn std::error::Error>> {
    if let Ok(url) = env::var("REDIS_URL") {
        return Ok((None, url));
    }
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let child = Command::new("redis-server")
        .args(["--bind", "127.0.0.1", "--save", "", "--port", &port.to_string()])
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| {
            format!("redis-server, which is to be installed, or REDIS_URL set: {error}")
        })?;
    let server = Server(child);
    let address = format!("127.0.0.1:{port}");
    while TcpStream::connect(&address).is_err() {
        thread::sleep(Duration::from_millis(10));
    }
    Ok((Some(server), format!("redis://{address}")))
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
