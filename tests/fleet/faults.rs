//! What faults of Redis, of the network and of a process do to calls, and to the fleet.

use std::thread;
use std::time::{Duration, Instant};

use integration_tests::redis_server::RedisServer;

use crate::clock::{micros, ms};
use crate::process::{Processes, Setup};
use crate::proxy::{Direction, Proxy};
use crate::recoveries::Seen;
use crate::report::{Size, Table, millis};

const PROCESSES: usize = 4;
/// Longer than any call may take inside a breaker, and shorter than anything that a call could wait for.
const LONGEST: u64 = 200_000;

/// A server, and the way to it.
struct Place {
    server: RedisServer,
    proxy: Proxy,
}

struct Fault {
    name: &'static str,
    begin: fn(&mut Place),
    end: fn(&mut Place),
}

const FAULTS: [Fault; 5] = [
    Fault {
        name: "Redis killed, started again empty",
        begin: |place| place.server.kill(),
        end: |place| place.server.restart_empty(),
    },
    Fault {
        name: "Redis paused",
        begin: |place| place.server.pause(),
        end: |place| place.server.resume(),
    },
    Fault {
        name: "nothing comes from Redis",
        begin: |place| place.proxy.cut(Direction::ToProcesses),
        end: |place| place.proxy.mend(Direction::ToProcesses),
    },
    Fault {
        name: "nothing comes to Redis",
        begin: |place| place.proxy.cut(Direction::ToServer),
        end: |place| place.proxy.mend(Direction::ToServer),
    },
    Fault {
        name: "Redis forgets all (FLUSHALL)",
        begin: |place| drop(place.server.command(&["FLUSHALL"])),
        end: |place| drop(place.server.command(&["FLUSHALL"])),
    },
];

pub(crate) fn measure(size: Size) {
    let heads = [
        "fault",
        "calls",
        "rejected",
        "panics",
        "outcomes lost",
        "longest time inside the breaker",
        "99.9 %",
        "local when it ends",
        "all agree again after",
        "all closed again after",
    ];
    let title = format!(
        "{PROCESSES} processes, 500 calls/s each, the dependency sick half of the time, a fault for {} s",
        size.of("1", "5")
    );
    let mut table = Table::new(title, &heads);
    for fault in &FAULTS {
        table.row(suffer(fault, size));
    }
    let (cells, holder) = lose_holder(size);
    table.row(cells);
    table.print();
    println!("A process killed while it probes: another probe after {holder} (lease 2 s)\n");
}

fn setup(address: String) -> Setup {
    Setup { ttl: 300, poll: 5_000, ..Setup::new(address) }
}

fn suffer(fault: &Fault, size: Size) -> Vec<String> {
    let server = RedisServer::start();
    let proxy = Proxy::start(server.port());
    let mut processes = setup(proxy.address()).start(PROCESSES);
    let mut place = Place { server, proxy };
    processes.tell("run 500 1 0");
    sicken(&mut processes, size.of(400, 1_000));
    processes.tell("dependency sick");
    (fault.begin)(&mut place);
    sicken(&mut processes, size.of(1_000, 5_000));
    processes.tell("dependency well");
    let states = processes.tell("state");
    let local = states.iter().filter(|state| state.starts_with("local")).count();
    (fault.end)(&mut place);
    let ended = Instant::now();
    let agreed = agree(&mut processes, fault.name);
    let closed = eventually(&mut processes, fault.name, |states| {
        states.iter().all(|state| state == "shared closed")
    });
    thread::sleep(ms(size.of(100, 1_000)));
    processes.tell("stop");
    let (agreed, closed) = (agreed - ended, closed - ended);
    cells((fault.name, local), &mut processes, [agreed, closed])
}

/// Sick and well by turns.
fn sicken(processes: &mut Processes, millis: u64) {
    let begun = Instant::now();
    for what in ["dependency sick", "dependency well"].into_iter().cycle() {
        processes.tell(what);
        thread::sleep(ms(250));
        if begun.elapsed() >= ms(millis) {
            return;
        }
    }
}

/// When all share, and are in the same state.
fn agree(processes: &mut Processes, what: &str) -> Instant {
    eventually(processes, what, |states| {
        let is_open = |state: &String| state != "shared closed";
        states.iter().all(|state| state.starts_with("shared"))
            && states.iter().all(|state| is_open(state) == is_open(&states[0]))
    })
}

fn eventually(processes: &mut Processes, what: &str, is_so: impl Fn(&[String]) -> bool) -> Instant {
    let begun = Instant::now();
    loop {
        let states = processes.tell("state");
        if is_so(&states) {
            return Instant::now();
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{what}: still {states:?}");
        thread::sleep(ms(2));
    }
}

fn cells(
    (name, local): (&str, usize),
    processes: &mut Processes,
    [agreed, closed]: [Duration; 2],
) -> Vec<String> {
    let report = processes.report();
    report.check(name);
    assert!(report.longest < LONGEST, "{name}: a call waited: {report:?}");
    let time = |micros: u64| millis(i64::try_from(micros).unwrap_or(i64::MAX));
    let lost = report.asked - report.counted;
    let mut cells = vec![name.to_owned()];
    cells.extend(
        [report.asked, report.rejected, report.panicked, lost].map(|count| count.to_string()),
    );
    cells.push(time(report.longest));
    cells.push(format!("{} µs", report.per_mille));
    cells.push(local.to_string());
    cells.extend([agreed, closed].map(|after| format!("{} ms", after.as_millis())));
    cells
}

/// A process is killed while it probes: another one does, when its lease is over.
fn lose_holder(size: Size) -> (Vec<String>, String) {
    let rounds = size.of(1, 5);
    let mut waits = Vec::new();
    let name = "a process killed while it probes";
    let mut last = Vec::new();
    for round in 0..rounds {
        let server = RedisServer::start();
        let mut processes = setup(server.address()).start(PROCESSES);
        processes.tell("run 500 1 0");
        processes.tell("dependency sick");
        processes.wait("open");
        processes.tell("dependency held");
        let holder = first_probe(&mut processes);
        // So that it has been renewed.
        thread::sleep(ms(size.of(100, 1_500)));
        let killed = micros();
        processes.0[holder].kill();
        processes.0.remove(holder);
        first_probe(&mut processes);
        let seen = Seen::by(&mut processes);
        assert_eq!(seen.probes.len(), 1, "round {round}: {seen:?}");
        waits.push(seen.probes[0].0 - killed);
        processes.tell("dependency well");
        let ended = Instant::now();
        let agreed = agree(&mut processes, name);
        let closed = eventually(&mut processes, name, |states| {
            states.iter().all(|state| state == "shared closed")
        });
        processes.tell("stop");
        thread::sleep(ms(20));
        last = cells((name, 0), &mut processes, [agreed - ended, closed - ended]);
    }
    let longest = waits.iter().copied().max().unwrap_or_default();
    assert!(longest < 2_500_000, "another probe only after {longest} µs");
    let shortest = waits.iter().copied().min().unwrap_or_default();
    (last, format!("{} to {}", millis(shortest), millis(longest)))
}

/// Which process has one out.
fn first_probe(processes: &mut Processes) -> usize {
    let begun = Instant::now();
    loop {
        let seen = Seen::by(processes);
        if let Some((_, process, _)) = seen.probes.first() {
            return *process;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "nobody probes");
        thread::sleep(ms(1));
    }
}
