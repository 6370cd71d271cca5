//! How many commands calls cost.

use integration_tests::redis_server::RedisServer;

use crate::process::Setup;
use crate::report::{Size, Table, ratio};
use crate::server::Work;

/// A breaker that this many failures do not open.
const NEVER: u32 = 1_000_000_000;

/// Nothing is looked at meanwhile that has nothing to do with the calls.
fn setup(server: &RedisServer) -> Setup {
    Setup { poll: 3_600_000, ..Setup::new(server.address()) }
}

/// What `calls` calls cost, so many of them in a second.
fn cost(setup: &Setup, server: &RedisServer, dependency: &str, (calls, rate): (u64, u64)) -> Work {
    let mut processes = setup.start(1);
    let process = &mut processes.0[0];
    if setup.threshold != NEVER && dependency == "sick" {
        while process.ask("fail").starts_with("admitted") {}
    }
    process.ask("sync");
    process.ask(&format!("dependency {dependency}"));
    let before = Work::of(server);
    process.ask(&format!("run {rate} 1 {calls}"));
    process.ask("finish");
    // What is on its way.
    std::thread::sleep(crate::clock::ms(50));
    let work = Work::of(server).since(&before);
    processes.report().check("commands");
    work
}

pub(crate) fn measure(size: Size) {
    let heads = [
        "1 process",
        "calls",
        "scripts",
        "scripts per call",
        "commands in all",
        "PyBreaker",
        "gobreaker",
    ];
    let mut table = Table::new("Commands sent to Redis", &heads);
    let (calls, rate) = size.of((300, 500), (1_000, 100));
    let mut row = |what: &str, calls: u64, work: &Work, peers: [&str; 2]| {
        let (scripts, sent) = (work.scripts(), work.sent());
        let first =
            [what.to_owned(), calls.to_string(), scripts.to_string(), ratio(scripts, calls)];
        table.row(first.into_iter().chain([sent.to_string()]).chain(peers.map(str::to_owned)));
    };

    let server = RedisServer::start();
    let work = cost(&setup(&server), &server, "well", (calls, rate));
    assert_eq!(work.scripts(), 0, "calls that succeed cost nothing: {work:?}");
    row(&format!("healthy, {rate} calls/s"), calls, &work, ["2", "4"]);

    let failing = |server: &RedisServer| Setup { threshold: NEVER, ..setup(server) };
    let server = RedisServer::start();
    let work = cost(&failing(&server), &server, "mixed", (calls, rate));
    assert!(work.scripts() <= calls, "never more than one for a call: {work:?}");
    row(&format!("every second call fails, {rate} calls/s"), calls, &work, ["2 and 3", "4"]);

    let server = RedisServer::start();
    let work = cost(&failing(&server), &server, "sick", (calls, rate));
    assert!(work.scripts() <= calls, "never more than one for a call: {work:?}");
    row(&format!("all fail, {rate} calls/s"), calls, &work, ["3", "4"]);

    let server = RedisServer::start();
    let many = size.of(10_000, 100_000);
    let work = cost(&failing(&server), &server, "sick", (many, 0));
    assert!(work.scripts() <= many, "never more than one for a call: {work:?}");
    row("all fail, as fast as it can", many, &work, ["3", "4"]);

    let server = RedisServer::start();
    let open = Setup { ttl: 60_000, ..setup(&server) };
    let work = cost(&open, &server, "sick", (calls, rate));
    assert_eq!(work.scripts(), 0, "calls that are rejected cost nothing: {work:?}");
    row(&format!("open, {rate} calls/s"), calls, &work, ["2", "4"]);

    let cycles = size.of(5, 50);
    for processes in [1, 8] {
        let work = cycle(processes, cycles);
        let what = format!("{processes} processes, a trip and a recovery, 100 calls/s each");
        row(&what, cycles, &work, ["", ""]);
    }
    table.print();
}

/// Trips and recovers so many times.
fn cycle(processes: usize, cycles: u64) -> Work {
    let server = RedisServer::start();
    let setup = Setup { ttl: 200, ..setup(&server) };
    let mut processes = setup.start(processes);
    processes.sync();
    processes.tell("run 100 1 0");
    let before = Work::of(&server);
    for _ in 0..cycles {
        processes.tell("dependency sick");
        processes.wait("open");
        processes.tell("dependency well");
        processes.wait("closed");
    }
    let work = Work::of(&server).since(&before);
    processes.tell("stop");
    processes.report().check("recoveries");
    work
}
