//! The places for probes that this process holds.

use crate::clock::Moment;

/// The right to make one probe, for as long as the storage was told to keep it for us.
#[derive(Debug)]
struct Held {
    token: String,
    /// Counted from before it was asked for: so never for longer than the storage keeps it.
    valid_until: Moment,
    renew_at: Moment,
    /// Since when a probe is out on it.
    used: Option<Moment>,
}

#[derive(Debug, Default)]
pub(super) struct Leases {
    held: Vec<Held>,
    /// One that was asked for, and not answered yet.
    asked: Option<String>,
    /// One that may be given to somebody else, which is not known until it is answered.
    offered: Option<String>,
}

impl Leases {
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn ask_for(&mut self, token: &str) {
        self.asked = Some(token.to_owned());
    }

    pub(super) fn len(&self) -> u64 {
        self.held.len() as u64
    }

    #[cfg(test)]
    pub(super) fn used(&self, now: Moment) -> u64 {
        self.held.iter().filter(|held| held.used.is_some() && held.valid_until > now).count() as u64
    }

    pub(super) fn has(&self, token: &str) -> bool {
        self.held.iter().any(|held| held.token == token)
    }

    pub(super) fn is_at_hand(&self, now: Moment) -> bool {
        self.held.iter().any(|held| self.is_free(held, now))
    }

    fn is_free(&self, held: &Held, now: Moment) -> bool {
        let is_offered = self.offered.as_ref() == Some(&held.token);
        held.used.is_none() && held.valid_until > now && !is_offered
    }

    /// Uses one for a probe that begins now.
    pub(super) fn take(&mut self, now: Moment) -> bool {
        let at = self.held.iter().position(|held| self.is_free(held, now));
        at.map(|at| self.held[at].used = Some(now)).is_some()
    }

    /// A probe is over: the lease that it was made on, and whether that is still valid.
    pub(super) fn give_back(&mut self, now: Moment) -> Option<(String, bool)> {
        let at = self.held.iter().position(|held| held.used.is_some())?;
        let held = self.held.remove(at);
        Some((held.token, held.valid_until > now))
    }

    pub(super) fn forget_expired(&mut self, now: Moment) {
        self.held.retain(|held| held.valid_until > now);
    }

    pub(super) fn renew_at(&self) -> Option<Moment> {
        self.held.iter().map(|held| held.renew_at).min()
    }

    /// One that is to be renewed now, and whether no probe is out on it. One whose probe has been silent for `probe_timeout`
    /// milliseconds is not: it runs out.
    pub(super) fn renewal(&mut self, now: Moment, probe_timeout: u64) -> Option<(String, bool)> {
        for held in self.held.iter_mut().filter(|held| held.renew_at <= now) {
            let is_silent = held.used.is_some_and(|used| used.after(probe_timeout) <= now);
            if !is_silent {
                let is_standby = held.used.is_none();
                self.offered = is_standby.then(|| held.token.clone());
                return Some((held.token.clone(), is_standby));
            }
            held.renew_at = held.valid_until;
        }
        None
    }

    /// It was granted or renewed, as asked for at a time and until another; or it was not.
    pub(super) fn answered(&mut self, token: &str, granted: Option<(Moment, Moment)>, length: u64) {
        let at = self.held.iter().position(|held| held.token == token);
        // What was given back meanwhile, or is of an era that is over, is not taken up again.
        let granted = granted.filter(|_| at.is_some() || self.asked.as_deref() == Some(token));
        (self.asked, self.offered) = (None, None);
        match (at, granted) {
            (Some(at), Some((asked, until))) => {
                self.held[at].valid_until = until;
                self.held[at].renew_at = asked.after(length / 2);
            }
            (None, Some((asked, valid_until))) => self.held.push(Held {
                token: token.to_owned(),
                valid_until,
                renew_at: asked.after(length / 2),
                used: None,
            }),
            (Some(at), None) => drop(self.held.remove(at)),
            (None, None) => {}
        }
    }
}
