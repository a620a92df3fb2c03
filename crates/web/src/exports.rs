//! What residents take along: tables of people, servers and bookmarks, and an archive of all they wrote. Sent as it is
//! written, so that nobody's past has to fit into memory.

use std::{borrow::Borrow, io, io::Write as _, sync::Arc, time::Duration};

use askama::Template;
use axum::{
    body::{Body, Bytes},
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use flate2::{Compression, write::GzEncoder};
use futures_util::stream;
use parvis_model::id::Id;
use parvis_town::{
    Failure, Outcome, Rate, Town, archive,
    exports::{self, Sheet},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _},
    sync::{Semaphore, mpsc},
    time::timeout,
};

use crate::{
    fault::Fault,
    frame::Frame,
    page::{Answer, Resident, html},
};

/// Archives for which all that was said is gathered at one moment. Sending them takes as long as whoever reads likes, and
/// keeps nobody waiting.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// Bytes sent at once.
const PIECE: usize = 64 * 1024;
/// Who takes no piece for so long has gone away.
const PATIENCE: Duration = Duration::from_mins(2);
/// Of a tar file (POSIX.1-2017, pax, ustar interchange format).
const BLOCK: usize = 512;

#[derive(Template)]
#[template(path = "settings_exports.html")]
pub struct ExportsPage<'a> {
    pub page: &'a Frame,
}

/// What a table is called in words.
pub fn key(sheet: impl Borrow<Sheet>) -> &'static str {
    match sheet.borrow() {
        Sheet::Following => "sheet-following",
        Sheet::Lists => "sheet-lists",
        Sheet::Blocked => "sheet-blocked",
        Sheet::Muted => "sheet-muted",
        Sheet::Servers => "sheet-domains",
        Sheet::Bookmarks => "sheet-bookmarks",
    }
}

pub async fn form(Resident { page, .. }: Resident) -> Answer {
    html(&ExportsPage { page: &page.frame })
}

pub async fn file(Resident { page, me, .. }: Resident, Path(name): Path<String>) -> Answer {
    if name == "archive.tar.gz" {
        page.town.rates().count(Rate::Archive, &me.to_string())?;
        return Ok(archived(page.town, me));
    }
    let known = Sheet::ALL
        .into_iter()
        .find(|sheet| sheet.file_name() == name);
    let sheet = known.ok_or(Fault::NotFound)?;
    Ok(table(page.town, me, sheet))
}

fn sent(kind: &'static str, name: &str, body: Body) -> Response {
    let head = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (head, body).into_response()
}

fn table(town: Arc<Town>, me: Id, sheet: Sheet) -> Response {
    let pieces = stream::try_unfold(Some(0), move |after| {
        let town = Arc::clone(&town);
        async move {
            let Some(after) = after else {
                return Ok::<_, io::Error>(None);
            };
            let piece = exports::piece(&town, me, sheet, after).await;
            let (text, next) = piece.map_err(|err| broken_off(&town, &err))?;
            let head = if after == 0 { sheet.head() } else { "" };
            Ok(Some((Bytes::from(format!("{head}{text}")), next)))
        }
    });
    sent(
        "text/csv; charset=utf-8",
        sheet.file_name(),
        Body::from_stream(pieces),
    )
}

/// The browser sees that its file is not whole.
fn broken_off(town: &Town, err: &Failure) -> io::Error {
    tracing::error!(%err, town = town.host, "what somebody takes along broke off");
    io::Error::other("broken off")
}

fn archived(town: Arc<Town>, me: Id) -> Response {
    let (out, pieces) = mpsc::channel::<io::Result<Bytes>>(1);
    let gone = out.clone();
    tokio::spawn(async move {
        let mut archive = Archive {
            zipped: GzEncoder::new(Vec::new(), Compression::fast()),
            out,
            at: town.now() / 1_000,
        };
        if let Err(err) = archive.write_all(&town, me).await {
            let err = broken_off(&town, &err);
            // Nobody may be there to hear it.
            drop(timeout(PATIENCE, gone.send(Err(err))).await);
        }
    });
    let pieces = stream::try_unfold(pieces, |mut pieces| async move {
        let Some(piece) = pieces.recv().await else {
            return Ok::<_, io::Error>(None);
        };
        Ok(Some((piece?, pieces)))
    });
    let mut response = sent(
        "application/gzip",
        "archive.tar.gz",
        Body::from_stream(pieces),
    );
    // It is zipped already.
    let as_it_is = HeaderValue::from_static("identity");
    let head = response.headers_mut();
    head.insert(header::CONTENT_ENCODING, as_it_is);
    response
}

/// A tar file on its way, zipped.
struct Archive {
    zipped: GzEncoder<Vec<u8>>,
    out: mpsc::Sender<io::Result<Bytes>>,
    /// Seconds; when everything in it was written.
    at: i64,
}

impl Archive {
    async fn write_all(&mut self, town: &Arc<Town>, me: Id) -> Outcome<()> {
        let account = archive::account(town, me).await?.to_string();
        self.text(archive::ACTOR, &account).await.map_err(broken)?;
        let said = said(town, me).await?;
        self.spooled(archive::OUTBOX, said).await.map_err(broken)?;
        for key in archive::files(town, me).await? {
            self.kept(town, &key).await.map_err(broken)?;
        }
        self.end().await.map_err(broken)
    }

    async fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.begin(name, text.len() as u64).await?;
        self.put(text.as_bytes()).await?;
        self.fill_up(text.len() as u64).await
    }

    /// A file that stands at its end.
    async fn spooled(&mut self, name: &str, mut file: tokio::fs::File) -> io::Result<()> {
        let bytes = file.stream_position().await?;
        file.rewind().await?;
        self.begin(name, bytes).await?;
        let (mut piece, mut left) = (vec![0; PIECE], bytes);
        while left > 0 {
            let read = file.read(&mut piece).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.put(&piece[..read]).await?;
            left = left.saturating_sub(read as u64);
        }
        self.fill_up(bytes).await
    }

    /// A picture, sound or film. One that was removed meanwhile is left out.
    async fn kept(&mut self, town: &Town, key: &str) -> io::Result<()> {
        let Some(mut stored) = town.media.open(key).await? else {
            return Ok(());
        };
        self.begin(&format!("media/{key}"), stored.bytes).await?;
        let mut left = stored.bytes;
        while let Some(piece) = stored.content.piece().await? {
            left = left
                .checked_sub(piece.len() as u64)
                .ok_or(io::ErrorKind::InvalidData)?;
            self.put(&piece).await?;
        }
        if left > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.fill_up(stored.bytes).await
    }

    async fn begin(&mut self, name: &str, bytes: u64) -> io::Result<()> {
        let mut head = tar::Header::new_gnu();
        head.set_path(name)?;
        head.set_size(bytes);
        head.set_mode(0o644);
        head.set_mtime(self.at.unsigned_abs());
        head.set_cksum();
        self.put(head.as_bytes()).await
    }

    /// Every file takes whole blocks.
    async fn fill_up(&mut self, bytes: u64) -> io::Result<()> {
        let rest = (bytes % BLOCK as u64) as usize;
        self.put(&[0; BLOCK][..(BLOCK - rest) % BLOCK]).await
    }

    async fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.zipped.write_all(bytes)?;
        if self.zipped.get_ref().len() >= PIECE {
            let piece = std::mem::take(self.zipped.get_mut());
            self.send(piece).await?;
        }
        Ok(())
    }

    async fn send(&self, piece: Vec<u8>) -> io::Result<()> {
        let sending = timeout(PATIENCE, self.out.send(Ok(piece.into()))).await;
        match sending {
            Ok(Ok(())) => Ok(()),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// Two empty blocks end a tar file.
    async fn end(&mut self) -> io::Result<()> {
        self.put(&[0; 2 * BLOCK]).await?;
        self.zipped.try_finish()?;
        let last = std::mem::take(self.zipped.get_mut());
        self.send(last).await
    }
}

fn broken(err: io::Error) -> Failure {
    parvis_town::Error::Files(err).into()
}

/// All that was said, in a file that is gone when it is closed: tar wants its length first. The file stands at its end.
async fn said(town: &Arc<Town>, me: Id) -> Outcome<tokio::fs::File> {
    let turn = AT_ONCE.acquire().await;
    let _turn = turn.map_err(io::Error::other).map_err(broken)?;
    let file = tokio::task::spawn_blocking(tempfile::tempfile).await;
    let file = file.map_err(io::Error::other).and_then(|file| file);
    let mut file = tokio::fs::File::from_std(file.map_err(broken)?);
    let head = "{\"@context\":\"https://www.w3.org/ns/activitystreams\",\"id\":\"outbox.json\",\
                \"type\":\"OrderedCollection\",\"orderedItems\":[";
    file.write_all(head.as_bytes()).await.map_err(broken)?;
    let (mut after, mut count) = (0, 0_u64);
    loop {
        let (activities, next) = archive::said(town, me, after).await?;
        for activity in activities {
            let glue = if count == 0 { "" } else { "," };
            let written = format!("{glue}{activity}");
            file.write_all(written.as_bytes()).await.map_err(broken)?;
            count += 1;
        }
        match next {
            Some(next) => after = next,
            None => break,
        }
    }
    let tail = format!("],\"totalItems\":{count}}}");
    file.write_all(tail.as_bytes()).await.map_err(broken)?;
    file.flush().await.map_err(broken)?;
    Ok(file)
}
