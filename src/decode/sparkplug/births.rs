//! What births promise of the messages that follow them: names and types for aliases. Owns how much of a birth is
//! remembered; a rebirth replaces what was known.
use std::sync::Arc;

use super::super::bounds::{Bounds, Flaw};
use super::super::reader::Reader;
use super::metric::Metric;
use super::typed::Type;
use super::{of, packed};

/// Longest birth that is read for its names: a hundred thousand metrics or so.
pub const MAX_BIRTH_BYTES: usize = 4 << 20;

/// Most metrics of a birth that are remembered.
pub const MAX_KNOWN: usize = 100_000;

/// What a birth says of one of its metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub name: Box<str>,
    pub alias: Option<u64>,
    pub kind: Option<Type>,
    /// The field that its value came in.
    pub field: Option<u32>,
    pub unit: Option<Box<str>>,
}

/// A birth, as far as it helps to read what follows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Birth {
    metrics: Vec<Known>,
    /// Aliases in their order, and whose they are.
    by_alias: Vec<(u64, usize)>,
    /// Places of the metrics in the order of their names.
    by_name: Vec<usize>,
    /// The number of the session that began with it.
    pub bd_seq: Option<u64>,
    /// Metrics beyond `MAX_KNOWN`, or behind what is malformed.
    pub is_partial: bool,
}

impl Birth {
    /// Reads a birth, as far as it can be read.
    pub fn read(payload: &[u8]) -> Self {
        let mut birth = Self { is_partial: payload.len() > MAX_BIRTH_BYTES, ..Self::default() };
        if birth.is_partial {
            return birth;
        }
        let bounds = Bounds { max_out_bytes: MAX_BIRTH_BYTES, ..Bounds::default() };
        let Ok(unpacked) = packed::undo(payload, &bounds) else {
            birth.is_partial = true;
            return birth;
        };
        let payload = unpacked.as_ref().map_or(payload, |inside| &inside.bytes);
        for field in of(Reader::new(payload), 2) {
            let metric = field.and_then(|field| field.inside()).and_then(Metric::read);
            let Ok(metric) = metric else {
                birth.is_partial = true;
                break;
            };
            if metric.name.as_deref() == Some("bdSeq") {
                birth.bd_seq = metric.whole();
            }
            let Some(name) = metric.name.as_deref().map(Box::from) else { continue };
            if birth.metrics.len() == MAX_KNOWN {
                birth.is_partial = true;
                break;
            }
            let unit = metric.unit();
            let field = metric.value.map(|value| value.number);
            birth.metrics.push(Known { name, alias: metric.alias, kind: metric.kind, field, unit });
        }
        let aliases = birth.metrics.iter().enumerate();
        birth.by_alias = aliases.filter_map(|(place, known)| Some((known.alias?, place))).collect();
        // Where two claim one alias the later one has it, as with names.
        birth.by_alias.sort_by_key(|(alias, place)| (*alias, std::cmp::Reverse(*place)));
        birth.by_alias.dedup_by_key(|(alias, _)| *alias);
        birth.by_name = (0..birth.metrics.len()).collect();
        let Self { metrics, by_name, .. } = &mut birth;
        by_name.sort_by_key(|place| metrics.get(*place).map(|known| &known.name));
        birth
    }

    /// How many metrics it has.
    pub const fn len(&self) -> usize {
        self.metrics.len()
    }

    /// Whether it has none.
    pub const fn is_empty(&self) -> bool {
        self.metrics.is_empty()
    }

    /// Memory it takes, roughly.
    pub fn n_bytes(&self) -> usize {
        let texts =
            self.metrics.iter().map(|known| known.name.len() + known.unit.as_deref().map_or(0, str::len));
        texts.sum::<usize>() + self.metrics.len() * (size_of::<Known>() + 24)
    }

    fn by_alias(&self, alias: u64) -> Option<&Known> {
        let at = self.by_alias.binary_search_by_key(&alias, |(alias, _)| *alias).ok()?;
        self.metrics.get(self.by_alias.get(at)?.1)
    }

    pub(super) fn by_name(&self, name: &str) -> Option<&Known> {
        let name_at = |place: &usize| self.metrics.get(*place).map_or("", |known| &*known.name);
        let at = self.by_name.binary_search_by(|place| name_at(place).cmp(name)).ok()?;
        self.metrics.get(*self.by_name.get(at)?)
    }
}

/// What a birth says of a metric, for whoever wants to keep it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Described {
    /// Its name.
    pub name: String,
    /// Its type, as the specification calls it.
    pub datatype: Option<&'static str>,
    /// What its number counts.
    pub unit: Option<Box<str>>,
    /// The least number.
    pub low: Option<f64>,
    /// The greatest.
    pub high: Option<f64>,
    /// What it is, in words.
    pub description: Option<Box<str>>,
}

/// The metrics of a birth that have a name, at most `MAX_KNOWN`; none where it is malformed.
pub fn described(payload: &[u8]) -> Option<Vec<Described>> {
    let bounds = Bounds { max_out_bytes: MAX_BIRTH_BYTES, ..Bounds::default() };
    let inside = packed::undo(payload, &bounds).ok()?;
    let payload = inside.as_ref().map_or(payload, |inside| &inside.bytes);
    let metrics = of(Reader::new(payload), 2).take(MAX_KNOWN).map(|field| {
        let metric = Metric::read(field?.inside()?)?;
        Ok::<_, Flaw>(metric.name.as_deref().map(|name| Described {
            name: name.to_owned(),
            datatype: metric.kind.and_then(Type::title),
            unit: metric.unit(),
            low: metric.number("engLow"),
            high: metric.number("engHigh"),
            description: metric.words("documentation").or_else(|| metric.words("tooltip")),
        }))
    });
    metrics.filter_map(Result::transpose).collect::<Result<_, _>>().ok()
}

/// Whether a birth is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Heard {
    /// None came.
    #[default]
    No,
    /// One came, and the memory budget had no room for it any more.
    Evicted,
    /// This one came last.
    Yes(Arc<Birth>),
}

impl Heard {
    /// The birth.
    pub fn birth(&self) -> Option<&Birth> {
        match self {
            Self::Yes(birth) => Some(birth),
            Self::No | Self::Evicted => None,
        }
    }
}

/// The births that the messages on a topic follow: aliases are unique within an edge node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Births {
    /// The edge node's.
    pub node: Heard,
    /// Its device's, where the topic is about one.
    pub device: Heard,
}

impl Births {
    /// What is known of a metric: by its alias, else by its name; the device's own birth counts first.
    pub(super) fn known(&self, metric: &Metric<'_>) -> Option<&Known> {
        [&self.device, &self.node].into_iter().filter_map(Heard::birth).find_map(|birth| {
            match (&metric.name, metric.alias) {
                (Some(name), _) => birth.by_name(name),
                (None, Some(alias)) => birth.by_alias(alias),
                (None, None) => None,
            }
        })
    }
}
