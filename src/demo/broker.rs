//! An embedded broker for the demo and for tests, 3.1.1 and 5 on one loopback port. Owns its sockets and tasks.
//!
//! All state lies in one pure core behind one lock. The lock is held for computing alone, never across
//! an `await`, and a connection's task handles a whole read's worth of packets under it.
mod connection;
mod core;
mod faults;
mod frame;
mod handle;
mod retained;
mod routes;
mod session;

pub use self::core::{Figures, Limits};
pub use faults::{ALWAYS, Fault, Faults, PacketKind, Strike};
pub use handle::BrokerHandle;

use self::connection::Stop;
use self::core::Core;
use self::handle::Shared;
use crate::mqtt::{Reason, Secret};
use crate::time::Clock;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// "Server shutting down".
const SERVER_SHUTTING_DOWN: Reason = Reason(0x8B);
/// Connections that wait to be accepted.
const BACKLOG: u32 = 1_024;
/// After a failed accept (no file descriptor left, say), so that the loop cannot spin.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(50);

/// How a broker is to be.
#[derive(Clone, Debug, Default)]
pub struct BrokerOptions {
    /// On 127.0.0.1; 0 lets the system choose.
    pub port: u16,
    /// What goes wrong from the start.
    pub faults: Faults,
    /// The user name and password that everybody must give; `None`: anybody may come.
    pub credentials: Option<(String, Secret)>,
    /// What it takes and keeps.
    pub limits: Limits,
}

/// What a broker still knows after a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Sessions and retained messages.
    Everything,
    /// Neither.
    Nothing,
}

/// A broker. Dropping it kills it.
#[derive(Debug)]
pub struct DemoBroker {
    address: SocketAddr,
    handle: BrokerHandle,
    running: Option<Running>,
    /// Keeps the port ours between `stop` or `kill` and `restart`.
    _reserved: Option<TcpSocket>,
}

#[derive(Debug)]
struct Running {
    stop: watch::Sender<Stop>,
    task: JoinHandle<()>,
}

/// Starts a broker on the current runtime.
#[expect(clippy::unused_async, reason = "needs a runtime; async says so, and binding may come to wait")]
pub async fn start(options: BrokerOptions, clock: Arc<dyn Clock>) -> io::Result<DemoBroker> {
    let (reserved, listener) = take_port(SocketAddr::from((Ipv4Addr::LOCALHOST, options.port)))?;
    let address = listener.local_addr()?;
    let core = Core::new(options.limits, options.credentials, options.faults, clock.now());
    let handle = BrokerHandle::new(core, clock);
    let running = run(listener, Arc::clone(&handle.shared));
    // `$SYS` is there before the first client is.
    handle.shared.with(Core::due);
    Ok(DemoBroker { address, handle, running: Some(running), _reserved: reserved })
}

impl DemoBroker {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The way in from this process.
    pub fn handle(&self) -> BrokerHandle {
        self.handle.clone()
    }

    /// Sends everybody a DISCONNECT (MQTT 5), closes all connections and the port.
    pub async fn stop(&mut self) {
        self.handle.shared.with(|core, now| core.dismiss_all(now, SERVER_SHUTTING_DOWN));
        self.end(Stop::Gently).await;
    }

    /// Drops all connections and the port as a crash does.
    pub async fn kill(&mut self) {
        self.end(Stop::Abruptly).await;
    }

    /// Listens again on the same port, after `stop` or `kill`.
    pub async fn restart(&mut self, keep: Keep) -> io::Result<()> {
        self.end(Stop::Abruptly).await;
        match keep {
            Keep::Everything => {}
            Keep::Nothing => self.handle.shared.with(|core, _now| core.forget()),
        }
        self.running = Some(run(listen(self.address)?, Arc::clone(&self.handle.shared)));
        Ok(())
    }

    async fn end(&mut self, how: Stop) {
        let Some(running) = self.running.take() else { return };
        running.stop.send_replace(how);
        // The task cannot fail but by a panic of ours, which the runtime has reported by then.
        let _ = running.task.await;
    }
}

impl Drop for DemoBroker {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.stop.send_replace(Stop::Abruptly);
        }
    }
}

/// Listens, and holds the port with a second socket that does not. While the broker is down the system
/// could else give the port to anybody, even to a client that dials it as its own end. Where two sockets
/// cannot share a port (it is Linux that lets them) there is no second.
fn take_port(address: SocketAddr) -> io::Result<(Option<TcpSocket>, TcpListener)> {
    let shared = || {
        let reserved = bind(address)?;
        let listener = listen(reserved.local_addr()?)?;
        io::Result::Ok((Some(reserved), listener))
    };
    shared().or_else(|_| Ok((None, listen(address)?)))
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // The port can be taken again at once after a restart, whatever connections are still dying on it.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    bind(address).and_then(|socket| socket.listen(BACKLOG)).map_err(|error| {
        let (kind, port) = (error.kind(), address.port());
        if kind == io::ErrorKind::AddrInUse {
            io::Error::new(
                kind,
                format!("port {port} is in use; choose another with --port, or leave --port out"),
            )
        } else if kind == io::ErrorKind::PermissionDenied {
            io::Error::new(kind, format!("port {port} may not be used; choose one above 1023 with --port"))
        } else {
            error
        }
    })
}

fn run(listener: TcpListener, shared: Arc<Shared>) -> Running {
    let (stop, stopped) = watch::channel(Stop::No);
    Running { stop, task: tokio::spawn(serve(listener, shared, stopped)) }
}

/// Accepts until told to stop, then waits for all connections to end.
async fn serve(listener: TcpListener, shared: Arc<Shared>, stopped: watch::Receiver<Stop>) {
    let mut connections = JoinSet::new();
    let mut end = stopped.clone();
    connections.spawn(handle::keep_house(Arc::clone(&shared), stopped.clone()));
    loop {
        tokio::select! {
            _ = connection::told(&mut end) => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _peer)) => {
                    connections.spawn(connection::serve(stream, Arc::clone(&shared), stopped.clone()));
                }
                Err(_no_resources) => tokio::time::sleep(ACCEPT_AGAIN_AFTER).await,
            },
            Some(_ended) = connections.join_next() => {}
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}
