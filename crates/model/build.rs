//! Finds the languages: each folder of `frontend/locales` is one, and all its `.ftl` files belong to it.

use std::{
    env,
    error::Error,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn Error>> {
    let locales = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../frontend/locales");
    println!("cargo::rerun-if-changed={}", locales.display());
    let mut table = String::from("&[\n");
    for folder in sorted(&locales)?.into_iter().filter(|path| path.is_dir()) {
        let code = folder
            .file_name()
            .ok_or("a folder without a name")?
            .to_string_lossy();
        writeln!(table, "    ({code:?}, &[")?;
        for file in sorted(&folder)?.iter().filter(|path| is_words(path)) {
            let path = file.canonicalize()?.display().to_string();
            writeln!(table, "        include_str!({path:?}),")?;
        }
        table.push_str("    ]),\n");
    }
    table.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("languages.rs"), table)?;
    Ok(())
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut paths = fs::read_dir(folder)?
        .map(|e| e.map(|e| e.path()))
        .collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

fn is_words(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "ftl")
}
