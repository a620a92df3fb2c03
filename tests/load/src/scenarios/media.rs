//! Photographs as telephones take them are sent one after the other, as by one resident; each answer promises that it is
//! stored, with its small version.

use anyhow::{Context, Result};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use image::{Rgb, RgbImage, codecs::jpeg::JpegEncoder};

use super::finish;
use crate::{
    gauge::{self, Meter},
    grounds::Grounds,
    node::Node,
    report::Line,
    residents, rush,
    wire::{Answer, Ask},
};

const PHOTOGRAPHS: usize = 20;
const WIDTH: u32 = 4_000;
const HEIGHT: u32 = 3_000;
/// Of processor time for one photograph, in seconds.
const PROCESSOR: f64 = 1.0;
/// Beyond what the node takes at rest, in bytes.
const MEMORY: u64 = 150 << 20;

pub async fn media(grounds: &Grounds) -> Result<Vec<Line>> {
    let place = grounds.place().await?;
    let writers = residents::settle(&place, &["photographe".to_owned()]).await?;
    let writer = writers.first().context("nobody has moved in")?;
    let node = Node::start(grounds, &place).await?;
    gauge::quiet(node.pid()).await?;
    let idle = node.resting_memory().await?;
    let photograph = photograph()?;
    let asks = (0..PHOTOGRAPHS).map(|_| upload(&photograph).by(&writer.token));
    let asks = asks.collect::<Result<Vec<_>>>()?;
    let meter = Meter::start(node.pid())?;
    let rush = rush::run(node.wires(1), asks, stored).await?;
    let cost = meter.stop()?;
    let each = cost.processor.as_secs_f64() / PHOTOGRAPHS as f64;
    let grown = cost.peak.saturating_sub(idle);
    let line = Line::new("media", "photographs")
        .rushed(&rush)
        .costing(&cost)
        .idle(idle)
        .noting(format!(
            "{:.1} MB each; {each:.2} s of processor time each, {} MiB more at the peak",
            photograph.len() as f64 / 1e6,
            grown >> 20
        ))
        .must(rush.finds.len() == PHOTOGRAPHS, || {
            format!("{} of {PHOTOGRAPHS} were stored", rush.finds.len())
        })
        .must(each <= PROCESSOR, || format!("{each:.2} s for each"))
        .must(grown <= MEMORY, || format!("{} MiB more", grown >> 20));
    Ok(vec![finish(node, place, line).await?])
}

/// Hills of colour with some grain, so that it is as heavy as a real one: some megabytes.
fn photograph() -> Result<Vec<u8>> {
    let mut state = 1_u32;
    let mut grain = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) % 24
    };
    let scene = RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let channel = |it: u32| u8::try_from(it.min(255)).unwrap_or(u8::MAX);
        let hill = (x / 7 + y / 5) % 160;
        Rgb([
            channel(40 + hill + grain()),
            channel(y / 14 + grain()),
            channel(x / 18 + grain()),
        ])
    });
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 88).encode_image(&scene)?;
    Ok(bytes)
}

fn upload(photograph: &[u8]) -> Ask {
    let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n";
    let body = [head.as_bytes(), photograph, b"\r\n--b--\r\n"].concat();
    let kind = HeaderValue::from_static("multipart/form-data; boundary=b");
    Ask {
        method: Method::POST,
        path: "/api/v2/media".into(),
        headers: HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]),
        body: body.into(),
    }
}

fn stored(answer: &Answer) -> Result<String> {
    anyhow::ensure!(answer.status == StatusCode::OK, "{}", answer.status);
    let id = answer.json()?["id"].as_str().map(str::to_owned);
    id.context("a file without id")
}
