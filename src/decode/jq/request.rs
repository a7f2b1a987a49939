//! What goes to the process that evaluates a jq program and what comes back, as bytes. Owns the two forms.
//!
//! There: how the input is meant (one byte), the program's length (four, big-endian), the program, the input. Back: a
//! line of JSON that counts and tells, and the outputs, a line each. Never in arguments: payloads may be secret.
use super::{Input, Outcome};

/// The input is JSON.
const JSON: u8 = b'j';

/// The input is text.
const TEXT: u8 = b't';

/// A program and its input, to be handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request(Vec<u8>);

impl Request {
    /// A program and its input.
    pub fn new(program: &str, input: Input<'_>) -> Self {
        let (kind, bytes) = match input {
            Input::Json(bytes) => (JSON, bytes),
            Input::Text(bytes) => (TEXT, bytes),
        };
        let mut request = Vec::with_capacity(5 + program.len() + bytes.len());
        request.push(kind);
        request.extend(u32::try_from(program.len()).unwrap_or(u32::MAX).to_be_bytes());
        request.extend(program.as_bytes());
        request.extend(bytes);
        Self(request)
    }

    /// What is handed over.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// What was handed over; none when it is no request.
    pub fn read(bytes: &[u8]) -> Option<(&str, Input<'_>)> {
        let (kind, rest) = bytes.split_first()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (program, input) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        let input = match *kind {
            JSON => Input::Json(input),
            TEXT => Input::Text(input),
            _unknown => return None,
        };
        Some((std::str::from_utf8(program).ok()?, input))
    }
}

impl Outcome {
    /// What is handed back.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes.extend(&self.values);
        bytes
    }

    /// What was handed back; none when it was not finished.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let end = memchr::memchr(b'\n', bytes)?;
        let (head, values) = bytes.split_at_checked(end)?;
        let outcome: Self = serde_json::from_slice(head).ok()?;
        let values = values.get(1..)?.to_vec();
        let n_lines = memchr::memchr_iter(b'\n', &values).count();
        (n_lines == outcome.n_values).then_some(Self { values, ..outcome })
    }
}
