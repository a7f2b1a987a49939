//! One open connection: bytes in, bytes out, time. Owns the buffers and when to read; the session decides.
use super::inbox::{Inbox, READ_BYTES};
use super::loss::Loss;
use super::pace::{Pace, REST};
use super::socket::{Exchange, Socket};
use super::task::{Device, as_asked};
use crate::mqtt::packet::Disconnect;
use crate::mqtt::port::Notice;
use crate::mqtt::{Batch, BrokerEvent, BrokerRequest, Packet, Reason, Version};
use crate::session::Reading;
use crate::time::Timestamp;
use crate::wire::{self, Incoming, Reader, Side, WireError};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Messages of one batch: 5 ms at 100,000 a second, so that the model gets them while they are fresh.
const BATCH_MESSAGES: usize = 512;
/// Bytes of one batch, beyond which it goes however few messages it holds.
const BATCH_BYTES: usize = 1024 * 1024;
/// Bytes that wait to be written before the session is asked for no more packets.
const OUTBOX_BYTES: usize = 256 * 1024;
/// Room from the start: CONNECT holds the password, and a buffer that grows leaves copies behind.
const OUTBOX_LEAST_BYTES: usize = 16 * 1024;
/// Between two reports of the link's figures: ten a second are more than a person reads.
const REPORT_EVERY: Duration = Duration::from_millis(100);
/// How long our last words may take, and the broker to close after them.
const FAREWELL_WITHIN: Duration = Duration::from_secs(1);

/// The buffers of one connection.
struct Pump {
    reader: Reader,
    inbox: Inbox,
    outbox: Vec<u8>,
    n_written: usize,
    batch: Batch,
    pace: Pace,
    rest_until: Option<Timestamp>,
    /// A full queue stops the reading.
    is_stalled: bool,
    /// When figures changed that were not reported yet; when they were reported last.
    is_unreported: bool,
    reported: Timestamp,
}

/// Works the connection until it ends.
pub(super) async fn pump(device: &mut Device, mut socket: Socket) -> Loss {
    let mut pump = Pump::new(device, device.clock.now());
    let loss = pump.run(device, &mut socket).await;
    pump.farewell(device, &mut socket).await;
    loss
}

impl Drop for Pump {
    fn drop(&mut self) {
        // CONNECT may wait in it still, and with it the password.
        self.outbox.fill(0);
        std::hint::black_box(&mut self.outbox);
    }
}

impl Pump {
    fn new(device: &Device, now: Timestamp) -> Self {
        Self {
            reader: Reader::new(Side::Client, device.profile.version, device.profile.max_packet_bytes),
            inbox: Inbox::new(),
            outbox: Vec::with_capacity(OUTBOX_LEAST_BYTES),
            n_written: 0,
            batch: Batch::default(),
            pace: Pace::new(now),
            rest_until: None,
            is_stalled: false,
            is_unreported: false,
            reported: now,
        }
    }

    async fn run(&mut self, device: &mut Device, socket: &mut Socket) -> Loss {
        loop {
            let now = device.clock.now();
            if device.session.deadline().is_some_and(|at| at <= now)
                && let Err(fatal) = device.session.advance(now)
            {
                let loss = Loss::fatal(device.step(), fatal);
                device.tell_events(&mut self.batch);
                return loss;
            }
            self.fill_outbox(device, now, OUTBOX_BYTES);
            device.tell_events(&mut self.batch);
            if !device.session.wants_connection() {
                return as_asked(None);
            }
            self.report(device, now);

            let is_resting = match self.look(device, socket, now) {
                Ok(is_resting) => is_resting,
                Err(loss) => return loss,
            };
            let is_reading = !self.is_stalled && !is_resting;
            if is_reading {
                self.inbox.make_room(self.reader.missing());
            }
            let wake_at = self.wake_at(device, is_resting);
            let left = wake_at.map(|at| at.since(now)).unwrap_or_default();
            let unwritten = self.outbox.get(self.n_written..).unwrap_or_default();
            let done = tokio::select! {
                biased;
                () = device.feed.abandoned() => {
                    device.session.request(now, BrokerRequest::End);
                    Ok(())
                }
                request = device.requests.recv() => {
                    device.obey(request);
                    self.pace.hurry(now);
                    self.rest_until = self.rest_until.map(|until| until.min(now + REST));
                    Ok(())
                }
                exchange = socket.exchange(is_reading.then(|| self.inbox.room()), unwritten) => match exchange {
                    Exchange::Written(written) => self.note_written(device, written),
                    Exchange::Read(read) => self.note_read(device, read),
                },
                () = device.feed.room(), if self.is_stalled => self.resume(device),
                () = tokio::time::sleep(left), if wake_at.is_some() => Ok(()),
            };
            if let Err(loss) = done {
                return loss;
            }
        }
    }

    /// Sees to it that the socket is watched unless it is let fill, and takes what came while it was;
    /// whether it is to be let fill (again).
    fn look(&mut self, device: &mut Device, socket: &mut Socket, now: Timestamp) -> Result<bool, Loss> {
        let step = device.step();
        let is_resting = self.is_resting(device, now);
        if !is_resting && !self.is_stalled && !socket.is_watched() {
            self.inbox.make_room(self.reader.missing());
            let read = socket.read_now(self.inbox.room()).transpose();
            if let Some(read) = read {
                self.note_read(device, read)?;
            }
        }
        let is_resting = self.is_resting(device, now);
        let changed = if is_resting { socket.unwatch() } else { socket.watch().map(|_| ()) };
        changed.map_err(|error| Loss::io(step, &error, &device.profile))?;
        Ok(is_resting)
    }

    fn resume(&mut self, device: &mut Device) -> Result<(), Loss> {
        let now = device.clock.now();
        self.is_stalled = false;
        device.session.set_reading(now, Reading::Running);
        self.take(device, now).map(|_| ())
    }

    /// Whether the socket is let fill; never while an answer is awaited, whose round trip is measured.
    fn is_resting(&self, device: &Device, now: Timestamp) -> bool {
        !self.is_stalled && self.rest_until.is_some_and(|until| until > now) && !device.session.awaits_reply()
    }

    /// The earliest of what time alone brings.
    fn wake_at(&self, device: &Device, is_resting: bool) -> Option<Timestamp> {
        let rested = self.rest_until.filter(|_| is_resting);
        let report = self.is_unreported.then(|| self.reported + REPORT_EVERY);
        [device.session.deadline(), rested, report].into_iter().flatten().min()
    }

    fn note_read(&mut self, device: &mut Device, read: io::Result<usize>) -> Result<(), Loss> {
        let n_bytes = match read {
            Ok(0) => return Err(Loss::end_of_stream(device.step(), &device.profile)),
            Ok(n_bytes) => n_bytes,
            Err(error) => return Err(Loss::io(device.step(), &error, &device.profile)),
        };
        self.inbox.filled(n_bytes);
        let now = device.clock.now();
        device.traffic.bytes_in += n_bytes as u64;
        device.session.bytes_received(now);
        self.is_unreported = true;
        let n_messages = self.take(device, now)?;
        let rest = self.pace.after_read(now, n_messages);
        // A read that filled half of the buffer has left more behind.
        self.rest_until = rest.filter(|_| n_bytes < READ_BYTES / 2).map(|rest| now + rest);
        Ok(())
    }

    /// Takes packets off the inbox until it is empty or the queue is full.
    fn take(&mut self, device: &mut Device, now: Timestamp) -> Result<usize, Loss> {
        let (mut n_messages, mut n_unchecked) = (0, 0);
        loop {
            if n_unchecked >= BATCH_MESSAGES || self.batch.n_bytes() >= BATCH_BYTES {
                n_unchecked = 0;
                if self.hand_over(device, now) {
                    return Ok(n_messages);
                }
            }
            n_unchecked += 1;
            let step = device.step();
            let (bytes, at) = self.inbox.front();
            let failed = match self.reader.next(bytes, at) {
                Ok(None) => break,
                Ok(Some(Incoming::Publish(publish))) => match device.session.receive_publish(now, &publish) {
                    Ok(Some(message)) => {
                        self.batch.push(&message);
                        n_messages += 1;
                        continue;
                    }
                    Ok(None) => {
                        device.tell_events(&mut self.batch);
                        continue;
                    }
                    Err(fatal) => Loss::fatal(step, fatal),
                },
                Ok(Some(Incoming::Packet(packet))) => match device.session.receive(now, packet) {
                    Ok(()) => {
                        device.tell_events(&mut self.batch);
                        continue;
                    }
                    Err(fatal) => Loss::fatal(step, fatal),
                },
                Ok(Some(Incoming::Unreadable(unreadable))) => {
                    let wire::Unreadable { topic, n_bytes, qos, packet_id, aliased, words } = unreadable;
                    device.session.note_aliased(aliased, &topic);
                    device.session.refuse_publish(now, qos, packet_id);
                    self.hand_over(device, now);
                    let notice = Notice::MessageRefused { topic, n_bytes, words };
                    device.feed.push(BrokerEvent::Notice(notice));
                    continue;
                }
                Err(error) => {
                    self.complain(device, &error);
                    Loss::wire(step, &error)
                }
            };
            device.feed.push_messages(&mut self.batch);
            device.tell_events(&mut self.batch);
            return Err(failed);
        }
        self.hand_over(device, now);
        Ok(n_messages)
    }

    /// Hands the batch over; whether that filled the queue, so that the reading stops.
    fn hand_over(&mut self, device: &mut Device, now: Timestamp) -> bool {
        device.feed.push_messages(&mut self.batch);
        let was_stalled = std::mem::replace(&mut self.is_stalled, !device.feed.has_room());
        if self.is_stalled && !was_stalled {
            device.traffic.n_stalls += 1;
            self.is_unreported = true;
            device.session.set_reading(now, Reading::Paused);
        }
        self.is_stalled
    }

    /// On MQTT 5 a malformed packet is answered before the end (MQTT-4.13.1-1).
    fn complain(&mut self, device: &Device, error: &WireError) {
        if device.profile.version == Version::V5 && device.session.is_online() {
            let disconnect = Disconnect {
                reason: Reason::MALFORMED_PACKET,
                reason_string: Some(error.to_string()),
                ..Disconnect::default()
            };
            // What cannot be written here is not said; the connection ends either way.
            let _ = wire::write(&Packet::Disconnect(disconnect), device.profile.version, &mut self.outbox);
        }
    }

    /// Takes the session's packets until so many bytes wait to be written.
    fn fill_outbox(&mut self, device: &mut Device, now: Timestamp, up_to: usize) {
        while self.outbox.len() - self.n_written < up_to
            && let Some(packet) = device.session.next_packet(now)
        {
            if let Err(error) = wire::write(&packet, device.profile.version, &mut self.outbox) {
                let words = format!("a packet was not sent: {error}");
                device.feed.push(BrokerEvent::Notice(Notice::Words(words)));
            }
        }
    }

    fn note_written(&mut self, device: &mut Device, written: io::Result<usize>) -> Result<(), Loss> {
        let n_bytes = written.map_err(|error| Loss::io(device.step(), &error, &device.profile))?;
        device.traffic.bytes_out += n_bytes as u64;
        self.is_unreported = true;
        self.n_written += n_bytes;
        if self.n_written >= self.outbox.len() {
            self.n_written = 0;
            if !device.session.is_online() {
                // The password was among it.
                self.outbox.fill(0);
            }
            self.outbox.clear();
            if self.outbox.capacity() > 2 * OUTBOX_BYTES {
                self.outbox = Vec::new();
            }
        }
        Ok(())
    }

    /// Reports the figures when they changed and the last report is old enough.
    fn report(&mut self, device: &Device, now: Timestamp) {
        if self.is_unreported && now.since(self.reported) >= REPORT_EVERY {
            self.is_unreported = false;
            self.reported = now;
            device.feed.push(BrokerEvent::Link(device.status(now)));
        }
    }

    /// Writes what is left to say, and lets the broker close first: a socket that is closed with unread
    /// bytes is reset, and a DISCONNECT that drowns in the reset makes the broker publish our will.
    async fn farewell(&mut self, device: &mut Device, socket: &mut Socket) {
        if !device.session.is_online() {
            self.fill_outbox(device, device.clock.now(), usize::MAX);
        }
        let unwritten = self.outbox.get(self.n_written..).unwrap_or_default();
        if unwritten.is_empty() {
            return;
        }
        let n_bytes = unwritten.len() as u64;
        let said = async {
            let stream = socket.watch()?;
            stream.write_all(unwritten).await?;
            stream.flush().await?;
            stream.shutdown().await?;
            let mut unheard = [0; 4096];
            while stream.read(&mut unheard).await? > 0 {}
            io::Result::Ok(())
        };
        // Nobody may listen any more; then there is nothing to wait for.
        if let Ok(Ok(())) = tokio::time::timeout(FAREWELL_WITHIN, said).await {
            device.traffic.bytes_out += n_bytes;
        }
    }
}
