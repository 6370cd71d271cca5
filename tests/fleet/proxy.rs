//! Stands between processes and a server, and can be cut in one direction.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::clock::ms;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    ToServer,
    ToProcesses,
}

#[derive(Default)]
struct Cuts {
    to_server: AtomicBool,
    to_processes: AtomicBool,
}

impl Cuts {
    fn of(&self, direction: Direction) -> &AtomicBool {
        match direction {
            Direction::ToServer => &self.to_server,
            Direction::ToProcesses => &self.to_processes,
        }
    }
}

/// What comes while it is cut arrives when it is mended, as it does on a network that loses packets for a while.
pub(crate) struct Proxy {
    port: u16,
    cuts: Arc<Cuts>,
}

impl Proxy {
    /// Its threads end with the test.
    pub(crate) fn start(server: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let cuts = Arc::<Cuts>::default();
        let of_all = Arc::clone(&cuts);
        thread::spawn(move || {
            for process in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) else {
                    continue;
                };
                join(&process, &server, &of_all);
            }
        });
        Self { port, cuts }
    }

    pub(crate) fn address(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Connections stay open, and nothing comes through this way.
    pub(crate) fn cut(&self, direction: Direction) {
        self.cuts.of(direction).store(true, Ordering::Release);
    }

    pub(crate) fn mend(&self, direction: Direction) {
        self.cuts.of(direction).store(false, Ordering::Release);
    }
}

fn join(process: &TcpStream, server: &TcpStream, cuts: &Arc<Cuts>) {
    let ways = [(process, server, Direction::ToServer), (server, process, Direction::ToProcesses)];
    for (from, to, direction) in ways {
        let (Ok(from), Ok(to)) = (from.try_clone(), to.try_clone()) else { return };
        let _ = to.set_nodelay(true);
        let cuts = Arc::clone(cuts);
        thread::spawn(move || pass(from, to, cuts.of(direction)));
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, is_cut: &AtomicBool) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        while is_cut.load(Ordering::Acquire) {
            thread::sleep(ms(1));
        }
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    while is_cut.load(Ordering::Acquire) {
        thread::sleep(ms(1));
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
