//! Where keys are heard, and which commands have their meaning there. Owns no deed.
use super::layout::Pane;
use super::overlay::Overlay;
use super::{Model, Screen};
use crate::command::{Command, Context};

impl Model {
    /// Where keys are heard now.
    pub fn context(&self) -> Context {
        match (&self.overlay, self.screen, self.focus) {
            (Overlay::Help { .. } | Overlay::Difference(_), ..) => Context::HelpScreen,
            (Overlay::Prompt(_) | Overlay::Attribute(_), ..) => Context::Line,
            (Overlay::Question(_), ..) => Context::Question,
            (Overlay::Parts(_), ..) => Context::Parts,
            (Overlay::Repeat(_), ..) => Context::Repeat,
            (Overlay::Saved(_), ..) => Context::Saved,
            (Overlay::Filters(_), ..) => Context::Filters,
            (Overlay::Exam(_), ..) => Context::Exam,
            (Overlay::Bulk, ..) => Context::Bulk,
            (Overlay::Menu(_) | Overlay::Exporting, ..) => Context::Menu,
            (Overlay::None, Screen::Devices, _) if self.shelf.editing.is_some() => Context::DeviceForm,
            (Overlay::None, Screen::Devices, _) => Context::Devices,
            (Overlay::None, Screen::Monitor, _) => Context::Monitor,
            (Overlay::None, Screen::Publications, _) => Context::Publications,
            (Overlay::None, Screen::Explorer, Pane::Topics) if self.range.is_some() => Context::Range,
            (Overlay::None, Screen::Explorer, Pane::Topics) if self.table.is_some() => Context::Table,
            (Overlay::None, Screen::Explorer, Pane::Topics) => Context::Topics,
            (Overlay::None, Screen::Explorer, Pane::Inspector) => self.inspector.context(),
            (Overlay::None, Screen::Explorer, Pane::Publish) if self.editor.is_some() => Context::Editor,
            (Overlay::None, Screen::Explorer, Pane::Publish) => Context::Publish,
            (Overlay::None, Screen::Explorer, Pane::Learn) => Context::Learn,
        }
    }
}

/// Whether a command has its meaning where the user is: what works everywhere in the panes would do things
/// unseen behind a question, a prompt or the help, and undoing belongs to no text field.
pub(super) fn is_heard(model: &Model, command: Command) -> bool {
    let always = matches!(command, Command::Interrupt | Command::Suspend | Command::StopRuns);
    always
        || match model.context() {
            Context::Line => command.contexts().contains(&Context::Line) || command == Command::Leave,
            Context::Question => {
                matches!(command, Command::Yes | Command::No | Command::SaveFirst | Command::Leave)
            }
            Context::Saved => {
                command.contexts().contains(&Context::Saved)
                    || matches!(command, Command::Leave | Command::Undo | Command::Redo)
            }
            Context::Filters => {
                command.contexts().contains(&Context::Filters)
                    || matches!(command, Command::Leave | Command::Undo | Command::Redo)
            }
            Context::Parts => command.contexts().contains(&Context::Parts) || command == Command::Leave,
            Context::Bulk => {
                command.contexts().contains(&Context::Bulk)
                    || matches!(command, Command::Leave | Command::Help)
            }
            Context::Menu => command.contexts().contains(&Context::Menu) || command == Command::Leave,
            Context::Repeat => command.contexts().contains(&Context::Repeat) || command == Command::Leave,
            Context::Exam => command.contexts().contains(&Context::Exam) || command == Command::Leave,
            Context::HelpScreen => {
                command.contexts().contains(&Context::HelpScreen)
                    || matches!(command, Command::Help | Command::Leave)
            }
            Context::DeviceForm => !matches!(command, Command::Undo | Command::Redo),
            Context::Devices => {
                command.contexts().contains(&Context::Devices)
                    || matches!(
                        command,
                        Command::Help
                            | Command::Leave
                            | Command::Quit
                            | Command::Devices
                            | Command::Monitor
                            | Command::Publications
                    )
            }
            // There are no branches in a table.
            Context::Table => !matches!(
                command,
                Command::Expand
                    | Command::Collapse
                    | Command::Toggle
                    | Command::ExpandAll
                    | Command::CollapseAll
                    | Command::SelectRange
            ),
            // What freezes stands on another screen.
            Context::Monitor | Context::Publications => {
                !matches!(command, Command::ToggleFreeze | Command::Maximise)
            }
            Context::Everywhere
            | Context::Topics
            | Context::Range
            | Context::Inspector
            | Context::Structure
            | Context::History
            | Context::Chart
            | Context::Publish
            | Context::Learn
            | Context::Editor => true,
        }
}
