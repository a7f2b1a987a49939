//! A broker that does nothing but send. Owns its port, its pace and what it heard from the client.
use super::traffic::{Packets, Version};
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// What one write takes at most, as a broker with a full buffer sends.
const BLOCK_BYTES: usize = 64 * 1024;

const PINGREQ: u8 = 0xC0;
const PINGRESP: u8 = 0xD0;

/// How a stream is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writes {
    /// As few and as large ones as there can be.
    Blocks,
    /// One for each packet, as mosquitto does.
    Packets,
}

/// What to send.
enum Order {
    Burst(Arc<Packets>, SyncSender<Instant>),
    Stream(Arc<Packets>, f64, Writes, Arc<AtomicBool>),
    New(Version, Arc<AtomicBool>),
    Ping,
}

/// What the client was heard to do.
#[derive(Debug, Default)]
pub struct Heard {
    last: Option<Instant>,
    /// The longest time without a packet from the client.
    pub longest_silence: Duration,
    pub n_pings: u64,
}

/// A sender with one client.
pub struct Sender {
    pub address: SocketAddr,
    orders: SyncSender<Order>,
    subscribed: Receiver<()>,
    pub heard: Arc<Mutex<Heard>>,
    n_sent: Arc<AtomicU64>,
    connection: Arc<Mutex<Option<TcpStream>>>,
}

/// Something that is sent until this is dropped.
pub struct Stream(Arc<AtomicBool>);

impl Drop for Stream {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Sender {
    /// On a port that the system chooses.
    pub fn start(version: Version) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on this machine");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (orders, received) = sync_channel(16);
        let (tell, subscribed) = sync_channel(1);
        let heard = Arc::new(Mutex::new(Heard::default()));
        let n_sent = Arc::new(AtomicU64::new(0));
        let connection = Arc::new(Mutex::new(None));
        let (of_heard, of_sent, of_connection) = (heard.clone(), n_sent.clone(), connection.clone());
        thread::spawn(move || {
            let Ok((stream, _)) = listener.accept() else { return };
            stream.set_nodelay(true).expect("a fresh socket takes options");
            let [reader, writer, kept] = [(); 3].map(|()| stream.try_clone().expect("a socket is cloned"));
            *of_connection.lock().expect("nobody panics with it") = Some(kept);
            let writer = Arc::new(Mutex::new(writer));
            let answers = Arc::clone(&writer);
            thread::spawn(move || answer(version, reader, &answers, &of_heard, &tell));
            while let Ok(order) = received.recv() {
                if carry_out(order, &writer, &of_sent).is_err() {
                    break;
                }
            }
        });
        Self { address, orders, subscribed, heard, n_sent, connection }
    }

    /// The other way round: a client that publishes through a broker which somebody else wrote.
    pub fn through(broker: SocketAddr, version: Version) -> Self {
        let (orders, received) = sync_channel(16);
        let (tell, subscribed) = sync_channel(1);
        let heard = Arc::new(Mutex::new(Heard::default()));
        let n_sent = Arc::new(AtomicU64::new(0));
        let mut stream = TcpStream::connect(broker).expect("the broker listens");
        stream.set_nodelay(true).expect("a fresh socket takes options");
        stream.write_all(version.connect()).expect("a broker that reads");
        read_packet(&mut stream).expect("a broker that answers");
        let [mut reader, kept] = [(); 2].map(|()| stream.try_clone().expect("a socket is cloned"));
        thread::spawn(move || {
            while let Ok((kind, _)) = read_packet(&mut reader) {
                if kind == PINGRESP && tell.send(()).is_err() {
                    return;
                }
            }
        });
        let (writer, of_sent) = (Mutex::new(stream), Arc::clone(&n_sent));
        thread::spawn(move || {
            while let Ok(order) = received.recv() {
                if carry_out(order, &writer, &of_sent).is_err() {
                    break;
                }
            }
        });
        Self {
            address: broker,
            orders,
            subscribed,
            heard,
            n_sent,
            connection: Arc::new(Mutex::new(Some(kept))),
        }
    }

    /// Waits until the broker has taken in all that was sent.
    pub fn is_taken_in(&self) {
        self.order(Order::Ping);
        self.subscribed.recv_timeout(super::PATIENCE).expect("a broker that answers");
    }

    /// Waits until the client has subscribed.
    pub fn is_subscribed(&self) {
        self.subscribed.recv_timeout(super::PATIENCE).expect("a client that subscribes");
    }

    /// Sends all of it as fast as the client takes it; tells when it began.
    pub fn burst(&self, packets: &Arc<Packets>) -> Instant {
        let (tell, began) = sync_channel(1);
        self.order(Order::Burst(Arc::clone(packets), tell));
        began.recv_timeout(super::PATIENCE).expect("a client that is connected")
    }

    /// Sends the packets over and over, so many a second.
    pub fn stream(&self, packets: &Arc<Packets>, per_s: f64, writes: Writes) -> Stream {
        let stop = Arc::new(AtomicBool::new(false));
        self.order(Order::Stream(Arc::clone(packets), per_s, writes, Arc::clone(&stop)));
        Stream(stop)
    }

    /// Sends a new topic with each message, as fast as the client takes them.
    pub fn ever_new_topics(&self, version: Version) -> Stream {
        let stop = Arc::new(AtomicBool::new(false));
        self.order(Order::New(version, Arc::clone(&stop)));
        Stream(stop)
    }

    pub fn n_sent(&self) -> u64 {
        self.n_sent.load(Ordering::SeqCst)
    }

    fn order(&self, order: Order) {
        self.orders.send(order).expect("the sender's thread takes orders while its client is there");
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        if let Some(stream) = self.connection.lock().ok().and_then(|mut stream| stream.take()) {
            // It is closed already when the client was faster.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn carry_out(order: Order, writer: &Mutex<TcpStream>, n_sent: &AtomicU64) -> std::io::Result<()> {
    let write = |bytes: &[u8], n_messages: usize| -> std::io::Result<()> {
        writer.lock().expect("nobody panics with it").write_all(bytes)?;
        n_sent.fetch_add(n_messages as u64, Ordering::SeqCst);
        Ok(())
    };
    match order {
        Order::Burst(packets, tell) => {
            // Who asked may have given up.
            let _ = tell.send(Instant::now());
            let mut first = 0;
            while first < packets.len() {
                let next = block_end(&packets, first);
                write(&packets.bytes[packets.start(first)..packets.start(next)], next - first)?;
                first = next;
            }
            Ok(())
        }
        Order::Stream(packets, per_s, how, stop) => {
            let (begun, mut n_due) = (Instant::now(), 0);
            let mut first = 0;
            while !stop.load(Ordering::SeqCst) {
                let next = match how {
                    Writes::Blocks => block_end(&packets, first),
                    Writes::Packets => first + 1,
                };
                n_due += next - first;
                let due = begun + Duration::from_secs_f64(count(n_due) / per_s);
                wait_until(due);
                write(&packets.bytes[packets.start(first)..packets.start(next)], next - first)?;
                first = if next == packets.len() { 0 } else { next };
            }
            Ok(())
        }
        Order::Ping => write(&[PINGREQ, 0], 0),
        Order::New(version, stop) => {
            let mut packets = Packets::default();
            let mut n_topics = 0_u64;
            while !stop.load(Ordering::SeqCst) {
                packets.clear();
                while packets.bytes.len() < BLOCK_BYTES {
                    n_topics += 1;
                    let (area, line) = (n_topics / 100_000, n_topics / 1_000 % 100);
                    let topic = format!("new/{area}/{line}/device{n_topics}/state");
                    packets.push(version, false, &topic, b"one value and never another");
                }
                write(&packets.bytes, packets.len())?;
            }
            Ok(())
        }
    }
}

/// The packet behind the last that fits a block; one packet at least.
fn block_end(packets: &Packets, first: usize) -> usize {
    let limit = packets.start(first) + BLOCK_BYTES;
    packets.ends.partition_point(|end| *end <= limit).max(first + 1)
}

/// Sleeps in steps of a millisecond at least: shorter ones would cost more than the sending.
fn wait_until(due: Instant) {
    let left = due.saturating_duration_since(Instant::now());
    if left > Duration::ZERO {
        thread::sleep(left.max(Duration::from_millis(1)));
    }
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n % (u32::MAX as usize)).unwrap_or_default())
}

/// Subscribes to all and drops what comes: how long so many bytes take on the wire.
pub fn read_bare(broker: SocketAddr, version: Version, n_bytes: usize) -> Duration {
    let mut stream = TcpStream::connect(broker).expect("the broker listens");
    stream.write_all(version.connect()).expect("a broker that reads");
    read_packet(&mut stream).expect("a broker that answers");
    let begun = Instant::now();
    stream.write_all(version.subscribe()).expect("a broker that reads");
    let mut bytes = vec![0; 256 * 1024];
    let mut n_read = 0;
    while n_read < n_bytes {
        n_read += stream.read(&mut bytes).ok().filter(|n| *n > 0).expect("a broker that sends all");
        // The best that a reader can do, as it spares the broker's core.
        thread::sleep(Duration::from_millis(1));
    }
    begun.elapsed()
}

/// Answers CONNECT, SUBSCRIBE and PINGREQ until the client goes.
fn answer(
    version: Version,
    mut reader: TcpStream,
    writer: &Mutex<TcpStream>,
    heard: &Mutex<Heard>,
    subscribed: &SyncSender<()>,
) {
    while let Ok((kind, body)) = read_packet(&mut reader) {
        let now = Instant::now();
        let mut heard = heard.lock().expect("nobody panics with it");
        let silence = heard.last.replace(now).map_or(Duration::ZERO, |last| now - last);
        heard.longest_silence = heard.longest_silence.max(silence);
        let reply: &[u8] = match (kind >> 4, version) {
            (1, Version::V3) => &[0x20, 2, 0, 0],
            (1, Version::V5) => &[0x20, 3, 0, 0, 0],
            (8, Version::V3) => &[0x90, 3, body[0], body[1], 0],
            (8, Version::V5) => &[0x90, 4, body[0], body[1], 0, 0],
            (12, _) => {
                heard.n_pings += 1;
                &[PINGRESP, 0]
            }
            _ => continue,
        };
        drop(heard);
        if writer.lock().expect("nobody panics with it").write_all(reply).is_err() {
            return;
        }
        if kind >> 4 == 8 {
            // Only the first subscription is waited for.
            let _ = subscribed.try_send(());
        }
    }
}

fn read_packet(reader: &mut TcpStream) -> std::io::Result<(u8, Vec<u8>)> {
    let mut byte = [0];
    reader.read_exact(&mut byte)?;
    let kind = byte[0];
    let (mut n_bytes, mut shift) = (0_usize, 0);
    loop {
        reader.read_exact(&mut byte)?;
        n_bytes |= usize::from(byte[0] & 0x7F) << shift;
        shift += 7;
        if byte[0] & 0x80 == 0 {
            break;
        }
        if shift > 21 {
            return Err(ErrorKind::InvalidData.into());
        }
    }
    let mut body = vec![0; n_bytes];
    reader.read_exact(&mut body)?;
    Ok((kind, body))
}
