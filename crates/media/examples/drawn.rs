//! Writes a sheet of drawings into a folder, for looking at them: `cargo run -p parvis-media --example drawn -- FOLDER`.

use std::{env, fs, io, path::PathBuf};

use parvis_media::drawn::{self, Motif};

fn main() -> io::Result<()> {
    let folder = PathBuf::from(env::args().nth(1).unwrap_or_else(|| "drawn".to_owned()));
    fs::create_dir_all(&folder)?;
    for number in 0..24 {
        let name = format!("name{number}");
        let person = drawn::avatar(&name, Motif::Person);
        fs::write(folder.join(format!("person-{number:02}.png")), person)?;
        let group = drawn::avatar(&name, Motif::Group);
        fs::write(folder.join(format!("group-{number:02}.png")), group)?;
    }
    for number in 0..8 {
        let name = format!("name{number}");
        fs::write(
            folder.join(format!("header-{number}.png")),
            drawn::header(&name),
        )?;
        fs::write(
            folder.join(format!("scene-{number}.png")),
            drawn::scene(&name),
        )?;
    }
    Ok(())
}
