//! What breakers for many hosts take in memory, and which of them are kept.

use std::fs;
use std::sync::Barrier;
use std::thread;

use http::Uri;

use super::hosts::{client, group, host, is_down, is_open, is_rejected, say, visit};
use crate::allocations::heap;

/// The hosts that are called, and after how many of them memory is looked at as well.
const HOSTS: usize = 10_000;
const FIRST: usize = 1_024;
/// Among the first ones: each of them is called until its breaker is open.
pub(super) const DOWN: usize = 37;

/// A line of numbers for each look: hosts called, members, bytes on the heap and resident ones, both beyond those before
/// the first call, breakers of hosts that are down, and how many of these are open and reject.
pub(super) fn measure(at_most: usize, threads: usize) {
    heap::count();
    let hosts: Vec<Uri> = (0..HOSTS).map(|number| host(is_one_down(number), number)).collect();
    let down: Vec<&Uri> = hosts.iter().filter(|host| is_down(host)).collect();
    let group = group(at_most);
    let mut client = client(group);
    let barrier = Barrier::new(threads + 1);
    let (hosts, barrier) = (&hosts, &barrier);
    let stages = [0..FIRST, FIRST..HOSTS];
    let mut looks = Vec::with_capacity(stages.len());
    thread::scope(|scope| {
        for _ in 0..threads {
            let (mut client, stages) = (client.clone(), stages.clone());
            scope.spawn(move || {
                barrier.wait();
                for stage in stages {
                    barrier.wait();
                    hosts[stage].iter().for_each(|host| visit(&mut client, host));
                    barrier.wait();
                }
            });
        }
        barrier.wait();
        let before = (heap::bytes(), resident());
        for stage in stages {
            barrier.wait();
            barrier.wait();
            let (heap, resident) = (heap::bytes() - before.0, resident().saturating_sub(before.1));
            looks.push([stage.end, group.len(), heap, resident]);
        }
    });
    let kept = down.iter().filter(|host| is_open(group, host) && is_rejected(&mut client, host));
    let kept = kept.count();
    for [called, members, heap, resident] in looks {
        say(&[called, members, heap, resident, down.len(), kept]);
    }
}

/// So many, evenly among the first.
fn is_one_down(number: usize) -> bool {
    const EVERY: usize = FIRST / DOWN;
    number < DOWN * EVERY && number.is_multiple_of(EVERY)
}

/// Bytes; none where nobody says how many.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok());
    kib.map_or(0, |kib: usize| kib * 1024)
}
