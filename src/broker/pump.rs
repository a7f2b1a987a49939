//! One open connection: bytes in, bytes out, time. Owns the buffers and when to read; the session decides.
use super::loss::Loss;
use super::pace::Pace;
use super::task::{Device, as_asked};
use crate::mqtt::packet::Disconnect;
use crate::mqtt::port::Notice;
use crate::mqtt::{Batch, BrokerEvent, BrokerRequest, Packet, Reason, Version};
use crate::session::Reading;
use crate::time::Timestamp;
use crate::wire::{self, Incoming, Reader, Side, WireError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// What one read takes at most: 4 ms of a stream of 64 MB/s.
const READ_BYTES: usize = 256 * 1024;
/// The least room that a read is given while a packet is incomplete.
const LEAST_ROOM: usize = 64 * 1024;
/// Messages of one batch: 5 ms at 100,000 a second, so that the model gets them while they are fresh.
const BATCH_MESSAGES: usize = 512;
/// Bytes of one batch, beyond which it goes however few messages it holds.
const BATCH_BYTES: usize = 1024 * 1024;
/// Bytes that wait to be written before the session is asked for no more packets.
const OUTBOX_BYTES: usize = 256 * 1024;
/// Between two reports of the link's figures: ten a second are more than a person reads.
const REPORT_EVERY: Duration = Duration::from_millis(100);
/// How long our last words may take, and the broker to close after them.
const FAREWELL_WITHIN: Duration = Duration::from_secs(1);

/// The buffers of one connection.
struct Pump {
    reader: Reader,
    inbox: Vec<u8>,
    /// Where the first packet begins that was not taken yet.
    at: usize,
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
pub(super) async fn pump(device: &mut Device, stream: TcpStream) -> Loss {
    let (mut source, mut sink) = stream.into_split();
    let mut pump = Pump::new(device, device.clock.now());
    let loss = pump.run(device, &mut source, &mut sink).await;
    pump.farewell(device, &mut source, &mut sink).await;
    loss
}

impl Pump {
    fn new(device: &Device, now: Timestamp) -> Self {
        Self {
            reader: Reader::new(Side::Client, device.version, device.max_packet_bytes),
            inbox: Vec::with_capacity(READ_BYTES),
            at: 0,
            outbox: Vec::new(),
            n_written: 0,
            batch: Batch::default(),
            pace: Pace::new(now),
            rest_until: None,
            is_stalled: false,
            is_unreported: false,
            reported: now,
        }
    }

    async fn run(
        &mut self,
        device: &mut Device,
        source: &mut (impl AsyncRead + Unpin),
        sink: &mut (impl AsyncWrite + Unpin),
    ) -> Loss {
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

            let is_resting = self.is_resting(device, now);
            let is_reading = !self.is_stalled && !is_resting;
            if is_reading {
                self.rest_until = None;
                self.make_room();
            }
            let wake_at = self.wake_at(device, is_resting);
            let left = wake_at.map(|at| at.since(now)).unwrap_or_default();
            let unwritten = self.outbox.get(self.n_written..).unwrap_or_default();
            tokio::select! {
                biased;
                () = device.feed.abandoned() => device.session.request(now, BrokerRequest::End),
                request = device.requests.recv() => device.obey(request),
                written = sink.write(unwritten), if !unwritten.is_empty() => match written {
                    Ok(n_bytes) => self.note_written(device, n_bytes),
                    Err(error) => return Loss::io(device.step(), &error, device.version),
                },
                read = source.read_buf(&mut self.inbox), if is_reading => match read {
                    Ok(0) => return Loss::end_of_stream(device.step(), device.version),
                    Ok(n_bytes) => {
                        if let Err(loss) = self.note_read(device, n_bytes) {
                            return loss;
                        }
                    }
                    Err(error) => return Loss::io(device.step(), &error, device.version),
                },
                () = device.feed.room(), if self.is_stalled => {
                    let now = device.clock.now();
                    self.is_stalled = false;
                    device.session.set_reading(now, Reading::Running);
                    if let Err(loss) = self.take(device, now) {
                        return loss;
                    }
                }
                () = tokio::time::sleep(left), if wake_at.is_some() => {}
            }
        }
    }

    /// Whether the socket is let fill; never while an answer is awaited, whose round trip is measured.
    fn is_resting(&self, device: &Device, now: Timestamp) -> bool {
        self.rest_until.is_some_and(|until| until > now) && !device.session.awaits_reply()
    }

    /// The earliest of what time alone brings.
    fn wake_at(&self, device: &Device, is_resting: bool) -> Option<Timestamp> {
        let rested = self.rest_until.filter(|_| is_resting);
        let report = self.is_unreported.then(|| self.reported + REPORT_EVERY);
        [device.session.deadline(), rested, report].into_iter().flatten().min()
    }

    /// Makes room for the next read: for the rest of a large packet at once, and not for ever.
    fn make_room(&mut self) {
        if self.at >= self.inbox.len() {
            self.inbox.clear();
            if self.inbox.capacity() > 2 * READ_BYTES {
                self.inbox = Vec::with_capacity(READ_BYTES);
            }
        } else if self.at > 0 {
            self.inbox.drain(..self.at);
        }
        self.at = 0;
        let wanted = self.reader.missing().max(LEAST_ROOM);
        if self.inbox.capacity() - self.inbox.len() < wanted {
            self.inbox.reserve_exact(wanted);
        }
    }

    fn note_read(&mut self, device: &mut Device, n_bytes: usize) -> Result<(), Loss> {
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
            let failed = match self.reader.next(&self.inbox, &mut self.at) {
                Ok(None) => break,
                Ok(Some(Incoming::Publish(publish))) => match device.session.receive_publish(now, &publish) {
                    Ok(Some(message)) => {
                        self.batch.push(&message);
                        n_messages += 1;
                        continue;
                    }
                    Ok(None) => continue,
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
                    let wire::Unreadable { topic, n_bytes, qos, packet_id, words } = unreadable;
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
        if device.version == Version::V5 && device.session.is_online() {
            let disconnect = Disconnect {
                reason: Reason::MALFORMED_PACKET,
                reason_string: Some(error.to_string()),
                ..Disconnect::default()
            };
            // What cannot be written here is not said; the connection ends either way.
            let _ = wire::write(&Packet::Disconnect(disconnect), device.version, &mut self.outbox);
        }
    }

    /// Takes the session's packets until so many bytes wait to be written.
    fn fill_outbox(&mut self, device: &mut Device, now: Timestamp, up_to: usize) {
        while self.outbox.len() - self.n_written < up_to
            && let Some(packet) = device.session.next_packet(now)
        {
            if let Err(error) = wire::write(&packet, device.version, &mut self.outbox) {
                let words = format!("a packet was not sent: {error}");
                device.feed.push(BrokerEvent::Notice(Notice::Words(words)));
            }
        }
    }

    fn note_written(&mut self, device: &mut Device, n_bytes: usize) {
        device.traffic.bytes_out += n_bytes as u64;
        self.is_unreported = true;
        self.n_written += n_bytes;
        if self.n_written >= self.outbox.len() {
            self.n_written = 0;
            self.outbox.clear();
            if self.outbox.capacity() > 2 * OUTBOX_BYTES {
                self.outbox = Vec::new();
            }
        }
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
    async fn farewell(
        &mut self,
        device: &mut Device,
        source: &mut (impl AsyncRead + Unpin),
        sink: &mut (impl AsyncWrite + Unpin),
    ) {
        if !device.session.is_online() {
            self.fill_outbox(device, device.clock.now(), usize::MAX);
        }
        let unwritten = self.outbox.get(self.n_written..).unwrap_or_default();
        if unwritten.is_empty() {
            return;
        }
        let n_bytes = unwritten.len() as u64;
        let said = async {
            sink.write_all(unwritten).await?;
            sink.shutdown().await?;
            let mut unheard = [0; 4096];
            while source.read(&mut unheard).await? > 0 {}
            std::io::Result::Ok(())
        };
        // Nobody may listen any more; then there is nothing to wait for.
        if let Ok(Ok(())) = tokio::time::timeout(FAREWELL_WITHIN, said).await {
            device.traffic.bytes_out += n_bytes;
        }
    }
}
