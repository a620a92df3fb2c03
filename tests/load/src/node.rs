//! The measured process: started, asked whether it is there, stopped. Knows nothing of what it is
//! used for.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use http::{HeaderValue, StatusCode};
use rustix::process::{Pid, Signal, kill_process};

use crate::{
    gauge,
    grounds::{Grounds, Place},
    wire::{Ask, Wire},
};

/// The town's own address, always the same, so that a seeded database serves again; where it
/// really listens is another matter.
pub const HOST: &str = "bench.localhost:8000";
pub const ORIGIN: &str = "http://bench.localhost:8000";

const START: Duration = Duration::from_secs(30);
/// The node itself promises to end within 10 seconds.
const STOP: Duration = Duration::from_secs(15);

pub struct Node {
    child: Child,
    pub address: SocketAddr,
    log: PathBuf,
    /// Bytes of the log by the time it was healthy: what stands there is about our settings.
    said_at_start: usize,
    /// From starting the process to the first 200 of `/healthz`.
    pub start_took: Duration,
}

impl Node {
    pub async fn start(grounds: &Grounds, place: &Place) -> Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let log = place.folder.join("node.log");
        let mut command = command(grounds, place, address);
        let output = File::create(&log)?;
        command.stdout(output.try_clone()?).stderr(output);
        let begun = Instant::now();
        let mut node = Self {
            child: command.spawn().context("the node does not start")?,
            address,
            log,
            said_at_start: 0,
            start_took: Duration::ZERO,
        };
        node.wait_until_healthy(begun).await?;
        node.start_took = begun.elapsed();
        node.said_at_start = fs::read(&node.log)?.len();
        Ok(node)
    }

    async fn wait_until_healthy(&mut self, begun: Instant) -> Result<()> {
        let ask = Ask::get("/healthz");
        loop {
            let answer = self.wire().ask(&ask).await;
            if answer.is_ok_and(|answer| answer.status == StatusCode::OK) {
                return Ok(());
            }
            let ended = self.child.try_wait()?;
            if ended.is_some() || begun.elapsed() > START {
                let said = fs::read_to_string(&self.log).unwrap_or_default();
                anyhow::bail!("the node is not healthy after {START:?} or ended; it says:\n{said}");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A connection to it, not yet open.
    pub fn wire(&self) -> Wire {
        self.wire_from(Ipv4Addr::LOCALHOST)
    }

    /// So many, each from another address.
    pub fn wires(&self, count: u8) -> Vec<Wire> {
        (0..count)
            .map(|number| self.wire_from(Ipv4Addr::new(127, 1, number, 1)))
            .collect()
    }

    fn wire_from(&self, from: Ipv4Addr) -> Wire {
        Wire::new(from, self.address, HeaderValue::from_static(HOST))
    }

    /// Memory once it has rested for three seconds, in bytes.
    pub async fn resting_memory(&self) -> Result<u64> {
        tokio::time::sleep(Duration::from_secs(3)).await;
        gauge::memory(self.pid())
    }

    /// Asks it to end, as an administrator would. What it complained of meanwhile is given back.
    pub async fn stop(mut self) -> Result<Vec<String>> {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::TERM)?;
        let begun = Instant::now();
        while self.child.try_wait()?.is_none() {
            anyhow::ensure!(
                begun.elapsed() < STOP,
                "the node does not end within {STOP:?}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(self.complaints())
    }

    fn complaints(&self) -> Vec<String> {
        let mut said = fs::read(&self.log).unwrap_or_default();
        let said = said.split_off(self.said_at_start.min(said.len()));
        let said = String::from_utf8_lossy(&said);
        let complaints = said.lines().filter(|line| is_complaint(line));
        complaints.map(str::to_owned).collect()
    }
}

fn is_complaint(line: &str) -> bool {
    [" WARN ", " ERROR ", "panicked"]
        .iter()
        .any(|sign| line.contains(sign))
}

impl Drop for Node {
    fn drop(&mut self) {
        // Already ended after `stop`; after a fault nobody else would end it.
        if matches!(self.child.try_wait(), Ok(None)) && self.child.kill().is_ok() {
            let _ = self.child.wait();
            for line in self.complaints().iter().take(20) {
                eprintln!("  the node says: {line}");
            }
        }
    }
}

fn command(grounds: &Grounds, place: &Place, address: SocketAddr) -> Command {
    let mut command = Command::new(&grounds.program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PARVIS_") {
            command.env_remove(name);
        }
    }
    command
        .arg("serve")
        .current_dir(&place.folder)
        .stdin(Stdio::null())
        .env("PARVIS_LISTEN", address.to_string())
        .env("PARVIS_PUBLIC_URL", ORIGIN)
        .env("PARVIS_DATA_DIR", &place.folder)
        .env("PARVIS_DATABASE_URL", &place.database_url)
        .env("PARVIS_LIMITS__RATE", "off")
        .env("PARVIS_FEDERATION__ALLOW_PRIVATE_NETWORKS", "127.0.0.1/32")
        .env("PARVIS_LOG__LEVEL", "warn");
    command
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
