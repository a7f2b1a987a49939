//! What the table's rows say beside what a row of the tree says. Owns no more than is seen.
use super::cells;
use crate::model::Model;
use crate::model::picture::Row;
use crate::time::Timestamp;

/// The cells of a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cells {
    /// The topic from the table's branch on, or the branch's own last level; not sanitized.
    pub topic: String,
    /// The alias of a kept node.
    pub alias: Option<String>,
    /// The type, in a word.
    pub kind: &'static str,
    /// Messages on this very topic.
    pub n_messages: u64,
    /// Messages a second on it.
    pub rate: f32,
    /// Bytes of the last payload; `None` before the first.
    pub n_bytes: Option<usize>,
}

/// The cells of the rows on the screen; none while there is no table.
pub fn cells(model: &Model, rows: &[Row], now: Timestamp) -> Vec<Cells> {
    let Some(table) = &model.table else { return Vec::new() };
    let Some(device) = model.device(table.device) else { return Vec::new() };
    let store = &device.store;
    let mut above = String::new();
    store.topic_of(table.top, &mut above);
    let cells_of = |row: &Row| {
        let node = row.id.node;
        let mut topic = String::new();
        store.topic_of(node, &mut topic);
        if node == table.top {
            store.level(node).clone_into(&mut topic);
        } else if table.top != crate::store::NodeId::ROOT {
            topic.drain(..(above.len() + 1).min(topic.len()));
        }
        Cells {
            topic,
            alias: device.kept.whole(node).and_then(|kept| kept.alias.clone()),
            kind: cells::kind(device, node, &mut 0),
            n_messages: store.node(node).n_messages,
            rate: store.topic_rate(node, now),
            n_bytes: store.last(node).map(|last| last.n_bytes),
        }
    };
    rows.iter().map(cells_of).collect()
}
