//! The fleet's fifth failure opens the breaker everywhere.

use integration_tests::redis_server::RedisServer;

use crate::process::{Processes, Setup};
use crate::report::{Size, Table, median_and_worst};

const PROCESSES: usize = 8;
const THRESHOLD: usize = 5;

/// Fails five times, in a round; returns when the fifth was over, where it happened.
type Fail = fn(&mut Processes, usize) -> i64;

pub(crate) fn measure(size: Size) {
    let rounds = size.of(10, 100);
    let server = RedisServer::start();
    let setup = Setup { ttl: 60_000, ..Setup::new(server.address()) };
    let mut processes = setup.start(PROCESSES);
    processes.sync();
    let title = format!(
        "From the return of the fifth failure until the last of {PROCESSES} processes rejects"
    );
    let heads = ["failures", "rounds", "median", "worst", "failures counted"];
    let mut table = Table::new(title, &heads);
    let variants: [(&str, Fail); 2] = [
        ("one after the other, each in another process", in_turn),
        ("in all processes at the same time", at_once),
    ];
    for (what, fail) in variants {
        let mut micros = Vec::new();
        for round in 0..rounds {
            let fifth = fail(&mut processes, round);
            let opened = processes.wait("open");
            for answer in processes.tell("try") {
                assert!(answer.starts_with("rejected"), "{what}, round {round}: {answer}");
            }
            let last = opened.iter().map(|(at, _)| *at).max().unwrap_or_default();
            micros.push(last - fifth);
            for (_, measured) in opened {
                assert_eq!(measured as usize, THRESHOLD, "{what}, round {round}: failures counted");
            }
            processes.0[round % PROCESSES].ask("close");
            processes.wait("closed");
            processes.sync();
        }
        let [median, worst] = median_and_worst(micros);
        table.row([what.to_owned(), rounds.to_string(), median, worst, THRESHOLD.to_string()]);
    }
    processes.report().check("trips");
    table.print();
}

fn in_turn(processes: &mut Processes, round: usize) -> i64 {
    let mut last = 0;
    for number in 0..THRESHOLD {
        for answer in processes.tell("try") {
            assert!(answer.starts_with("admitted"), "round {round}, after {number}: {answer}");
        }
        let process = &mut processes.0[(round + number) % PROCESSES];
        last = time_of(&process.ask("fail"), "admitted").expect("admitted");
        if number + 1 < THRESHOLD {
            assert_eq!(process.ask("sync"), "synced");
        }
    }
    last
}

fn at_once(processes: &mut Processes, _: usize) -> i64 {
    let answers = processes.tell("fail");
    let mut times: Vec<i64> =
        answers.iter().filter_map(|answer| time_of(answer, "admitted")).collect();
    times.sort_unstable();
    assert!(times.len() >= THRESHOLD, "only {} failures were let in: {answers:?}", times.len());
    times[THRESHOLD - 1]
}

fn time_of(answer: &str, what: &str) -> Option<i64> {
    answer.strip_prefix(what)?.trim().parse().ok()
}
