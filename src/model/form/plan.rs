//! Which rows the form has and which of them are seen. Owns the counting alone; draws nothing.
use super::Form;
use super::field::{Field, PROPERTIES};
use crate::model::layout::FORM_ROWS;

/// Lines of the payload that are seen at once, where there is room for more.
const MAX_PAYLOAD_ROWS: usize = 16;

/// Lines of the payload that are seen however little room there is.
const MIN_PAYLOAD_ROWS: usize = 3;

/// A row of the form that has several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// Where to.
    Topic,
    /// A line of the payload, counted from the first one that is seen.
    Payload(usize),
    /// `QoS`, retain, format.
    Choices,
    /// A field of those that are folded away.
    Property(Field),
}

/// The rows that are seen, and what lies below.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// From above.
    pub rows: Vec<Row>,
    /// The first line of the payload that is seen.
    pub first_line: usize,
    /// Rows that find no room above, and below.
    pub n_hidden: (usize, usize),
}

/// Whether the form has several rows.
pub fn is_tall(form: &Form) -> bool {
    form.unfolded || form.payload.has_lines()
}

/// The rows of the screen that the form takes, frame included, while it hears the keys.
pub fn screen_rows(form: &Form, screen_rows: u16) -> u16 {
    if !is_tall(form) {
        return FORM_ROWS;
    }
    // Two rows of the frame, one for what is told.
    let wanted = 3 + fixed_rows(form) + form.payload.n_lines().min(MAX_PAYLOAD_ROWS);
    let most = usize::from(screen_rows).saturating_sub(2) * 3 / 5;
    u16::try_from(wanted.min(most)).unwrap_or(FORM_ROWS).max(FORM_ROWS)
}

/// Rows beside those of the payload.
fn fixed_rows(form: &Form) -> usize {
    2 + if form.unfolded { PROPERTIES.len() + form.properties.user.len() + 1 } else { 0 }
}

/// The plan for so many rows within the frame, what is told not counted.
pub fn plan(form: &Form, n_rows: usize) -> Plan {
    let n_lines = form.payload.n_lines();
    let room = n_rows.saturating_sub(fixed_rows(form)).clamp(MIN_PAYLOAD_ROWS, MAX_PAYLOAD_ROWS);
    let n_payload = n_lines.min(room);
    let first_line = first_line(form.first_line, form.payload.cursor_line(), n_payload, n_lines);
    let mut rows = vec![Row::Topic];
    rows.extend((0..n_payload).map(Row::Payload));
    rows.push(Row::Choices);
    if form.unfolded {
        let user = (0..form.properties.user.len()).map(Field::User);
        let fields = PROPERTIES.into_iter().chain(user).chain([Field::Offline]);
        rows.extend(fields.map(Row::Property));
    }
    let at = match form.field {
        Field::Topic => 0,
        Field::Payload => 1 + form.payload.cursor_line().saturating_sub(first_line),
        Field::Qos | Field::Retain | Field::Format => 1 + n_payload,
        field @ (Field::ContentType
        | Field::Expiry
        | Field::ResponseTopic
        | Field::Correlation
        | Field::Utf8
        | Field::User(_)
        | Field::Offline) => rows.iter().position(|row| *row == Row::Property(field)).unwrap_or_default(),
    };
    let n_below = rows.len().saturating_sub(n_rows);
    let from = (at + 1 + n_rows / 3).saturating_sub(n_rows).min(n_below);
    let rows: Vec<Row> = rows.into_iter().skip(from).take(n_rows).collect();
    Plan { rows, first_line, n_hidden: (from, n_below - from) }
}

/// The first line seen, moved as little as brings the cursor's line in sight.
fn first_line(was: usize, cursor: usize, n_seen: usize, n_lines: usize) -> usize {
    let highest = (cursor + 1).saturating_sub(n_seen);
    was.clamp(highest, cursor.max(highest)).min(n_lines.saturating_sub(n_seen))
}

impl Form {
    /// Scrolls the payload so that its cursor is in sight on a screen of so many rows.
    pub fn follow(&mut self, n_inner_rows: u16, is_alone: bool) {
        self.first_line = plan(self, told_above(usize::from(n_inner_rows), is_alone)).first_line;
    }
}

/// The rows that are left above what is told: a row of it, or two where the form is alone on the screen.
pub const fn told_above(n_inner_rows: usize, is_alone: bool) -> usize {
    n_inner_rows.saturating_sub(if is_alone { 2 } else { 1 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::text::Text;

    fn form(n_lines: usize, unfolded: bool) -> Form {
        let text = vec!["x"; n_lines].join("\n");
        Form { payload: Text::with(text), unfolded, ..Form::default() }
    }

    #[test]
    fn a_form_of_one_line_has_one_row_and_grows_with_its_lines_up_to_a_share_of_the_screen() {
        for (n_lines, unfolded, screen, expected) in [
            (1, false, 24, 3),
            (2, false, 24, 7),
            (100, false, 24, 13),
            (1, true, 24, 13),
            (100, true, 60, 28),
        ] {
            assert_eq!(
                screen_rows(&form(n_lines, unfolded), screen),
                expected,
                "{n_lines} {unfolded} {screen}"
            );
        }
    }

    #[test]
    fn the_field_and_the_line_with_the_cursor_are_always_seen() {
        for n_rows in 1..20 {
            let mut form = form(40, true);
            for (field, row) in [
                (Field::Topic, Row::Topic),
                (Field::Qos, Row::Choices),
                (Field::Expiry, Row::Property(Field::Expiry)),
                (Field::User(0), Row::Property(Field::User(0))),
                (Field::Offline, Row::Property(Field::Offline)),
            ] {
                form.field = field;
                let plan = plan(&form, n_rows);
                assert!(plan.rows.contains(&row), "{field:?} in {n_rows}: {plan:?}");
                assert!(plan.rows.len() <= n_rows);
            }
            form.field = Field::Payload;
            for key in ["ctrl-home", "pgdn", "pgdn", "down", "ctrl-end", "pgup", "up"] {
                form.payload.edit(key.parse().unwrap());
                let plan = plan(&form, n_rows);
                form.first_line = plan.first_line;
                let row = Row::Payload(form.payload.cursor_line() - plan.first_line);
                assert!(plan.rows.contains(&row), "{key} in {n_rows}: {plan:?}");
            }
        }
    }

    #[test]
    fn a_window_of_lines_moves_no_more_than_it_must() {
        for (was, cursor, expected) in [(0, 3, 0), (0, 5, 1), (4, 6, 4), (4, 3, 3), (9, 9, 5)] {
            assert_eq!(first_line(was, cursor, 5, 10), expected, "{was} {cursor}");
        }
    }
}
