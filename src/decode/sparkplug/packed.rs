//! Payloads within payloads: `SPBV1.0_COMPRESSED`, whose body is a payload once more, in DEFLATE or gzip. Owns that one
//! such layer is undone within the bounds, and what is wrong where it cannot be.
use super::super::bounds::{Bounds, Flaw};
use super::super::decoder::Decoder;
use super::super::reader::Reader;
use super::super::unpack::unpack;
use super::metric::Metric;
use super::{content, last, of};

/// What the member `uuid` says of a payload within.
const MARK: &[u8] = b"SPBV1.0_COMPRESSED";

/// What was within.
pub(super) struct Inside {
    /// The payload.
    pub bytes: Vec<u8>,
    /// What undid it.
    pub decoder: Decoder,
    /// How long it was before.
    pub n_packed: usize,
}

/// The payload within a payload; none where there is no such thing.
pub(super) fn undo(bytes: &[u8], bounds: &Bounds) -> Result<Option<Inside>, Flaw> {
    let reader = Reader::new(bytes);
    let Ok(Some(uuid)) = last(reader, 4) else { return Ok(None) };
    if uuid.inside().map(content).ok() != Some(MARK) {
        return Ok(None);
    }
    let Some(body) = last(reader, 5)? else {
        return Err(Flaw::new(uuid.at, "the payload is told to be compressed, and there is no body"));
    };
    let body = body.inside()?;
    let decoder = algorithm(reader)?;
    let unpacked = unpack(decoder, content(body), bounds)
        .map_err(|flaw| Flaw { offset: body.at + flaw.offset, ..flaw })?;
    if unpacked.is_cut {
        let words = format!("decoding stops: the body unpacks to more than {} bytes", bounds.max_out_bytes);
        return Err(Flaw::bound(body.at, words));
    }
    Ok(Some(Inside { bytes: unpacked.bytes, decoder, n_packed: content(body).len() }))
}

/// DEFLATE, in zlib's frame as Java writes it, unless the metric `algorithm` says gzip.
fn algorithm(reader: Reader<'_>) -> Result<Decoder, Flaw> {
    for field in of(reader, 2) {
        let metric = Metric::read(field?.inside()?)?;
        if metric.name.as_deref() == Some("algorithm") {
            let word = metric.text().unwrap_or_default();
            return match word.to_ascii_uppercase().as_str() {
                "GZIP" => Ok(Decoder::Gzip),
                "DEFLATE" => Ok(Decoder::Zlib),
                _ => Err(Flaw::new(metric.at, "the algorithm of the body is neither DEFLATE nor GZIP")),
            };
        }
    }
    Ok(Decoder::Zlib)
}
