//! The worker that reads and writes the user's files. Owns its thread, so that errands are done in the order they
//! were asked for, and no frame waits for a disk.
use crate::config::batch::{self, BadFile, UndoFile};
use crate::config::device::{Content, DeviceError, DeviceFile, Devices, Existing, PlainPassword};
use crate::config::export::{Exports, copies};
use crate::config::last::{self, Last};
use crate::config::log;
use crate::config::payload;
use crate::config::publications;
use crate::model::DeviceId;
use crate::model::bulk::undo::{Done, Step};
use crate::model::devices::{Answer, Errand, Listing, NodesSaving, SaveError, Saved, Saving};
use crate::model::nodes::recovered::Recovered;
use crate::model::opening::{Opening, Origin};
use crate::model::publications::draft::{Draft, Saved as SavedPublication, Shelf};
use std::path::{Path, PathBuf};
use std::sync::mpsc as blocking;
use std::thread;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Errands that may wait: more than a hand can ask for while a disk is slow.
const ERRANDS: usize = 64;

/// How long quitting waits for what is being written.
const PATIENCE: Duration = Duration::from_secs(2);

/// Makes what a word means ready to be opened: the command line's flags hold for it as well.
pub type Opener = Box<dyn FnMut(&Origin) -> Result<Opening, String> + Send>;

/// The user's files.
pub struct Files {
    /// The device files.
    pub devices: Devices,
    /// Where is written what was open last; `None`: it is not.
    pub last: Option<PathBuf>,
    /// Where undo files of sweeps lie; `None`: there is no home.
    pub undo: Option<PathBuf>,
    /// The undo file that is being written.
    pub undoing: Option<UndoFile>,
    /// What is being exported.
    pub exports: Box<Exports>,
    /// Where is written what was sent; `None`: it is not.
    pub sent: Option<PathBuf>,
    /// Where publications for all devices are saved.
    pub saved: Option<PathBuf>,
    /// Makes profiles of them.
    pub opener: Opener,
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Files")
            .field("devices", &self.devices)
            .field("last", &self.last)
            .field("sent", &self.sent)
            .field("saved", &self.saved)
            .finish_non_exhaustive()
    }
}

/// The way to the worker.
pub struct Disk {
    /// The device files, for what can't wait for the worker.
    pub devices: Devices,
    errands: blocking::SyncSender<Errand>,
    answers: mpsc::Receiver<Answer>,
    ended: oneshot::Receiver<()>,
}

impl Disk {
    /// Starts the worker.
    pub fn start(mut files: Files) -> std::io::Result<Self> {
        let (errands, asked) = blocking::sync_channel(ERRANDS);
        let (answer, answers) = mpsc::channel(ERRANDS);
        let devices = files.devices.clone();
        let (end, ended) = oneshot::channel();
        thread::Builder::new().name("disk".into()).spawn(move || {
            for errand in asked {
                if let Some(done) = files.run(errand) {
                    // A loop that is over hears no answer; what waits is still written.
                    let _ = answer.blocking_send(done);
                }
            }
            let _ = end.send(());
        })?;
        Ok(Self { devices, errands, answers, ended })
    }

    /// Asks for an errand; when too many wait, its answer at once.
    pub fn ask(&self, errand: Errand) -> Option<Answer> {
        self.errands.try_send(errand).err().map(|refused| {
            let (blocking::TrySendError::Full(errand) | blocking::TrySendError::Disconnected(errand)) =
                refused;
            errand.refused("the disk does not keep up; try again in a moment")
        })
    }

    /// The next answer.
    pub async fn answer(&mut self) -> Option<Answer> {
        self.answers.recv().await
    }

    /// Waits a moment for what is being written.
    pub async fn finish(self) {
        let Self { errands, answers, ended, .. } = self;
        drop((errands, answers));
        let _ = tokio::time::timeout(PATIENCE, ended).await;
    }
}

impl Files {
    fn run(&mut self, errand: Errand) -> Option<Answer> {
        Some(match errand {
            Errand::List => Answer::Listed(self.list()),
            Errand::Open(origin, then) => {
                let opened = (self.opener)(&origin).map(Box::new);
                Answer::Opened(origin, then, opened)
            }
            Errand::Read(name) => {
                let read = self.devices.read(&name).map(|file| Box::new(file.profile)).map_err(words);
                Answer::Read(name, read)
            }
            Errand::Save(saving) => {
                let saved = self.save(&saving);
                Answer::Saved(saving, saved)
            }
            Errand::SaveNodes(saving) => {
                let saved = self.devices.keep(&saving.name, content(&saving));
                Answer::NodesSaved(saving, saved.map(drop).map_err(words))
            }
            Errand::Recover(id, name) => Answer::Recovered(self.recovered(id, name).transpose()?),
            Errand::ForgetRecovered(name) => {
                return self
                    .devices
                    .forget_recovered(&name)
                    .err()
                    .map(|error| Answer::Forgotten(words(error)));
            }
            Errand::Copy(from, to) => {
                let shared = |copy: DeviceFile| Some(copy.profile.client_id).filter(|id| !id.is_empty());
                let copied = self.devices.copy(&from, &to).map(shared).map_err(words);
                Answer::Copied(from, to, copied)
            }
            Errand::Delete(name) => {
                let deleted = self.devices.remove(&name).map_err(words);
                Answer::Deleted(name, deleted.map(|backup| backup.display().to_string()))
            }
            Errand::SaveLog { path, name, text } => {
                let saved = log::save(log::of_user().as_deref(), path.as_deref(), &name, &text);
                Answer::LogSaved(path, saved.map(|path| path.display().to_string()))
            }
            Errand::ReadBatch(path) => {
                let read = batch::read(&batch::path_of(&path)).map_err(BadFile::words);
                Answer::BatchRead(path, read)
            }
            Errand::ReadUndo(id, run, path) => {
                let read = batch::read(Path::new(&path)).map_err(BadFile::words);
                Answer::UndoRead(id, run, path, read)
            }
            Errand::Undo(step) => Answer::Undo(self.undo(step).transpose()?),
            Errand::Export(number, step) => Answer::Exported(number, self.exports.step(number, step)?),
            Errand::KeepCopy { what, name, text } => {
                Answer::CopyKept(what, copies::keep(self.exports.copies.as_deref(), &name, &text))
            }
            Errand::ReadFile { path, max_bytes } => {
                let read = payload::read(&path, max_bytes);
                Answer::FileRead(path, read)
            }
            Errand::ListSaved(id, file) => self.list_saved(id, file.as_deref()),
            Errand::SavePublication(saved, again) => {
                let was = self.save_publication(&saved, Some(&saved.draft));
                Answer::PublicationSaved(saved, again, was)
            }
            Errand::ForgetPublication(saved, again) => {
                let was = self.save_publication(&saved, None);
                Answer::PublicationForgotten(saved, again, was)
            }
            Errand::RecallSent => {
                let (sent, warnings) = publications::read_sent(self.sent.as_deref()?);
                Answer::SentRecalled(sent, warnings)
            }
            Errand::RememberSent(sent) => {
                return publications::write_sent(self.sent.as_deref()?, &sent).err().map(Answer::Forgotten);
            }
            Errand::Remember { open, used } => {
                let path = self.last.as_deref()?;
                return last::write(path, &open, used).err().map(Answer::Forgotten);
            }
        })
    }

    /// A step towards an undo file. Nothing is answered when it is taken away.
    fn undo(&mut self, step: Step) -> Result<Option<Done>, String> {
        let none = || "there is no undo file that is being written".to_owned();
        match step {
            Step::Begin(name) => {
                let nowhere = || "there is no home directory to keep an undo file in".to_owned();
                let directory = self.undo.as_deref().ok_or_else(nowhere)?;
                if let Some(left) = self.undoing.replace(UndoFile::create(directory, &name)?) {
                    left.discard();
                }
            }
            Step::Add(publications) => self.undoing.as_mut().ok_or_else(none)?.add(&publications)?,
            Step::Finish => {
                let path = self.undoing.take().ok_or_else(none)?.finish()?;
                return Ok(Some(Done::Safe(path.display().to_string())));
            }
            Step::Discard => {
                if let Some(left) = self.undoing.take() {
                    left.discard();
                }
                return Ok(None);
            }
        }
        Ok(Some(Done::Ready))
    }

    fn list_saved(&self, id: DeviceId, file: Option<&str>) -> Answer {
        let (mut all, mut warnings) = (Vec::new(), Vec::new());
        let of_device = file.and_then(|file| Some((publications::device_file(&self.devices, file)?, file)));
        let of_device = of_device.map(|(path, file)| (path, true, Shelf::Device(id, file.to_owned())));
        let of_all = self.saved.clone().map(|path| (path, false, Shelf::Global));
        for (path, is_device_file, shelf) in of_device.into_iter().chain(of_all) {
            let (list, passed_over) = publications::read_saved(&path, is_device_file);
            let named = |(name, draft)| SavedPublication { name, shelf: shelf.clone(), draft };
            all.extend(list.into_iter().map(named));
            warnings.extend(passed_over);
        }
        Answer::SavedListed(all, warnings)
    }

    fn save_publication(
        &self,
        saved: &SavedPublication,
        draft: Option<&Draft>,
    ) -> Result<Option<Draft>, String> {
        let path = match &saved.shelf {
            Shelf::Global => self.saved.clone(),
            Shelf::Device(_, file) => publications::device_file(&self.devices, file),
        };
        let path = path.ok_or("there is no directory for it; set HOME or XDG_CONFIG_HOME")?;
        let is_device_file = matches!(saved.shelf, Shelf::Device(..));
        publications::save(&path, is_device_file, &saved.name, draft)
    }

    /// What was recovered for a device, when there is something.
    fn recovered(&self, device: DeviceId, name: String) -> Result<Option<Recovered>, String> {
        let found = match self.devices.recovered(&name) {
            Err(DeviceError::Nowhere) => None,
            found => found.map_err(words)?,
        };
        Ok(found.map(|file| Recovered { device, name, nodes: file.nodes, filters: file.filters }))
    }

    fn list(&self) -> Result<Listing, String> {
        let remembered = self.last.as_deref().map(|path| last::read(path).0).unwrap_or_default();
        let listed = match self.devices.list() {
            // Nowhere to look is nothing to see; saving tells of it.
            Err(DeviceError::Nowhere) => return Ok(Listing::default()),
            listed => listed.map_err(words)?,
        };
        let saved = listed.devices.into_iter().map(|(name, read)| saved(name, read, &remembered)).collect();
        Ok(Listing { saved, unusable: listed.unusable, n_more: listed.n_more })
    }

    fn save(&mut self, saving: &Saving) -> Result<Box<Opening>, SaveError> {
        let Saving { name, was, profile, plain, .. } = saving;
        let plain = if *plain { PlainPassword::Save } else { PlainPassword::LeaveOut };
        let written = match was {
            Some(was) if was == name => self.devices.save(name, profile, plain),
            // Another name: what the file says beside the profile goes with it.
            Some(was) => self.devices.copy(was, name).and_then(|_copy| {
                let renamed = self.devices.save(name, profile, plain);
                let spare = if renamed.is_ok() { was } else { name };
                self.devices.remove(spare).and(renamed)
            }),
            None => {
                let content = saving.of.as_ref().map_or_else(Content::default, content);
                self.devices.create_with(name, profile, content, plain, Existing::Refuse)
            }
        };
        written.map_err(|error| SaveError::NotWritten(words(error)))?;
        let opening = (self.opener)(&Origin::File(name.clone()));
        opening.map(Box::new).map_err(SaveError::NotOpened)
    }
}

/// What is written beside a profile.
fn content(saving: &NodesSaving) -> Content<'_> {
    Content { nodes: &saving.nodes, rules: &saving.rules, filters: &saving.filters }
}

fn saved(name: String, read: Result<DeviceFile, DeviceError>, last: &Last) -> Saved {
    let used_unix_s = last.used_unix_s.get(&name).copied();
    let (profile, warnings) = match read {
        Ok(file) => (Ok(Box::new(file.profile)), file.warnings.iter().map(ToString::to_string).collect()),
        Err(error) => (Err(words(error)), Vec::new()),
    };
    Saved { name, profile, used_unix_s, warnings }
}

/// An error for somebody who has no command line at hand.
fn words(error: DeviceError) -> String {
    match error {
        DeviceError::Exists(name) => format!("there is a device {name:?} already; choose another name"),
        error @ (DeviceError::Name(_)
        | DeviceError::Missing { .. }
        | DeviceError::Broken { .. }
        | DeviceError::Io { .. }
        | DeviceError::Nowhere
        | DeviceError::Unchangeable(_)) => error.to_string(),
    }
}
