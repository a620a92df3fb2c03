//! Pictures, sound and video: checked, stripped of all metadata, pictures also turned upright and resized, and kept in a
//! folder or a bucket. Also draws the pictures the program makes itself. Knows nothing of towns or of databases.

pub mod animation;
mod bucket;
mod cache;
mod converter;
pub mod drawn;
mod folder;
mod key;
mod made;
mod media;
pub mod picture;
pub mod recording;
mod storage;
mod waiting;

pub use bucket::{BucketOptions, NoBucket};
pub use cache::{Cache, Cached, Slot};
pub use converter::Converter;
pub use key::{FileType, Key};
pub use media::{Conversion, Fault, Kept, KeptPicture, KeptUpload, Media, Nature};
pub use picture::{PictureFault, Shape};
pub use recording::{Facts, RecordingFault};
pub use storage::{Content, Found, Listed, Part, Stored};
pub use waiting::{Beside, Incoming, Waiting};
