//! Villages in their hills, wide for headers and whole for posts. Knows no avatar and no emblem.

use super::{
    canvas::{Canvas, Colour, Place},
    dice::Dice,
    palette::Palette,
    village::{House, Range, boat, church, heaven, tree},
};

/// Rows of vines or lavender that run down a slope towards the reader.
fn rows(canvas: &mut Canvas, range: Range, (left, right): Place, depth: f32, colour: Colour) {
    let middle = f32::midpoint(left, right);
    let count = 9;
    for number in 0..=count {
        let part = number as f32 / count as f32 - 0.5;
        let top = middle + (right - left) * 0.62 * part;
        let low = middle + (right - left) * 1.5 * part;
        let from = (top, range.at(top) + depth * 0.10);
        let to = (low, range.at(top) + depth);
        let steps = 13;
        for step in 0..steps {
            let along = (step as f32 + 0.5) / steps as f32;
            let place = (
                from.0 + (to.0 - from.0) * along,
                from.1 + (to.1 - from.1) * along,
            );
            let size = depth * (0.035 + 0.05 * along);
            canvas.ellipse(
                (place.0, place.1 + size * 0.5),
                (size * 1.25, size * 0.6),
                colour.darker(0.28),
            );
            canvas.ellipse(place, (size * 1.1, size * 0.75), colour);
        }
    }
}

/// Houses side by side along `range`, the church among them, trees at the ends.
fn street(
    canvas: &mut Canvas,
    dice: &mut Dice,
    palette: &Palette,
    range: Range,
    (from, to): Place,
    size: f32,
) {
    let tower = from + (to - from) * dice.between(0.35, 0.65);
    church(
        canvas,
        palette,
        (tower, range.at(tower) + size * 0.1),
        size * 0.42,
    );
    // Two lines of roofs, the farther one higher and paler.
    for (lift, shrink, pale) in [(0.55, 0.8, 0.22), (0.0, 1.0, 0.0)] {
        let mut x = from + size * lift * 0.6;
        while x < to {
            let mut house = House::random(dice, palette, size * shrink);
            let hidden = lift > 0.0 && (x - tower).abs() < size * 0.9;
            if dice.chance(86) && !hidden {
                house.wall = house.wall.mixed(palette.low_sky, pale);
                house.roof = house.roof.mixed(palette.low_sky, pale);
                house.draw(canvas, palette, (x, range.at(x) + size * (0.16 - lift)));
            }
            x += house.width * dice.between(0.98, 1.22);
        }
    }
    for x in [
        from - size * 0.9,
        from - size * 0.5,
        to + size * 0.2,
        to + size * 0.7,
    ] {
        let height = size * dice.between(1.0, 1.6);
        tree(
            canvas,
            dice,
            (x, range.at(x) + size * 0.2),
            height,
            palette.hills[3],
        );
    }
}

/// Trees scattered along a range; fewer than `count` where they would hide `kept_free`.
fn grove(
    canvas: &mut Canvas,
    dice: &mut Dice,
    range: Range,
    count: usize,
    size: f32,
    colour: Colour,
    kept_free: Place,
) {
    for _ in 0..count {
        let x = dice.between(0.0, canvas.width());
        let height = size * dice.between(0.7, 1.2);
        if x < kept_free.0 || x > kept_free.1 {
            tree(
                canvas,
                dice,
                (x, range.at(x) + height * 0.12),
                height,
                colour,
            );
        }
    }
}

pub fn wide(canvas: &mut Canvas, dice: &mut Dice, palette: &Palette) {
    let (width, height) = (canvas.width(), canvas.height());
    let light = (
        width * dice.between(0.12, 0.9),
        height * dice.between(0.18, 0.34),
    );
    heaven(canvas, dice, palette, light, 1.0);
    Range::new(dice, height * 0.55, 46.0, 700.0).draw(canvas, palette.hills[0]);
    let behind = Range::new(dice, height * 0.66, 34.0, 820.0);
    behind.draw(canvas, palette.hills[1]);
    grove(
        canvas,
        dice,
        behind,
        22,
        40.0,
        palette.hills[2],
        (-1.0, -1.0),
    );
    let home = Range::new(dice, height * 0.78, 20.0, 900.0);
    home.draw(canvas, palette.hills[2]);
    let start = width * dice.between(0.32, 0.5);
    let street_ends = (start, start + width * dice.between(0.3, 0.4));
    street(canvas, dice, palette, home, street_ends, 62.0);
    let field = if dice.chance(50) {
        (60.0, 300.0)
    } else {
        (street_ends.1 + 90.0, width + 40.0)
    };
    rows(
        canvas,
        home,
        field,
        height * 0.16,
        palette.hills[1].mixed(palette.accents[0], 0.25),
    );
    let front = Range::new(dice, height * 0.93, 16.0, 640.0);
    front.draw(canvas, palette.hills[3]);
    grove(
        canvas,
        dice,
        front,
        12,
        84.0,
        palette.hills[3].darker(0.12),
        (street_ends.0 - 30.0, street_ends.1 + 30.0),
    );
}

pub fn scene(canvas: &mut Canvas, dice: &mut Dice, palette: &Palette) {
    let (width, height) = (canvas.width(), canvas.height());
    let light = (
        width * dice.between(0.14, 0.86),
        height * dice.between(0.14, 0.26),
    );
    heaven(canvas, dice, palette, light, 1.25);
    Range::new(dice, height * 0.46, 60.0, 760.0).draw(canvas, palette.hills[0]);
    let behind = Range::new(dice, height * 0.55, 42.0, 860.0);
    behind.draw(canvas, palette.hills[1]);
    grove(
        canvas,
        dice,
        behind,
        16,
        56.0,
        palette.hills[2],
        (-1.0, -1.0),
    );
    let home = Range::new(dice, height * 0.66, 16.0, 1_000.0);
    home.draw(canvas, palette.hills[2]);
    let start = width * dice.between(0.1, 0.24);
    street(
        canvas,
        dice,
        palette,
        home,
        (start, start + width * 0.6),
        92.0,
    );
    match dice.below(3) {
        0 => market(canvas, dice, palette),
        1 => river(canvas, dice, palette),
        _ => vineyard(canvas, dice, palette),
    }
}

/// Stalls with striped awnings on the square, a string of pennants above.
fn market(canvas: &mut Canvas, dice: &mut Dice, palette: &Palette) {
    let (width, height) = (canvas.width(), canvas.height());
    let ground = palette.walls[1].mixed(palette.hills[2], 0.25);
    canvas.ground(ground, ground.darker(0.12), height * 0.25, |_| {
        height * 0.78
    });
    pennants(
        canvas,
        dice,
        palette,
        ((-20.0, height * 0.66), (width + 20.0, height * 0.64)),
    );
    let count = 4;
    for number in 0..count {
        let x = width * (number as f32 + 0.5) / count as f32 + dice.between(-14.0, 14.0);
        let colour = palette.accents[(number + dice.below(2)) % palette.accents.len()];
        stall(canvas, dice, palette, (x, height * 0.95), 210.0, colour);
    }
}

fn stall(
    canvas: &mut Canvas,
    dice: &mut Dice,
    palette: &Palette,
    foot: Place,
    size: f32,
    colour: Colour,
) {
    let (left, top) = (foot.0 - size / 2.0, foot.1 - size * 0.72);
    let wood = Colour::hex(0x8a_6248).mixed(palette.hills[3], 0.2);
    canvas.ellipse(
        (foot.0, foot.1 + 2.0),
        (size * 0.54, size * 0.05),
        wood.darker(0.5),
    );
    for x in [left + size * 0.05, left + size * 0.91] {
        canvas.rectangle(
            (x, top + size * 0.1),
            (size * 0.04, size * 0.62),
            wood.darker(0.2),
        );
    }
    canvas.rounded((left, foot.1 - size * 0.27), (size, size * 0.25), 5.0, wood);
    canvas.rectangle(
        (left, foot.1 - size * 0.27),
        (size, size * 0.04),
        wood.lighter(0.3),
    );
    let goods = [
        Colour::hex(0xd9_4f3a),
        Colour::hex(0xf0_a63c),
        Colour::hex(0x7d_a24a),
        Colour::hex(0xe8_cf72),
        Colour::hex(0x8e_4c74),
    ];
    let night = if palette.night { 0.3 } else { 0.0 };
    for crate_number in 0..4 {
        let fruit = dice.pick(goods).darker(night);
        let x = left + size * (0.14 + 0.24 * crate_number as f32);
        for (dx, dy) in [
            (-0.06, 0.0),
            (0.0, 0.0),
            (0.06, 0.0),
            (-0.03, -0.05),
            (0.03, -0.05),
        ] {
            canvas.circle(
                (x + size * dx, foot.1 - size * 0.295 + size * dy),
                size * 0.034,
                fruit,
            );
        }
    }
    let cloth = palette.cloth().darker(night);
    let stripes = 8;
    let stripe = size * 1.12 / stripes as f32;
    for number in 0..stripes {
        let x = left - size * 0.06 + stripe * number as f32;
        let slant = |x: f32| foot.0 + (x - foot.0) * 0.86;
        let shade = if number % 2 == 0 { colour } else { cloth };
        let corners = [
            (slant(x), top - size * 0.12),
            (slant(x + stripe), top - size * 0.12),
            (x + stripe, top + size * 0.12),
            (x, top + size * 0.12),
        ];
        canvas.circle(
            (x + stripe / 2.0, top + size * 0.12),
            stripe / 2.0,
            shade.darker(0.08),
        );
        canvas.polygon(&corners, shade);
    }
}

/// Little flags, or lamps at night, on a hanging cord.
fn pennants(canvas: &mut Canvas, dice: &mut Dice, palette: &Palette, ends: (Place, Place)) {
    let (from, to) = ends;
    let sag = 46.0;
    let at = |part: f32| {
        let straight = from.1 + (to.1 - from.1) * part;
        let bows = 2.0;
        let bow = (part * bows).fract();
        (
            from.0 + (to.0 - from.0) * part,
            straight + sag * 4.0 * bow * (1.0 - bow),
        )
    };
    let cord: Vec<Place> = (0..=48).map(|step| at(step as f32 / 48.0)).collect();
    for ends in cord.windows(2) {
        canvas.line(ends, 2.5, palette.hills[3].darker(0.4));
    }
    for number in 0..24 {
        let (x, y) = at((number as f32 + 0.5) / 24.0);
        let colour = dice.pick(palette.accents);
        if palette.night {
            canvas.glow((x, y + 9.0), 34.0, palette.window, 0.6);
            canvas.circle((x, y + 9.0), 7.0, palette.window);
        } else {
            canvas.polygon(&[(x - 13.0, y), (x + 13.0, y), (x, y + 30.0)], colour);
        }
    }
}

/// A river with a stone bridge and a boat.
fn river(canvas: &mut Canvas, dice: &mut Dice, palette: &Palette) {
    let (width, height) = (canvas.width(), canvas.height());
    let top = height * 0.78;
    let bank = Range::new(dice, top, 4.0, 500.0);
    canvas.ground(
        palette.water.lighter(0.25),
        palette.water.darker(0.1),
        height * 0.2,
        |x| bank.at(x),
    );
    for _ in 0..26 {
        let (x, y) = (
            dice.between(0.0, width),
            dice.between(top + 24.0, height - 12.0),
        );
        let half = dice.between(14.0, 46.0);
        canvas.line(
            &[(x - half, y), (x + half, y)],
            3.0,
            palette.water.lighter(0.45),
        );
    }
    bridge(canvas, palette, top);
    let place = (width * dice.between(0.2, 0.8), height * 0.93);
    boat(canvas, palette, place, 120.0, dice.pick(palette.accents));
    let front = Range::new(dice, height * 0.985, 14.0, 420.0);
    front.draw(canvas, palette.hills[3]);
}

fn bridge(canvas: &mut Canvas, palette: &Palette, top: f32) {
    let width = canvas.width();
    let stone = palette.walls[2].mixed(palette.hills[0], 0.35);
    let deck =
        move |x: f32| top - 26.0 - 34.0 * (1.0 - ((x - width / 2.0) / (width / 2.0)).powi(2));
    let spans = 5;
    let span = width / spans as f32;
    let bounds = ((0.0, top - 70.0), (width, top + 62.0));
    canvas.shape(bounds, stone, 1.0, |(x, y)| {
        let middle = ((x / span).floor() + 0.5) * span;
        let arch = (span * 0.40, 66.0);
        let hollow = super::canvas::ellipse((x, y), (middle, top + 56.0), arch);
        (deck(x) - y).max(y - top - 56.0).max(-hollow)
    });
    let rail: Vec<Place> = (0..=40)
        .map(|step| width * step as f32 / 40.0)
        .map(|x| (x, deck(x) - 2.0))
        .collect();
    for ends in rail.windows(2) {
        canvas.line(ends, 9.0, stone.lighter(0.3));
    }
}

/// Vines or lavender in front of the village.
fn vineyard(canvas: &mut Canvas, dice: &mut Dice, palette: &Palette) {
    let (width, height) = (canvas.width(), canvas.height());
    let field = Range::new(dice, height * 0.76, 14.0, 900.0);
    field.draw(canvas, palette.hills[1].mixed(palette.hills[3], 0.35));
    let flowers = palette.accents[0].mixed(palette.hills[3], 0.2);
    let crop = dice.pick([palette.hills[3], flowers]);
    rows(
        canvas,
        field,
        (width * 0.02, width * 0.98),
        height * 0.26,
        crop,
    );
    for x in [width * 0.03, width * 0.97] {
        tree(
            canvas,
            dice,
            (x, height * 0.97),
            height * 0.3,
            palette.hills[3],
        );
    }
}
