//! Throwaway places for towns: a folder and an empty database each. Knows nothing of what is
//! measured in them.

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use sea_orm::{ConnectionTrait as _, Database};
use tempfile::TempDir;
use url::Url;

use crate::report::milliseconds;

/// Where places are made, and the program that is measured.
#[derive(Debug)]
pub struct Grounds {
    pub program: PathBuf,
    /// On the disk of the project, since folders for temporary files are often kept in memory,
    /// where a synced write costs nothing.
    folder: PathBuf,
    /// A server with the right to create databases; SQLite where there is none.
    postgres: Option<Url>,
}

/// A town's place. Its database is gone once it is given back.
#[derive(Debug)]
pub struct Place {
    pub folder: PathBuf,
    pub database_url: String,
    /// Removed when dropped; `None` for a folder that is kept.
    _throwaway: Option<TempDir>,
    created: Option<Created>,
}

/// Databases created so far.
static NUMBER: AtomicU32 = AtomicU32::new(0);

#[derive(Debug)]
struct Created {
    server: Url,
    name: String,
}

impl Grounds {
    /// `PARVIS_BIN` is the program, `PARVIS_DATABASE_URL` a PostgreSQL server. Places are made in
    /// `target` of the current folder.
    pub fn from_environment() -> Result<Self> {
        let program = env::var_os("PARVIS_BIN").context("PARVIS_BIN names no program")?;
        let program = PathBuf::from(program);
        let program = program
            .canonicalize()
            .with_context(|| program.display().to_string())?;
        let postgres = match env::var("PARVIS_DATABASE_URL") {
            Ok(url) => Some(Url::parse(&url).context("PARVIS_DATABASE_URL")?),
            Err(_) => None,
        };
        let kind = postgres.as_ref().map(Url::scheme);
        anyhow::ensure!(
            kind.is_none_or(|kind| kind.starts_with("postgres")),
            "PARVIS_DATABASE_URL: expected a PostgreSQL server; SQLite needs no address here"
        );
        let folder = Path::new("target").join("bench");
        fs::create_dir_all(&folder)?;
        Ok(Self {
            program,
            folder: folder.canonicalize()?,
            postgres,
        })
    }

    pub fn database(&self) -> &'static str {
        if self.postgres.is_some() {
            "PostgreSQL (its own processor time and memory are not counted)"
        } else {
            "SQLite"
        }
    }

    /// A place that nobody used before.
    pub async fn place(&self) -> Result<Place> {
        let throwaway = tempfile::Builder::new()
            .prefix("town-")
            .tempdir_in(&self.folder)?;
        let folder = throwaway.path().to_owned();
        let created = match &self.postgres {
            Some(server) => Some(Created::new(server).await?),
            None => None,
        };
        Ok(Place {
            database_url: created
                .as_ref()
                .map_or_else(|| sqlite(&folder), Created::url),
            _throwaway: Some(throwaway),
            created,
            folder,
        })
    }

    /// A place that is kept for the next time, empty when first asked for. `None` where only a
    /// database server could keep it.
    pub fn kept(&self, name: &str) -> Result<Option<Place>> {
        if self.postgres.is_some() {
            return Ok(None);
        }
        let folder = self.folder.with_file_name("bench-seed").join(name);
        fs::create_dir_all(&folder)?;
        Ok(Some(Place {
            database_url: sqlite(&folder),
            folder,
            _throwaway: None,
            created: None,
        }))
    }

    /// Drops the databases of scenarios that broke off before they gave them back.
    pub async fn sweep(&self) -> Result<()> {
        if let Some(server) = &self.postgres {
            for number in 0..NUMBER.load(Ordering::Relaxed) {
                Created::numbered(server, number).drop_again().await?;
            }
        }
        Ok(())
    }

    /// What a synced write costs on this disk: nothing that is durable can be quicker.
    pub fn synced_write(&self) -> Result<f64> {
        const TIMES: usize = 20;
        let mut file = tempfile::tempfile_in(&self.folder)?;
        let mut times = Vec::with_capacity(TIMES);
        for _ in 0..TIMES {
            let begun = Instant::now();
            file.write_all(&[0; 4096])?;
            file.sync_data()?;
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        Ok(milliseconds(
            times.get(TIMES / 2).copied().unwrap_or(Duration::ZERO),
        ))
    }
}

fn sqlite(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("parvis.sqlite").display())
}

impl Place {
    pub async fn give_back(self) -> Result<()> {
        match self.created {
            Some(created) => created.drop_again().await,
            None => Ok(()),
        }
    }
}

impl Created {
    async fn new(server: &Url) -> Result<Self> {
        let created = Self::numbered(server, NUMBER.fetch_add(1, Ordering::Relaxed));
        created.command("CREATE DATABASE", "").await?;
        Ok(created)
    }

    fn numbered(server: &Url, number: u32) -> Self {
        Self {
            server: server.clone(),
            name: format!("parvis_bench_{}_{number}", std::process::id()),
        }
    }

    fn url(&self) -> String {
        let mut url = self.server.clone();
        url.set_path(&self.name);
        url.into()
    }

    async fn drop_again(self) -> Result<()> {
        self.command("DROP DATABASE IF EXISTS", " WITH (FORCE)")
            .await
    }

    async fn command(&self, before: &str, after: &str) -> Result<()> {
        let server = Database::connect(self.server.as_str()).await?;
        let name = &self.name;
        server
            .execute_unprepared(&format!("{before} {name}{after}"))
            .await?;
        Ok(server.close().await?)
    }
}
