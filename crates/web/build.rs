//! Packs styles, scripts and icons: each is named by its content and compressed here, once, so that no running program has to.
//! Knows no page.

use std::{
    env, fs,
    hash::{DefaultHasher, Hasher},
    io::{self, Write},
    path::Path,
};

use flate2::{Compression, write::GzEncoder};

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// The one stylesheet, in the order of its cascade layers.
const STYLES: &[&str] = &[
    "tokens",
    "base",
    "layout",
    "components/frame",
    "components/card",
    "components/buttons",
    "components/forms",
    "components/post",
    "components/compose",
    "components/poll",
    "components/quote",
    "components/preview",
    "components/people",
    "components/notices",
    "components/chat",
    "components/filters",
    "components/appearance",
    "components/timelines",
    "components/account",
    "components/public",
    "components/look",
    "utilities",
    "print",
];

/// What pages load together is one file.
const SCRIPTS: &[(&str, &[&str])] = &[
    ("app", &["menus", "app"]),
    ("passkeys", &["passkeys"]),
    ("device", &["device"]),
    ("more", &["more"]),
    ("news", &["news"]),
    ("pictures", &["pictures"]),
    ("waiting", &["waiting"]),
    ("writing", &["compose", "attach", "suggest"]),
];

fn main() -> io::Result<()> {
    let styles = STYLES
        .iter()
        .map(|name| read(&format!("styles/{name}.css")))
        .collect::<io::Result<String>>()?;
    let mut table = pack("parvis.css", CSS, &styles)?;
    for (name, parts) in SCRIPTS {
        let parts = parts.iter().map(|part| script(part));
        table += &pack(
            &format!("{name}.js"),
            JS,
            &parts.collect::<io::Result<String>>()?,
        )?;
    }
    table += &pack("icon.svg", SVG, &read("icons/icon.svg")?)?;
    write("assets.rs", format!("&[{table}]").as_bytes())
}

/// Each keeps its names to itself.
fn script(name: &str) -> io::Result<String> {
    Ok(format!("{{\n{}}}\n", read(&format!("scripts/{name}.js"))?))
}

fn read(file: &str) -> io::Result<String> {
    let path = format!("{}/../../frontend/{file}", env!("CARGO_MANIFEST_DIR"));
    println!("cargo::rerun-if-changed={path}");
    fs::read_to_string(path)
}

fn write(file: &str, bytes: &[u8]) -> io::Result<()> {
    let folder = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&folder).join(file), bytes)
}

/// Writes the three forms of an asset, and says in Rust what and where they are.
fn pack(name: &str, mime: &str, text: &str) -> io::Result<String> {
    write(name, text.as_bytes())?;
    write(&format!("{name}.gz"), &gzip(text.as_bytes())?)?;
    write(&format!("{name}.br"), &brotli(text.as_bytes())?)?;
    let fingerprinted = fingerprinted(name, text);
    Ok(format!(
        r#"Asset {{
            name: "{name}",
            fingerprinted: "{fingerprinted}",
            mime: "{mime}",
            plain: include_str!(concat!(env!("OUT_DIR"), "/{name}")),
            gzip: include_bytes!(concat!(env!("OUT_DIR"), "/{name}.gz")),
            brotli: include_bytes!(concat!(env!("OUT_DIR"), "/{name}.br")),
        }},"#
    ))
}

/// `parvis-3f9a….css`
fn fingerprinted(name: &str, text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(text.as_bytes());
    let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
    format!("{stem}-{:016x}.{ending}", hasher.finish())
}

fn gzip(text: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text)?;
    encoder.finish()
}

fn brotli(text: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let settings = brotli::enc::BrotliEncoderParams {
        quality: 11,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*text, &mut packed, &settings)?;
    Ok(packed)
}
