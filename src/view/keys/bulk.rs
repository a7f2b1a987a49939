//! Keys as words on a preview of many publications. Owns which do something now.
use super::Wanted;
use crate::command::Command;
use crate::model::Model;
use crate::model::bulk::Preview;

/// What the keys do on a preview of many.
pub fn keys(model: &Model) -> Wanted {
    let step: &[Command] = &[Command::CursorDown, Command::CursorUp];
    let pace: &[Command] = &[Command::Faster, Command::Slower];
    match model.bulk.as_deref() {
        Some(Preview::Batch(batch)) if batch.n_going() > 0 => vec![
            (&[Command::GoOn][..], "publish"),
            (pace, "pace"),
            (step, "move"),
            (&[Command::Leave], "leave"),
        ],
        Some(Preview::Batch(batch)) if batch.n_lines() > 1 => {
            vec![(step, "move"), (&[Command::Leave], "leave")]
        }
        Some(Preview::Sweep(sweep)) if !sweep.is_writing() => vec![
            (&[Command::GoOn][..], "clear"),
            (&[Command::Exclude], "leave alone"),
            (&[Command::ExcludeBranch], "branch"),
            (&[Command::NarrowSweep], "narrow"),
            (pace, "pace"),
            (&[Command::Leave], "leave"),
        ],
        Some(Preview::Batch(_) | Preview::Sweep(_)) | None => vec![(&[Command::Leave][..], "leave")],
    }
}
