//! One process probes, and all recover.

use integration_tests::redis_server::RedisServer;

use crate::process::{Processes, Setup};
use crate::report::{Size, Table, median_and_worst};

const PROCESSES: usize = 8;
/// How long a probe takes, and a breaker is open, in milliseconds.
const PROBE: u64 = 50;
const TTL: u64 = 300;

/// What all processes of a fleet saw since its dependency last changed.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// When each began, in which process, and when it was over: 0, if it is not.
    pub(crate) probes: Vec<(i64, usize, i64)>,
    pub(crate) first_closed: Option<i64>,
}

impl Seen {
    pub(crate) fn by(processes: &mut Processes) -> Self {
        let mut seen = Self::default();
        for (process, answer) in processes.tell("probes").iter().enumerate() {
            let (first, probes) = answer.split_once(' ').unwrap_or((answer, ""));
            let first = first.parse().ok().filter(|first| *first != 0);
            seen.first_closed = seen.first_closed.into_iter().chain(first).min();
            let read = |probe: &str| {
                let (begun, ended) = probe.split_once(':')?;
                Some((begun.parse().ok()?, process, ended.parse().ok()?))
            };
            seen.probes.extend(probes.split(' ').filter_map(read));
        }
        seen.probes.sort_unstable();
        seen
    }
}

pub(crate) fn measure(size: Size) {
    let rounds = size.of(8, 100);
    let server = RedisServer::start();
    let setup = Setup { ttl: TTL, ..Setup::new(server.address()) };
    let mut processes = setup.start(PROCESSES);
    processes.sync();
    processes.tell("run 1000 1 0");
    let (mut late, mut closing) = (Vec::new(), Vec::new());
    let mut probes = 0;
    for round in 0..rounds {
        processes.tell("dependency sick");
        let opened = processes.wait("open");
        let opened = opened.iter().map(|(at, _)| *at).min().unwrap_or_default();
        processes.tell(&format!("dependency slow {PROBE}"));
        let closed = processes.wait("closed");
        let seen = Seen::by(&mut processes);
        let [(begun, _, ended)] = seen.probes[..] else {
            panic!("round {round}: not one probe, but {seen:?}")
        };
        probes += seen.probes.len();
        let first = seen.first_closed.unwrap_or(i64::MAX);
        assert!(
            ended != 0 && first >= ended,
            "round {round}: calls before the probe was over: {seen:?}"
        );
        late.push(begun - opened - i64::try_from(TTL).unwrap_or_default() * 1_000);
        let last = closed.iter().map(|(at, _)| *at).max().unwrap_or_default();
        closing.push(last - ended);
    }
    processes.tell("stop");
    let report = processes.report();
    report.check("recoveries");

    let title = format!(
        "Recoveries of {PROCESSES} processes, each of which calls every millisecond; a probe takes {PROBE} ms"
    );
    let heads = ["rounds", "probes", "", "median", "worst"];
    let mut table = Table::new(title, &heads);
    let counts = [rounds.to_string(), probes.to_string()];
    let what = [
        ("from the end of `ttl` to the probe", late),
        ("from the probe's end until all are closed", closing),
    ];
    for (what, micros) in what {
        let cells = counts.iter().cloned().chain([what.to_owned()]);
        table.row(cells.chain(median_and_worst(micros)));
    }
    table.print();
    println!(
        "{} calls, {} rejected; {} ms of CPU, of which the fleets' threads {}",
        report.asked, report.rejected, report.cpu, report.fleet_cpu
    );
}
