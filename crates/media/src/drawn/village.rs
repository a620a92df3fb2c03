//! What landscapes are made of: sky, hills, houses, a church, trees, boats. Knows no composition.

use super::{
    canvas::{Canvas, Colour, Place},
    dice::Dice,
    palette::Palette,
};

/// The line of a range of hills: where the ground begins at each x.
#[derive(Clone, Copy)]
pub struct Range {
    base: f32,
    waves: [(f32, f32, f32); 2],
}

impl Range {
    /// About `height` pixels high around `base`, a wave every `length` pixels.
    pub fn new(dice: &mut Dice, base: f32, height: f32, length: f32) -> Self {
        let phase = std::f32::consts::TAU;
        let long = (
            height * 0.7,
            length * dice.between(0.85, 1.2),
            dice.between(0.0, phase),
        );
        let short = (
            height * 0.3,
            length * dice.between(0.36, 0.5),
            dice.between(0.0, phase),
        );
        Self {
            base,
            waves: [long, short],
        }
    }

    pub fn at(&self, x: f32) -> f32 {
        let wave = |(height, length, phase): (f32, f32, f32)| {
            height * (x / length * std::f32::consts::TAU + phase).sin()
        };
        self.base + self.waves.into_iter().map(wave).sum::<f32>()
    }

    pub fn draw(&self, canvas: &mut Canvas, colour: Colour) {
        let depth = canvas.height() * 0.35;
        canvas.ground(colour.lighter(0.10), colour.darker(0.06), depth, |x| {
            self.at(x)
        });
    }
}

/// Sky with its sun or moon, and clouds or stars. `scale`: 1 fits a sheet 500 pixels high.
pub fn heaven(canvas: &mut Canvas, dice: &mut Dice, palette: &Palette, light: Place, scale: f32) {
    let horizon = canvas.height() * 0.75;
    canvas.sky(palette.sky, palette.low_sky, horizon);
    if palette.night {
        stars(canvas, dice, palette, scale);
    }
    let radius = 44.0 * scale;
    canvas.glow(light, radius * 5.0, palette.light, 0.55);
    canvas.circle(light, radius, palette.light);
    let count = (canvas.width() / (360.0 * scale)).ceil() as usize;
    for number in 0..count {
        let lane = canvas.width() / count as f32;
        let x = lane * (number as f32 + dice.between(0.2, 0.8));
        let y = canvas.height() * dice.between(0.08, 0.32);
        if (x - light.0).abs() > radius * 2.2 {
            cloud(
                canvas,
                (x, y),
                scale * dice.between(0.6, 1.1),
                palette.cloud,
            );
        }
    }
}

fn stars(canvas: &mut Canvas, dice: &mut Dice, palette: &Palette, scale: f32) {
    let count = (canvas.width() / (22.0 * scale)) as usize;
    for _ in 0..count {
        let place = (
            dice.between(0.0, canvas.width()),
            canvas.height() * dice.between(0.0, 0.55),
        );
        canvas.circle(
            place,
            dice.between(0.9, 2.1) * scale.max(0.7),
            palette.light,
        );
    }
}

/// Round above and flat below.
fn cloud(canvas: &mut Canvas, (x, y): Place, scale: f32, colour: Colour) {
    let puffs = [
        (-46.0, 0.0, 22.0),
        (-12.0, -12.0, 32.0),
        (28.0, -4.0, 26.0),
        (58.0, 2.0, 16.0),
    ];
    let puffs = puffs.map(|(dx, dy, radius)| (x + dx * scale, y + dy * scale, radius * scale));
    let floor = y + 12.0 * scale;
    let bounds = (
        (x - 80.0 * scale, y - 60.0 * scale),
        (x + 90.0 * scale, floor + 1.0),
    );
    canvas.shape(bounds, colour, 0.85, |place| {
        let round = |(x, y, radius): (f32, f32, f32)| (place.0 - x).hypot(place.1 - y) - radius;
        let nearest = puffs.into_iter().map(round).fold(f32::INFINITY, f32::min);
        nearest.max(place.1 - floor)
    });
}

/// How a house is built.
#[derive(Clone, Copy)]
pub struct House {
    pub width: f32,
    /// Of the walls, without the roof.
    pub height: f32,
    pub wall: Colour,
    pub roof: Colour,
    pub shutter: Colour,
    /// The gable to the front, or the long side.
    pub gable: bool,
    pub chimney: bool,
}

impl House {
    pub fn random(dice: &mut Dice, palette: &Palette, size: f32) -> Self {
        Self {
            width: size * dice.between(0.75, 1.25),
            height: size * dice.between(0.7, 1.2),
            wall: dice.pick(palette.walls),
            roof: dice.pick(palette.roofs),
            shutter: dice.pick(palette.accents),
            gable: dice.chance(45),
            chimney: dice.chance(55),
        }
    }

    /// `foot`: the middle of its base.
    pub fn draw(&self, canvas: &mut Canvas, palette: &Palette, foot: Place) {
        let (width, height) = (self.width, self.height);
        let (left, top) = (foot.0 - width / 2.0, foot.1 - height);
        let rise = width * if self.gable { 0.5 } else { 0.34 };
        if self.chimney {
            let corner = (foot.0 + width * 0.2, top - rise * 0.95);
            canvas.rectangle(corner, (width * 0.11, rise), self.wall.darker(0.25));
            let cap = (corner.0 - width * 0.02, corner.1 - width * 0.03);
            canvas.rectangle(cap, (width * 0.15, width * 0.05), self.roof.darker(0.15));
        }
        canvas.rectangle((left, top), (width, height + 2.0), self.wall);
        let eave = width * 0.08;
        if self.gable {
            let ridge = (foot.0, top - rise);
            canvas.polygon(
                &[(left, top + 1.0), ridge, (left + width, top + 1.0)],
                self.wall,
            );
            let ends = [
                (left - eave, top + eave * 0.9),
                ridge,
                (left + width + eave, top + eave * 0.9),
            ];
            canvas.line(&ends, width * 0.085, self.roof);
        } else {
            let ridge = width * 0.12;
            let corners = [
                (left - eave, top + eave * 0.4),
                (left + ridge, top - rise),
                (left + width - ridge, top - rise),
                (left + width + eave, top + eave * 0.4),
            ];
            canvas.polygon(&corners, self.roof);
            let under = (left, top + eave * 0.4);
            canvas.rectangle(under, (width, height * 0.06), self.wall.darker(0.2));
        }
        self.openings(canvas, palette, (left, top), foot);
    }

    fn openings(&self, canvas: &mut Canvas, palette: &Palette, (left, top): Place, foot: Place) {
        let pane = (self.width * 0.13, self.width * 0.18);
        let storeys = if self.height > self.width * 0.95 {
            2
        } else {
            1
        };
        let storey = self.height / storeys as f32;
        let door = (self.width * 0.17, (storey * 0.62).min(self.width * 0.38));
        for row in 0..storeys {
            let y = top + storey * (row as f32 + 0.5) - pane.1 * 0.55;
            // The door takes the middle of the ground floor.
            let ground_floor = row + 1 == storeys;
            let columns: &[f32] = if ground_floor {
                &[0.2, 0.8]
            } else {
                &[0.2, 0.5, 0.8]
            };
            for column in columns {
                let x = left + self.width * column - pane.0 / 2.0;
                canvas.rectangle(
                    (x - pane.0 * 0.42, y),
                    (pane.0 * 1.84, pane.1),
                    self.shutter,
                );
                canvas.rectangle((x, y), pane, palette.window);
                if palette.window.0 > 200.0 {
                    canvas.glow(
                        (x + pane.0 / 2.0, y + pane.1 / 2.0),
                        pane.1 * 1.6,
                        palette.window,
                        0.35,
                    );
                }
            }
        }
        let corner = (foot.0 - door.0 / 2.0, foot.1 - door.1);
        let wood = self.shutter.darker(0.3);
        canvas.rounded(corner, (door.0, door.1 + door.0), door.0 * 0.5, wood);
    }
}

/// A church: a nave and a tower with a pointed roof. `size` is the width of the tower.
pub fn church(canvas: &mut Canvas, palette: &Palette, foot: Place, size: f32) {
    let wall = palette.walls[0];
    let roof = palette.roofs[2];
    let nave = (size * 2.6, size * 1.5);
    let corner = (foot.0 + size * 0.3, foot.1 - nave.1);
    canvas.rectangle(corner, (nave.0, nave.1 + 2.0), wall.darker(0.06));
    let eaves = [
        (corner.0 - 2.0, corner.1 + 1.0),
        (corner.0 + size * 0.1, corner.1 - size * 0.9),
        (corner.0 + nave.0 - size * 0.35, corner.1 - size * 0.9),
        (corner.0 + nave.0 + size * 0.15, corner.1 + 1.0),
    ];
    canvas.polygon(&eaves, roof);
    for number in 0..3 {
        let x = corner.0 + size * (0.55 + 0.68 * number as f32);
        let arch = (size * 0.24, size * 0.75);
        canvas.rounded(
            (x, corner.1 + size * 0.35),
            arch,
            size * 0.12,
            palette.window,
        );
    }
    let tower = size * 3.3;
    let top = foot.1 - tower;
    canvas.rectangle((foot.0 - size / 2.0, top), (size, tower + 2.0), wall);
    canvas.rectangle(
        (foot.0 + size * 0.28, top),
        (size * 0.22, tower + 2.0),
        wall.darker(0.12),
    );
    let spire = [
        (foot.0 - size * 0.62, top + 1.0),
        (foot.0, top - size * 1.7),
        (foot.0 + size * 0.62, top + 1.0),
    ];
    canvas.polygon(&spire, roof);
    canvas.circle((foot.0, top - size * 1.75), size * 0.08, palette.accents[2]);
    canvas.rounded(
        (foot.0 - size * 0.16, top + size * 0.3),
        (size * 0.32, size * 0.6),
        size * 0.16,
        palette.window,
    );
    canvas.circle((foot.0, top + size * 1.35), size * 0.2, palette.accents[2]);
    canvas.circle((foot.0, top + size * 1.35), size * 0.14, wall.lighter(0.5));
}

/// A tree, `size` high: round, tall like a poplar, or a fir.
pub fn tree(canvas: &mut Canvas, dice: &mut Dice, foot: Place, size: f32, colour: Colour) {
    let (x, y) = foot;
    let trunk = Colour::hex(0x6b_4a3a).mixed(colour, 0.25);
    let leaves = colour.mixed(Colour::hex(0xf0_c96a), dice.between(0.0, 0.12));
    let shade = leaves.darker(0.16);
    match dice.below(5) {
        0 | 1 => {
            canvas.rectangle(
                (x - size * 0.035, y - size * 0.4),
                (size * 0.07, size * 0.42),
                trunk,
            );
            canvas.circle((x, y - size * 0.62), size * 0.36, shade);
            canvas.circle((x - size * 0.05, y - size * 0.66), size * 0.30, leaves);
        }
        2 | 3 => {
            canvas.rectangle(
                (x - size * 0.025, y - size * 0.2),
                (size * 0.05, size * 0.22),
                trunk,
            );
            canvas.ellipse((x, y - size * 0.56), (size * 0.15, size * 0.46), shade);
            canvas.ellipse(
                (x - size * 0.025, y - size * 0.58),
                (size * 0.115, size * 0.41),
                leaves,
            );
        }
        _ => {
            canvas.rectangle(
                (x - size * 0.03, y - size * 0.15),
                (size * 0.06, size * 0.17),
                trunk,
            );
            for (low, high, half) in [(0.1, 0.55, 0.27), (0.35, 0.78, 0.21), (0.58, 1.0, 0.15)] {
                let tip = (x, y - size * high);
                let (left, right) = (
                    (x - size * half, y - size * low),
                    (x + size * half, y - size * low),
                );
                canvas.polygon(&[left, tip, right], leaves);
                canvas.polygon(&[(x, y - size * low), tip, right], shade);
            }
        }
    }
}

/// A sailing boat, `size` high. `foot`: the middle of its water line.
pub fn boat(canvas: &mut Canvas, palette: &Palette, foot: Place, size: f32, sail: Colour) {
    let (x, y) = foot;
    let wood = Colour::hex(0x7a_4b36).mixed(palette.hills[3], 0.15);
    canvas.line(
        &[(x, y - size * 0.1), (x, y - size)],
        size * 0.035,
        wood.darker(0.2),
    );
    let main = [
        (x + size * 0.04, y - size * 0.96),
        (x + size * 0.46, y - size * 0.24),
        (x + size * 0.04, y - size * 0.24),
    ];
    canvas.polygon(&main, palette.cloth());
    let jib = [
        (x - size * 0.04, y - size * 0.86),
        (x - size * 0.36, y - size * 0.24),
        (x - size * 0.04, y - size * 0.24),
    ];
    canvas.polygon(&jib, sail);
    let hull = [
        (x - size * 0.46, y - size * 0.18),
        (x + size * 0.54, y - size * 0.18),
        (x + size * 0.36, y + size * 0.04),
        (x - size * 0.32, y + size * 0.04),
    ];
    canvas.polygon(&hull, wood);
    let band = [
        (x - size * 0.46, y - size * 0.18),
        (x + size * 0.54, y - size * 0.18),
    ];
    canvas.line(&band, size * 0.04, wood.lighter(0.35));
}
