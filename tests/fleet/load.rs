//! What a fleet with many breakers costs the server.

use std::thread;
use std::time::{Duration, Instant};

use integration_tests::redis_server::RedisServer;

use crate::process::Setup;
use crate::report::{Size, Table, ratio};
use crate::server::Work;

const NEVER: u32 = 1_000_000_000;

/// What the processes do.
struct Case {
    name: &'static str,
    dependency: &'static str,
    threshold: u32,
    ttl: u64,
    /// Each process calls each breaker so many times in so many seconds.
    rate: (u32, u32),
}

const CASES: [Case; 5] = [
    Case {
        name: "healthy, a call in 1 s",
        dependency: "well",
        threshold: 5,
        ttl: 5_000,
        rate: (1, 1),
    },
    Case {
        name: "all fail, threshold 5, ttl 60 s, a call in 1 s",
        dependency: "sick",
        threshold: 5,
        ttl: 60_000,
        rate: (1, 1),
    },
    Case {
        name: "all fail, threshold 5, ttl 5 s, a call in 1 s",
        dependency: "sick",
        threshold: 5,
        ttl: 5_000,
        rate: (1, 1),
    },
    Case {
        name: "all fail, threshold never reached, a call in 50 s",
        dependency: "sick",
        threshold: NEVER,
        ttl: 5_000,
        rate: (1, 50),
    },
    Case {
        name: "all fail, threshold never reached, a call in 1 s",
        dependency: "sick",
        threshold: NEVER,
        ttl: 5_000,
        rate: (1, 1),
    },
];

pub(crate) fn measure(size: Size) {
    let (clients, breakers, seconds) = size.of((4, 20, 1), (50, 1_000, 20));
    let title = format!("{breakers} breakers, {clients} processes, over {seconds} s");
    let heads = [
        "each process, each breaker",
        "calls/s",
        "scripts/s",
        "commands/s",
        "published/s",
        "Redis CPU",
        "in KB/s",
        "out KB/s",
        "memory per breaker",
        "of its key",
        "CPU of all processes",
        "of the fleets' threads",
        "connections made",
        "a process's memory",
        "shared at the end",
        "longest time inside the breaker",
    ];
    let mut table = Table::new(title, &heads);
    for case in &CASES {
        table.row(case.cost(clients, breakers, seconds, size));
    }
    table.print();
}

impl Case {
    fn cost(&self, clients: usize, breakers: u64, seconds: u64, size: Size) -> Vec<String> {
        let server = RedisServer::start();
        let empty = Work::of(&server);
        let setup = Setup {
            threshold: self.threshold,
            ttl: self.ttl,
            breakers,
            ..Setup::new(server.address())
        };
        let mut processes = setup.roll_out(clients);
        processes.tell(&format!("dependency {}", self.dependency));
        processes.tell(&format!("run {} {} 0", self.rate.0, self.rate.1));
        // Until it is as it stays.
        thread::sleep(Duration::from_secs(size.of(1, 10)));
        let (before, earlier) = (Work::of(&server), processes.report());
        let begun = Instant::now();
        thread::sleep(Duration::from_secs(seconds));
        let work = Work::of(&server).since(&before);
        let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let report = processes.report();
        let shared = processes.shared();
        processes.tell("stop");
        processes.report().check(self.name);
        if self.dependency == "well" {
            // Each looks at each record once in a while.
            let looks = clients as u64 * breakers * millis / 7_500 + clients as u64 * breakers;
            assert!(work.scripts() <= looks, "idle: {work:?}");
        }
        let all = Work::of(&server).since(&empty);
        let per_second = |count: u64| (count * 1_000 / millis).to_string();
        let key = server.command(&["MEMORY", "USAGE", "circuit:{fleet/0}"]);
        let out_of = clients as u64 * breakers;
        vec![
            self.name.to_owned(),
            per_second(report.asked - earlier.asked),
            per_second(work.scripts()),
            per_second(work.sent()),
            per_second(work.calls("publish")),
            format!("{} s/s", ratio(work.cpu / 1_000, millis)),
            per_second(work.bytes_in / 1_000),
            per_second(work.bytes_out / 1_000),
            format!("{} B", all.memory / breakers),
            format!("{} B", if key.is_empty() { "0" } else { &key }),
            format!("{} s/s", ratio(report.cpu - earlier.cpu, millis)),
            format!("{} s/s", ratio(report.fleet_cpu - earlier.fleet_cpu, millis)),
            work.connections.saturating_sub(1).to_string(),
            format!("{} KB", report.memory),
            format!("{shared} of {out_of}"),
            format!("{} µs", report.longest),
        ]
    }
}
