//! One thing to be measured, and the table that it stands in.

/// The rows of one table, measured in turns.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) key: &'static str,
    pub(crate) title: &'static str,
    pub(crate) note: &'static str,
    /// What the columns of a table that goes through several sizes count.
    pub(crate) sizes: Option<&'static str>,
}

/// The name of the rows that all others are compared with.
pub(crate) const UNGUARDED: &str = "unguarded";
pub(crate) const THIS: &str = "this crate";

/// Makes calls, and checks that they did what they are said to do.
pub(crate) trait Job {
    /// Before the clock starts: room for so many calls.
    fn prepare(&mut self, _calls: u64) {}

    fn run(&mut self, calls: u64);
}

impl<F: FnMut(u64)> Job for F {
    fn run(&mut self, calls: u64) {
        self(calls);
    }
}

pub(crate) struct Scenario {
    pub(crate) group: &'static Group,
    pub(crate) who: &'static str,
    pub(crate) what: String,
    pub(crate) size: Option<u64>,
    /// Calls come in multiples of this.
    pub(crate) unit: u64,
    /// No more in one turn.
    pub(crate) most: u64,
    make: Box<dyn Fn() -> Box<dyn Job>>,
}

impl Scenario {
    /// `make` is called where the scenario is really measured, and not for a list of names.
    pub(crate) fn new<J: Job + 'static>(
        group: &'static Group,
        who: &'static str,
        what: impl Into<String>,
        make: impl Fn() -> J + 'static,
    ) -> Self {
        let make = Box::new(move || Box::new(make()) as Box<dyn Job>);
        Self { group, who, what: what.into(), size: None, unit: 1, most: u64::MAX, make }
    }

    pub(crate) fn of_size(mut self, size: u64) -> Self {
        self.size = Some(size);
        self
    }

    pub(crate) fn in_units_of(mut self, calls: u64) -> Self {
        self.unit = calls;
        self
    }

    pub(crate) fn at_most(mut self, calls: u64) -> Self {
        self.most = calls;
        self
    }

    pub(crate) fn make(&self) -> Box<dyn Job> {
        (self.make)()
    }

    /// What it is called on the command line.
    pub(crate) fn name(&self) -> String {
        let size = self.size.map(|size| format!("/{size}")).unwrap_or_default();
        format!("{}/{}/{}{size}", self.group.key, self.who, self.what)
    }
}
