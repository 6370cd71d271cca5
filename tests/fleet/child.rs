//! A process of the fleet: it does what it is told, line by line, and answers each with a line.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufRead, Write};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use circuit_runtime::storage::{Fleet, RedisStorage};
use circuit_runtime::{CircuitBreaker, EventKind, Settings, State, configure, on_change, registry};

use crate::caller::{Account, Caller, Dependency};
use crate::clock::{micros, micros_of, ms};

/// It ends when nobody tells it anything any more.
pub(crate) fn live(arguments: &str) {
    let mut child = Child::new(arguments);
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { return };
        let mut answer = child.answer(&line);
        answer.push('\n');
        let mut output = io::stdout().lock();
        if output.write_all(answer.as_bytes()).and_then(|()| output.flush()).is_err() {
            return;
        }
    }
}

struct Child {
    breakers: Vec<&'static CircuitBreaker>,
    account: Arc<Account>,
    caller: Option<Caller>,
    /// When its first breaker opened and closed the last time.
    changes: Arc<Mutex<Changes>>,
}

#[derive(Default)]
struct Changes {
    opened: i64,
    closed: i64,
}

impl Child {
    /// As [`Setup`](crate::process::Setup) writes them.
    fn new(arguments: &str) -> Self {
        let words: Vec<&str> = arguments.split(' ').collect();
        let [url, threshold, ttl, lease, poll, timeout, breakers] = words[..] else {
            panic!("arguments of a process: {arguments}")
        };
        let number = |word: &str| word.parse::<u64>().expect("a number");
        let threshold = u32::try_from(number(threshold)).unwrap_or(u32::MAX);
        let settings = Settings::new().threshold(threshold).ttl(ms(number(ttl)));
        // Longer than any probe that is made here.
        let settings = settings.probe_timeout(ms(60_000));
        let names = (0..number(breakers)).map(|number| format!("fleet/{number}"));
        let register = |name: String| registry().get_or_register(&name, settings);
        let breakers: Vec<_> = names.map(register).collect();
        let changes = Arc::<Mutex<Changes>>::default();
        let noted = Arc::clone(&changes);
        let listener = on_change(move |event| {
            let EventKind::StateChange(change) = &event.kind else { return };
            let mut changes = noted.lock().expect("no panic");
            match (change.from, change.to) {
                (State::Closed, _) => changes.opened = micros_of(event.at),
                (_, State::Closed) => changes.closed = micros_of(event.at),
                _ => {}
            }
        });
        let storage = RedisStorage::new(url).expect("an address");
        let fleet = Fleet::over(storage)
            .lease(ms(number(lease)))
            .poll(ms(number(poll)))
            .timeout(ms(number(timeout)));
        let configured = configure().fleet(fleet);
        // Many breakers open too often to be heard one by one.
        let configured =
            if breakers.len() == 1 { configured.listener(listener) } else { configured };
        configured.install().expect("the configuration");
        Self { breakers, account: Arc::new(Account::new()), caller: None, changes }
    }

    fn answer(&mut self, line: &str) -> String {
        let breaker = self.breakers[0];
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "ready" => "ready".to_owned(),
            "fail" => self.ask(|permit| permit.failure(&"down")),
            "succeed" => self.ask(circuit_runtime::Permit::success),
            "try" => self.ask(circuit_runtime::Permit::ignore),
            "close" => {
                breaker.close();
                micros().to_string()
            }
            "sync" => {
                let all = self.breakers.iter().map(|breaker| breaker.sync().wait());
                match all.collect::<Result<(), _>>() {
                    Ok(()) => "synced".to_owned(),
                    Err(error) => format!("not synced: {error}"),
                }
            }
            "state" => {
                let (state, sharing) = (breaker.state(), breaker.sharing());
                format!("{} {}", sharing.as_str(), state.as_str())
            }
            "shared" => {
                let is_shared = |breaker: &&&CircuitBreaker| breaker.sharing().as_str() == "shared";
                self.breakers.iter().filter(is_shared).count().to_string()
            }
            "await" => self.wait(rest == "closed"),
            "dependency" => match Dependency::named(rest) {
                Some(dependency) => {
                    self.account.change(dependency);
                    "changed".to_owned()
                }
                None => format!("unknown: {rest}"),
            },
            "run" => {
                let numbers: Vec<u64> =
                    rest.split(' ').filter_map(|word| word.parse().ok()).collect();
                let [times, seconds, most] = numbers[..] else { return format!("unknown: {rest}") };
                let [times, seconds] =
                    [times, seconds].map(|number| u32::try_from(number).unwrap_or(u32::MAX));
                let breakers = self.breakers.clone();
                let most = if most == 0 { u64::MAX } else { most };
                self.caller = Some(Caller::start(&self.account, breakers, (times, seconds), most));
                "runs".to_owned()
            }
            "finish" => {
                while self.caller.as_ref().is_some_and(Caller::is_running) {
                    thread::sleep(ms(2));
                }
                self.caller = None;
                "finished".to_owned()
            }
            "stop" => {
                if let Some(caller) = self.caller.take() {
                    caller.stop();
                }
                "stopped".to_owned()
            }
            "probes" => self.probes(),
            "report" => self.report(),
            _ => format!("unknown: {line}"),
        }
    }

    /// One call by hand: whether it was admitted, and when it was over.
    fn ask(&self, end: impl FnOnce(circuit_runtime::Permit<'static>)) -> String {
        self.account.asked.fetch_add(1, Ordering::Relaxed);
        match self.breakers[0].try_acquire() {
            Ok(permit) => {
                end(permit);
                format!("admitted {}", micros())
            }
            Err(_) => {
                self.account.rejected.fetch_add(1, Ordering::Relaxed);
                format!("rejected {}", micros())
            }
        }
    }

    /// Until it is closed, or is not: when that was, and how many failures it opened after.
    fn wait(&self, is_closed: bool) -> String {
        let breaker = self.breakers[0];
        let begun = Instant::now();
        let noted = || {
            let changes = self.changes.lock().expect("no panic");
            if is_closed { changes.closed } else { changes.opened }
        };
        let other = || {
            let changes = self.changes.lock().expect("no panic");
            if is_closed { changes.opened } else { changes.closed }
        };
        while (breaker.state() == State::Closed) != is_closed || noted() < other() {
            if begun.elapsed() > Duration::from_secs(20) {
                return format!("still {}, {:?}", breaker.state().as_str(), breaker.snapshot());
            }
            thread::sleep(ms(1));
        }
        let measured = breaker.last_trip().map_or(0, |trip| trip.measured);
        format!("{} {measured}", noted())
    }

    /// Each as `begun:ended`, after when the first call was admitted by the closed breaker; `0` is not yet.
    fn probes(&self) -> String {
        let first_closed = self.account.first_closed.lock().map_or(None, |first| *first);
        let mut text = first_closed.unwrap_or_default().to_string();
        for probe in self.account.probes() {
            let _ = write!(text, " {}:{}", probe.begun, probe.ended.unwrap_or_default());
        }
        text
    }

    fn report(&self) -> String {
        let calls = self.breakers.iter().map(|breaker| breaker.snapshot().calls);
        let (counted, kept_out) = calls.fold((0, 0), |(all, out), calls| {
            (all + calls.made() + calls.rejected, out + calls.rejected)
        });
        let [asked, rejected, panicked] =
            [&self.account.asked, &self.account.rejected, &self.account.panicked]
                .map(|count| count.load(Ordering::Relaxed));
        let (most, quantile) = self.account.times();
        let (all, fleet) = (cpu(""), cpu("circuit-fleet"));
        let memory = resident();
        let differs = u64::from(rejected != kept_out);
        format!(
            "{asked} {rejected} {panicked} {counted} {differs} {most} {quantile} {all} {fleet} {memory}"
        )
    }
}

/// Milliseconds of processor time of the threads with such names.
fn cpu(name: &str) -> u64 {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let named = tasks.filter(|task| {
        fs::read_to_string(task.path().join("comm")).is_ok_and(|comm| comm.starts_with(name))
    });
    let nanos = named.filter_map(|task| {
        let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    });
    nanos.sum::<u64>() / 1_000_000
}

/// Kilobytes.
fn resident() -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
