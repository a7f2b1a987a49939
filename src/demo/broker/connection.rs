//! One client's socket. Owns reading and writing side by side; what the bytes mean is the core's.
use super::core::ConnectionId;
use super::handle::Shared;
use crate::mqtt::Version;
use crate::time::Timestamp;
use crate::wire::{Reader, Side};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};

/// Whether the broker goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    No,
    /// What is in the buffers is written first.
    Gently,
    /// Connections are reset.
    Abruptly,
}

/// Read at once: some thousand small packets under one lock.
const READ_BYTES: usize = 64 << 10;
/// Space made at once for a large packet, whatever length it claims to have.
const GROW_BYTES: usize = 4 << 20;
/// Write buffers above this are given back when they have been written.
const KEEP_BYTES: usize = 4 << 20;
/// For the last bytes to a client that may not be reading, and for it to close its side.
const CLOSE_WITHIN: Duration = Duration::from_millis(500);

/// Serves one client until either side closes.
pub(super) async fn serve(mut stream: TcpStream, shared: Arc<Shared>, mut stopped: watch::Receiver<Stop>) {
    // Failing costs only promptness.
    let _ = stream.set_nodelay(true);
    let (id, waker) = shared.accept();
    let (mut incoming, mut outgoing) = stream.split();
    let written = Notify::new();
    let how = tokio::select! {
        () = read(&shared, id, &mut incoming, &written) => Stop::No,
        () = write(&shared, id, &mut outgoing, &waker, &written) => Stop::Gently,
        stop = told(&mut stopped) => stop,
    };
    match how {
        Stop::No => {}
        Stop::Gently => {
            let mut rest = Vec::new();
            shared.with(|core, now| core.take_output(id, now, &mut rest));
            let _ = timeout(CLOSE_WITHIN, part(&mut incoming, &mut outgoing, &rest)).await;
        }
        Stop::Abruptly => {
            let _ = stream.set_zero_linger();
        }
    }
    shared.closed(id);
}

/// Waits for the end; a broker that was dropped ends abruptly.
pub(super) async fn told(stopped: &mut watch::Receiver<Stop>) -> Stop {
    let stop = stopped.wait_for(|stop| *stop != Stop::No).await;
    stop.map_or(Stop::Abruptly, |stop| *stop)
}

/// Says the last words, then reads on until the client closes: closing a socket with unread bytes resets
/// it, and the last words would be lost.
async fn part(incoming: &mut ReadHalf<'_>, outgoing: &mut WriteHalf<'_>, rest: &[u8]) {
    let said = async {
        outgoing.write_all(rest).await?;
        outgoing.shutdown().await
    };
    if said.await.is_err() {
        return;
    }
    let mut ignored = vec![0; READ_BYTES];
    while incoming.read(&mut ignored).await.is_ok_and(|n_bytes| n_bytes > 0) {}
}

/// Reads until the client closes. When the core wants to close, that is left to the writing side.
async fn read(shared: &Shared, id: ConnectionId, incoming: &mut ReadHalf<'_>, written: &Notify) {
    let max_packet_bytes = shared.with(|core, _now| core.limits.max_packet_bytes);
    let mut reader = Reader::new(Side::Broker, Version::V5, max_packet_bytes);
    let mut bytes = Vec::with_capacity(READ_BYTES);
    let mut at = 0;
    loop {
        bytes.drain(..at);
        at = 0;
        bytes.reserve(reader.missing().clamp(READ_BYTES, GROW_BYTES));
        let n_bytes = match incoming.read_buf(&mut bytes).await {
            Ok(0) | Err(_) => return,
            Ok(n_bytes) => n_bytes,
        };
        let goes_on = shared.with(|core, now| {
            core.count_received(n_bytes);
            loop {
                match reader.next(&bytes, &mut at) {
                    Ok(None) => return true,
                    Ok(Some(packet)) => {
                        if !core.receive(id, now, packet) {
                            return false;
                        }
                    }
                    Err(error) => {
                        core.malformed(id, now, &error);
                        return false;
                    }
                }
            }
        });
        if !goes_on {
            return std::future::pending().await;
        }
        while shared.with(|core, _now| core.is_congested(id)) {
            written.notified().await;
        }
    }
}

/// Writes whatever gathered in the core's buffer, as much as there is at a time, until it is to be closed.
async fn write(
    shared: &Shared,
    id: ConnectionId,
    outgoing: &mut WriteHalf<'_>,
    waker: &Notify,
    written: &Notify,
) {
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        bytes.shrink_to(KEEP_BYTES);
        let output = shared.with(|core, now| core.take_output(id, now, &mut bytes));
        written.notify_one();
        if !bytes.is_empty() {
            tokio::select! {
                result = outgoing.write_all(&bytes) => if result.is_err() { return },
                // A client that does not read is still held to its keep-alive, and closing to its time.
                () = given_up(shared, id, output.close, waker) => return,
            }
        }
        if output.close {
            return;
        }
        if bytes.is_empty() {
            tokio::select! {
                () = waker.notified() => {}
                () = until(shared, output.deadline) => {}
            }
        }
    }
}

/// Ends when a connection that is being written to has to be closed all the same.
async fn given_up(shared: &Shared, id: ConnectionId, is_closing: bool, waker: &Notify) {
    if is_closing {
        return sleep(CLOSE_WITHIN).await;
    }
    loop {
        let state = shared.with(|core, now| core.look(id, now));
        if state.close {
            return sleep(CLOSE_WITHIN).await;
        }
        tokio::select! {
            () = waker.notified() => {}
            () = until(shared, state.deadline) => {}
        }
    }
}

async fn until(shared: &Shared, deadline: Option<Timestamp>) {
    match deadline {
        None => std::future::pending().await,
        Some(deadline) => sleep(deadline.since(shared.clock.now())).await,
    }
}
