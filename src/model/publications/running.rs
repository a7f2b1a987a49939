//! What publishes by itself, in rows: generators, batches, sweeps. Owns their words; what they do is `runs`'s.
use crate::decode::figures;
use crate::model::Model;
use crate::model::monitor::lines::{Lines, Shade};
use crate::model::runs::flow::Flow;
use crate::model::runs::generator::Generator;
use crate::model::runs::spread::Spread;
use crate::model::runs::starts::listed;
use crate::model::runs::{Run, State, Work, outcome};
use crate::time::Timestamp;

/// How many run, or did lately.
pub fn n_rows(model: &Model) -> usize {
    model.runs.iter().count()
}

/// What stands behind the section's title.
pub fn title(model: &Model) -> String {
    match (model.runs.n_running(), n_rows(model)) {
        (0, 0) => "nothing runs".to_owned(),
        (n, all) if n == all => n.to_string(),
        (n, all) => format!("{n} · {} ended", all - n),
    }
}

/// Makes the lines; a line of a row says which.
pub fn lines(lines: &mut Lines, model: &Model, now: Timestamp) {
    if n_rows(model) == 0 {
        lines.row(
            None,
            Shade::Faint,
            "nothing publishes by itself; ctrl-g in the form repeats what it holds",
        );
    }
    let has_several = model.devices.len() > 1;
    for (row, run) in listed(model).enumerate() {
        let device = model.device(run.device).map(|device| device.profile.name.as_str()).unwrap_or_default();
        let of = if has_several { format!("{device} · ") } else { String::new() };
        let (mark, shade) = match &run.state {
            State::Running | State::Settling => ("▶", Shade::Good),
            State::Done(_) => ("·", Shade::Plain),
            State::Stopped(..) => ("×", Shade::Warn),
        };
        match &run.work {
            Work::Bulk(bulk) => {
                let head = format!("{mark} {}  {of}{}", run.id.0, bulk.words());
                lines.whole(row, shade, &head);
                let words = format!("{} · {}{}", bulk.progress(now), outcome(&run.flow), bulk.remarks());
                lines.under(Some(row), Shade::Plain, &words);
                if bulk.n_failed() > 0 && !run.is_running() {
                    lines.under(Some(row), Shade::Faint, "F shows what failed, to be published again");
                }
            }
            Work::Generator(generator) => {
                let head = format!("{mark} {}  {of}{} · {}", run.id.0, generator.topic(), generator.words);
                lines.whole(row, shade, &head);
                generator_lines(lines, (row, run), generator, now);
            }
        }
        match &run.state {
            State::Running => {}
            State::Settling => lines.under(Some(row), Shade::Plain, "waits for the broker's answers"),
            State::Done(at) => {
                let at = model.settings.wall.time_of_day(*at);
                lines.under(Some(row), Shade::Plain, &format!("done {}", seconds(&at)));
            }
            State::Stopped(at, why) => {
                let at = model.settings.wall.time_of_day(*at);
                lines.under(Some(row), Shade::Warn, &format!("stopped {}: {why}", seconds(&at)));
            }
        }
    }
}

fn generator_lines(lines: &mut Lines, (row, run): (usize, &Run), generator: &Generator, now: Timestamp) {
    let mut words = Vec::new();
    let flow = &run.flow;
    let speed = if run.is_running() { flow.speed.lately(now) } else { flow.speed.mean() };
    words.push(match speed {
        Some(speed) => format!("{}/s of {}/s", per_second(speed), generator.schedule.rate),
        None => format!("{}/s", generator.schedule.rate),
    });
    words.extend(generator.progress());
    words.push(outcome(flow));
    if generator.schedule.n_skipped > 0 {
        words.push(format!("{} skipped", figures::grouped(generator.schedule.n_skipped)));
    }
    if generator.n_repeated > 0 {
        words.push(format!("{} left out as equal", figures::grouped(generator.n_repeated)));
    }
    if flow.n_open() > 0 {
        words.push(format!("{} under way", figures::grouped(flow.n_open() as u64)));
    }
    lines.under(Some(row), Shade::Plain, &words.join(" · "));
    times(lines, row, flow);
}

/// How late they left, and how soon they were acknowledged.
fn times(lines: &mut Lines, row: usize, flow: &Flow) {
    let of = |name: &str, spread: &Spread| {
        let ms = |took: std::time::Duration| format!("{:.1}", took.as_secs_f64() * 1_000.0);
        let (p50, p95, max) = (spread.percentile(50)?, spread.percentile(95)?, spread.max()?);
        Some(format!("{name} p50 {} p95 {} max {} ms", ms(p50), ms(p95), ms(max)))
    };
    let words: Vec<String> =
        of("late", &flow.late).into_iter().chain(of("acknowledged in", &flow.acknowledged_in)).collect();
    if !words.is_empty() {
        lines.under(Some(row), Shade::Faint, &words.join(" · "));
    }
    if let Some(trouble) = flow.trouble.as_ref().filter(|_| flow.n_refused > 0) {
        lines.under(Some(row), Shade::Bad, &format!("refused: {trouble}"));
    }
}

/// A rate with as many digits as are steady.
fn per_second(speed: f64) -> String {
    if speed < 10.0 { format!("{speed:.2}") } else { format!("{speed:.1}") }
}

/// `14:05:09` of `14:05:09.123`.
fn seconds(time_of_day: &str) -> &str {
    time_of_day.split_once('.').map_or(time_of_day, |(seconds, _)| seconds)
}
