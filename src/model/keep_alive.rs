//! The bar to the next ping. Owns its cells and when it changes; pings nobody.
use super::device::Device;
use crate::time::Timestamp;
use std::time::Duration;

/// Cells of the keep-alive bar.
pub const CELLS: u32 = 5;

/// How many cells of the keep-alive bar are full: the time until the next ping. `None` when it is off.
pub fn cells(device: &Device, now: Timestamp) -> Option<u32> {
    let (time, cell) = left(device, now)?;
    let n = time.as_nanos().div_ceil(cell.as_nanos().max(1));
    Some(u32::try_from(n).unwrap_or(CELLS).min(CELLS))
}

/// The same in so many cells, with the time that is left.
pub fn bar(device: &Device, now: Timestamp, n_cells: u32) -> Option<(u32, Duration)> {
    let (time, cell) = left(device, now)?;
    let whole = (cell * CELLS).as_nanos().max(1);
    let n = (time.as_nanos() * u128::from(n_cells)).div_ceil(whole);
    Some((u32::try_from(n).unwrap_or(n_cells).min(n_cells), time))
}

fn left(device: &Device, now: Timestamp) -> Option<(Duration, Duration)> {
    let online = device.online().filter(|online| online.keep_alive_s > 0)?;
    let next_ping = device.link.next_ping?;
    Some((next_ping.since(now), Duration::from_secs(u64::from(online.keep_alive_s)) / CELLS))
}

/// When the bar loses its next cell.
pub fn change(device: &Device, now: Timestamp) -> Option<Timestamp> {
    let (_, cell) = left(device, now)?;
    let n = cells(device, now)?.checked_sub(1)?;
    Some(device.link.next_ping? - cell * n)
}

/// Whether the answer to a ping is overdue.
pub fn is_overdue(device: &Device, now: Timestamp) -> bool {
    let patience = device.round_trips.patience();
    device.online().is_some() && device.link.ping_sent.is_some_and(|sent| now.since(sent) >= patience)
}
