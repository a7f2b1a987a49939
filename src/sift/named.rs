//! View filters with names, as a device file keeps them. Owns which a device has, and whether they are saved; a text
//! that is no filter is kept as well, to be mended.

/// Filters with names that one device may have: more than anybody picks from by eye.
pub const MAX_NAMED: usize = 100;

/// Characters of a name: it is a row of a list.
pub const MAX_NAME_CHARS: usize = 60;

/// A view filter and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// What it is called.
    pub name: String,
    /// The filter, as it was typed.
    pub text: String,
}

/// One of them came, went, or was put into the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedChange {
    /// What was there.
    pub before: Option<Named>,
    /// What is there.
    pub after: Option<Named>,
    /// Its place in the list.
    pub place: usize,
}

impl NamedChange {
    /// What takes it back.
    #[must_use]
    pub fn reversed(&self) -> Self {
        Self { before: self.after.clone(), after: self.before.clone(), place: self.place }
    }
}

/// Those of a device, in the order of its file.
#[derive(Clone, Debug, Default)]
pub struct NamedFilters {
    list: Vec<Named>,
    saved: Vec<Named>,
    is_changed: bool,
}

/// What a name must be, in words where it is not so.
pub fn check_name(name: &str) -> Result<(), String> {
    let is_plain = name.trim() == name && !name.chars().any(char::is_control);
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARS || !is_plain {
        return Err(format!(
            "the name of a filter has 1 to {MAX_NAME_CHARS} characters, no blank at its ends"
        ));
    }
    Ok(())
}

impl NamedFilters {
    /// Those that were read from a file.
    pub fn of_file(list: Vec<Named>) -> Self {
        Self { saved: list.clone(), list, is_changed: false }
    }

    /// All of them.
    pub fn list(&self) -> &[Named] {
        &self.list
    }

    /// Whether they are others than those that were saved last.
    pub const fn is_changed(&self) -> bool {
        self.is_changed
    }

    /// These are on the disk.
    pub fn note_saved(&mut self, saved: &[Named]) {
        saved.clone_into(&mut self.saved);
        self.is_changed = self.list != self.saved;
    }

    /// What a filter is called here.
    pub fn name_of(&self, text: &str) -> Option<&str> {
        self.list.iter().find(|known| known.text.trim() == text.trim()).map(|known| known.name.as_str())
    }

    /// What saving a filter under a name changes: what has the name makes room, and a filter that has another name is
    /// called so from then on. Says in words why that can't be.
    pub fn naming(&self, name: &str, text: &str) -> Result<NamedChange, String> {
        check_name(name)?;
        let of_name = self.list.iter().position(|known| known.name == name);
        let of_text = || self.list.iter().position(|known| known.text.trim() == text.trim());
        let known = of_name.or_else(of_text);
        if known.is_none() && self.list.len() >= MAX_NAMED {
            return Err(format!("{MAX_NAMED} filters have names, which is the most; delete one first"));
        }
        let place = known.unwrap_or(self.list.len());
        let after = Named { name: name.to_owned(), text: text.trim().to_owned() };
        Ok(NamedChange { before: self.list.get(place).cloned(), after: Some(after), place })
    }

    /// What taking one away changes.
    pub fn removing(&self, place: usize) -> Option<NamedChange> {
        let before = self.list.get(place)?.clone();
        Some(NamedChange { before: Some(before), after: None, place })
    }

    /// Makes a change; one made before may be undone whatever became of the others.
    pub fn change(&mut self, change: &NamedChange) {
        let NamedChange { before, after, place } = change;
        let was = before.as_ref().and_then(|before| self.list.iter().position(|known| known == before));
        match (was, after) {
            (Some(was), Some(after)) => {
                if let Some(known) = self.list.get_mut(was) {
                    after.clone_into(known);
                }
            }
            (Some(was), None) => drop(self.list.remove(was)),
            (None, Some(after)) => {
                self.list.retain(|known| known.name != after.name);
                if self.list.len() < MAX_NAMED {
                    self.list.insert((*place).min(self.list.len()), after.clone());
                }
            }
            (None, None) => {}
        }
        self.is_changed = self.list != self.saved;
    }

    /// Puts others in their place; they are not saved.
    pub fn set(&mut self, list: Vec<Named>) {
        self.list = list;
        self.is_changed = self.list != self.saved;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, text: &str) -> Named {
        Named { name: name.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_filter_has_one_name_and_a_name_one_filter() {
        let mut filters = NamedFilters::of_file(vec![named("hot", "value:>200"), named("ovens", "oven")]);
        for (name, text, expected) in [
            ("hot", "value:>180", [named("hot", "value:>180"), named("ovens", "oven")]),
            ("warm", " value:>180 ", [named("warm", "value:>180"), named("ovens", "oven")]),
        ] {
            let change = filters.naming(name, text).unwrap();
            let before = filters.list().to_vec();
            filters.change(&change);
            assert_eq!(filters.list(), expected, "{name}");
            filters.change(&change.reversed());
            assert_eq!(filters.list(), before, "{name}");
            filters.change(&change);
        }
        assert!(filters.is_changed());
        assert_eq!(filters.name_of("oven "), Some("ovens"));
    }

    #[test]
    fn what_is_taken_away_comes_back_where_it_stood() {
        let all = vec![named("a", "1"), named("b", "2"), named("c", "3")];
        let mut filters = NamedFilters::of_file(all.clone());
        let change = filters.removing(1).unwrap();
        filters.change(&change);
        assert_eq!(filters.list().len(), 2);
        filters.change(&change.reversed());
        assert_eq!(filters.list(), all);
        assert!(!filters.is_changed());
        assert_eq!(filters.removing(3), None);
    }

    #[test]
    fn names_and_their_number_are_bounded() {
        let filters = NamedFilters::of_file(
            (0..MAX_NAMED).map(|n| named(&format!("f{n}"), &format!("t{n}"))).collect(),
        );
        assert!(filters.naming("more", "more").unwrap_err().contains("100 filters"));
        assert!(filters.naming("f1", "more").is_ok(), "what is there can be changed");
        for name in ["", " a", "a\nb", &"x".repeat(MAX_NAME_CHARS + 1)] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
        assert!(check_name(&"ö".repeat(MAX_NAME_CHARS)).is_ok());
    }
}
