//! What may be uploaded and what becomes of it. Knows no folder.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{io::Cursor, time::Instant};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage, codecs::jpeg::JpegEncoder};
use parvis_media::{
    FileType, PictureFault, Shape,
    picture::{Encoded, Upload, prepare},
};

const RED: Rgb<u8> = Rgb([220, 30, 30]);
const BLUE: Rgb<u8> = Rgb([30, 30, 220]);
const PLACE: &[u8] = b"Camera of Marie";

/// Left half red, right half blue.
fn two_halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { RED } else { BLUE })
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90)
        .encode_image(picture)
        .unwrap();
    bytes
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn decoded(kept: &Encoded) -> DynamicImage {
    image::load_from_memory(&kept.bytes).unwrap()
}

/// A TIFF structure with an orientation, a camera and a latitude, as telephones write it.
fn exif(orientation: u16) -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08".to_vec();
    let text_at = 8 + 2 + 3 * 12 + 4;
    let gps_at = text_at + PLACE.len() as u32 + 1;
    tiff.extend(3u16.to_be_bytes());
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [
            &tag.to_be_bytes()[..],
            &kind.to_be_bytes(),
            &count.to_be_bytes(),
            &value.to_be_bytes(),
        ]
        .concat()
    };
    tiff.extend(entry(0x010f, 2, PLACE.len() as u32 + 1, text_at));
    tiff.extend(entry(0x0112, 3, 1, u32::from(orientation) << 16));
    tiff.extend(entry(0x8825, 4, 1, gps_at));
    tiff.extend(0u32.to_be_bytes());
    tiff.extend(PLACE);
    tiff.push(0);
    tiff.extend(2u16.to_be_bytes());
    tiff.extend(entry(1, 2, 2, u32::from(b'N') << 24));
    tiff.extend(entry(2, 5, 3, gps_at + 2 + 2 * 12 + 4));
    tiff.extend(0u32.to_be_bytes());
    for number in [48u32, 1, 51, 1, 29, 1] {
        tiff.extend(number.to_be_bytes());
    }
    tiff
}

/// Puts an APP1 segment right after the JPEG's first marker.
fn with_exif(jpeg: &[u8], orientation: u16) -> Vec<u8> {
    let tiff = exif(orientation);
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend((tiff.len() as u16 + 8).to_be_bytes());
    bytes.extend(b"Exif\0\0");
    bytes.extend(tiff);
    bytes.extend(&jpeg[2..]);
    bytes
}

/// Noise that is the same on every run, and that no PNG can compress.
fn grain() -> impl FnMut() -> [u8; 3] {
    let mut state = 1u32;
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [red, green, blue, _] = state.to_be_bytes();
        [red, green, blue]
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The colour at a place given in hundredths of the picture's sides.
fn looks(picture: &DynamicImage, x: u32, y: u32, colour: Rgb<u8>) -> bool {
    let picture = picture.to_rgb8();
    let found = picture.get_pixel(picture.width() * x / 100, picture.height() * y / 100);
    found
        .0
        .iter()
        .zip(colour.0)
        .all(|(found, wanted)| found.abs_diff(wanted) < 25)
}

/// PNG chunk with a right checksum (CRC-32 of ISO 3309).
fn chunk(name: &[u8], data: &[u8]) -> Vec<u8> {
    let body = [name, data].concat();
    let mut crc = u32::MAX;
    for byte in &body {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                0xedb8_8320 ^ (crc >> 1)
            } else {
                crc >> 1
            };
        }
    }
    [
        &(data.len() as u32).to_be_bytes()[..],
        &body,
        &(!crc).to_be_bytes(),
    ]
    .concat()
}

fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 6, 0, 0, 0]);
    [
        &b"\x89PNG\r\n\x1a\n"[..],
        &chunk(b"IHDR", &header),
        &chunk(b"IDAT", b"\x78\x9c"),
    ]
    .concat()
}

#[test]
fn the_place_and_the_camera_are_gone_from_a_photograph() {
    let photograph = with_exif(&jpeg(&two_halves(1000, 600)), 6);
    assert!(contains(&photograph, PLACE));
    for shape in [Shape::Post, Shape::Avatar, Shape::Header] {
        let prepared = prepare(photograph.clone(), shape).unwrap();
        for kept in [Some(&prepared.original), prepared.preview.as_ref()]
            .into_iter()
            .flatten()
        {
            assert!(!contains(&kept.bytes, PLACE));
            assert!(!contains(&kept.bytes, b"Exif"));
            assert!(!contains(&kept.bytes, b"MM\0\x2a"));
        }
    }
}

#[test]
fn metadata_of_a_png_is_gone() {
    let mut png = encoded(two_halves(40, 40), ImageFormat::Png);
    let after_header = 8 + 25;
    let chunks = [
        chunk(b"eXIf", &exif(1)),
        chunk(b"tEXt", b"Comment\0the house of Marie"),
    ]
    .concat();
    png.splice(after_header..after_header, chunks);
    assert!(contains(&png, PLACE));
    let kept = prepare(png, Shape::Post).unwrap().original;
    for trace in [PLACE, b"house of Marie", b"eXIf", b"tEXt"] {
        assert!(!contains(&kept.bytes, trace));
    }
}

#[test]
fn a_photograph_taken_upright_stands_upright() {
    // Orientation 6: the camera's left side is the top of the scene.
    let prepared = prepare(with_exif(&jpeg(&two_halves(1000, 600)), 6), Shape::Post).unwrap();
    assert_eq!(
        (prepared.original.width, prepared.original.height),
        (600, 1000)
    );
    let preview = prepared.preview.unwrap();
    assert_eq!((preview.width, preview.height), (384, 640));
    for kept in [&prepared.original, &preview] {
        let picture = decoded(kept);
        assert_eq!(
            (picture.width(), picture.height()),
            (kept.width, kept.height)
        );
        assert!(looks(&picture, 50, 20, RED));
        assert!(looks(&picture, 50, 80, BLUE));
    }
}

#[test]
fn every_orientation_puts_the_same_corner_on_top() {
    // Where the red left half of the stored pixels is seen, for the EXIF values 1 to 8.
    let seen = [
        (20, 50),
        (80, 50),
        (80, 50),
        (20, 50),
        (50, 20),
        (50, 20),
        (50, 80),
        (50, 80),
    ];
    for (orientation, (x, y)) in (1..).zip(seen) {
        let photograph = with_exif(&jpeg(&two_halves(120, 60)), orientation);
        let kept = prepare(photograph, Shape::Post).unwrap().original;
        assert!(
            looks(&decoded(&kept), x, y, RED),
            "orientation {orientation}"
        );
        assert!(
            looks(&decoded(&kept), 100 - x, 100 - y, BLUE),
            "orientation {orientation}"
        );
    }
}

#[test]
fn a_header_is_cut_from_the_upright_picture() {
    let photograph = with_exif(&jpeg(&two_halves(2000, 3000)), 8);
    let kept = prepare(photograph, Shape::Header).unwrap().original;
    assert_eq!((kept.width, kept.height), (1500, 500));
    // Orientation 8: red comes to lie below.
    assert!(looks(&decoded(&kept), 50, 95, RED));
    assert!(looks(&decoded(&kept), 50, 5, BLUE));
}

#[test]
fn an_avatar_is_the_middle_square() {
    let stripes = RgbImage::from_fn(
        1600,
        400,
        |x, _| {
            if (600..1000).contains(&x) { RED } else { BLUE }
        },
    );
    let kept = prepare(jpeg(&stripes), Shape::Avatar).unwrap().original;
    assert_eq!((kept.width, kept.height), (400, 400));
    assert!(looks(&decoded(&kept), 3, 50, RED));
    assert!(looks(&decoded(&kept), 97, 50, RED));
}

#[test]
fn a_small_picture_is_not_enlarged() {
    for (shape, size) in [
        (Shape::Post, (90, 50)),
        (Shape::Avatar, (50, 50)),
        (Shape::Header, (90, 30)),
    ] {
        let kept = prepare(jpeg(&two_halves(90, 50)), shape).unwrap().original;
        assert_eq!((kept.width, kept.height), size);
    }
    for shape in [Shape::Post, Shape::Avatar, Shape::Header] {
        assert!(prepare(jpeg(&two_halves(1, 1)), shape).is_ok());
        assert!(prepare(jpeg(&two_halves(29_000, 1)), shape).is_ok());
        assert!(prepare(jpeg(&two_halves(1, 29_000)), shape).is_ok());
    }
}

#[test]
fn a_large_picture_is_shrunk_to_what_is_shown() {
    let prepared = prepare(jpeg(&two_halves(5000, 3000)), Shape::Post).unwrap();
    assert_eq!(
        (prepared.original.width, prepared.original.height),
        (2048, 1229)
    );
    assert_eq!(prepared.original.file_type, FileType::Jpeg);
    let preview = prepared.preview.unwrap();
    assert_eq!((preview.width, preview.height), (640, 384));
    assert_eq!(prepared.blurhash.unwrap().len(), 28);
}

#[test]
fn transparency_is_kept() {
    let logo = RgbaImage::from_fn(900, 900, |x, _| {
        if x < 450 {
            Rgba([0, 0, 0, 0])
        } else {
            Rgba([200, 60, 40, 255])
        }
    });
    let prepared = prepare(encoded(logo, ImageFormat::Png), Shape::Post).unwrap();
    for kept in [prepared.original, prepared.preview.unwrap()] {
        assert_eq!(kept.file_type, FileType::Png);
        let picture = decoded(&kept).into_rgba8();
        assert_eq!(picture.get_pixel(10, 10)[3], 0);
        assert_eq!(picture.get_pixel(kept.width - 10, 10).0, [200, 60, 40, 255]);
    }
}

#[test]
fn the_edge_of_a_transparent_drawing_stays_clean() {
    let logo = RgbaImage::from_fn(999, 999, |x, y| {
        if (x + y) % 7 < 3 {
            Rgba([0, 0, 0, 0])
        } else {
            Rgba([240, 240, 240, 255])
        }
    });
    let kept = prepare(encoded(logo, ImageFormat::Png), Shape::Avatar)
        .unwrap()
        .original;
    for pixel in decoded(&kept)
        .into_rgba8()
        .pixels()
        .filter(|pixel| pixel[3] > 100)
    {
        assert!(pixel[0] > 225, "black has bled into the edge: {pixel:?}");
    }
}

#[test]
fn a_transparent_picture_that_is_too_heavy_is_laid_on_white() {
    let mut grain = grain();
    let noise = RgbaImage::from_fn(1000, 1000, |x, _| {
        let [r, g, b] = grain();
        if x < 100 {
            Rgba([0, 0, 0, 0])
        } else {
            Rgba([r, g, b, 255])
        }
    });
    let kept = prepare(encoded(noise, ImageFormat::Png), Shape::Post)
        .unwrap()
        .original;
    assert_eq!(kept.file_type, FileType::Jpeg);
    assert!(looks(&decoded(&kept), 3, 50, Rgb([255, 255, 255])));
}

#[test]
fn an_opaque_png_of_a_photograph_becomes_a_jpeg_and_a_drawing_stays_a_png() {
    let mut grain = grain();
    let photograph = RgbImage::from_fn(700, 700, |x, y| {
        let [r, g, b] = grain().map(|channel| u32::from(channel) % 24);
        Rgb([(x / 4 + r) as u8, (y / 4 + g) as u8, (100 + b) as u8])
    });
    let kept = prepare(encoded(photograph, ImageFormat::Png), Shape::Post)
        .unwrap()
        .original;
    assert_eq!(kept.file_type, FileType::Jpeg);
    let drawing = encoded(two_halves(700, 700), ImageFormat::Png);
    assert_eq!(
        prepare(drawing, Shape::Post).unwrap().original.file_type,
        FileType::Png
    );
}

#[test]
fn gif_and_webp_are_read_as_well() {
    for format in [ImageFormat::Gif, ImageFormat::WebP] {
        let kept = prepare(encoded(two_halves(80, 60), format), Shape::Post)
            .unwrap()
            .original;
        assert_eq!((kept.width, kept.height), (80, 60));
        assert!(looks(&decoded(&kept), 20, 50, RED));
    }
}

#[test]
fn the_first_frame_of_an_animation_is_kept() {
    let mut gif = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut gif);
    for colour in [RED, BLUE] {
        let frame = DynamicImage::from(RgbImage::from_pixel(30, 30, colour)).into_rgba8();
        encoder.encode_frame(image::Frame::new(frame)).unwrap();
    }
    drop(encoder);
    let kept = prepare(gif, Shape::Post).unwrap().original;
    assert!(looks(&decoded(&kept), 50, 50, RED));
}

#[test]
fn a_bomb_is_refused_by_its_header() {
    let start = Instant::now();
    assert_eq!(
        prepare(png_header(50_000, 50_000), Shape::Post).err(),
        Some(PictureFault::TooManyPixels)
    );
    assert_eq!(
        prepare(png_header(8_000, 8_000), Shape::Post).err(),
        Some(PictureFault::TooManyPixels)
    );
    assert_eq!(
        prepare(png_header(40_000, 10), Shape::Post).err(),
        Some(PictureFault::TooManyPixels)
    );
    let mut gif = b"GIF89a".to_vec();
    gif.extend([0xff, 0xff, 0xff, 0xff, 0, 0, 0]);
    gif.extend([0x2c, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 2, 0, 0x3b]);
    assert_eq!(
        prepare(gif, Shape::Post).err(),
        Some(PictureFault::TooManyPixels)
    );
    let mut large = jpeg(&two_halves(16, 16));
    let frame = large
        .windows(2)
        .position(|marker| marker == [0xff, 0xc0])
        .unwrap();
    large[frame + 5..frame + 9].copy_from_slice(&[0x75, 0, 0x75, 0]);
    assert_eq!(
        prepare(large, Shape::Post).err(),
        Some(PictureFault::TooManyPixels)
    );
    assert!(start.elapsed().as_millis() < 500, "something was decoded");
}

#[test]
fn what_is_no_picture_is_refused() {
    let not_pictures: [&[u8]; 9] = [
        b"",
        b"\xff",
        b"hello",
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"{\"@context\":\"https://www.w3.org/ns/activitystreams\",\"type\":\"Person\"}",
        b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0",
        b"%PDF-1.7",
        b"\0\0\0\x20ftypavif",
    ];
    for bytes in not_pictures {
        assert_eq!(
            prepare(bytes.to_vec(), Shape::Post).err(),
            Some(PictureFault::UnknownType)
        );
    }
    let heavy = vec![0; parvis_model::limits::PICTURE_BYTES + 1];
    assert_eq!(
        prepare(heavy, Shape::Post).err(),
        Some(PictureFault::TooManyBytes)
    );
}

#[test]
fn a_cut_or_scrambled_picture_never_brings_the_decoder_down() {
    let small = two_halves(64, 48);
    let pictures = [
        jpeg(&small),
        encoded(small.clone(), ImageFormat::Png),
        encoded(small.clone(), ImageFormat::Gif),
        encoded(small, ImageFormat::WebP),
    ];
    let mut refused = 0;
    for picture in pictures {
        for length in (0..picture.len()).step_by(7) {
            refused += usize::from(prepare(picture[..length].to_vec(), Shape::Post).is_err());
            let mut scrambled = picture.clone();
            scrambled[length] ^= 0x55;
            refused += usize::from(prepare(scrambled, Shape::Avatar).is_err());
        }
    }
    assert!(refused > 20);
    assert_eq!(
        prepare(b"\x89PNG\r\n\x1a\n".to_vec(), Shape::Post).err(),
        Some(PictureFault::Damaged)
    );
}

/// Soft hills of colour under a little grain, as photographs are.
fn hills(width: u32, height: u32) -> RgbImage {
    let mut grain = grain();
    RgbImage::from_fn(width, height, |x, y| {
        let [r, g, b] = grain().map(|channel| channel % 12);
        let wave = |scale: f32| ((x as f32 / scale).sin() + (y as f32 / scale).cos()) * 50.0;
        let shade = |scale: f32| (120.0 + wave(scale)) as u8;
        Rgb([shade(90.0) + r, shade(60.0) + g, shade(40.0) + b])
    })
}

#[test]
fn a_photograph_has_a_webp_beside_its_preview_alone_and_no_trace_in_it() {
    let photograph = with_exif(&jpeg(&hills(1600, 1200)), 1);
    let upload = Upload::check(photograph.clone()).unwrap();
    let prepared = upload.prepare_for_pages(Shape::Post).unwrap();
    assert_eq!(prepared.original.lighter, None);
    let preview = prepared.preview.unwrap();
    let lighter = preview.lighter.as_ref().unwrap();
    assert!(lighter.len() < preview.bytes.len() * 9 / 10);
    assert_eq!(image::guess_format(lighter).unwrap(), ImageFormat::WebP);
    for trace in [PLACE, b"Exif", b"EXIF", b"MM\0\x2a"] {
        assert!(!contains(lighter, trace));
    }
    let (webp, plain) = (image::load_from_memory(lighter).unwrap(), decoded(&preview));
    assert_eq!((webp.width(), webp.height()), (640, 480));
    for (x, y) in [(10, 10), (50, 50), (90, 30), (30, 90)] {
        let colour = *plain.to_rgb8().get_pixel(640 * x / 100, 480 * y / 100);
        assert!(looks(&webp, x, y, colour), "at {x}, {y}");
    }
    let alone = prepare(photograph, Shape::Post).unwrap();
    assert_eq!(alone.preview.unwrap().lighter, None);
}

#[test]
fn what_is_drawn_or_transparent_loses_nothing_as_webp() {
    let logo = RgbaImage::from_fn(600, 600, |x, y| {
        let colour = (x * y / 97 % 7 * 30) as u8;
        Rgba([colour, 90, 160, if x < 200 { 0 } else { 255 }])
    });
    let upload = Upload::check(encoded(logo, ImageFormat::Png)).unwrap();
    let kept = upload.prepare_for_pages(Shape::Post).unwrap().original;
    assert_eq!(kept.file_type, FileType::Png);
    let plain = decoded(&kept).into_rgba8();
    let lighter = image::load_from_memory(&kept.lighter.unwrap()).unwrap();
    for (webp, plain) in lighter.into_rgba8().pixels().zip(plain.pixels()) {
        // Of what nobody sees only that it cannot be seen.
        assert!(webp == plain || webp[3] == 0 && plain[3] == 0);
    }
}

#[test]
fn a_second_file_behind_the_picture_is_not_kept() {
    let mut polyglot = encoded(two_halves(30, 30), ImageFormat::Gif);
    polyglot.extend(b"/*<script>alert(1)</script>*/");
    let kept = prepare(polyglot, Shape::Post).unwrap().original;
    assert!(!contains(&kept.bytes, b"<script>"));
}
