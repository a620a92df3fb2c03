//! A PostgreSQL that lives as long as the tests: a folder of its own, a free loopback port, a
//! password nobody keeps, no synced writes. Knows no table and no test.

use std::fs::{self, DirBuilder, File};
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::test::Note;
use crate::workspace::Workspace;
use crate::{checks, memory, packages, run};

/// The role and the one who owns everything in it.
const ROLE: &str = "parvis";
const START: Duration = Duration::from_mins(1);

pub fn tests(workspace: &Workspace) -> Result<Note> {
    checks::build(workspace)?;
    // The whole workspace, as on SQLite: a subset would resolve other features and build again.
    let mut command = checks::cargo_test(workspace)?;
    command.args(["--lib", "--bins", "--tests"]);
    during(workspace, |url| {
        run::loudly(command.env("PARVIS_TEST_POSTGRES", url))
    })?;
    Ok(None)
}

/// What is done while the server runs; it is told the server's URL.
pub fn during(workspace: &Workspace, deed: impl FnOnce(&str) -> Result<()>) -> Result<()> {
    let server = Server::start(&workspace.target)?;
    let outcome = deed(&server.url());
    if outcome.is_err() {
        println!("PostgreSQL's own last words:\n{}", server.last_words());
    }
    server.stop()?;
    outcome
}

/// The folder of the newest PostgreSQL's programs: Debian keeps them off the search path.
pub fn programs() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql")
        .ok()
        .into_iter()
        .flatten()
        .flatten();
    let newest = debian
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse::<u32>().ok()?,
                entry.path(),
            ))
        })
        .map(|(version, folder)| (version, folder.join("bin")))
        .filter(|(_, folder)| folder.join("initdb").exists())
        .max();
    newest
        .map(|(_, folder)| folder)
        .or_else(|| run::which("initdb").and_then(|file| file.parent().map(Path::to_path_buf)))
}

struct Server {
    programs: PathBuf,
    /// Who runs it: PostgreSQL refuses to be root.
    owner: Option<Owner>,
    folder: PathBuf,
    port: u16,
    password: String,
    process: Option<Child>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Owner {
    user: u32,
    group: u32,
}

impl Server {
    fn start(target: &Path) -> Result<Self> {
        let owner = if packages::is_root() {
            Some(Owner::postgres()?)
        } else {
            None
        };
        let mut server = Self {
            programs: programs().context("PostgreSQL's programs are not there")?,
            owner,
            folder: folder(target, owner)?,
            port: free_port()?,
            password: password()?,
            process: None,
        };
        server.init()?;
        server.process = Some(server.spawn()?);
        server.wait_until_ready()?;
        println!("PostgreSQL listens on 127.0.0.1:{}", server.port);
        Ok(server)
    }

    fn url(&self) -> String {
        let Self { password, port, .. } = self;
        format!("postgres://{ROLE}:{password}@127.0.0.1:{port}/postgres")
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    fn init(&self) -> Result<()> {
        let secret = self.folder.join("password");
        fs::write(&secret, &self.password)?;
        self.hand_over(&secret)?;
        let mut command = self.program("initdb");
        command.args([
            "--no-sync",
            "--auth=password",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ]);
        command.args(["--username", ROLE]);
        command
            .arg("--pwfile")
            .arg(&secret)
            .arg("--pgdata")
            .arg(self.data());
        run::output(&mut command).context("initdb")?;
        Ok(())
    }

    /// Ends with us even if we are killed: the kernel sends it an interrupt, which PostgreSQL
    /// takes as 'stop now'.
    fn spawn(&self) -> Result<Child> {
        let log = File::create(self.log())?;
        let mut command = self.program("postgres");
        command
            .arg("-D")
            .arg(self.data())
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string()]);
        for setting in [
            "unix_socket_directories=",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=400",
            "shared_buffers=128MB",
        ] {
            command.args(["-c", setting]);
        }
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        command.spawn().context("cannot start PostgreSQL")
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + START;
        let port = self.port.to_string();
        loop {
            let mut ask = self.program("pg_isready");
            if run::succeeds(ask.args(["-q", "-h", "127.0.0.1", "-p", &port])) {
                return Ok(());
            }
            let ended = self
                .process
                .as_mut()
                .map(Child::try_wait)
                .transpose()?
                .flatten();
            if ended.is_some() || Instant::now() > deadline {
                bail!("PostgreSQL did not start:\n{}", self.last_words());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// One of PostgreSQL's programs, as the owner, not yet started.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "INT"]);
        if let Some(Owner { user, group }) = self.owner {
            command.args(["--reuid", &user.to_string(), "--regid", &group.to_string()]);
            command.arg("--clear-groups");
        }
        command.arg("--").arg(self.programs.join(name));
        command.current_dir(&self.folder);
        command
    }

    fn hand_over(&self, path: &Path) -> Result<()> {
        hand_over(path, self.owner)
    }

    fn last_words(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    fn stop(mut self) -> Result<()> {
        self.end()
    }

    fn end(&mut self) -> Result<()> {
        if let Some(mut process) = self.process.take() {
            let mut stop = self.program("pg_ctl");
            stop.args(["stop", "-m", "immediate", "-w", "-D"])
                .arg(self.data());
            if let Err(error) = run::output(&mut stop) {
                println!("pg_ctl could not stop PostgreSQL, so it is killed: {error:#}");
                process.kill()?;
            }
            process.wait()?;
        }
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot delete {}", self.folder.display()))
            }
            _ => Ok(()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            eprintln!("PostgreSQL is not cleaned up: {error:#}");
        }
    }
}

impl Owner {
    /// The user that Debian's package makes.
    fn postgres() -> Result<Self> {
        let passwd = fs::read_to_string("/etc/passwd").context("/etc/passwd")?;
        Self::find("postgres", &passwd)
            .context("PostgreSQL can't run as root, and there is no user 'postgres'")
    }

    fn find(name: &str, passwd: &str) -> Option<Self> {
        let entry = passwd
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut parts = entry.split(':').skip(2);
        Some(Self {
            user: parts.next()?.parse().ok()?,
            group: parts.next()?.parse().ok()?,
        })
    }

    /// Whether it may walk to this folder: a clone under root's home is closed to it.
    fn may_enter(self, folder: &Path) -> bool {
        folder.ancestors().all(|step| {
            fs::metadata(step).is_ok_and(|it| {
                let shift = if it.uid() == self.user {
                    6
                } else if it.gid() == self.group {
                    3
                } else {
                    0
                };
                it.mode() >> shift & 1 == 1
            })
        })
    }
}

/// A new folder under `target`, or under the system's temporary one where the owner can't get in.
fn folder(target: &Path, owner: Option<Owner>) -> Result<PathBuf> {
    let system = std::env::temp_dir();
    let fits = owner.is_none_or(|owner| owner.may_enter(target));
    let parent = match memory::folder() {
        Some(memory) => memory,
        None if fits => target,
        None => &system,
    };
    let folder = parent.join(format!("throwaway-postgres-{}", std::process::id()));
    DirBuilder::new()
        .mode(0o700)
        .create(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    hand_over(&folder, owner)?;
    Ok(folder)
}

fn hand_over(path: &Path, owner: Option<Owner>) -> Result<()> {
    if let Some(Owner { user, group }) = owner {
        std::os::unix::fs::chown(path, Some(user), Some(group))?;
    }
    Ok(())
}

/// Free when asked: the system gives out each such port in turn, so it stays so long enough.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(listener.local_addr()?.port())
}

fn password() -> Result<String> {
    use std::fmt::Write as _;
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let mut text = String::new();
    for byte in bytes {
        write!(text, "{byte:02x}")?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_is_found_by_the_whole_name() {
        let passwd = "postgresql:x:1:2::/:/x\npostgres:x:104:111:PostgreSQL,,,:/var:/bin/bash\n";
        let owner = Owner {
            user: 104,
            group: 111,
        };
        assert_eq!(Owner::find("postgres", passwd), Some(owner));
        assert_eq!(Owner::find("post", passwd), None);
    }

    #[test]
    fn a_folder_behind_a_closed_one_is_not_entered() {
        let closed = std::env::temp_dir().join(format!("closed-{}", std::process::id()));
        DirBuilder::new().mode(0o700).create(&closed).unwrap();
        let inside = closed.join("open");
        DirBuilder::new().mode(0o755).create(&inside).unwrap();
        let stranger = Owner {
            user: 65_001,
            group: 65_001,
        };
        let entered = stranger.may_enter(&inside);
        let outside = stranger.may_enter(Path::new("/"));
        fs::remove_dir_all(&closed).unwrap();
        assert!(!entered && outside);
    }

    #[test]
    fn a_throwaway_server_answers_its_url_and_leaves_nothing_behind() {
        let Some(programs) = programs() else {
            println!("not tried: PostgreSQL is not installed here");
            return;
        };
        let server = Server::start(&std::env::temp_dir()).unwrap();
        let (folder, url) = (server.folder.clone(), server.url());
        let ask = |url: &str| {
            let mut psql = Command::new(programs.join("psql"));
            run::output(psql.args([url, "-XAtc", "select current_user"]))
        };
        assert_eq!(ask(&url).unwrap().trim(), ROLE);
        assert!(
            ask(&url.replace(&server.password, "guess")).is_err(),
            "the password counts"
        );
        server.stop().unwrap();
        assert!(!folder.exists() && ask(&url).is_err());
    }

    #[test]
    fn two_passwords_differ() {
        assert_ne!(password().unwrap(), password().unwrap());
    }
}
