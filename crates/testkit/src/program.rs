//! The program under test: where its binary lies, how one process of it is started, killed and asked to stop. Knows no town.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU16, Ordering},
    },
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{exchange, patience::within};

/// A demo tells a story of some weeks before it opens, in a debug build and beside other tests.
const FOUNDING: Duration = Duration::from_mins(3);

/// `PARVIS_BIN`, or the debug build, made now if it is not fresh.
///
/// # Panics
/// When it does not build.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match std::env::var_os("PARVIS_BIN") {
        Some(given) => PathBuf::from(given),
        None => build(),
    })
}

fn build() -> PathBuf {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "parvis"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(built.success(), "the program does not build");
    let test = std::env::current_exe().unwrap();
    test.parent().and_then(Path::parent).unwrap().join("parvis")
}

/// A port that is free now and that the system will not give to an outgoing connection, so that it is still ours
/// after a restart.
pub fn port() -> u16 {
    const FIRST: u16 = 12_000;
    const COUNT: u16 = 20_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = (std::process::id() % 97) as u16 * 199;
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + start.wrapping_add(step) % COUNT;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// What a run of the command line gave.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// # Panics
    /// When it failed.
    #[track_caller]
    #[expect(
        clippy::return_self_not_must_use,
        reason = "often only the check is wanted"
    )]
    pub fn succeeding(self) -> Self {
        assert_eq!(self.code, 0, "{self:#?}");
        self
    }
}

/// One installation: a data folder, settings, and at most one serving process.
pub struct Program {
    pub folder: TempDir,
    pub port: u16,
    settings: Vec<(String, String)>,
    child: Mutex<Option<Child>>,
    /// Further processes that do the background work.
    workers: Mutex<Vec<Child>>,
}

impl Program {
    /// Settles the settings; nothing runs yet.
    pub fn new(port: u16, extra: &[(&str, &str)]) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("parvis-test-")
            .tempdir()
            .unwrap();
        let mut settings = vec![
            ("PARVIS_LISTEN".to_owned(), format!("127.0.0.1:{port}")),
            (
                "PARVIS_DATA_DIR".to_owned(),
                folder.path().join("data").display().to_string(),
            ),
            (
                "PARVIS_FEDERATION__ALLOW_PRIVATE_NETWORKS".to_owned(),
                "127.0.0.1/32".to_owned(),
            ),
            ("PARVIS_LIMITS__RATE".to_owned(), "off".to_owned()),
            // Each has to learn each statement anew, and most tests are too short for that to pay.
            ("PARVIS_DATABASE_CONNECTIONS".to_owned(), "3".to_owned()),
        ];
        settings.extend(
            extra
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned())),
        );
        Self {
            folder,
            port,
            settings,
            child: Mutex::new(None),
            workers: Mutex::default(),
        }
    }

    pub fn log_path(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// All the program has said so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    fn clean_environment() -> impl Iterator<Item = std::ffi::OsString> {
        std::env::vars_os()
            .map(|(key, _)| key)
            .filter(|key| key.to_string_lossy().starts_with("PARVIS_"))
    }

    /// Starts `parvis serve` and waits until it is ready.
    pub async fn start(&self) {
        self.launch(Command::new(binary())).await;
    }

    /// The same, for a test that is going to limit its files: a process that does not ignore the signal dies at the limit.
    pub async fn start_to_be_limited(&self) {
        let mut command = Command::new("sh");
        let script = "trap '' XFSZ; exec \"$0\" \"$@\"";
        command.args(["-c", script]).arg(binary());
        self.launch(command).await;
    }

    /// From now on none of its files may grow beyond so many bytes, or they may again: what a full disk looks like to the
    /// program, without one.
    pub fn limit_files(&self, bytes: Option<u64>) {
        use rustix::process::{Pid, Resource, Rlimit, prlimit};
        let child = self.child.lock().unwrap();
        let id = child.as_ref().expect("the program runs").id();
        let limit = Rlimit {
            current: bytes,
            maximum: None,
        };
        let pid = Pid::from_raw(id.cast_signed());
        prlimit(pid, Resource::Fsize, limit).unwrap();
    }

    async fn launch(&self, command: Command) {
        self.begin(command);
        self.wait_until_ready().await;
    }

    /// Starts `parvis serve` where it is not going to be ready.
    pub fn start_unready(&self) {
        self.begin(Command::new(binary()));
    }

    fn begin(&self, command: Command) {
        assert!(
            !self.is_running(),
            "one at a time: the other would answer for it"
        );
        let child = self.spawn(command, &["serve"], self.log_file());
        *self.child.lock().unwrap() = Some(child);
    }

    /// Starts `parvis demo` and waits until its towns are open. The answer is all it said on standard output.
    pub async fn start_demo(&self, more: &[&str]) -> String {
        let said = self.folder.path().join("said");
        let arguments = [&["demo"][..], more].concat();
        let child = self.spawn(
            Command::new(binary()),
            &arguments,
            File::create(&said).unwrap(),
        );
        *self.child.lock().unwrap() = Some(child);
        within(FOUNDING, "the demo says that it is open", || async {
            assert!(self.is_running(), "the demo ended:\n{}", self.log());
            let table = std::fs::read_to_string(&said).unwrap();
            table.trim_end().ends_with("begins anew.").then_some(table)
        })
        .await
    }

    /// Starts one more process that does nothing but the background work.
    pub fn start_worker(&self) {
        let worker = self.spawn(Command::new(binary()), &["worker"], self.log_file());
        self.workers.lock().unwrap().push(worker);
    }

    /// `kill -9` for the worker started first.
    pub fn kill9_worker(&self) {
        let mut worker = self.workers.lock().unwrap().remove(0);
        worker.kill().unwrap();
        worker.wait().unwrap();
    }

    fn log_file(&self) -> File {
        File::options()
            .create(true)
            .append(true)
            .open(self.log_path())
            .unwrap()
    }

    fn spawn(&self, mut command: Command, arguments: &[&str], stdout: File) -> Child {
        Self::clean_environment().for_each(|key| {
            command.env_remove(key);
        });
        command
            .args(arguments)
            .envs(self.settings.iter().map(|(key, value)| (key, value)))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(self.log_file())
            .spawn()
            .unwrap()
    }

    async fn wait_until_ready(&self) {
        let url = format!("http://127.0.0.1:{}/readyz", self.port);
        let start = Instant::now();
        loop {
            let answer =
                exchange::try_send(http::Method::GET, &url, http::HeaderMap::new(), Vec::new())
                    .await;
            if answer.is_ok_and(|answer| answer.status == 200) {
                return;
            }
            assert!(
                self.is_running(),
                "the program ended at start:\n{}",
                self.log()
            );
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "not ready after 30 s:\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    }

    /// The memory it holds, now and at most so far, in bytes.
    pub fn memory(&self) -> (u64, u64) {
        let child = self.child.lock().unwrap();
        let id = child.as_ref().expect("the program runs").id();
        let told = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let bytes = |name: &str| {
            let line = told.lines().find(|line| line.starts_with(name)).unwrap();
            let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
            kilobytes * 1024
        };
        (bytes("VmRSS:"), bytes("VmHWM:"))
    }

    pub fn is_running(&self) -> bool {
        let mut child = self.child.lock().unwrap();
        child
            .as_mut()
            .is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// `kill -9`: as a power cut, but for what the system has already taken in.
    pub fn kill9(&self) {
        if let Some(mut child) = self.child.lock().unwrap().take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Asks it to stop and waits until it has. The answer is its exit code and how long it took.
    pub async fn stop(&self) -> (Option<i32>, Duration) {
        let start = Instant::now();
        let child = self.child.lock().unwrap().take();
        let mut child = child.expect("the program runs");
        let asked = Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status()
            .unwrap();
        assert!(asked.success());
        let code = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status.code();
            }
            assert!(
                start.elapsed() < Duration::from_secs(15),
                "does not stop:\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(15)).await;
        };
        (code, start.elapsed())
    }

    /// Runs a command with the same settings; `input` goes to its standard input.
    pub async fn cli_with_input(&self, arguments: &[&str], input: &str) -> Run {
        self.run(arguments, input, &[]).await
    }

    /// Nobody reads what it says on standard output, as behind `head` once that has enough.
    pub async fn cli_unread(&self, arguments: &[&str]) -> Run {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        self.run_into(writer.into(), arguments, "", &[]).await
    }

    pub async fn cli(&self, arguments: &[&str]) -> Run {
        self.run(arguments, "", &[]).await
    }

    /// With some settings changed for this run only.
    pub async fn run(&self, arguments: &[&str], input: &str, changed: &[(&str, &str)]) -> Run {
        self.run_into(Stdio::piped(), arguments, input, changed)
            .await
    }

    async fn run_into(
        &self,
        stdout: Stdio,
        arguments: &[&str],
        input: &str,
        changed: &[(&str, &str)],
    ) -> Run {
        use tokio::io::AsyncWriteExt;
        let mut command = tokio::process::Command::new(binary());
        Self::clean_environment().for_each(|key| {
            command.env_remove(key);
        });
        let mut child = command
            .args(arguments)
            .envs(self.settings.iter().map(|(key, value)| (key, value)))
            .envs(changed.iter().copied())
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(stdout)
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that wants no input may have gone already; that is its business.
        let _unread = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let output = tokio::time::timeout(Duration::from_mins(1), child.wait_with_output()).await;
        let output = output
            .unwrap_or_else(|_| panic!("parvis {arguments:?} does not end"))
            .unwrap();
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let serving = self.child.get_mut();
        let serving = serving.unwrap_or_else(std::sync::PoisonError::into_inner);
        let workers = self.workers.get_mut();
        let workers = workers.unwrap_or_else(std::sync::PoisonError::into_inner);
        for mut child in serving.take().into_iter().chain(workers.drain(..)) {
            // Already gone is as good.
            let _gone = child.kill();
            let _reaped = child.wait();
        }
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            let tail = lines.len().saturating_sub(80);
            eprintln!(
                "--- last words of the program on port {} ---\n{}",
                self.port,
                lines[tail..].join("\n")
            );
        }
    }
}
