//! What a server says of the work it has done.

use std::collections::BTreeMap;

use integration_tests::redis_server::RedisServer;

/// Since it started.
#[derive(Clone, Debug, Default)]
pub(crate) struct Work {
    commands: BTreeMap<String, u64>,
    /// Microseconds.
    pub(crate) cpu: u64,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
    pub(crate) memory: u64,
    pub(crate) connections: u64,
}

impl Work {
    pub(crate) fn of(server: &RedisServer) -> Self {
        let info = server.command(&["INFO", "everything"]);
        let fields: BTreeMap<&str, &str> =
            info.lines().filter_map(|line| line.trim_end().split_once(':')).collect();
        let number = |name: &str| fields.get(name).and_then(|text| text.parse().ok()).unwrap_or(0);
        let commands = fields.iter().filter_map(|(name, text)| {
            let name = name.strip_prefix("cmdstat_")?;
            let calls = text.strip_prefix("calls=")?.split(',').next()?;
            Some((name.to_owned(), calls.parse().ok()?))
        });
        Self {
            commands: commands.collect(),
            cpu: micros(fields.get("used_cpu_user")) + micros(fields.get("used_cpu_sys")),
            bytes_in: number("total_net_input_bytes"),
            bytes_out: number("total_net_output_bytes"),
            memory: number("used_memory"),
            connections: number("total_connections_received"),
        }
    }

    pub(crate) fn since(&self, before: &Self) -> Self {
        let less = |(name, calls): (&String, &u64)| {
            let calls = calls - before.commands.get(name).copied().unwrap_or_default();
            (name.clone(), calls)
        };
        Self {
            commands: self.commands.iter().map(less).collect(),
            cpu: self.cpu - before.cpu,
            bytes_in: self.bytes_in - before.bytes_in,
            bytes_out: self.bytes_out - before.bytes_out,
            memory: self.memory.saturating_sub(before.memory),
            connections: self.connections - before.connections,
        }
    }

    pub(crate) fn calls(&self, command: &str) -> u64 {
        self.commands.get(command).copied().unwrap_or_default()
    }

    /// What takes the decisions: all that is asked for on account of calls.
    pub(crate) fn scripts(&self) -> u64 {
        self.calls("eval") + self.calls("evalsha")
    }

    /// What processes sent; what scripts do, and this test's own questions, are not among them.
    pub(crate) fn sent(&self) -> u64 {
        let sent = ["eval", "evalsha", "ping", "hello", "subscribe", "client|setinfo", "select"];
        sent.iter().map(|command| self.calls(command)).sum()
    }
}

fn micros(seconds: Option<&&str>) -> u64 {
    let (whole, part) = seconds.and_then(|text| text.split_once('.')).unwrap_or_default();
    let micros = format!("{whole}{part:0<6.6}");
    micros.parse().unwrap_or_default()
}
