//! What a process costs: processor time and memory, as the kernel counts them. Knows no HTTP and
//! no town.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

/// `USER_HZ`: what proc(5) counts processor time in, whatever the kernel's own clock does.
const TICK: Duration = Duration::from_millis(10);
const SAMPLE: Duration = Duration::from_millis(200);

/// User and system time of all threads so far, in steps of 10 ms.
pub fn processor(pid: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))
        .with_context(|| format!("process {pid} is gone"))?;
    ticks(&stat)
        .map(|ticks| TICK * ticks)
        .context("/proc/PID/stat is not understood")
}

/// `utime` + `stime`, the 14th and 15th field of proc_pid_stat(5).
fn ticks(stat: &str) -> Option<u32> {
    // The second field is the program's name, which may hold anything.
    let (_, after_name) = stat.rsplit_once(") ")?;
    let mut fields = after_name.split(' ').skip(11);
    let mut next = || fields.next()?.parse::<u32>().ok();
    Some(next()? + next()?)
}

/// The memory that is its own plus its share of what it shares (PSS), in bytes.
pub fn memory(pid: u32) -> Result<u64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))
        .with_context(|| format!("process {pid} is gone"))?;
    proportional_set(&rollup).context("/proc/PID/smaps_rollup is not understood")
}

fn proportional_set(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024)
}

/// Measures from [`Meter::start`] to [`Meter::stop`].
pub struct Meter {
    pid: u32,
    processor: Duration,
    stop: Arc<AtomicBool>,
    sampler: JoinHandle<u64>,
}

pub struct Cost {
    pub processor: Duration,
    /// The most memory seen by a look five times a second, in bytes.
    pub peak: u64,
}

impl Meter {
    pub fn start(pid: u32) -> Result<Self> {
        let first = memory(pid)?;
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let sampler = thread::spawn(move || {
            let mut peak = first;
            while !told.load(Ordering::Relaxed) {
                peak = peak.max(memory(pid).unwrap_or(0));
                thread::sleep(SAMPLE);
            }
            peak
        });
        Ok(Self {
            processor: processor(pid)?,
            pid,
            stop,
            sampler,
        })
    }

    pub fn stop(self) -> Result<Cost> {
        let processor = processor(self.pid)?.saturating_sub(self.processor);
        self.stop.store(true, Ordering::Relaxed);
        let peak = self.sampler.join().ok().context("the sampler failed")?;
        Ok(Cost {
            processor,
            peak: peak.max(memory(self.pid)?),
        })
    }
}

/// Waits until the process has nothing more to do: less than two ticks in half a second. Says so
/// if that does not come.
pub async fn quiet(pid: u32) -> Result<()> {
    const LONGEST: Duration = Duration::from_mins(1);
    let begun = Instant::now();
    loop {
        let before = processor(pid)?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        if processor(pid)?.saturating_sub(before) < TICK * 2 {
            return Ok(());
        }
        anyhow::ensure!(
            begun.elapsed() < LONGEST,
            "the node does not come to rest within {LONGEST:?}"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_past_a_name_with_brackets() {
        let stat = "7 (a) b (c)) S 1 7 7 0 -1 4194560 90 0 0 0 31 12 5 6 20 0 4 0 100";
        assert_eq!(ticks(stat), Some(43));
        assert_eq!(ticks("7 (a"), None);
    }

    #[test]
    fn the_share_is_taken_not_the_whole() {
        let rollup =
            "55d-7ff ---p 00 00:00 0 [rollup]\nRss:  9000 kB\nPss:   1234 kB\nPss_Anon: 5 kB\n";
        assert_eq!(proportional_set(rollup), Some(1234 * 1024));
        assert_eq!(proportional_set("Rss: 9000 kB\n"), None);
    }

    #[test]
    fn this_process_can_be_measured() {
        let pid = std::process::id();
        assert!(memory(pid).unwrap() > 100 * 1024);
        let meter = Meter::start(pid).unwrap();
        // On a busy machine it is given less time than passes.
        let begun = processor(pid).unwrap();
        let patience = Instant::now() + Duration::from_secs(30);
        while processor(pid).unwrap() < begun + TICK * 3 && Instant::now() < patience {
            std::hint::spin_loop();
        }
        assert!(meter.stop().unwrap().processor >= TICK * 2);
    }
}
