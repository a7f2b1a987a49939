//! Bytes that were read and not taken yet. Owns their room, which grows with what really came.

/// What one read takes at most: 4 ms of a stream of 64 MB/s.
pub(super) const READ_BYTES: usize = 256 * 1024;
/// The least room that a read is given while a packet is incomplete.
const LEAST_ROOM: usize = 64 * 1024;

/// A buffer that is filled at its end and taken from at its front.
#[derive(Debug)]
pub(super) struct Inbox {
    /// All of it initialised once, so that reads need not do it each time.
    bytes: Vec<u8>,
    n_filled: usize,
    /// Where the first packet begins that was not taken yet.
    pub at: usize,
}

impl Inbox {
    pub fn new() -> Self {
        Self { bytes: vec![0; READ_BYTES], n_filled: 0, at: 0 }
    }

    /// Everything read, what was taken included; and where the rest begins.
    pub fn front(&mut self) -> (&[u8], &mut usize) {
        (self.bytes.get(..self.n_filled).unwrap_or_default(), &mut self.at)
    }

    /// Makes room for a read. A packet that misses more bytes than there are gets at most as much again
    /// as has come, for what a packet says of its length is only a claim.
    pub fn make_room(&mut self, n_missing: usize) {
        if self.at >= self.n_filled {
            self.n_filled = 0;
            if self.bytes.len() > READ_BYTES {
                self.bytes = vec![0; READ_BYTES];
            }
        } else if self.at > 0 {
            self.bytes.copy_within(self.at..self.n_filled, 0);
            self.n_filled -= self.at;
        }
        self.at = 0;
        let wanted = n_missing.clamp(LEAST_ROOM, READ_BYTES.max(self.n_filled));
        if self.bytes.len() - self.n_filled < wanted {
            self.bytes.resize(self.n_filled + wanted, 0);
        }
    }

    /// Where the next read goes.
    pub fn room(&mut self) -> &mut [u8] {
        self.bytes.get_mut(self.n_filled..).unwrap_or_default()
    }

    /// Notes that so many bytes were read into the room.
    pub fn filled(&mut self, n_bytes: usize) {
        self.n_filled = (self.n_filled + n_bytes).min(self.bytes.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(inbox: &mut Inbox, bytes: &[u8]) {
        inbox.room()[..bytes.len()].copy_from_slice(bytes);
        inbox.filled(bytes.len());
    }

    #[test]
    fn what_was_not_taken_stays_in_front() {
        let mut inbox = Inbox::new();
        fill(&mut inbox, b"abcdef");
        inbox.at = 4;
        inbox.make_room(0);
        fill(&mut inbox, b"gh");
        assert_eq!(inbox.front().0, b"efgh");
        inbox.at = 4;
        inbox.make_room(0);
        assert!(inbox.front().0.is_empty());
        assert_eq!(inbox.room().len(), READ_BYTES);
    }

    #[test]
    fn a_large_packet_gets_room_as_it_comes_and_gives_it_back() {
        let mut inbox = Inbox::new();
        let n_bytes = 16 * 1024 * 1024;
        let mut n_read = 0;
        while n_read < n_bytes {
            inbox.make_room(n_bytes - n_read);
            let room = inbox.room().len();
            assert!(room <= READ_BYTES.max(n_read), "{room} after {n_read}");
            let now = room.min(n_bytes - n_read);
            inbox.filled(now);
            n_read += now;
        }
        assert_eq!(inbox.front().0.len(), n_bytes);
        inbox.at = n_bytes;
        inbox.make_room(0);
        assert_eq!(inbox.room().len(), READ_BYTES);
    }
}
