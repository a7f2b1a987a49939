//! The keys that do something now in a chart. Owns their order.
use super::Wanted;
use crate::command::Command;
use crate::model::Model;
use crate::model::chart::window::End;

pub(super) fn keys(model: &Model) -> Wanted {
    let chart = &model.chart;
    let has_cursor = chart.cursor.is_some();
    let is_added =
        chart.series.iter().any(|series| series.key.row == model.cursor && chart.added.contains(&series.key));
    vec![
        (&[Command::ZoomIn, Command::ZoomOut][..], "zoom"),
        (&[Command::Earlier, Command::Later], if has_cursor { "cursor" } else { "pan" }),
        (&[Command::HoldChart], if chart.view.end == End::Live { "pause" } else { "go on" }),
        (&[Command::ChartCursor], if has_cursor { "no cursor" } else { "read out" }),
        (&[Command::WholeChart], "all"),
        (&[Command::ToggleSeries], if is_added { "let go" } else { "keep in chart" }),
        (&[Command::NextNumber], "next number"),
        (&[Command::ToggleAxes], "scales"),
        (&[Command::ToggleTogether], "alone"),
        (&[Command::Maximise], "whole screen"),
        (&[Command::Leave], "back"),
    ]
}
