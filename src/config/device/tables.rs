//! Blocks of one kind within a device file's text: replaced by others, so that what did not change stays as it stood.
//! Owns that walk; what a block says is its own file's.
use super::blocks;
use super::write::put;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value};

/// The value of each key; `None` where it says nothing.
type Entries<const N: usize> = [(&'static str, Option<Value>); N];

/// A kind of blocks: its header, when two of them are of one thing, and what one says.
pub(super) struct Kind<T, const N: usize> {
    pub key: &'static str,
    pub is_same: fn(&T, &T) -> bool,
    pub values: fn(&T) -> Entries<N>,
}

impl<T: PartialEq, const N: usize> Kind<T, N> {
    /// The text with the blocks of `new` where it has those of `old`; a block that says the same stays as it stood.
    /// `None` when it can't be done.
    pub fn edited(&self, text: &str, old: &[T], new: &[T]) -> Option<String> {
        if old == new {
            return Some(text.to_owned());
        }
        // The TOML editor takes its time over many nodes, which come last as a rule.
        let found = blocks::find(text);
        let first_node = found.nodes.first().filter(|_| found.are_last);
        let split = first_node.map_or(text.len(), |first| first.span.start);
        let (before, nodes) = text.split_at_checked(split)?;
        let mut document: DocumentMut = before.parse().ok()?;
        let tables = match document.remove(self.key).map(Item::into_array_of_tables) {
            Some(Ok(tables)) => tables.into_iter().collect(),
            Some(Err(_)) => return None,
            None => Vec::new(),
        };
        // All of them stand where the first stood: their order means something.
        let position = tables.first().and_then(Table::position);
        let mut tables: Vec<Option<Table>> = tables.into_iter().map(Some).collect();
        let mut edited = ArrayOfTables::new();
        for one in new {
            let known = old.iter().position(|old| (self.is_same)(old, one));
            let place = known.filter(|known| tables.get(*known).is_some_and(Option::is_some));
            let was = place.and_then(|place| old.get(place));
            let table = place.and_then(|place| tables.get_mut(place)?.take());
            let mut table = table.unwrap_or_else(|| {
                let mut table = Table::new();
                table.decor_mut().set_prefix("\n");
                table
            });
            if was != Some(one) {
                for (key, value) in (self.values)(one) {
                    put(&mut table, &[key], value);
                }
            }
            table.set_position(position);
            edited.push(table);
        }
        if !edited.is_empty() {
            document.insert(self.key, Item::ArrayOfTables(edited));
        }
        let mut out = document.to_string();
        if !nodes.is_empty() && !out.ends_with("\n\n") {
            out.push('\n');
        }
        Some(out + nodes)
    }
}
