//! Smooth-edged shapes on a sheet of pixels. Knows no motif.
//!
//! A shape is a function from a place to its distance from the shape's edge, in pixels, negative
//! inside: half a pixel on either side of the edge is blended, which is all the smoothing needed.

use image::{ExtendedColorType, ImageEncoder as _, Rgb, RgbImage, Rgba, RgbaImage, codecs::png};

/// A place on the sheet in pixels; y grows downwards.
pub type Place = (f32, f32);

/// sRGB, each channel from 0 to 255.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Colour(pub f32, pub f32, pub f32);

impl Colour {
    /// From `0xrrggbb`.
    pub const fn hex(rgb: u32) -> Self {
        let [_, red, green, blue] = rgb.to_be_bytes();
        Self(red as f32, green as f32, blue as f32)
    }

    /// `part` of `other` (0 to 1) in this.
    pub fn mixed(self, other: Self, part: f32) -> Self {
        let mix = |own: f32, other: f32| own + (other - own) * part;
        Self(
            mix(self.0, other.0),
            mix(self.1, other.1),
            mix(self.2, other.2),
        )
    }

    pub fn darker(self, part: f32) -> Self {
        self.mixed(Self::hex(0x2a_1f2e), part)
    }

    pub fn lighter(self, part: f32) -> Self {
        self.mixed(Self::hex(0xff_f8e8), part)
    }
}

fn png_of(pixels: &[u8], width: u32, height: u32, colours: ExtendedColorType) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (compression, filter) = (png::CompressionType::Default, png::FilterType::Adaptive);
    let written = png::PngEncoder::new_with_quality(&mut bytes, compression, filter)
        .write_image(pixels, width, height, colours);
    if let Err(error) = written {
        // Memory does not refuse to be written; an empty file says it if it ever does.
        tracing::error!(%error, "a drawing could not be written");
    }
    bytes
}

/// Upper left and lower right corner of the area a shape may touch.
type Bounds = (Place, Place);

pub struct Canvas {
    pixels: RgbImage,
}

impl Canvas {
    pub fn new(width: u32, height: u32) -> Self {
        Self {
            pixels: RgbImage::new(width, height),
        }
    }

    pub fn width(&self) -> f32 {
        self.pixels.width() as f32
    }

    pub fn height(&self) -> f32 {
        self.pixels.height() as f32
    }

    /// The finished sheet as a PNG file.
    pub fn into_png(self) -> Vec<u8> {
        let (width, height) = self.pixels.dimensions();
        png_of(self.pixels.as_raw(), width, height, ExtendedColorType::Rgb8)
    }

    /// One shape of the finished sheet as a PNG file, with nothing around it. `bounds` are whole pixels on the sheet.
    pub fn cut_out(self, bounds: Bounds, distance: impl Fn(Place) -> f32) -> Vec<u8> {
        let ((left, top), (right, bottom)) = bounds;
        let (width, height) = ((right - left) as u32, (bottom - top) as u32);
        let shape = RgbaImage::from_fn(width, height, |x, y| {
            let (x, y) = (x + left as u32, y + top as u32);
            let Rgb([red, green, blue]) = *self.pixels.get_pixel(x, y);
            let covered = (0.5 - distance((x as f32 + 0.5, y as f32 + 0.5))).clamp(0.0, 1.0);
            Rgba([red, green, blue, (covered * 255.0).round() as u8])
        });
        png_of(shape.as_raw(), width, height, ExtendedColorType::Rgba8)
    }

    /// Any shape. `opacity` scales the whole.
    pub fn shape(
        &mut self,
        bounds: Bounds,
        colour: Colour,
        opacity: f32,
        distance: impl Fn(Place) -> f32,
    ) {
        self.blend(bounds, |place| {
            (colour, opacity * (0.5 - distance(place)).clamp(0.0, 1.0))
        });
    }

    /// Lays a colour and its opacity over every pixel in `bounds`.
    pub fn blend(&mut self, bounds: Bounds, over: impl Fn(Place) -> (Colour, f32)) {
        let ((left, top), (right, bottom)) = bounds;
        let columns =
            (left - 1.0).max(0.0) as u32..((right + 2.0).max(0.0) as u32).min(self.pixels.width());
        let rows =
            (top - 1.0).max(0.0) as u32..((bottom + 2.0).max(0.0) as u32).min(self.pixels.height());
        for y in rows {
            for x in columns.clone() {
                let (colour, opacity) = over((x as f32 + 0.5, y as f32 + 0.5));
                if opacity > 0.0 {
                    let pixel = self.pixels.get_pixel_mut(x, y);
                    let [red, green, blue] = pixel.0.map(f32::from);
                    let mixed = Colour(red, green, blue).mixed(colour, opacity);
                    *pixel = Rgb([mixed.0, mixed.1, mixed.2].map(|channel| channel.round() as u8));
                }
            }
        }
    }

    /// From one colour at the top to another at `bottom`, and that one below.
    pub fn sky(&mut self, top: Colour, low: Colour, bottom: f32) {
        let all = ((0.0, 0.0), (self.width(), self.height()));
        self.blend(all, |(_, y)| (top.mixed(low, (y / bottom).min(1.0)), 1.0));
    }

    pub fn circle(&mut self, centre: Place, radius: f32, colour: Colour) {
        self.ellipse(centre, (radius, radius), colour);
    }

    /// `radii`: half its width and half its height.
    pub fn ellipse(&mut self, centre: Place, radii: Place, colour: Colour) {
        let bounds = around(centre, radii);
        self.shape(bounds, colour, 1.0, |place| ellipse(place, centre, radii));
    }

    /// A light that fades out towards `radius`.
    pub fn glow(&mut self, centre: Place, radius: f32, colour: Colour, strength: f32) {
        self.blend(around(centre, (radius, radius)), |(x, y)| {
            let part = 1.0 - (x - centre.0).hypot(y - centre.1) / radius;
            (colour, strength * part.max(0.0).powi(2))
        });
    }

    pub fn rectangle(&mut self, corner: Place, size: Place, colour: Colour) {
        self.rounded(corner, size, 0.0, colour);
    }

    /// A rectangle with round corners.
    pub fn rounded(&mut self, corner: Place, size: Place, radius: f32, colour: Colour) {
        let bounds = (corner, (corner.0 + size.0, corner.1 + size.1));
        let half = (size.0 / 2.0, size.1 / 2.0);
        let centre = (corner.0 + half.0, corner.1 + half.1);
        self.shape(bounds, colour, 1.0, |(x, y)| {
            let over = (
                (x - centre.0).abs() - half.0 + radius,
                (y - centre.1).abs() - half.1 + radius,
            );
            over.0.max(0.0).hypot(over.1.max(0.0)) + over.0.max(over.1).min(0.0) - radius
        });
    }

    pub fn polygon(&mut self, corners: &[Place], colour: Colour) {
        self.shape(bounds_of(corners), colour, 1.0, |place| {
            polygon(place, corners)
        });
    }

    /// A line through all `points`, with round ends.
    pub fn line(&mut self, points: &[Place], width: f32, colour: Colour) {
        let ((left, top), (right, bottom)) = bounds_of(points);
        let bounds = ((left - width, top - width), (right + width, bottom + width));
        self.shape(bounds, colour, 1.0, |place| {
            let nearest = points
                .windows(2)
                .map(|ends| segment(place, ends[0], ends[1]));
            nearest.fold(f32::INFINITY, f32::min) - width / 2.0
        });
    }

    /// All that lies below `edge`, which says for each x where the ground begins. Goes from `colour`
    /// at the edge to `low`, `depth` pixels below it.
    pub fn ground(&mut self, colour: Colour, low: Colour, depth: f32, edge: impl Fn(f32) -> f32) {
        let tops: Vec<f32> = (0..self.pixels.width())
            .map(|x| edge(x as f32 + 0.5))
            .collect();
        let highest = tops.iter().copied().fold(self.height(), f32::min);
        let bounds = ((0.0, highest), (self.width(), self.height()));
        self.blend(bounds, |(x, y)| {
            let below = y - tops[x as usize];
            let mixed = colour.mixed(low, (below / depth).clamp(0.0, 1.0));
            (mixed, (below + 0.5).clamp(0.0, 1.0))
        });
    }
}

fn around(centre: Place, radii: Place) -> Bounds {
    (
        (centre.0 - radii.0, centre.1 - radii.1),
        (centre.0 + radii.0, centre.1 + radii.1),
    )
}

pub fn bounds_of(points: &[Place]) -> Bounds {
    let everything = (f32::INFINITY, f32::INFINITY);
    let nothing = (f32::NEG_INFINITY, f32::NEG_INFINITY);
    points
        .iter()
        .fold((everything, nothing), |(least, most), point| {
            (
                (least.0.min(point.0), least.1.min(point.1)),
                (most.0.max(point.0), most.1.max(point.1)),
            )
        })
}

/// Distance to an ellipse; exact for circles, close enough near the edge of the others.
pub fn ellipse((x, y): Place, centre: Place, radii: Place) -> f32 {
    let scaled = ((x - centre.0) / radii.0).hypot((y - centre.1) / radii.1);
    (scaled - 1.0) * radii.0.min(radii.1)
}

/// Distance to a polygon: to its nearest side, negative when an odd number of sides lie to the right.
pub fn polygon((x, y): Place, corners: &[Place]) -> f32 {
    let mut nearest = f32::INFINITY;
    let mut inside = false;
    let ends = corners.iter().zip(corners.iter().cycle().skip(1));
    for (&from, &to) in ends {
        nearest = nearest.min(segment((x, y), from, to));
        let crosses = (from.1 > y) != (to.1 > y);
        if crosses && x < from.0 + (to.0 - from.0) * (y - from.1) / (to.1 - from.1) {
            inside = !inside;
        }
    }
    if inside { -nearest } else { nearest }
}

fn segment((x, y): Place, from: Place, to: Place) -> f32 {
    let along = (to.0 - from.0, to.1 - from.1);
    let squared = (along.0 * along.0 + along.1 * along.1).max(f32::EPSILON);
    let part = (((x - from.0) * along.0 + (y - from.1) * along.1) / squared).clamp(0.0, 1.0);
    (x - from.0 - along.0 * part).hypot(y - from.1 - along.1 * part)
}
