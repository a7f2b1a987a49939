//! Words in braces that a text is sent with other words for: `{now}`, `{uuid}`, `{n}`, `{random:0..100}`. Owns which
//! there are and what they become; asks no clock, and its chance follows from a seed.
//!
//! | placeholder | becomes |
//! |---|---|
//! | `{now}` | the time, `2026-11-22T16:50:06.123Z` (RFC 3339, UTC) |
//! | `{now:unix}`, `{now:ms}` | seconds, milliseconds since 1970 |
//! | `{uuid}` | a UUID of version 4 |
//! | `{n}` | 1, 2, 3 … as often as it was sent to the topic |
//! | `{random:0..100}` | a whole number; with as many decimals as the bounds are written with: `{random:0.0..1.0}` |
//!
//! Whatever else stands in braces stays as it is: JSON does.
use crate::random::Random;
use std::borrow::Cow;

/// Decimals of a random number: more than a double tells apart.
const MAX_DECIMALS: usize = 15;

/// What placeholders are filled from.
#[derive(Debug)]
pub struct Ctx<'a> {
    /// Milliseconds since 1970 (UTC).
    pub unix_ms: i64,
    /// How often this was sent, this time included.
    pub n: u64,
    /// Chance.
    pub random: &'a mut Random,
}

/// Texts whose sendings are counted: more than anybody sends by hand in turns. The one counted first makes room.
const MAX_COUNTS: usize = 256;

/// Chance and counts, as they go on from one publication to the next.
#[derive(Clone, Debug, Default)]
pub struct Fillings {
    random: Random,
    counts: Vec<(String, u64)>,
}

impl Fillings {
    /// Begins with a seed.
    pub const fn new(seed: u64) -> Self {
        Self { random: Random::new(seed), counts: Vec::new() }
    }

    /// Fills something in that is sent to a topic, as that is written; what could not be is not counted.
    pub fn fill<T>(
        &mut self,
        unix_ms: i64,
        topic: &str,
        fill: impl FnOnce(&mut Ctx<'_>) -> Result<T, String>,
    ) -> Result<T, String> {
        let place = self.counts.iter().position(|(known, _)| known == topic);
        let n = place.and_then(|place| self.counts.get(place)).map_or(0, |(_, n)| *n) + 1;
        let filled = fill(&mut Ctx { unix_ms, n, random: &mut self.random })?;
        if let Some((_, count)) = place.and_then(|place| self.counts.get_mut(place)) {
            *count = n;
            return Ok(filled);
        }
        if self.counts.len() == MAX_COUNTS {
            self.counts.remove(0);
        }
        self.counts.push((topic.to_owned(), n));
        Ok(filled)
    }
}

/// Whether anything in a text would be replaced, or could not be.
pub fn has_any(text: &str) -> bool {
    pieces(text).any(|piece| matches!(piece, Piece::Placeholder { .. }))
}

/// The text with its placeholders replaced; why it can't be, in words.
pub fn expand<'t>(text: &'t str, ctx: &mut Ctx<'_>) -> Result<Cow<'t, str>, String> {
    if !has_any(text) {
        return Ok(Cow::Borrowed(text));
    }
    let mut expanded = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => expanded.push_str(text),
            Piece::Placeholder { name, argument } => expanded.push_str(&filled(name, argument, ctx)?),
        }
    }
    Ok(Cow::Owned(expanded))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Now,
    Uuid,
    Count,
    Random,
}

impl Name {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "now" => Self::Now,
            "uuid" => Self::Uuid,
            "n" => Self::Count,
            "random" => Self::Random,
            _ => return None,
        })
    }
}

enum Piece<'t> {
    Text(&'t str),
    Placeholder { name: Name, argument: Option<&'t str> },
}

/// The text's pieces in order; those in braces that name nothing are text.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((placeholder, behind)) = leading(rest) {
            rest = behind;
            return Some(placeholder);
        }
        // Up to the next brace that may begin one; this one doesn't.
        let skip = usize::from(rest.starts_with('{'));
        let next = rest.get(skip..).and_then(|behind| behind.find('{')).map_or(rest.len(), |at| at + skip);
        let (plain, behind) = rest.split_at_checked(next).unwrap_or((rest, ""));
        rest = behind;
        Some(Piece::Text(plain))
    })
}

/// The placeholder that a text begins with, and what is behind it.
fn leading(text: &str) -> Option<(Piece<'_>, &str)> {
    let inside = text.strip_prefix('{')?;
    let end =
        inside.find(['{', '}']).filter(|end| inside.get(*end..).is_some_and(|end| end.starts_with('}')))?;
    let (inside, behind) = inside.split_at_checked(end)?;
    let (word, argument) = match inside.split_once(':') {
        Some((word, argument)) => (word, Some(argument)),
        None => (inside, None),
    };
    Some((Piece::Placeholder { name: Name::of(word)?, argument }, behind.strip_prefix('}')?))
}

fn filled(name: Name, argument: Option<&str>, ctx: &mut Ctx<'_>) -> Result<String, String> {
    match (name, argument) {
        (Name::Now, None) => Ok(rfc3339(ctx.unix_ms)),
        (Name::Now, Some("unix")) => Ok(ctx.unix_ms.div_euclid(1_000).to_string()),
        (Name::Now, Some("ms")) => Ok(ctx.unix_ms.to_string()),
        (Name::Now, Some(other)) => {
            Err(format!("{{now:{other}}}: the time is {{now}}, {{now:unix}} or {{now:ms}}"))
        }
        (Name::Uuid, None) => Ok(uuid(ctx.random)),
        (Name::Uuid, Some(other)) => Err(format!("{{uuid:{other}}}: a UUID takes nothing behind a colon")),
        (Name::Count, None) => Ok(ctx.n.to_string()),
        (Name::Count, Some(other)) => Err(format!("{{n:{other}}}: the count takes nothing behind a colon")),
        (Name::Random, None) => Err("{random} needs its bounds, such as {random:0..100}".to_owned()),
        (Name::Random, Some(bounds)) => {
            random(bounds, ctx.random).map_err(|words| format!("{{random:{bounds}}}: {words}"))
        }
    }
}

/// A number within bounds; with as many decimals as they are written with.
fn random(bounds: &str, random: &mut Random) -> Result<String, &'static str> {
    const NO_BOUNDS: &str = "bounds are two numbers, such as 0..100 or 0.0..1.0";
    let (least, most) = bounds.split_once("..").ok_or(NO_BOUNDS)?;
    let n_decimals = decimals(least).max(decimals(most));
    if n_decimals > MAX_DECIMALS {
        return Err("a number has at most 15 decimals");
    }
    let least = scaled(least, n_decimals).ok_or(NO_BOUNDS)?;
    let most = scaled(most, n_decimals).ok_or(NO_BOUNDS)?;
    let span = most.checked_sub(least).and_then(|span| u128::try_from(span).ok());
    let span = span.ok_or("the lower bound stands first")?;
    let drawn = i128::try_from(random.up_to(span)).unwrap_or_default();
    Ok(spelled(least.saturating_add(drawn), n_decimals))
}

fn decimals(number: &str) -> usize {
    number.trim().split_once('.').map_or(0, |(_, decimals)| decimals.len())
}

/// A number in units of its last decimal.
fn scaled(number: &str, n_decimals: usize) -> Option<i128> {
    let number = number.trim();
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let digits = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if digits.is_empty() || digits.len() > 18 || !is_number(digits) || !is_number(decimals) {
        return None;
    }
    let padded: i128 = format!("{digits}{decimals:0<n_decimals$}").parse().ok()?;
    Some(if whole.starts_with('-') { -padded } else { padded })
}

fn spelled(scaled: i128, n_decimals: usize) -> String {
    let digits = format!("{:0>1$}", scaled.unsigned_abs(), n_decimals + 1);
    let (whole, decimals) = digits.split_at_checked(digits.len() - n_decimals).unwrap_or((&digits, ""));
    let sign = if scaled < 0 { "-" } else { "" };
    let point = if n_decimals > 0 { "." } else { "" };
    format!("{sign}{whole}{point}{decimals}")
}

/// RFC 9562 section 5.4.
fn uuid(random: &mut Random) -> String {
    let (high, low) = (random.bits(), random.bits());
    let high = high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000;
    let low = low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xFFFF,
        high & 0xFFFF,
        low >> 48,
        low & 0xFFFF_FFFF_FFFF
    )
}

/// A moment in UTC, to the millisecond.
pub fn rfc3339(unix_ms: i64) -> String {
    const DAY_MS: i64 = 86_400_000;
    let (days, of_day) = (unix_ms.div_euclid(DAY_MS), unix_ms.rem_euclid(DAY_MS));
    let (year, month, day) = civil(days);
    let (s, ms) = (of_day / 1_000, of_day % 1_000);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{ms:03}Z", s / 3_600, s / 60 % 60, s % 60)
}

/// Year, month and day of a day since 1970, in the Gregorian calendar: years begin in March here, so that a leap day
/// is their last.
fn civil(days: i64) -> (i64, i64, i64) {
    const DAYS_OF_400_YEARS: i64 = 146_097;
    let since = days + 719_468;
    let (era, of_era) = (since.div_euclid(DAYS_OF_400_YEARS), since.rem_euclid(DAYS_OF_400_YEARS));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> Result<String, String> {
        let mut random = Random::new(7);
        let mut ctx = Ctx { unix_ms: 1_795_366_206_123, n: 3, random: &mut random };
        expand(text, &mut ctx).map(Cow::into_owned)
    }

    #[test]
    fn placeholders_become_what_they_stand_for_and_all_else_stays() {
        for (text, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("{now}", "2026-11-22T16:50:06.123Z"),
            ("{now:unix} {now:ms}", "1795366206 1795366206123"),
            ("{n}{n}/{n", "33/{n"),
            ("{\"t\":{now:unix},\"n\":{n}}", "{\"t\":1795366206,\"n\":3}"),
            ("{name} {} {{n}} {N} {n }", "{name} {} {3} {N} {n }"),
            ("caf\u{e9} {n} \u{1f600}{n}", "caf\u{e9} 3 \u{1f600}3"),
            ("{random:5..5} {random:-1.50..-1.5}", "5 -1.50"),
        ] {
            assert_eq!(expanded(text).unwrap(), expected, "{text}");
            assert_eq!(has_any(text), text != expected, "{text}");
        }
    }

    #[test]
    fn a_placeholder_that_can_t_be_filled_names_itself_and_the_remedy() {
        for (text, expected) in [
            ("{now:utc}", "{now:unix}"),
            ("{uuid:4}", "nothing behind a colon"),
            ("{n:2}", "nothing behind a colon"),
            ("{random}", "{random:0..100}"),
            ("{random:9}", "bounds are two numbers"),
            ("{random:a..b}", "bounds are two numbers"),
            ("{random:5..1}", "the lower bound stands first"),
            ("{random:0..0.0000000000000001}", "15 decimals"),
            ("{random:0..99999999999999999999}", "bounds are two numbers"),
        ] {
            let words = expanded(text).unwrap_err();
            assert!(words.contains(expected), "{text}: {words}");
        }
    }

    #[test]
    fn random_numbers_keep_to_their_bounds_reach_both_and_have_their_decimals() {
        let mut random = Random::new(1);
        let mut ctx = Ctx { unix_ms: 0, n: 1, random: &mut random };
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..1_000 {
            seen.insert(expand("{random:-2..3}", &mut ctx).unwrap().into_owned());
            let decimal = expand("{random:0..0.50}", &mut ctx).unwrap().into_owned();
            let number: f64 = decimal.parse().unwrap();
            assert!((0.0..=0.5).contains(&number) && decimal.len() == 4, "{decimal}");
        }
        let seen: Vec<&str> = seen.iter().map(String::as_str).collect();
        assert_eq!(seen, ["-1", "-2", "0", "1", "2", "3"]);
    }

    #[test]
    fn a_uuid_is_of_version_four_and_never_the_same() {
        let both = expanded("{uuid} {uuid}").unwrap();
        let (first, second) = both.split_once(' ').unwrap();
        assert_ne!(first, second);
        let parts: Vec<usize> = first.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert!(first.split('-').nth(2).unwrap().starts_with('4'), "{first}");
        assert!(first.split('-').nth(3).unwrap().starts_with(['8', '9', 'a', 'b']), "{first}");
        assert_eq!(expanded("{uuid} {uuid}").unwrap(), both, "the same seed, the same texts");
    }

    #[test]
    fn dates_are_right_at_the_ends_of_years_and_februaries() {
        for (unix_s, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
            (1_798_761_599, "2026-12-31T23:59:59.000Z"),
        ] {
            assert_eq!(rfc3339(unix_s * 1_000), expected);
        }
    }
}
