//! Where files lie in memory: every test makes a database of its own, and waits for its disk otherwise.

use std::path::Path;

/// Bytes: twice what the tests ever take.
const ROOM: u64 = 3 << 30;

/// Such a folder, where there is one with room enough.
pub fn folder() -> Option<&'static Path> {
    let folder = Path::new("/dev/shm");
    let system = rustix::fs::statvfs(folder).ok()?;
    (system.f_bavail * system.f_frsize >= ROOM).then_some(folder)
}
