//! How long it takes until a fleet shares its breakers: when its processes start, and when its server comes back.

use std::thread;
use std::time::{Duration, Instant};

use integration_tests::redis_server::RedisServer;

use crate::clock::ms;
use crate::process::{Processes, Setup};
use crate::report::{Size, Table};
use crate::server::Work;

pub(crate) fn measure(size: Size) {
    let title = "Until all processes share all their breakers";
    let heads = [
        "",
        "processes",
        "breakers",
        "after",
        "scripts",
        "connections",
        "Redis CPU",
        "fleets' CPU",
    ];
    let mut table = Table::new(title, &heads);
    let full = [(1, 1_000), (10, 100), (10, 1_000), (20, 1_000), (50, 100), (50, 1_000)];
    let patience = size.of(10, 30);
    for &(count, breakers) in size.of(&[(4, 20)][..], &full[..]) {
        let mut server = RedisServer::start();
        let setup = Setup { breakers, ..Setup::new(server.address()) };
        let mut processes = setup.launch(count);
        for what in ["they start", "Redis is killed, and starts again"] {
            if what != "they start" {
                server.kill();
                thread::sleep(ms(1_000));
                server.restart_empty();
            }
            let all = count as u64 * breakers;
            let earlier = if what == "they start" { 0 } else { processes.report().fleet_cpu };
            let (after, shared) = join(&mut processes, all, patience);
            let work = Work::of(&server);
            let after = if shared == all {
                format!("{} ms", after.as_millis())
            } else {
                format!("never: {shared} of {all} after {} s", after.as_secs())
            };
            let counts = [count as u64, breakers].map(|count| count.to_string());
            let work = [
                work.scripts().to_string(),
                // Two are the test's own: the harness's when it starts the server, and this question's.
                work.connections.saturating_sub(2).to_string(),
                format!("{} ms", work.cpu / 1_000),
                format!("{} ms", processes.report().fleet_cpu - earlier),
            ];
            table.row([what.to_owned()].into_iter().chain(counts).chain([after]).chain(work));
            assert_eq!(shared, all, "{what}: not all are shared");
        }
    }
    table.print();
}

/// How long it took, and how many are shared then.
fn join(processes: &mut Processes, all: u64, patience: u64) -> (Duration, u64) {
    let begun = Instant::now();
    loop {
        let shared = processes.shared();
        let taken = begun.elapsed();
        if shared == all || taken > Duration::from_secs(patience) {
            return (taken, shared);
        }
        thread::sleep(ms(20));
    }
}
