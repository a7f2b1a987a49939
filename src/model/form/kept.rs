//! What was sent, from one run to the next. Owns when it is written down and how much of it; the file is `config`'s.
use super::history::News;
use crate::decode::figures;
use crate::model::Model;
use crate::model::devices::Errand;
use crate::model::event::Effect;
use crate::model::publications::draft::Draft;
use crate::model::toast::Tone;
use crate::time::Timestamp;
use std::time::Duration;

/// How long more is waited for: who holds a key down writes the file once.
const WRITE_AFTER: Duration = Duration::from_secs(2);

/// The largest payload that is written down: a hundred of these are a small file still.
pub const MAX_KEPT_BYTES: usize = 16 * 1024;

/// Has what is new written down, when it is time or the program ends.
pub fn settle(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let ends = || effects.iter().any(|effect| matches!(effect, Effect::Quit));
    let is_due = match model.form.history.news {
        News::None => return,
        News::Some if !model.settings.keeps_history || model.settings.read_only => {
            model.form.history.news = News::None;
            return;
        }
        News::Some => {
            model.form.history.news = News::Due(now + WRITE_AFTER);
            tell(model, now);
            ends()
        }
        News::Due(at) => at <= now || ends(),
    };
    if is_due {
        model.form.history.news = News::None;
        let kept: Vec<Draft> = model.form.sent().filter(|draft| is_kept(draft)).cloned().collect();
        effects.push(Effect::Disk(Box::new(Errand::RememberSent(kept))));
    }
}

/// When it is time.
pub fn deadline(model: &Model) -> Option<Timestamp> {
    match model.form.history.news {
        News::Due(at) => Some(at),
        News::None | News::Some => None,
    }
}

/// What was sent in earlier runs was read.
pub fn recalled(model: &mut Model, now: Timestamp, earlier: Vec<Draft>, warnings: Vec<String>) {
    model.form.recall_earlier(earlier);
    for warning in warnings {
        model.warn(now, warning);
    }
}

fn is_kept(draft: &Draft) -> bool {
    draft.publication.payload.0.len() <= MAX_KEPT_BYTES
}

/// Says that what was sent just now is too large.
fn tell(model: &mut Model, now: Timestamp) {
    let n_left_out = model.form.sent().filter(|draft| !is_kept(draft)).count() as u64;
    let Some(newest) = model.form.sent().next().filter(|newest| !is_kept(newest)) else { return };
    let size = figures::bytes(newest.publication.payload.0.len() as u64);
    let n = figures::counted(n_left_out, "publication");
    let most = figures::grouped(MAX_KEPT_BYTES as u64);
    let words = format!(
        "a payload of {size} is not remembered for the next run, {most} bytes at most are; {n} so far"
    );
    model.say(now, Tone::Info, words);
}
