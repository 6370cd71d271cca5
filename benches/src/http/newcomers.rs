//! How long a request to a new host takes.

use std::time::{Duration, Instant};

use http::Uri;

use super::hosts::{ask, client, group, host, say, visit};

/// What the hosts are like that are there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Crowd {
    /// The group is not full.
    Room,
    /// All closed, and without failures.
    Clean,
    /// All closed, with a failure each.
    Failed,
    /// All open.
    Open,
    /// No new host: those that are there.
    Known,
}

impl Crowd {
    pub(super) const ALL: [Self; 5] =
        [Self::Known, Self::Room, Self::Clean, Self::Failed, Self::Open];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|crowd| crowd.name() == name)
    }

    pub(super) fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Known => "no new host: one of those that are there",
            Self::Room => "a new host, the group not yet full",
            Self::Clean => "a new host; all there closed, without failures",
            Self::Failed => "a new host; all there closed, with a failure each",
            Self::Open => "a new host; all there open, so that nothing can be forgotten",
        }
    }
}

/// One line of numbers: members before and after, calls of the overflow, nanoseconds of a request to a new host: mean,
/// median, 99.9 % and most.
pub(super) fn measure(crowd: Crowd, at_most: usize, requests: usize) {
    let room = if crowd == Crowd::Room { requests } else { 0 };
    let group = group(at_most + room);
    let mut client = client(group);
    let is_down = matches!(crowd, Crowd::Failed | Crowd::Open);
    let there: Vec<Uri> = (0..at_most).map(|number| host(is_down, number)).collect();
    for host in &there {
        match crowd {
            Crowd::Failed => ask(&mut client, host),
            _ => visit(&mut client, host),
        }
    }
    let before = group.len();
    let asked: Vec<Uri> = match crowd {
        Crowd::Known => there.iter().cycle().take(requests).cloned().collect(),
        _ => (at_most..at_most + requests).map(|number| host(false, number)).collect(),
    };
    let mut times: Vec<Duration> = Vec::with_capacity(requests);
    for host in &asked {
        let begun = Instant::now();
        ask(&mut client, host);
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    let sum: Duration = times.iter().sum();
    let at = |share: usize| times[(times.len() - 1) * share / 1000].as_nanos();
    let overflow = group.overflow().snapshot().calls.made();
    let mean = sum.as_nanos() / times.len() as u128;
    say(&[before as u128, group.len() as u128, overflow.into(), mean, at(500), at(999), at(1000)]);
}
