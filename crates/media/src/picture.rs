//! From the hostile bytes of an upload to clean pictures in the sizes we show. Knows no folder and no network.
//!
//! Every picture is decoded and encoded anew, so nothing but its pixels survives: no EXIF, no place
//! where it was taken, no colour profile, no second file hidden behind the first. Of an animated GIF,
//! WebP or PNG the first frame is kept, as a still picture; what keeps a GIF moving is `animation`.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage, RgbaImage,
    codecs::{jpeg::JpegEncoder, png},
    imageops::{self, FilterType},
    metadata::Orientation,
};
use parvis_model::limits;

use crate::key::FileType;

/// Longest side of a post's picture and of its preview.
const ORIGINAL_SIDE: u32 = 2048;
/// Longest side of a small version.
pub const PREVIEW_SIDE: u32 = 640;
const BLURHASH_SIDE: u32 = 32;
const AVATAR: Size = Size {
    width: 400,
    height: 400,
};
const HEADER: Size = Size {
    width: 1500,
    height: 500,
};
/// Longest side of a picture within a line of text, so that it is sharp on every screen.
const EMOJI_SIDE: u32 = 128;
/// Sides of an icon, as phones ask for them.
const ICON_SIDES: (u32, u32) = (512, 192);
/// Of an icon's side, what a square picture may take: it lies within the circle that is always shown
/// (<https://www.w3.org/TR/appmanifest/#icon-masks>).
const ICON_PART: f64 = 0.56;
const JPEG_QUALITY: u8 = 82;
/// Looks as a JPEG of the quality above; of what stays without loss, how hard it is tried.
const WEBP_QUALITY: f32 = 75.0;
/// Bytes that a second file must save; and a tenth.
const WORTH_A_FILE: usize = 1024;
/// A transparent picture that would be larger than this as PNG (in bytes) is laid on white instead.
const TRANSPARENT_BYTES: usize = 1024 * 1024;
/// No camera makes more; beyond this a picture is a thread, not a picture.
const LONGEST_SIDE: u32 = 30_000;
/// Four bytes for each pixel: enough for every common picture, half of the worst case (16-bit RGBA).
const DECODED_BYTES: u64 = limits::PICTURE_PIXELS * 4;

/// What a picture is for. Small pictures are never enlarged: sizes are upper bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Whole, at most 2048 pixels on its long side, with a preview of at most 640.
    Post,
    /// Whole, at most 640 pixels on its long side: a small version of what lies elsewhere.
    Preview,
    /// Whole, at most 128 pixels on its long side: stands within a line of text.
    Emoji,
    /// The middle square, at most 400 by 400.
    Avatar,
    /// The middle, three times as wide as high, at most 1500 by 500.
    Header,
    /// Whole, on a white square of 512 by 512 with so much room around it that phones can cut the square to a circle; and the
    /// same of 192 by 192.
    Icon,
}

/// Why a picture is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureFault {
    /// Neither JPEG nor PNG, GIF or WebP, whatever its name says.
    #[error("not a picture of a known type")]
    UnknownType,
    /// More than [`limits::PICTURE_BYTES`].
    #[error("too many bytes")]
    TooManyBytes,
    /// More than [`limits::PICTURE_PIXELS`], or far too long on one side.
    #[error("too many pixels")]
    TooManyPixels,
    /// Cut off or broken.
    #[error("damaged picture")]
    Damaged,
}

/// A picture as it may be kept.
#[derive(Clone, Debug)]
pub struct Encoded {
    pub file_type: FileType,
    pub width: u32,
    pub height: u32,
    pub bytes: Vec<u8>,
    /// The same picture as WebP, where that was asked for and is clearly smaller.
    pub lighter: Option<Vec<u8>>,
}

/// All that is kept of one upload.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub original: Encoded,
    /// `None`: the original is small enough to be its own preview.
    pub preview: Option<Encoded>,
    pub blurhash: Option<String>,
}

/// An upload whose type and size are known from its header and are bearable. Not decoded yet.
pub struct Upload {
    bytes: Vec<u8>,
    format: ImageFormat,
    size: Size,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Size {
    width: u32,
    height: u32,
}

/// Checks, decodes, cleans, turns and resizes. Blocks, up to some seconds for the largest pictures:
/// async code calls [`crate::Media::keep_picture`].
pub fn prepare(bytes: Vec<u8>, shape: Shape) -> Result<Prepared, PictureFault> {
    Upload::check(bytes)?.prepare(shape)
}

impl Upload {
    /// Looks at the header only; quick.
    pub fn check(bytes: Vec<u8>) -> Result<Self, PictureFault> {
        if bytes.len() > limits::PICTURE_BYTES {
            return Err(PictureFault::TooManyBytes);
        }
        let format = sniffed(&bytes).ok_or(PictureFault::UnknownType)?;
        let (width, height) = decoder(&bytes, format)?.dimensions();
        let size = Size { width, height };
        if size.pixels() > limits::PICTURE_PIXELS || width.max(height) > LONGEST_SIDE {
            return Err(PictureFault::TooManyPixels);
        }
        if size.pixels() == 0 {
            return Err(PictureFault::Damaged);
        }
        Ok(Self {
            bytes,
            format,
            size,
        })
    }

    pub fn pixels(&self) -> u64 {
        self.size.pixels()
    }

    /// Blocks; see [`prepare`].
    pub fn prepare(self, shape: Shape) -> Result<Prepared, PictureFault> {
        self.made(shape, Pixels::encode)
    }

    /// The same, and each picture that pages show many of as WebP, too.
    pub fn prepare_for_pages(self, shape: Shape) -> Result<Prepared, PictureFault> {
        self.made(shape, Pixels::encode_twice)
    }

    fn made(
        self,
        shape: Shape,
        encode: impl Fn(&Pixels, bool) -> Result<Encoded, PictureFault>,
    ) -> Result<Prepared, PictureFault> {
        let lossless = self.format != ImageFormat::Jpeg;
        let upright = self.decode(shape)?;
        if shape == Shape::Icon {
            let (large, small) = ICON_SIDES;
            return Ok(Prepared {
                original: png(&on_square(&upright, large))?,
                preview: Some(png(&on_square(&upright, small))?),
                blurhash: None,
            });
        }
        let pixels = Pixels::of(upright);
        if shape != Shape::Post {
            let original = encode(&pixels, lossless)?;
            let blurhash = (shape == Shape::Preview).then(|| pixels.blurhash());
            return Ok(Prepared {
                original,
                preview: None,
                blurhash: blurhash.transpose()?,
            });
        }
        let small = pixels.preview();
        let blurhash = Some(small.as_ref().unwrap_or(&pixels).blurhash()?);
        let (original, preview) = match small {
            Some(small) => (pixels.encode(lossless)?, Some(encode(&small, lossless)?)),
            None => (encode(&pixels, lossless)?, None),
        };
        Ok(Prepared {
            original,
            preview,
            blurhash,
        })
    }

    /// Decoded, shrunk to what `shape` shows, upright. Shrinks before turning: it costs less.
    fn decode(self, shape: Shape) -> Result<DynamicImage, PictureFault> {
        let mut decoder = decoder(&self.bytes, self.format)?;
        if decoder.total_bytes() > DECODED_BYTES {
            return Err(PictureFault::TooManyPixels);
        }
        // A broken EXIF block is no reason to refuse a good picture: it is thrown away anyway.
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let decoded = DynamicImage::from_decoder(decoder).map_err(|error| fault(&error))?;
        let frame = |frame: Size| {
            if lies(orientation) {
                frame.turned()
            } else {
                frame
            }
        };
        let mut picture = match shape {
            Shape::Post => fitted(decoded, self.size.within(ORIGINAL_SIDE)),
            Shape::Preview => fitted(decoded, self.size.within(PREVIEW_SIDE)),
            Shape::Emoji => fitted(decoded, self.size.within(EMOJI_SIDE)),
            Shape::Icon => fitted(decoded, self.size.within(ICON_SIDES.0)),
            Shape::Avatar => cropped(decoded, frame(AVATAR)),
            Shape::Header => cropped(decoded, frame(HEADER)),
        };
        picture.apply_orientation(orientation);
        Ok(picture)
    }
}

/// Whether the first bytes are those of a picture we can read.
pub fn is_known(start: &[u8]) -> bool {
    sniffed(start).is_some()
}

/// The type, from the first bytes alone.
fn sniffed(bytes: &[u8]) -> Option<ImageFormat> {
    let known = [
        ImageFormat::Jpeg,
        ImageFormat::Png,
        ImageFormat::Gif,
        ImageFormat::WebP,
    ];
    image::guess_format(bytes)
        .ok()
        .filter(|format| known.contains(format))
}

/// A decoder that has read the header and no more.
fn decoder(bytes: &[u8], format: ImageFormat) -> Result<impl ImageDecoder + '_, PictureFault> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut bounds = Limits::default();
    bounds.max_image_width = Some(LONGEST_SIDE);
    bounds.max_image_height = Some(LONGEST_SIDE);
    bounds.max_alloc = Some(DECODED_BYTES);
    reader.limits(bounds);
    reader.into_decoder().map_err(|error| fault(&error))
}

fn fault(error: &ImageError) -> PictureFault {
    match error {
        ImageError::Limits(_) => PictureFault::TooManyPixels,
        _ => PictureFault::Damaged,
    }
}

/// Whether width and height change places when the picture is put upright.
fn lies(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

impl Size {
    fn of(picture: &DynamicImage) -> Self {
        Self {
            width: picture.width(),
            height: picture.height(),
        }
    }

    fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    fn turned(self) -> Self {
        Self {
            width: self.height,
            height: self.width,
        }
    }

    /// The same proportions, no side longer than `side`.
    fn within(self, side: u32) -> Self {
        self.scaled(f64::from(side) / f64::from(self.width.max(self.height)))
    }

    /// The same proportions, just large enough to cover `frame`.
    fn covering(self, frame: Self) -> Self {
        let wide = f64::from(frame.width) / f64::from(self.width);
        let high = f64::from(frame.height) / f64::from(self.height);
        self.scaled(wide.max(high))
    }

    /// The same proportions, just small enough to lie inside `area`.
    fn inside(self, area: Self) -> Self {
        let wide = f64::from(area.width) / f64::from(self.width);
        let high = f64::from(area.height) / f64::from(self.height);
        let fitted = self.scaled(wide.min(high));
        Self {
            width: fitted.width.min(area.width),
            height: fitted.height.min(area.height),
        }
    }

    /// Never larger than it is, never empty.
    fn scaled(self, factor: f64) -> Self {
        let factor = factor.min(1.0);
        let scale = |side: u32| ((f64::from(side) * factor).round() as u32).max(1);
        Self {
            width: scale(self.width),
            height: scale(self.height),
        }
    }
}

/// Smaller, in the same proportions. Transparent pixels must not lend their invisible colour to
/// their neighbours, so colours are weighed by opacity meanwhile.
fn shrunk(picture: DynamicImage, target: Size) -> DynamicImage {
    if !picture.color().has_alpha() {
        return averaged(&picture, target);
    }
    let mut pixels = picture.into_rgba8();
    weigh_by_opacity(&mut pixels);
    let mut pixels = averaged(&pixels.into(), target).into_rgba8();
    weigh_back(&mut pixels);
    pixels.into()
}

/// Averages whole blocks of pixels where it can: quick, and as good as a filter once a block holds
/// two pixels or more. Below that blocks would be uneven, and only a filter keeps lines straight.
fn averaged(picture: &DynamicImage, target: Size) -> DynamicImage {
    let factor = f64::from(picture.width()) / f64::from(target.width);
    if factor >= 1.9 {
        picture.thumbnail_exact(target.width, target.height)
    } else {
        picture.resize_exact(target.width, target.height, FilterType::Triangle)
    }
}

fn weigh_by_opacity(pixels: &mut RgbaImage) {
    for pixel in pixels.pixels_mut().filter(|pixel| pixel[3] < u8::MAX) {
        let alpha = u16::from(pixel[3]);
        for channel in &mut pixel.0[..3] {
            *channel = (u16::from(*channel) * alpha).div_ceil(255) as u8;
        }
    }
}

fn weigh_back(pixels: &mut RgbaImage) {
    for pixel in pixels.pixels_mut().filter(|pixel| pixel[3] < u8::MAX) {
        let alpha = u16::from(pixel[3]).max(1);
        for channel in &mut pixel.0[..3] {
            *channel = (u16::from(*channel) * 255 / alpha).min(255) as u8;
        }
    }
}

/// The middle of the picture in the proportions of `frame`, and no larger.
fn cropped(picture: DynamicImage, frame: Size) -> DynamicImage {
    let size = Size::of(&picture).covering(frame);
    let kept = frame.inside(size);
    let (left, top) = (
        (size.width - kept.width) / 2,
        (size.height - kept.height) / 2,
    );
    fitted(picture, size).crop_imm(left, top, kept.width, kept.height)
}

fn fitted(picture: DynamicImage, target: Size) -> DynamicImage {
    if Size::of(&picture) == target {
        picture
    } else {
        shrunk(picture, target)
    }
}

/// An upright picture in one of the two layouts we encode.
struct Pixels {
    picture: DynamicImage,
    /// At least one pixel lets something through; the picture is RGBA then, and RGB otherwise.
    transparent: bool,
}

impl Pixels {
    fn of(picture: DynamicImage) -> Self {
        if picture.color().has_alpha() {
            let pixels = picture.into_rgba8();
            if pixels.pixels().any(|pixel| pixel[3] < u8::MAX) {
                return Self {
                    picture: pixels.into(),
                    transparent: true,
                };
            }
            return Self::opaque(pixels.into());
        }
        Self::opaque(picture)
    }

    fn opaque(picture: DynamicImage) -> Self {
        Self {
            picture: picture.into_rgb8().into(),
            transparent: false,
        }
    }

    /// JPEG for photographs; PNG for what is transparent and small, and for drawings and screen
    /// shots (`lossless` sources) where it is no larger.
    fn encode(&self, lossless: bool) -> Result<Encoded, PictureFault> {
        if self.transparent {
            let png = png(&self.picture)?;
            let small = png.bytes.len() <= TRANSPARENT_BYTES;
            return if small {
                Ok(png)
            } else {
                jpeg(&on_white(&self.picture))
            };
        }
        let jpeg = jpeg(&self.picture)?;
        if !lossless {
            return Ok(jpeg);
        }
        let png = png(&self.picture)?;
        Ok(if png.bytes.len() <= jpeg.bytes.len() {
            png
        } else {
            jpeg
        })
    }

    /// The same, and as WebP where that saves enough: what became a PNG stays without loss.
    fn encode_twice(&self, lossless: bool) -> Result<Encoded, PictureFault> {
        let encoded = self.encode(lossless)?;
        let picture = match encoded.file_type {
            FileType::Png => webp(&self.picture, true)?,
            _ => webp(&on_white(&self.picture), false)?,
        };
        let saved = encoded.bytes.len().saturating_sub(picture.len());
        let enough = saved >= WORTH_A_FILE.max(encoded.bytes.len() / 10);
        Ok(Encoded {
            lighter: enough.then_some(picture),
            ..encoded
        })
    }

    /// `None`: small enough as it is.
    fn preview(&self) -> Option<Self> {
        let size = Size::of(&self.picture);
        let target = size.within(PREVIEW_SIDE);
        (target != size).then(|| Self::of(shrunk(self.picture.clone(), target)))
    }

    /// A few dozen pixels say as much as millions.
    fn blurhash(&self) -> Result<String, PictureFault> {
        let target = Size::of(&self.picture).within(BLURHASH_SIDE);
        let tiny = on_white(&shrunk(self.picture.clone(), target)).into_rgba8();
        blurhash::encode(4, 3, tiny.width(), tiny.height(), tiny.as_raw())
            .map_err(|_| PictureFault::Damaged)
    }
}

fn on_white(picture: &DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture.clone();
    }
    let pixels = picture.to_rgba8();
    let mut opaque = RgbImage::new(pixels.width(), pixels.height());
    for (below, above) in opaque.pixels_mut().zip(pixels.pixels()) {
        let alpha = u16::from(above[3]);
        for channel in 0..3 {
            let mixed = u16::from(above[channel]) * alpha + 255 * (255 - alpha);
            below[channel] = (mixed / 255) as u8;
        }
    }
    opaque.into()
}

/// In the middle of a white square, smaller or larger than it is.
fn on_square(picture: &DynamicImage, side: u32) -> DynamicImage {
    let longest = f64::from(picture.width().max(picture.height()));
    let factor = f64::from(side) * ICON_PART / longest;
    let scale = |length: u32| ((f64::from(length) * factor).round() as u32).max(1);
    let (width, height) = (scale(picture.width()), scale(picture.height()));
    let scaled = on_white(picture).resize_exact(width, height, FilterType::Triangle);
    let mut square = RgbImage::from_pixel(side, side, image::Rgb([u8::MAX; 3]));
    let middle = |length: u32| i64::from((side - length) / 2);
    imageops::overlay(
        &mut square,
        &scaled.into_rgb8(),
        middle(width),
        middle(height),
    );
    square.into()
}

fn jpeg(picture: &DynamicImage) -> Result<Encoded, PictureFault> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
    picture
        .write_with_encoder(encoder)
        .map_err(|error| fault(&error))?;
    Ok(encoded(FileType::Jpeg, picture, bytes))
}

fn png(picture: &DynamicImage) -> Result<Encoded, PictureFault> {
    let mut bytes = Vec::new();
    let (compression, filter) = (png::CompressionType::Default, png::FilterType::Adaptive);
    let encoder = png::PngEncoder::new_with_quality(&mut bytes, compression, filter);
    picture
        .write_with_encoder(encoder)
        .map_err(|error| fault(&error))?;
    Ok(encoded(FileType::Png, picture, bytes))
}

fn webp(picture: &DynamicImage, lossless: bool) -> Result<Vec<u8>, PictureFault> {
    let (width, height) = (picture.width(), picture.height());
    let encoder = match picture {
        DynamicImage::ImageRgba8(pixels) => webp::Encoder::from_rgba(pixels, width, height),
        DynamicImage::ImageRgb8(pixels) => webp::Encoder::from_rgb(pixels, width, height),
        _ => return Err(PictureFault::Damaged),
    };
    let encoded = encoder.encode_simple(lossless, WEBP_QUALITY);
    encoded
        .map(|bytes| bytes.to_vec())
        .map_err(|_| PictureFault::Damaged)
}

fn encoded(file_type: FileType, picture: &DynamicImage, bytes: Vec<u8>) -> Encoded {
    Encoded {
        file_type,
        width: picture.width(),
        height: picture.height(),
        bytes,
        lighter: None,
    }
}
