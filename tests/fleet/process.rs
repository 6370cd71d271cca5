//! The processes of a fleet, as the test holds them.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// Where a process finds what it is to be.
pub(crate) const VARIABLE: &str = "FLEET_PROCESS";
/// Longer than anything that it is told to do.
const PATIENCE: Duration = Duration::from_secs(120);

/// What all processes of a fleet are; times in milliseconds.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) address: String,
    pub(crate) threshold: u32,
    pub(crate) ttl: u64,
    pub(crate) lease: u64,
    pub(crate) poll: u64,
    pub(crate) timeout: u64,
    pub(crate) breakers: u64,
}

impl Setup {
    pub(crate) fn new(address: String) -> Self {
        Self {
            address,
            threshold: 5,
            ttl: 300,
            lease: 2_000,
            poll: 15_000,
            timeout: 500,
            breakers: 1,
        }
    }

    /// Starts so many, and waits until they share all their breakers.
    pub(crate) fn start(&self, processes: usize) -> Processes {
        let mut all = self.launch(processes);
        for process in &mut all.0 {
            process.until("shared", &self.breakers.to_string());
        }
        all
    }

    /// As [`start`](Self::start), a few at a time: as a fleet is rolled out.
    pub(crate) fn roll_out(&self, processes: usize) -> Processes {
        let mut all = Processes(Vec::new());
        while all.0.len() < processes {
            let left = processes - all.0.len();
            all.0.append(&mut self.start(left.min(5)).0);
        }
        all
    }

    /// Starts so many; they may share nothing yet.
    pub(crate) fn launch(&self, processes: usize) -> Processes {
        let mut all = Processes((0..processes).map(|_| Process::start(self)).collect());
        all.tell("ready");
        all
    }
}

/// One process. Killed when it is dropped.
pub(crate) struct Process {
    child: Child,
    input: ChildStdin,
    answers: Receiver<String>,
}

impl Process {
    fn start(setup: &Setup) -> Self {
        let Setup { address, threshold, ttl, lease, poll, timeout, breakers } = setup;
        let arguments = format!("{address} {threshold} {ttl} {lease} {poll} {timeout} {breakers}");
        let program = env::current_exe().expect("the path of this program");
        let child = Command::new(program)
            .env(VARIABLE, arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = child.expect("a process");
        let input = child.stdin.take().expect("its input");
        let output = child.stdout.take().expect("its output");
        let (sender, answers) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, input, answers }
    }

    pub(crate) fn say(&mut self, line: &str) {
        let said = self.input.write_all(format!("{line}\n").as_bytes());
        said.expect("a process that listens");
    }

    pub(crate) fn hear(&self) -> String {
        self.answers.recv_timeout(PATIENCE).expect("an answer of a process")
    }

    pub(crate) fn ask(&mut self, line: &str) -> String {
        self.say(line);
        self.hear()
    }

    /// As a power cut does.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks again until it answers so.
    fn until(&mut self, line: &str, answer: &str) {
        for _ in 0..10_000 {
            if self.ask(line) == answer {
                return;
            }
            thread::sleep(Duration::from_millis(2));
        }
        panic!("`{line}` is not `{answer}` after 20 s");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// All of a fleet.
pub(crate) struct Processes(pub(crate) Vec<Process>);

impl Processes {
    /// Tells all, and only then waits for the answers.
    pub(crate) fn tell(&mut self, line: &str) -> Vec<String> {
        for process in &mut self.0 {
            process.say(line);
        }
        self.0.iter().map(Process::hear).collect()
    }

    /// Has all wait until they are `open` or `closed`: when that was, and what was measured.
    pub(crate) fn wait(&mut self, state: &str) -> Vec<(i64, u32)> {
        let answers = self.tell(&format!("await {state}"));
        let read = |answer: String| {
            let read = answer
                .split_once(' ')
                .and_then(|(at, measured)| Some((at.parse().ok()?, measured.parse().ok()?)));
            read.unwrap_or_else(|| panic!("{state}: {answer}"))
        };
        answers.into_iter().map(read).collect()
    }

    pub(crate) fn sync(&mut self) {
        for answer in self.tell("sync") {
            assert_eq!(answer, "synced");
        }
    }

    /// How many breakers are shared, in all of them.
    pub(crate) fn shared(&mut self) -> u64 {
        let shared = self.tell("shared");
        shared.iter().filter_map(|shared| shared.parse::<u64>().ok()).sum()
    }

    pub(crate) fn report(&mut self) -> Report {
        let reports = self.tell("report");
        reports.iter().map(|line| Report::read(line)).fold(Report::default(), Report::and)
    }
}

/// What became of the calls of one process, or of all. Times in microseconds, CPU in milliseconds, memory in kilobytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Report {
    pub(crate) asked: u64,
    pub(crate) rejected: u64,
    pub(crate) panicked: u64,
    /// By the breakers.
    pub(crate) counted: u64,
    /// Processes that count other rejections than they saw.
    pub(crate) differing: u64,
    pub(crate) longest: u64,
    pub(crate) per_mille: u64,
    pub(crate) cpu: u64,
    pub(crate) fleet_cpu: u64,
    pub(crate) memory: u64,
}

impl Report {
    fn read(line: &str) -> Self {
        let numbers: Vec<u64> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
        let [
            asked,
            rejected,
            panicked,
            counted,
            differing,
            longest,
            per_mille,
            cpu,
            fleet_cpu,
            memory,
        ] = numbers[..]
        else {
            panic!("a report: {line}")
        };
        Self {
            asked,
            rejected,
            panicked,
            counted,
            differing,
            longest,
            per_mille,
            cpu,
            fleet_cpu,
            memory,
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            asked: self.asked + other.asked,
            rejected: self.rejected + other.rejected,
            panicked: self.panicked + other.panicked,
            counted: self.counted + other.counted,
            differing: self.differing + other.differing,
            longest: self.longest.max(other.longest),
            per_mille: self.per_mille.max(other.per_mille),
            cpu: self.cpu + other.cpu,
            fleet_cpu: self.fleet_cpu + other.fleet_cpu,
            memory: self.memory.max(other.memory),
        }
    }

    /// Every call was let in or not, and is in the counts once.
    pub(crate) fn check(&self, what: &str) {
        assert_eq!(self.panicked, 0, "{what}: calls panicked: {self:?}");
        assert_eq!(self.asked, self.counted, "{what}: outcomes were lost: {self:?}");
        assert_eq!(self.differing, 0, "{what}: rejections are counted wrongly: {self:?}");
    }
}
