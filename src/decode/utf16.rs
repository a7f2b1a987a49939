//! UTF-16 text made UTF-8. Owns the byte order; half a pair shows as the replacement character, and says so.
use super::bounds::{Bounds, Flaw};
use super::numbers::Order;

/// The byte order that a mark at the start says.
fn marked(bytes: &[u8]) -> Option<Order> {
    match bytes {
        // This is UTF-32's mark, too; a text that begins with NUL is not what anybody sends.
        [0xff, 0xfe, 0, 0, ..] => None,
        [0xff, 0xfe, ..] => Some(Order::Little),
        [0xfe, 0xff, ..] => Some(Order::Big),
        _ => None,
    }
}

/// The text of bytes with a mark, when it is one: two bytes may begin anything.
pub(super) fn guess(bytes: &[u8], bounds: &Bounds) -> Option<Vec<u8>> {
    marked(bytes)?;
    let text = decode(bytes, bounds).ok()?;
    let letters = std::str::from_utf8(&text).ok()?;
    let is_strange = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    (letters.chars().count() > 1 && !letters.contains(is_strange)).then_some(text)
}

/// The text, in the order of its mark, or the one that looks more like a text.
pub(super) fn decode(bytes: &[u8], bounds: &Bounds) -> Result<Vec<u8>, Flaw> {
    if !bytes.len().is_multiple_of(2) {
        return Err(Flaw::new(bytes.len() - 1, "half a letter is left over"));
    }
    let (order, text) = match marked(bytes) {
        Some(order) => (order, bytes.get(2..).unwrap_or_default()),
        None => (likely(bytes), bytes),
    };
    let lead = bytes.len() - text.len();
    let units = text.chunks_exact(2).map(|pair| unit(pair, order));
    let mut out = Vec::with_capacity(text.len().min(bounds.max_out_bytes));
    let mut n_read = 0;
    for letter in char::decode_utf16(units) {
        let Ok(letter) = letter else {
            return Err(Flaw::new(lead + n_read, "half of a surrogate pair stands alone"));
        };
        if out.len() + letter.len_utf8() > bounds.max_out_bytes {
            return Err(Flaw::bound(lead + n_read, format!("more than {} bytes", bounds.max_out_bytes)));
        }
        n_read += letter.len_utf16() * 2;
        out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Ok(out)
}

fn unit(pair: &[u8], order: Order) -> u16 {
    let pair = pair.try_into().unwrap_or_default();
    match order {
        Order::Little => u16::from_le_bytes(pair),
        Order::Big => u16::from_be_bytes(pair),
    }
}

/// Most texts have letters below U+0100: the order that has more of them.
fn likely(bytes: &[u8]) -> Order {
    let (mut n_little, mut n_big) = (0_usize, 0_usize);
    for pair in bytes.chunks_exact(2) {
        n_little += usize::from(pair.get(1) == Some(&0));
        n_big += usize::from(pair.first() == Some(&0));
    }
    if n_big > n_little { Order::Big } else { Order::Little }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_are_read_with_a_mark_or_without() {
        for bytes in [
            &[0xff, 0xfe, b'2', 0, 0xb0, 0][..],
            &[0xfe, 0xff, 0, b'2', 0, 0xb0],
            &[b'2', 0, 0xb0, 0],
            &[0, b'2', 0, 0xb0],
        ] {
            assert_eq!(decode(bytes, &Bounds::default()), Ok("2°".as_bytes().to_vec()), "{bytes:?}");
        }
    }

    #[test]
    fn half_a_letter_and_half_a_pair_are_named() {
        assert_eq!(decode(&[b'2', 0, 0], &Bounds::default()).unwrap_err().offset, 2);
        let lone = decode(&[0xff, 0xfe, b'2', 0, 0x3d, 0xd8], &Bounds::default()).unwrap_err();
        assert_eq!(lone, Flaw::new(4, "half of a surrogate pair stands alone"));
    }
}
