//! Servers that tests start: programs of their own, each on a free port.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

/// A port, a directory that is removed with the server, and the process that was started with both.
pub(crate) fn on_a_free_port(
    program: &str,
    is_fit: impl Fn(u16) -> bool,
    start: impl Fn(u16, &Path) -> Result<Child, String>,
) -> (u16, PathBuf, Child) {
    let mut last = String::new();
    for _ in 0..10 {
        // Another process may take it before the server does.
        let port = free_port(&is_fit);
        let name = format!("{program}-{}-{port}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        fs::create_dir_all(&directory).expect("a directory for the server");
        match start(port, &directory) {
            Ok(process) => return (port, directory, process),
            Err(text) => last = text,
        }
        let _ = fs::remove_dir_all(&directory);
    }
    panic!("{program} does not start:\n{last}");
}

fn free_port(is_fit: impl Fn(u16) -> bool) -> u16 {
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        if is_fit(port) {
            return port;
        }
    }
}

/// The process, once it is ready; what it wrote to `log`, if it ends instead. `package` is Debian's.
pub(crate) fn once_ready(
    command: &mut Command,
    package: &str,
    log: &Path,
    is_ready: impl Fn(&Child) -> bool,
) -> Result<Child, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut process = match command.spawn() {
        Ok(process) => process,
        Err(error) if error.kind() == io::ErrorKind::NotFound => panic!(
            "{program} is missing: install it, with `sudo apt-get install {package}` or as your system does it"
        ),
        Err(error) => return Err(error.to_string()),
    };
    let begun = Instant::now();
    loop {
        if process.try_wait().is_ok_and(|ended| ended.is_some()) {
            return Err(fs::read_to_string(log).unwrap_or_default());
        }
        if is_ready(&process) {
            return Ok(process);
        }
        if begun.elapsed() > Duration::from_secs(20) {
            let _ = process.kill();
            let _ = process.wait();
            return Err("it does not answer".to_owned());
        }
        thread::sleep(Duration::from_millis(10));
    }
}
