//! Avatars for people: one bold thing under a sky, still clear at the size of a thumbnail. Knows no name.

use super::{
    canvas::{Canvas, Colour, Place},
    dice::Dice,
    palette::Palette,
    village::{self, House, Range},
};

/// All measures are for a sheet of 400 by 400.
const MIDDLE: f32 = 200.0;

pub fn draw(canvas: &mut Canvas, dice: &mut Dice) {
    let palette = Palette::pick(dice);
    let light = (dice.between(70.0, 330.0), dice.between(70.0, 120.0));
    let motif = dice.below(6);
    sky(canvas, dice, palette, light);
    Range::new(dice, 262.0, 26.0, 420.0).draw(canvas, palette.hills[0]);
    Range::new(dice, 296.0, 20.0, 380.0).draw(canvas, palette.hills[1]);
    match motif {
        0 => home(canvas, dice, palette),
        1 => big_tree(canvas, dice, palette),
        2 => at_sea(canvas, dice, palette),
        3 => balloon(canvas, dice, palette),
        4 => flower(canvas, dice, palette),
        _ => kite_hill(canvas, dice, palette),
    }
}

fn sky(canvas: &mut Canvas, dice: &mut Dice, palette: &Palette, light: Place) {
    village::heaven(canvas, dice, palette, light, 0.8);
}

fn meadow(canvas: &mut Canvas, dice: &mut Dice, palette: &Palette) -> Range {
    let range = Range::new(dice, 328.0, 10.0, 460.0);
    range.draw(canvas, palette.hills[2]);
    range
}

fn home(canvas: &mut Canvas, dice: &mut Dice, palette: &Palette) {
    let range = meadow(canvas, dice, palette);
    let side = dice.pick([-1.0, 1.0]);
    let tree = MIDDLE + side * 128.0;
    let height = dice.between(150.0, 205.0);
    village::tree(
        canvas,
        dice,
        (tree, range.at(tree) + 14.0),
        height,
        palette.hills[3],
    );
    let mut house = House::random(dice, palette, 150.0);
    house.width = house.width.clamp(135.0, 170.0);
    house.height = house.height.clamp(105.0, 150.0);
    house.draw(
        canvas,
        palette,
        (MIDDLE - side * 18.0, range.at(MIDDLE) + 12.0),
    );
    for x in [MIDDLE - 130.0, MIDDLE - 70.0, MIDDLE + 50.0, MIDDLE + 110.0] {
        let x = x + dice.between(-16.0, 16.0);
        canvas.circle((x, range.at(x) + 24.0), 20.0, palette.hills[3]);
    }
    Range::new(dice, 352.0, 6.0, 400.0).draw(canvas, palette.hills[3]);
}

fn big_tree(canvas: &mut Canvas, dice: &mut Dice, palette: &Palette) {
    let range = meadow(canvas, dice, palette);
    let trunk = Colour::hex(0x6b_4a3a).mixed(palette.hills[3], 0.2);
    let foot = range.at(MIDDLE) + 14.0;
    let stem = [(182.0, foot), (192.0, 210.0), (208.0, 210.0), (219.0, foot)];
    canvas.polygon(&stem, trunk);
    canvas.line(&[(200.0, 250.0), (160.0, 205.0)], 9.0, trunk);
    canvas.line(&[(201.0, 240.0), (244.0, 196.0)], 9.0, trunk);
    let leaves = palette.hills[3].mixed(dice.pick(palette.accents), dice.pick([0.0, 0.3, 0.75]));
    let crown = [
        (140.0, 185.0, 56.0),
        (258.0, 182.0, 54.0),
        (200.0, 140.0, 70.0),
        (200.0, 196.0, 52.0),
    ];
    for (x, y, radius) in crown {
        canvas.circle((x, y), radius, leaves.darker(0.14));
    }
    for (x, y, radius) in crown {
        canvas.circle((x - 7.0, y - 9.0), radius * 0.84, leaves);
    }
    let fruit = dice
        .pick([palette.accents[0], palette.accents[2]])
        .lighter(0.15);
    let turn = dice.between(0.0, std::f32::consts::TAU);
    for number in 0..11u8 {
        // The golden angle spreads them as evenly as seeds in a sunflower.
        let (sin, cos) = (turn + f32::from(number) * 2.4).sin_cos();
        let out = 25.0 * (f32::from(number) + 0.6).sqrt();
        canvas.circle((199.0 + cos * out, 166.0 + sin * out * 0.72), 8.0, fruit);
    }
}

fn at_sea(canvas: &mut Canvas, dice: &mut Dice, palette: &Palette) {
    let shore = Range::new(dice, 290.0, 3.0, 260.0);
    canvas.ground(
        palette.water.lighter(0.2),
        palette.water.darker(0.1),
        110.0,
        |x| shore.at(x),
    );
    village::boat(
        canvas,
        palette,
        (MIDDLE - 8.0, 322.0),
        205.0,
        dice.pick(palette.accents),
    );
    for (number, y) in [332.0, 352.0, 374.0].into_iter().enumerate() {
        let phase = dice.between(0.0, 6.0);
        let wave: Vec<Place> = (0..=40)
            .map(|step| step as f32 * 10.0)
            .map(|x| (x, y + 4.0 * (x / 16.0 + phase).sin()))
            .collect();
        let colour = palette.water.lighter(0.4 - 0.1 * number as f32);
        canvas.line(&wave, 5.0, colour);
    }
}

fn balloon(canvas: &mut Canvas, dice: &mut Dice, palette: &Palette) {
    meadow(canvas, dice, palette);
    let (x, y, radius) = (MIDDLE, 150.0, 92.0);
    let first = dice.below(palette.accents.len());
    let colours = [
        palette.accents[first],
        palette.cloth(),
        palette.accents[(first + 1) % 3],
    ];
    let envelope = move |(px, py): Place| {
        let ball = (px - x).hypot(py - y) - radius;
        // Below the ball the sides run together towards the basket.
        let part = ((py - y - radius * 0.55) / (radius * 0.9)).clamp(0.0, 1.0);
        let half = radius * 0.835 * (1.0 - part) + 15.0 * part;
        let cone = ((px - x).abs() - half)
            .max(y + radius * 0.55 - py)
            .max(py - y - radius * 1.42);
        ball.min(cone)
    };
    let bounds = (
        (x - radius - 2.0, y - radius - 2.0),
        (x + radius + 2.0, y + radius * 1.5),
    );
    for (number, reach) in [1.0f32, 0.72, 0.36].into_iter().enumerate() {
        canvas.shape(bounds, colours[number], 1.0, |place| {
            let down = (place.1 - y) / radius;
            let narrowing = if down > 0.0 {
                (1.0 - down * down * 0.42).max(0.1)
            } else {
                (1.0 - down * down).max(0.0).sqrt()
            };
            let gore = (place.0 - x).abs() - radius * reach * narrowing;
            if number == 0 {
                envelope(place)
            } else {
                envelope(place).max(gore)
            }
        });
    }
    let wood = Colour::hex(0x7a_4f38);
    for side in [-1.0, 1.0] {
        canvas.line(
            &[(x + side * 13.0, y + 128.0), (x + side * 15.0, y + 152.0)],
            3.0,
            wood,
        );
    }
    canvas.rounded((x - 19.0, y + 150.0), (38.0, 30.0), 6.0, wood);
    canvas.rectangle((x - 21.0, y + 149.0), (42.0, 7.0), wood.lighter(0.3));
}

fn flower(canvas: &mut Canvas, dice: &mut Dice, palette: &Palette) {
    let range = meadow(canvas, dice, palette);
    let green = palette.hills[3];
    let petals = dice.pick([6u8, 8, 10, 12]);
    let colour = dice.pick(palette.accents).lighter(0.1);
    let centre = (MIDDLE, 160.0);
    canvas.line(
        &[centre, (206.0, 250.0), (198.0, range.at(MIDDLE) + 60.0)],
        11.0,
        green,
    );
    for side in [-1.0, 1.0] {
        leaf(
            canvas,
            (MIDDLE + side * 42.0, 286.0),
            side,
            green.lighter(0.08),
        );
    }
    for petal in 0..petals {
        let turn = f32::from(petal) / f32::from(petals) * std::f32::consts::TAU;
        let (sin, cos) = turn.sin_cos();
        let width = 150.0 / f32::from(petals) + 8.0;
        let shade = if petal % 2 == 0 {
            colour
        } else {
            colour.darker(0.08)
        };
        let bounds = (
            (centre.0 - 110.0, centre.1 - 110.0),
            (centre.0 + 110.0, centre.1 + 110.0),
        );
        canvas.shape(bounds, shade, 1.0, |(x, y)| {
            let (dx, dy) = (x - centre.0, y - centre.1);
            let (along, across) = (dx * cos + dy * sin, dy * cos - dx * sin);
            super::canvas::ellipse((along, across), (62.0, 0.0), (46.0, width))
        });
    }
    let heart = if colour == palette.accents[2].lighter(0.1) {
        palette.roofs[2]
    } else {
        palette.accents[2]
    };
    canvas.circle(centre, 36.0, heart);
    canvas.circle((centre.0 - 4.0, centre.1 - 5.0), 26.0, heart.lighter(0.18));
    Range::new(dice, 362.0, 6.0, 300.0).draw(canvas, green);
}

/// A leaf that rises to one side: `side` is 1 for the right and -1 for the left.
fn leaf(canvas: &mut Canvas, centre: Place, side: f32, colour: Colour) {
    let bounds = (
        (centre.0 - 50.0, centre.1 - 50.0),
        (centre.0 + 50.0, centre.1 + 50.0),
    );
    canvas.shape(bounds, colour, 1.0, |(x, y)| {
        let (dx, dy) = ((x - centre.0) * side, y - centre.1);
        let (along, across) = (dx * 0.8 - dy * 0.6, dx * 0.6 + dy * 0.8);
        // What two circles have in common is pointed at both ends.
        along.hypot(across - 38.0).max(along.hypot(across + 38.0)) - 58.0
    });
}

/// A kite above a hill with a little house.
fn kite_hill(canvas: &mut Canvas, dice: &mut Dice, palette: &Palette) {
    let range = meadow(canvas, dice, palette);
    let x = 92.0;
    let mut house = House::random(dice, palette, 74.0);
    house.height = house.height.min(70.0);
    house.draw(canvas, palette, (x, range.at(x) + 8.0));
    village::tree(
        canvas,
        dice,
        (x - 58.0, range.at(x - 58.0) + 8.0),
        84.0,
        palette.hills[3],
    );
    let colour = dice.pick(palette.accents);
    let (top, bottom) = ((262.0, 52.0), (216.0, 226.0));
    let (left, right) = ((172.0, 110.0), (318.0, 136.0));
    let cross = (246.0, 120.0);
    let cord: Vec<Place> = (0..=12)
        .map(|step| step as f32 / 12.0)
        .map(|part| {
            (
                216.0 - 40.0 * part + 26.0 * (part * 5.0).sin(),
                226.0 + 96.0 * part,
            )
        })
        .collect();
    canvas.line(&cord, 3.5, palette.hills[3].darker(0.3));
    canvas.polygon(&[top, left, bottom, right], colour);
    canvas.polygon(&[top, cross, right], colour.lighter(0.35));
    canvas.polygon(&[left, cross, bottom], palette.cloth());
    for step in [3usize, 6, 9] {
        let (x, y) = cord[step];
        for side in [-1.0, 1.0] {
            canvas.polygon(
                &[
                    (x, y),
                    (x + side * 17.0, y - 9.0),
                    (x + side * 17.0, y + 9.0),
                ],
                colour,
            );
        }
    }
}
