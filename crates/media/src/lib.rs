//! Pictures, sound and video: checked, stripped of all metadata, pictures also turned upright and resized, and kept in a
//! folder. Also draws the pictures the program makes itself. Knows nothing of towns, of HTTP or of databases.

pub mod animation;
mod cache;
pub mod drawn;
mod folder;
mod key;
pub mod picture;
pub mod recording;
mod waiting;

pub use cache::{Cache, Cached, Slot};
pub use folder::{Fault, Kept, KeptPicture, KeptUpload, Media, Nature, Stored};
pub use key::{FileType, Key};
pub use picture::{PictureFault, Shape};
pub use recording::{Facts, RecordingFault};
pub use waiting::{Incoming, Waiting};
