//! Posts that residents bring along in an archive. It waits in the town's folder under the number of its import. First its list
//! of posts is read, the files they name are laid down beside it, and a row is written for each post; then the rows are done one
//! after another, in the order of time, so that an answer finds what it answers. The archive stays until the last of them: what
//! is broken off before is begun anew, and a post that is here already is not made a second time.

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    io::{self, BufReader, Read as _},
    mem,
    ops::ControlFlow,
    sync::Arc,
};

use parvis_model::{
    clock::{DAY, Timestamp},
    id::{self, Id},
    limits,
    refusal::Refusal,
};
use parvis_store::{
    ConnectionTrait,
    imports::{self as rows, POSTS, Row},
    logins,
};
use serde::{Deserialize, Serialize};
use tokio::{
    sync::{Mutex, MutexGuard, mpsc},
    task::spawn_blocking,
};

use super::{Errand, SHOWN, unpacked};
use crate::{
    Error, Failure, Outcome, Rate, Town,
    archive::{self, Documents, Told},
    media::{self, About, Incoming, Waiting},
    posts::brought,
    users::UserView,
};

/// Rows written at once.
const PIECE: usize = 50;
/// An archive that is not in this process's folder by then is in none.
const LOST: Timestamp = DAY;
/// Bytes of an address of a post; longer ones are none.
const ADDRESS: usize = 512;
/// What is unpacked takes memory and time, and nobody is in a hurry: one at a time, of all towns.
static UNPACKING: Mutex<()> = Mutex::const_new(());

/// One step of the way of an archive.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Step {
    /// What is in it becomes rows and files.
    Unpack,
    Post(Box<Told>),
}

impl Step {
    /// The beginning of what was said.
    pub fn about(&self) -> String {
        match self {
            Self::Unpack => String::new(),
            Self::Post(told) => parvis_model::text::plain(&told.html),
        }
    }

    /// Why it could not be done where what it needs is not there.
    pub fn not_found(&self) -> Refusal {
        let key = match self {
            Self::Unpack => "refusal-archive-gone",
            Self::Post(_) => "refusal-import-no-post",
        };
        Refusal::invalid("archive", key)
    }
}

/// Begins to take in an archive, piece by piece. `own`: the resident says that they wrote what is in it. Refused before anything
/// of it is kept.
pub async fn incoming(town: &Town, user: &UserView, own: bool) -> Outcome<Incoming> {
    if !own {
        return Err(Refusal::invalid("mien", "refusal-archive-own").into());
    }
    must_be_alone(town.store.read(), user.id).await?;
    town.rates().count(Rate::Import, &user.id.to_string())?;
    media::incoming(town).await
}

/// An archive that lies here, whole.
pub async fn begin(town: &Town, user: &UserView, archive: Waiting) -> Outcome<()> {
    let (login, account, now, import) = (user.id, user.account, town.now(), archive.number());
    let unpack = written(&Errand::Step(Step::Unpack))?;
    let first = [(town.ids.next(), unpack)];
    // Before its row is written: whoever goes away meanwhile takes no file from a row.
    archive.leave();
    let begun = town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                logins::lock(tx, account).await?;
                must_be_alone(tx, login).await?;
                rows::forget_but(tx, login, SHOWN).await?;
                Ok(rows::insert(tx, import, login, POSTS, &first, now).await?)
            })
        })
        .await;
    if begun.is_err() {
        town.media.discard(import);
    }
    begun
}

pub fn too_large() -> Refusal {
    let size = limits::ARCHIVE_BYTES / 1024 / 1024;
    Refusal::invalid("archive", "refusal-archive-large").with("size", size)
}

async fn must_be_alone(db: &impl ConnectionTrait, login: Id) -> Outcome<()> {
    if rows::unfinished_archives(db, login).await? > 0 {
        return Err(Refusal::invalid("archive", "refusal-archive-busy").into());
    }
    Ok(())
}

fn written(errand: &Errand) -> Outcome<String> {
    let written = serde_json::to_string(errand);
    Ok(written.map_err(|err| Error::Other(format!("an import could not be written: {err}")))?)
}

/// Whether this process can do it: the archive lies in its folder, or can be nowhere.
pub(super) fn is_for_us(town: &Town, row: &Row) -> bool {
    let is_lost = row.import_id < id::first_of(town.now() - LOST);
    row.kind != POSTS || is_lost || town.media.waits(row.import_id)
}

/// What was kept for an archive goes once nothing is to be done of it.
pub(super) async fn tidy_up(town: &Town, row: &Row) -> Outcome<()> {
    if row.kind == POSTS && !rows::is_unfinished(town.store.read(), row.import_id).await? {
        town.media.discard(row.import_id);
    }
    Ok(())
}

/// Held by whoever does what others may not do meanwhile.
pub(super) async fn turn(errand: Option<&Errand>) -> Option<MutexGuard<'static, ()>> {
    match errand {
        Some(Errand::Step(Step::Unpack)) => Some(UNPACKING.lock().await),
        _ => None,
    }
}

/// `false`: what it needs is not here.
pub(super) async fn carry_out(town: &Arc<Town>, row: &Row, step: Step) -> Outcome<bool> {
    match step {
        Step::Unpack => unpack(town, row).await,
        Step::Post(told) => bring(town, row, *told).await,
    }
}

/// Pictures are prepared as those that somebody uploads; one that cannot be kept is left out.
async fn bring(town: &Arc<Town>, row: &Row, told: Told) -> Outcome<bool> {
    let mut pictures = Vec::new();
    for file in &told.files {
        let about = About {
            description: Some(file.description.clone()),
            focus: Some(file.focus),
            thumbnail: None,
        };
        if let Some(number) = file.laid {
            let laid = (row.import_id, number);
            pictures.extend(media::keep_laid(town, row.account_id, laid, about).await?);
        }
    }
    let (here, row) = (Arc::clone(town), row.clone());
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                let me = row.account_id;
                let stands = brought::bring(tx, &here, me, told, &pictures).await?;
                if stands {
                    rows::done(tx, &row, here.now()).await?;
                }
                Ok(stands)
            })
        })
        .await
}

/// What is broken off leaves nothing on the disk but the archive.
async fn unpack(town: &Arc<Town>, row: &Row) -> Outcome<bool> {
    if !town.media.waits(row.import_id) {
        return Ok(false);
    }
    let taken = take_apart(town, row).await;
    if taken.is_err() {
        town.media.beside(row.import_id).forget();
    }
    taken.map(|()| true)
}

/// In the last write the row goes: what was broken off before is done once more, from the beginning.
async fn take_apart(town: &Arc<Town>, row: &Row) -> Outcome<()> {
    let (here, import) = (Arc::clone(town), row.import_id);
    let unpacked = spawn_blocking(move || Unpacked::of(&here, import)).await;
    let unpacked = unpacked.map_err(|err| Error::Other(err.to_string()))??;
    let first = row.clone();
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { Ok(rows::begin_anew(tx, &first).await?) })
        })
        .await?;
    put_down(town, import, unpacked).await?;
    let (last, now) = (row.clone(), town.now());
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { Ok(rows::done(tx, &last, now).await?) })
        })
        .await
}

/// A row for each post, a piece at a time.
async fn put_down(town: &Arc<Town>, import: Id, unpacked: Unpacked) -> Outcome<()> {
    let (out, mut pieces) = mpsc::channel(1);
    let here = Arc::clone(town);
    let reading = spawn_blocking(move || unpacked.told_again(&here, &out));
    while let Some(piece) = pieces.recv().await {
        let now = town.now();
        town.store
            .write::<_, Failure, _>(move |tx| {
                Box::pin(async move { Ok(rows::add(tx, import, &piece, now).await?) })
            })
            .await?;
    }
    let read = reading.await;
    read.map_err(|err| Error::Other(err.to_string()))?
}

type Piece = Vec<(Id, String)>;

/// A post as far as it must be known to judge all of them together.
struct Line {
    id: String,
    answers: Option<String>,
    published: Timestamp,
    files: Vec<String>,
}

/// Whose archive it is, and where all that is in it is to be found.
struct Cover {
    import: Id,
    actor: Vec<u8>,
    /// The number under which the list of posts lies.
    outbox: Id,
    /// Before all names: nothing, or the folder that somebody packed.
    folder: String,
}

/// What is to be brought of an archive.
struct Unpacked {
    cover: Cover,
    /// The row of each post and when it was written, by its address.
    rows: HashMap<String, (Id, Timestamp)>,
    /// The number under which each file lies, by its name in the archive.
    files: HashMap<String, Id>,
}

impl Unpacked {
    fn of(town: &Town, import: Id) -> Outcome<Self> {
        let laid = town.media.beside(import);
        laid.begin().map_err(Error::Files)?;
        let cover = found(town, import)?;
        let lines = in_order(lines(town, &cover)?);
        if lines.is_empty() {
            return Err(Refusal::invalid("archive", "refusal-archive-empty").into());
        }
        let mut wanted = HashSet::new();
        let mut rows = HashMap::new();
        for line in lines {
            wanted.extend(line.files);
            rows.insert(line.id, (town.ids.next(), line.published));
        }
        let files = laid_down(town, &cover, &wanted)?;
        laid.finish().map_err(Error::Files)?;
        Ok(Self { cover, rows, files })
    }

    /// Reads the list a second time, now to write down what is on it.
    fn told_again(self, town: &Town, out: &mpsc::Sender<Piece>) -> Outcome<()> {
        let Self {
            cover,
            mut rows,
            files,
        } = self;
        let (mut piece, mut broken) = (Vec::new(), None);
        told(town, &cover, &mut |told| {
            // Of several under one address it is the one that was judged.
            let row = rows.get(&told.id).copied();
            if let Some((row, _)) = row.filter(|(_, published)| *published == told.published) {
                rows.remove(&told.id);
                let told = Box::new(with_files(told, &files));
                match written(&Errand::Step(Step::Post(told))) {
                    Ok(what) => piece.push((row, what)),
                    Err(err) => broken = Some(err),
                }
            }
            if piece.len() >= PIECE {
                heard(out, mem::take(&mut piece));
            }
        })?;
        heard(out, piece);
        broken.map_or(Ok(()), Err)
    }
}

/// `files`: the number under which each lies, by its name.
fn with_files(mut told: Told, files: &HashMap<String, Id>) -> Told {
    for file in &mut told.files {
        file.laid = files.get(&file.name).copied();
    }
    told.files.retain(|file| file.laid.is_some());
    told.files.truncate(limits::POST_PICTURES);
    told
}

/// Where nobody listens any more, a write has failed, and that is told by itself.
fn heard(out: &mpsc::Sender<Piece>, piece: Piece) {
    if out.blocking_send(piece).is_err() {
        tracing::debug!("an archive is read for nobody");
    }
}

/// Its list of posts is laid down beside it. Where somebody packed the folder of what they had unpacked, all lies in that.
fn found(town: &Town, import: Id) -> Outcome<Cover> {
    let (mut actor, mut outbox, mut found_in) = (None, None, None::<String>);
    let beside = town.media.beside(import);
    unpacked::each_file(opened(town, import)?, |name, content| {
        let (folder, file) = name.split_at(name.rfind('/').map_or(0, |slash| slash + 1));
        let is_here =
            folder == found_in.as_deref().unwrap_or(folder) && folder.matches('/').count() <= 1;
        if is_here && file == archive::ACTOR && actor.is_none() {
            let mut text = Vec::new();
            let most = limits::DOCUMENT_BYTES as u64;
            content.take(most).read_to_end(&mut text)?;
            actor = Some(text);
            found_in = Some(folder.to_owned());
        } else if is_here && file == archive::OUTBOX && outbox.is_none() {
            let number = town.ids.next();
            if beside.lay(number, content, limits::ARCHIVE_OUTBOX)? {
                outbox = Some(number);
                found_in = Some(folder.to_owned());
            }
        }
        let is_all = actor.is_some() && outbox.is_some();
        Ok(if is_all {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    })
    .map_err(faulty)?;
    let (Some(actor), Some(outbox)) = (actor, outbox) else {
        return Err(unreadable().into());
    };
    Ok(Cover {
        import,
        actor,
        outbox,
        folder: found_in.unwrap_or_default(),
    })
}

/// Files that posts name, laid down; one that is larger than any we keep is left out.
fn laid_down(town: &Town, cover: &Cover, wanted: &HashSet<String>) -> Outcome<HashMap<String, Id>> {
    let (beside, mut laid) = (town.media.beside(cover.import), HashMap::new());
    unpacked::each_file(opened(town, cover.import)?, |name, content| {
        if let Some(name) = name.strip_prefix(cover.folder.as_str())
            && wanted.contains(name)
            && !laid.contains_key(name)
        {
            let number = town.ids.next();
            if beside.lay(number, content, limits::RECORDING_BYTES as u64)? {
                laid.insert(name.to_owned(), number);
            }
        }
        Ok(if laid.len() == wanted.len() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    })
    .map_err(faulty)?;
    Ok(laid)
}

/// What is of today is said here, not brought along: it would stand before all others at once, as many as there are.
fn lines(town: &Town, cover: &Cover) -> Outcome<Vec<Line>> {
    let past = 1..=town.now() - DAY;
    let mut lines = Vec::new();
    told(town, cover, &mut |told| {
        if lines.len() <= limits::ARCHIVE_POSTS && past.contains(&told.published) {
            let files = told.files.into_iter().take(limits::POST_PICTURES);
            lines.push(Line {
                files: files.map(|file| file.name).collect(),
                id: told.id,
                answers: told.answers,
                published: told.published,
            });
        }
    })?;
    if lines.len() > limits::ARCHIVE_POSTS {
        return Err(Refusal::invalid("archive", "refusal-archive-long").into());
    }
    Ok(lines)
}

/// Each once, the oldest first. Of the answers only those to oneself, up to where the conversation began.
fn in_order(mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_by_key(|line| line.published);
    let mut kept = HashSet::new();
    lines.retain(|line| {
        let answered = line.answers.as_ref();
        answered.is_none_or(|answered| kept.contains(answered)) && kept.insert(line.id.clone())
    });
    lines
}

fn told(town: &Town, cover: &Cover, each: &mut dyn FnMut(Told)) -> Outcome<()> {
    let documents: &Arc<dyn Documents> = archive::documents(town)?;
    let laid = town.media.beside(cover.import).open(cover.outbox);
    let mut outbox = BufReader::new(there(laid)?);
    let mut each_fit = |told: Told| {
        if is_fit(&told) {
            each(told);
        }
    };
    if documents.read(town, &cover.actor, &mut outbox, &mut each_fit) {
        Ok(())
    } else {
        Err(unreadable().into())
    }
}

/// All of them together are held in memory.
fn is_fit(told: &Told) -> bool {
    let addresses = [Some(&told.id), told.answers.as_ref()];
    addresses
        .into_iter()
        .flatten()
        .all(|it| it.len() <= ADDRESS)
}

fn opened(town: &Town, import: Id) -> Outcome<File> {
    there(town.media.open_waiting(import))
}

fn there(opened: io::Result<Option<File>>) -> Outcome<File> {
    let there = opened.map_err(Error::Files)?;
    let gone = || Error::Other("a part of an archive is gone while it is read".into());
    Ok(there.ok_or_else(gone)?)
}

fn unreadable() -> Refusal {
    Refusal::invalid("archive", "refusal-archive-unreadable")
}

/// Whoever made the archive, or this machine.
fn faulty(err: io::Error) -> Failure {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof, Unsupported};
    if matches!(
        err.kind(),
        InvalidData | InvalidInput | Other | UnexpectedEof | Unsupported
    ) {
        tracing::debug!(%err, "an archive cannot be read");
        return unreadable().into();
    }
    Error::Files(err).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: &str, answers: Option<&str>, published: Timestamp) -> Line {
        Line {
            id: id.into(),
            answers: answers.map(str::to_owned),
            published,
            files: Vec::new(),
        }
    }

    #[test]
    fn threads_are_kept_whole_each_once_and_in_the_order_of_time() {
        let kept = in_order(vec![
            line("third", Some("second"), 3),
            line("to-a-stranger", Some("elsewhere"), 4),
            line("below-that", Some("to-a-stranger"), 5),
            line("first", None, 1),
            line("second", Some("first"), 2),
            line("first", None, 6),
            line("itself", Some("itself"), 7),
        ]);
        let kept: Vec<&str> = kept.iter().map(|line| line.id.as_str()).collect();
        assert_eq!(kept, ["first", "second", "third"]);
    }
}
