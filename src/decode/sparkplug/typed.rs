//! The data types of Sparkplug B, and how each is put into a field. Owns the signs: a negative number comes as the
//! same bits without one, in as many bytes as its type has or in all of the field's.
use super::super::bounds::Flaw;
use super::super::jot::{Jot, Stop};
use super::super::protobuf::Field;
use super::super::reader::Reader;
use super::{at, content, point};

/// A data type by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Type(pub u64);

/// The names, in the order of their numbers.
const NAMES: [&str; 35] = [
    "Unknown",
    "Int8",
    "Int16",
    "Int32",
    "Int64",
    "UInt8",
    "UInt16",
    "UInt32",
    "UInt64",
    "Float",
    "Double",
    "Boolean",
    "String",
    "DateTime",
    "Text",
    "UUID",
    "DataSet",
    "Bytes",
    "File",
    "Template",
    "PropertySet",
    "PropertySetList",
    "Int8Array",
    "Int16Array",
    "Int32Array",
    "Int64Array",
    "UInt8Array",
    "UInt16Array",
    "UInt32Array",
    "UInt64Array",
    "FloatArray",
    "DoubleArray",
    "BooleanArray",
    "StringArray",
    "DateTimeArray",
];

impl Type {
    /// Its name, or its number where the specification has none for it.
    pub fn write(self, jot: &mut Jot) -> Result<(), Stop> {
        match self.title() {
            Some(name) => jot.text(name),
            None => jot.whole(self.0),
        }
    }

    pub fn title(self) -> Option<&'static str> {
        usize::try_from(self.0).ok().and_then(|place| NAMES.get(place).copied())
    }
}

/// A field that names a type.
pub(super) fn name(field: &Field<'_>, name: &str, jot: &mut Jot) -> Result<(), Flaw> {
    let kind = Type(field.varint()?);
    jot.key(name).and_then(|()| kind.write(jot)).map_err(at(field.at))
}

/// A value of one of the six kinds that all messages put in the same order.
pub(super) fn basic(field: &Field<'_>, place: u32, kind: Option<Type>, jot: &mut Jot) -> Result<(), Flaw> {
    let stopped = at(field.at);
    match place {
        0 | 1 => number(field.varint()?, kind, jot).map_err(stopped),
        2 => jot.single(field.single()?).map_err(stopped),
        3 => jot.double(field.double()?).map_err(stopped),
        4 => jot.truth(field.varint()? != 0).map_err(stopped),
        _ => jot.text_or_bytes(content(field.inside()?)).map_err(stopped),
    }
}

/// A whole number as its type means it; one that does not fit into its type as it came.
fn number(n: u64, kind: Option<Type>, jot: &mut Jot) -> Result<(), Stop> {
    let n_bits = match kind.and_then(Type::title) {
        Some("Int8") => 8,
        Some("Int16") => 16,
        Some("Int32") => 32,
        Some("Int64") => 64,
        Some("DateTime") => return point(n, jot),
        Some("Boolean") if n <= 1 => return jot.truth(n == 1),
        Some(_) | None => return jot.whole(n),
    };
    match signed(n, n_bits) {
        Some(n) => jot.whole(n),
        None => jot.whole(n),
    }
}

/// The number with a sign whose lowest bits these are; the bits above must be nothing, or a sign of 32 or 64 bits.
fn signed(n: u64, n_bits: u32) -> Option<i64> {
    let unused = 64 - n_bits;
    let signed = (n << unused).cast_signed() >> unused;
    let of_bits = |n_bits: u32| signed.cast_unsigned() & (u64::MAX >> (64 - n_bits));
    [n_bits, n_bits.max(32), 64].map(of_bits).contains(&n).then_some(signed)
}

/// The bytes of a metric: a list of numbers, words or truths where its type says so.
pub(super) fn array(field: &Field<'_>, kind: Option<Type>, jot: &mut Jot) -> Result<(), Flaw> {
    macro_rules! numbers {
        ($type:ty, $write:expr) => {{ each(field, jot, |bytes, jot| $write(jot, <$type>::from_le_bytes(bytes))) }};
    }
    match kind.and_then(Type::title) {
        Some("Int8Array") => numbers!(i8, Jot::whole),
        Some("Int16Array") => numbers!(i16, Jot::whole),
        Some("Int32Array") => numbers!(i32, Jot::whole),
        Some("Int64Array") => numbers!(i64, Jot::whole),
        Some("UInt8Array") => numbers!(u8, Jot::whole),
        Some("UInt16Array") => numbers!(u16, Jot::whole),
        Some("UInt32Array") => numbers!(u32, Jot::whole),
        Some("UInt64Array") => numbers!(u64, Jot::whole),
        Some("FloatArray") => numbers!(f32, Jot::single),
        Some("DoubleArray") => numbers!(f64, Jot::double),
        Some("DateTimeArray") => numbers!(u64, |jot, ms| point(ms, jot)),
        Some("BooleanArray") => truths(field, jot),
        Some("StringArray") => words(field, jot),
        Some(_) | None => jot.bytes(content(field.inside()?)).map_err(at(field.at)),
    }
}

/// Elements of one size.
fn each<const N: usize>(
    field: &Field<'_>,
    jot: &mut Jot,
    write: impl Fn([u8; N], &mut Jot) -> Result<(), Stop>,
) -> Result<(), Flaw> {
    let mut reader: Reader<'_> = field.inside()?;
    jot.open(b'[').map_err(at(field.at))?;
    while reader.n_left() > 0 {
        let start = reader.at;
        write(reader.array()?, jot).map_err(at(start))?;
    }
    jot.close(b']').map_err(at(field.at))
}

/// A count of four bytes, then a bit each, the highest first.
fn truths(field: &Field<'_>, jot: &mut Jot) -> Result<(), Flaw> {
    let mut reader = field.inside()?;
    let n = u32::from_le_bytes(reader.array()?);
    let start = reader.at;
    let bits = reader.take(u64::from(n).div_ceil(8))?;
    if reader.n_left() > 0 {
        let words = format!("{} bytes follow the {n} bits of the array", reader.n_left());
        return Err(Flaw::new(reader.at, words));
    }
    jot.open(b'[').map_err(at(field.at))?;
    let all = bits.iter().flat_map(|byte| (0..8).rev().map(move |place| byte >> place & 1 == 1));
    for (truth, _) in all.zip(0..n) {
        jot.truth(truth).map_err(at(start))?;
    }
    jot.close(b']').map_err(at(field.at))
}

/// Texts that each end in a zero.
fn words(field: &Field<'_>, jot: &mut Jot) -> Result<(), Flaw> {
    let inside = field.inside()?;
    let bytes = content(inside);
    jot.open(b'[').map_err(at(field.at))?;
    let mut start = inside.at;
    for text in bytes.split_inclusive(|byte| *byte == 0) {
        let Some(text) = text.strip_suffix(&[0]) else {
            return Err(Flaw::new(start, "the text that begins here has no zero at its end"));
        };
        jot.text_or_bytes(text).map_err(at(start))?;
        start += text.len() + 1;
    }
    jot.close(b']').map_err(at(field.at))
}
