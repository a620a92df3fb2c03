//! Pictures: checked, stripped of all metadata, turned upright, resized and kept in a folder.
//! Also draws the pictures the program makes itself. Knows nothing of towns, of HTTP or of databases.

pub mod drawn;
mod folder;
mod key;
pub mod picture;

pub use folder::{Fault, Kept, KeptPicture, Media, Stored};
pub use key::{FileType, Key};
pub use picture::{PictureFault, Shape};
