//! Carries commands out. Owns the program's own switches; moving about the tree is `moves`'.
use super::devices::{Then, deeds, edit, exam};
use super::event::{DeviceId, Effect};
use super::inspector::Tab;
use super::layout::{Extent, Pane};
use super::overlay::{Deed, Overlay, PromptKind, Question};
use super::toast::Tone;
use super::tree::Placement;
use super::{
    Model, Screen, bulk, chart, decoding, difference, editor, export, form, ingest, inspector, jq, keys,
    learn, menu, metrics, monitor, moves, narrowing, nodes, past, probe, publications, publish, request,
    runs, search, table,
};
use crate::command::{Command, Context};
use crate::mqtt::{BrokerRequest, Stage};
use crate::store::Direction;
use crate::time::Timestamp;

mod connection;
mod copying;
mod switches;

use connection::toggle_connection;
pub use connection::{ask_disconnect, disconnect};
pub use copying::{copy, copy_as, kept as copy_kept, max_copy_bytes, why_no_clipboard};
use copying::{copy_payload, copy_topic};
use switches::{freeze, older, pin, ping};

/// Carries a command out.
#[expect(clippy::too_many_lines, reason = "a line for each command: whoever adds one finds its place")]
pub fn command(model: &mut Model, now: Timestamp, command: Command, effects: &mut Vec<Effect>) {
    if model.context() == Context::Structure && inspector::deeds::command(model, now, command, effects) {
        return;
    }
    match command {
        Command::Help => help(model),
        Command::NextPane if model.screen == Screen::Monitor => monitor::deeds::next_panel(model, 1),
        Command::PreviousPane if model.screen == Screen::Monitor => monitor::deeds::previous_panel(model),
        Command::NextPane if model.screen == Screen::Publications => {
            publications::deeds::next_section(model, 1);
        }
        Command::PreviousPane if model.screen == Screen::Publications => {
            publications::deeds::next_section(model, 2);
        }
        Command::NextPane => model.focus = model.focus.next(model.panes()),
        Command::PreviousPane => model.focus = model.focus.previous(model.panes()),
        Command::Leave if matches!(model.overlay, Overlay::Exam(_)) => exam::leave(model, effects),
        Command::Leave if matches!(model.overlay, Overlay::Filters(_)) => narrowing::saved::leave(model),
        Command::Leave if model.overlay == Overlay::Exporting => export::give_up(model, now, effects),
        Command::Leave if model.overlay == Overlay::Bulk => bulk::leave(model, now, effects),
        Command::Leave => leave(model, now, effects),
        Command::Quit => quit(model, effects),
        Command::Interrupt => interrupt(model, now, effects),
        Command::Suspend => effects.push(Effect::Suspend),
        Command::Undo if model.context() == Context::Publish => form::deeds::undo(model, now, true),
        Command::Redo if model.context() == Context::Publish => form::deeds::undo(model, now, false),
        Command::Undo => publish::undo(model, now, effects),
        Command::Redo => publish::redo(model, now, effects),
        Command::Devices => deeds::show(model, now, effects),
        Command::Monitor => monitor::deeds::toggle(model, now),
        Command::Publications => publications::deeds::toggle(model),
        Command::Request => request::send(model, now, effects),
        Command::SavePublication => publications::saved::ask_name(model, now, PromptKind::SaveForDevice),
        Command::SaveForAll => publications::saved::ask_name(model, now, PromptKind::SaveForAll),
        Command::OpenSaved => publications::saved::open(model, now, effects),
        Command::TogglePlaceholders => model.form.as_written = !model.form.as_written,
        Command::NarrowSaved => publications::saved::narrow(model),
        Command::DeleteSaved => publications::saved::delete(model, effects),
        Command::FillForm if model.context() == Context::Saved => publications::saved::take(model),
        Command::Send if model.context() == Context::Saved => publications::saved::send(model, now, effects),
        Command::FillForm => publications::deeds::fill_form(model, now),
        Command::SendAgain => publications::deeds::again(model, now, effects),
        Command::Repeat => runs::starts::open(model, now),
        Command::StopRun => runs::starts::stop_under_hand(model, now, effects),
        Command::ForgetRun => runs::starts::forget_under_hand(model, now),
        Command::StopRuns => runs::starts::stop_them(model, now, effects),
        Command::CopyLine => publications::deeds::copy_line(model, now, effects),
        Command::DropSubscription => monitor::deeds::remove(model, now, effects),
        Command::EditSubscription => monitor::deeds::edit(model, now),
        Command::PauseSubscription => monitor::deeds::pause(model, now, effects),
        Command::NarrowLog => keys::prompt(model, PromptKind::NarrowLog, &model.monitor.narrow.clone()),
        Command::CopyLines => monitor::deeds::copy(model, now, effects),
        Command::SaveLog => monitor::deeds::ask_save(model),
        Command::PingOften => monitor::deeds::ping_often(model, now),
        Command::OpenDevice => deeds::open(model, now, Then::Go, effects),
        Command::AddDevice => edit::add(model),
        Command::EditDevice => edit::edit(model, now, effects),
        Command::CloseDevice => deeds::close(model, now, effects),
        Command::SaveDevice => {
            learn::turn_to(model);
            deeds::ask_save(model, now, effects);
        }
        Command::ToggleLearn => learn::toggle(model, now, effects),
        Command::Tick if model.context() == Context::Parts => nodes::parts::tick(model, now),
        Command::Tick => learn::deeds::tick(model, now),
        Command::Keep => learn::deeds::keep(model, now),
        Command::KeepAll => learn::deeds::ask_keep_all(model, now),
        Command::EditCandidate => learn::deeds::edit(model, now),
        Command::ChooseParts => learn::parts::open(model, now),
        Command::Discard => learn::deeds::ask_discard(model, now),
        Command::HoldStill => learn::hands::hold_still(model),
        Command::NextList => learn::hands::turn_list(model, 1),
        Command::PreviousList => learn::hands::turn_list(model, -1),
        Command::LearnScope => learn::ask_scope(model, now),
        Command::AddChild => nodes::edit::ask_add(model, PromptKind::AddChild),
        Command::AddSibling => nodes::edit::ask_add(model, PromptKind::AddSibling),
        Command::Alias => nodes::edit::ask_alias(model, now),
        Command::RemoveNode => nodes::edit::ask_remove(model, now),
        Command::ViewFilter => narrowing::prompt::open(model),
        Command::OpenFilters => narrowing::saved::open(model, now),
        Command::DeleteFilter => narrowing::saved::delete(model, now),
        Command::Choose if model.context() == Context::Filters => narrowing::saved::take(model, now),
        Command::ToggleKeptOnly => nodes::toggle_kept_only(model, now),
        Command::CopyDevice => deeds::ask_copy(model, now),
        Command::DeleteDevice => deeds::ask_delete(model, now),
        Command::ExamineDevice => deeds::examine(model, now, effects),
        Command::ExamineAgain => exam::repeat(model, effects),
        Command::NarrowDevices => keys::prompt(model, PromptKind::NarrowDevices, &model.shelf.narrow.clone()),
        Command::ToggleConnection if model.screen == Screen::Devices => deeds::toggle(model, now, effects),
        Command::PingNow => ping(model, now, effects),
        Command::ToggleFreeze => freeze(model, now),
        Command::Maximise => model.extent = model.extent.other(),
        Command::CursorDown => moves::step(model, now, 1),
        Command::CursorUp => moves::step(model, now, -1),
        Command::PageDown => moves::page(model, now, 1),
        Command::PageUp => moves::page(model, now, -1),
        Command::First => moves::edge(model, now, Placement::Top),
        Command::Last => moves::edge(model, now, Placement::Bottom),
        Command::Expand => moves::expand(model, now),
        Command::Collapse => moves::collapse(model),
        Command::Toggle => moves::toggle(model),
        Command::ExpandAll => moves::expand_all(model),
        Command::CollapseAll => moves::collapse_all(model),
        Command::VisitedBack => moves::visit(model, now, Direction::Backward),
        Command::VisitedForward => moves::visit(model, now, Direction::Forward),
        Command::ToggleTable => table::deeds::toggle(model, now),
        Command::NextOrder => table::deeds::order(model, now, table::deeds::next_column),
        Command::ReverseOrder => table::deeds::order(model, now, table::deeds::reversed),
        Command::Search => search::deeds::open(model),
        Command::NextMatch => search::deeds::seek(model, now, Direction::Forward),
        Command::PreviousMatch => search::deeds::seek(model, now, Direction::Backward),
        Command::GoTo => search::deeds::open_places(model),
        Command::Pin => pin(model, now),
        Command::Publish => publish::open(model, now),
        Command::EditValue if model.focus == Pane::Inspector && model.inspector.tab == Tab::Node => {
            nodes::attribute::begin(model, now);
        }
        Command::EditValue => editor::open(model, now),
        Command::ClearRetained => bulk::clear(model, now),
        Command::PublishDefaults => bulk::defaults::open(model, now),
        Command::PublishFile | Command::ShowFailed => bulk::begin(model, now, command),
        Command::GoOn => bulk::go_on(model, now, effects),
        Command::Exclude | Command::ExcludeBranch | Command::NarrowSweep => bulk::choose(model, command),
        Command::Faster | Command::Slower => bulk::change_pace(model, command),
        Command::AskBirths => metrics::ask_births(model, now, effects),
        Command::ProbeRetained => probe::ask(model, now, effects),
        Command::SubscribeTo => keys::prompt(model, PromptKind::Subscribe, ""),
        Command::ToggleConnection => toggle_connection(model, now, effects),
        Command::CopyMenu | Command::ExportMenu => menu::open(model, now, command),
        Command::CopyTopic => copy_topic(model, now, effects),
        Command::CopyPayload if model.screen == Screen::Publications => {
            publications::deeds::copy_payload(model, now, effects);
        }
        Command::CopyPayload => copy_payload(model, now, effects),
        Command::TabValue => model.inspector.show(Tab::Value),
        Command::TabHistory => model.inspector.show(Tab::History),
        Command::TabChart => model.inspector.show(Tab::Chart),
        Command::TabMessage => model.inspector.show(Tab::Message),
        Command::TabNode => show_node(model),
        Command::EditAttribute => nodes::attribute::begin(model, now),
        Command::KeepPart => nodes::parts::open(model, now),
        Command::KeepTicked => nodes::parts::keep(model, now),
        Command::ZoomIn
        | Command::ZoomOut
        | Command::Earlier
        | Command::Later
        | Command::WholeChart
        | Command::HoldChart
        | Command::ChartCursor
        | Command::ToggleAxes
        | Command::ToggleSeries
        | Command::ToggleTogether
        | Command::NextNumber => chart::deeds::command(model, now, command),
        Command::SelectRange => nodes::range::toggle(model),
        Command::KeepRange => nodes::range::keep(model, now),
        Command::RemoveRange => nodes::range::ask_remove(model, now),
        Command::EditRange => nodes::range::ask_edit(model, now),
        Command::SaveFirst => nodes::leaving::save_first(model, now, effects),
        Command::NextDecoder => decoding::step(model, now, Direction::Forward),
        Command::PreviousDecoder => decoding::step(model, now, Direction::Backward),
        Command::ToggleRaw => decoding::toggle_raw(model, now),
        Command::Jq => jq::open(model, now),
        Command::NextTab => model.inspector.show(model.inspector.tab.next()),
        Command::PreviousTab => model.inspector.show(model.inspector.tab.previous()),
        // In lines it never comes here: there Enter begins the next.
        Command::Send | Command::SendLine => publish::send(model, now, effects),
        Command::NextField => model.form.step_field(true),
        Command::PreviousField => model.form.step_field(false),
        Command::ToggleChoice => model.form.step_choice(true),
        Command::PreviousChoice => model.form.step_choice(false),
        Command::NextFormat => form::deeds::next_format(model),
        Command::ToggleFold => model.form.toggle_fold(),
        Command::EditText => form::deeds::edit(model, effects),
        Command::ReadFile => form::deeds::ask_file(model),
        Command::FillReceived => form::deeds::fill_received(model, now),
        Command::Compare => difference::of_form(model, now),
        Command::HoldHistory
        | Command::FilterHistory
        | Command::OpenPast
        | Command::MarkMessage
        | Command::CompareMessages
        | Command::ForgetMessage
        | Command::ForgetHistory
        | Command::ToggleUtc => past::deeds::command(model, now, command, effects),
        Command::Respell => form::deeds::respell(model, now),
        Command::NewLine => form::deeds::new_line(model),
        Command::PreviousSent => older(model, now),
        Command::NextSent => {
            model.form.newer();
        }
        // The device form, the editor and a structured value hear these themselves, and a prompt what is accepted.
        Command::AcceptField
        | Command::SearchInside
        | Command::CopyPath
        | Command::NextSection
        | Command::PreviousSection
        | Command::SaveForm
        | Command::TestDevice
        | Command::StepUp
        | Command::StepDown
        | Command::LeapUp
        | Command::LeapDown
        | Command::ToMin
        | Command::ToMax
        | Command::ToggleLive
        | Command::StartRun
        | Command::ToggleFuzzy
        | Command::ToggleValues
        | Command::NextResult
        | Command::PreviousResult
        | Command::CompleteLevel
        | Command::SaveFilter
        | Command::Choose
        | Command::Accept => {}
        Command::Yes => keys::yes(model, now, effects),
        Command::No => keys::no(model, now, effects),
    }
}

/// Shows the tab Node; the key again goes there to edit.
fn show_node(model: &mut Model) {
    if model.inspector.tab == Tab::Node {
        model.focus = Pane::Inspector;
    }
    model.inspector.show(Tab::Node);
}

fn help(model: &mut Model) {
    let scroll = super::help::first_line(&model.keymap, model.context(), model.cols, model.rows);
    model.overlay = match model.overlay {
        Overlay::Help { .. } => Overlay::None,
        Overlay::None
        | Overlay::Prompt(_)
        | Overlay::Question(_)
        | Overlay::Attribute(_)
        | Overlay::Parts(_)
        | Overlay::Difference(_)
        | Overlay::Saved(_)
        | Overlay::Filters(_)
        | Overlay::Repeat(_)
        | Overlay::Exam(_)
        | Overlay::Menu(_)
        | Overlay::Exporting
        | Overlay::Bulk => Overlay::Help { scroll },
    };
}

/// Leaves the innermost thing: an overlay, a pane, the marks of a search, the toasts.
fn leave(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    if let Overlay::Question(_) = model.overlay {
        keys::no(model, now, effects);
    } else if model.overlay != Overlay::None {
        model.overlay = Overlay::None;
    } else if model.found_loop.take().is_some() {
        // The banner alone.
    } else if model.screen == Screen::Devices {
        deeds::leave(model, now);
    } else if model.screen == Screen::Monitor {
        monitor::deeds::leave(model);
    } else if model.screen == Screen::Publications {
        publications::deeds::leave(model);
    } else if past::deeds::leave(model) {
        // The list of past messages is seen again.
    } else if learn::parts::close(model) {
        // The list is seen again.
    } else if model.extent == Extent::Whole {
        model.extent = Extent::Shared;
    } else if model.focus != Pane::Topics {
        model.focus = Pane::Topics;
    } else if model.range.is_some() {
        model.range = None;
    } else if model.search.is_some() {
        model.search = None;
    } else if model.narrowing.set.is_some() && model.toasts.is_empty() {
        narrowing::clear(model);
    } else if table::deeds::leave(model) {
        // The tree is seen again.
    } else {
        model.toasts.clear();
    }
}

fn quit(model: &mut Model, effects: &mut Vec<Effect>) {
    let mut losses = Vec::new();
    match model.lives.n_unsettled(None) + model.runs.n_unsettled(None) {
        0 => {}
        1 => losses.push("1 publication is not acknowledged by the broker yet.".to_owned()),
        n => losses.push(format!("{n} publications are not acknowledged by the broker yet.")),
    }
    losses.extend(model.runs.words(None));
    losses.extend(model.spacing.words());
    losses.extend(export::unfinished_words(model));
    losses.extend(nodes::unsaved_words(model.devices.iter()));
    if losses.is_empty() {
        return effects.push(Effect::Quit);
    }
    let words = format!("{} Quit all the same?", losses.join(" "));
    model.overlay = Overlay::Question(Question { words, deed: Deed::Quit });
}

fn interrupt(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    if std::mem::replace(&mut model.quit_asked, true) {
        return effects.push(Effect::Quit);
    }
    model.say(now, Tone::Warn, "ctrl-c again quits");
}

/// A request found no room in its device's queue, or its task is gone.
pub fn request_refused(
    model: &mut Model,
    now: Timestamp,
    id: DeviceId,
    request: &BrokerRequest,
    words: &str,
) {
    if *request == BrokerRequest::Disconnect
        && let Some(device) = ingest::device_mut(&mut model.devices, id)
    {
        device.leaving = false;
    }
    if let BrokerRequest::Publish(ticket, _) = request
        && ticket.run().is_some()
    {
        // At a thousand a second: it counts them, and says so in its row.
        return runs::not_taken(model, *ticket);
    }
    if let BrokerRequest::Publish(ticket, _) = request {
        model.lives.reach(id, *ticket, Stage::NotSent(words.to_owned()), now, None);
    }
    model.say(now, Tone::Error, words);
}

/// Deadlines came, or there is time for a slice of work.
pub fn due(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    model.toasts.advance(now);
    model.lives.advance(now);
    learn::due(model, now, effects);
    probe::due(model, now, effects);
    bulk::due(model, now, effects);
    chart::work(model);
    narrowing::due(model, now);
    export::due(model, now, effects);
    moves::expand_on(model);
    past::deeds::due(model);
    inspector::deeds::work(model, now);
    table::due(model, now);
    search::deeds::due(model, now);
}

/// The program was stopped and goes on: the links may have died meanwhile.
pub fn resumed(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    for device in &mut model.devices {
        device.log(now, "the program was suspended until now");
        if device.online().is_some() {
            effects.push(Effect::Request(device.id, BrokerRequest::Ping));
        }
    }
}
