//! jq's values as JSON. Owns how that is written which jq's values have and JSON has not: as everywhere, bytes are
//! `"h'0a0b'"`, numbers beyond the finite words, and names that are no text their JSON.
use jaq_json::{Num, Val};

use crate::decode::jot::{Jot, Stop};
use crate::decode::json;

/// Writes a value. As deep as the sheet allows.
pub(super) fn value(jot: &mut Jot, of: &Val) -> Result<(), Stop> {
    match of {
        Val::Null => jot.null(),
        Val::Bool(truth) => jot.truth(*truth),
        Val::Num(Num::Float(number)) if !number.is_finite() => jot.double(*number),
        Val::Num(number) => plain(jot, number),
        Val::BStr(bytes) => jot.bytes(bytes),
        Val::TStr(bytes) => jot.text(&String::from_utf8_lossy(bytes)),
        Val::Arr(list) => {
            jot.open(b'[')?;
            for item in list.iter() {
                value(jot, item)?;
            }
            jot.close(b']')
        }
        Val::Obj(members) => {
            jot.open(b'{')?;
            for (name, held) in members.iter() {
                let mut aside = jot.aside();
                value(&mut aside, name)?;
                jot.key_of(aside)?;
                value(jot, held)?;
            }
            jot.close(b'}')
        }
    }
}

/// A number as it is spelt, where that is JSON: `1.50` stays `1.50`, and no digit is lost.
fn plain(jot: &mut Jot, number: &Num) -> Result<(), Stop> {
    let digits = number.to_string();
    if json::is_json(digits.as_bytes()) {
        return jot.plain(&digits);
    }
    // A program may write numbers as JSON does not: +1, 1., .5
    jot.double(digits.parse().unwrap_or(f64::NAN))
}
