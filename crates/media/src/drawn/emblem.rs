//! Arms on a shield for groups: a division of the field, and a charge upon it. Knows no landscape.

use std::f32::consts::TAU;

use super::{
    canvas::{Canvas, Colour, Place, ellipse, polygon},
    dice::Dice,
};

/// Heraldry asks for colour on metal: a dark field, a light division, a ground that lets both stand.
const FIELDS: [Colour; 7] = [
    Colour::hex(0x1f_6b52),
    Colour::hex(0xa8_3f34),
    Colour::hex(0x2d_5a88),
    Colour::hex(0x6f_4482),
    Colour::hex(0xb8_652a),
    Colour::hex(0x2b_6f78),
    Colour::hex(0x8a_2f55),
];
const METALS: [Colour; 3] = [
    Colour::hex(0xf3_c767),
    Colour::hex(0xfb_f1dc),
    Colour::hex(0xea_b98a),
];
const GROUNDS: [Colour; 5] = [
    Colour::hex(0xf3_e6cf),
    Colour::hex(0xdf_ead9),
    Colour::hex(0xd9_e6ee),
    Colour::hex(0xf6_dccf),
    Colour::hex(0xe9_dfee),
];

const CENTRE: Place = (200.0, 186.0);
const HALF: f32 = 118.0;
const SHIELD: ((f32, f32), (f32, f32)) = ((72.0, 64.0), (328.0, 360.0));

pub fn draw(canvas: &mut Canvas, dice: &mut Dice) {
    let ground = dice.pick(GROUNDS);
    let field = dice.pick(FIELDS);
    let metal = dice.pick(METALS);
    canvas.sky(ground.lighter(0.3), ground.darker(0.04), 400.0);
    rays(canvas, dice, ground);
    let shade = |place: Place| shield((place.0, place.1 - 7.0), HALF + 8.0);
    canvas.shape(((0.0, 0.0), (400.0, 400.0)), ground, 1.0, |place| {
        shield(place, HALF + 20.0)
    });
    canvas.shape(((0.0, 0.0), (400.0, 400.0)), field, 0.3, shade);
    arms(canvas, dice, field, metal);
}

/// The shield alone, with nothing around it.
pub fn cut_out(mut canvas: Canvas, dice: &mut Dice) -> Vec<u8> {
    let field = dice.pick(FIELDS);
    let metal = dice.pick(METALS);
    arms(&mut canvas, dice, field, metal);
    canvas.cut_out(SHIELD, |place| shield(place, HALF + 8.0))
}

fn arms(canvas: &mut Canvas, dice: &mut Dice, field: Colour, metal: Colour) {
    canvas.shape(SHIELD, metal, 1.0, |place| shield(place, HALF + 8.0));
    canvas.shape(SHIELD, field, 1.0, |place| shield(place, HALF));
    let on_metal = division(canvas, dice, field, metal);
    let colour = if on_metal { field } else { metal };
    charge(canvas, dice, colour, if on_metal { metal } else { field });
}

/// A pointed shield: straight above, two arcs below. `half` is half its width.
fn shield((x, y): Place, half: f32) -> f32 {
    let (dx, dy) = ((x - CENTRE.0).abs(), y - CENTRE.1);
    let side = if dy < 0.0 {
        dx - half
    } else {
        // An arc around a point on the other side.
        (dx + half * 0.55).hypot(dy * 1.06) - half * 1.55
    };
    side.max(-dy - half * 0.95)
}

/// Faint rays behind the shield.
fn rays(canvas: &mut Canvas, dice: &mut Dice, ground: Colour) {
    let count = dice.pick([12.0f32, 16.0, 20.0]);
    let turn = dice.between(0.0, 1.0);
    let colour = ground.darker(0.07);
    canvas.blend(((0.0, 0.0), (400.0, 400.0)), |(x, y)| {
        let (dx, dy) = (x - CENTRE.0, y - CENTRE.1);
        let wedge = (dy.atan2(dx) / TAU * count + turn).rem_euclid(1.0);
        let edge = (wedge - 0.5).abs() - 0.25;
        let pixels = edge * TAU / count * dx.hypot(dy);
        (colour, (0.5 - pixels).clamp(0.0, 1.0))
    });
}

/// Divides the field; says whether the charge comes to lie on metal.
fn division(canvas: &mut Canvas, dice: &mut Dice, field: Colour, metal: Colour) -> bool {
    let mut part = |colour: Colour, inside: &dyn Fn(Place) -> f32| {
        canvas.shape(SHIELD, colour, 1.0, |place| {
            let (dx, dy) = (place.0 - CENTRE.0, place.1 - CENTRE.1);
            // A little beyond the field, so that no seam shows against the border.
            shield(place, HALF + 0.7).max(inside((dx, dy)))
        });
    };
    let soft = field.lighter(0.16);
    match dice.below(7) {
        // Plain, with a paler half.
        0 => part(soft, &|(dx, _)| dx),
        // A broad band across.
        1 => {
            part(metal, &|(_, dy)| (dy - 6.0).abs() - 76.0);
            return true;
        }
        // Parted by a slanting line.
        2 => part(soft, &|(dx, dy)| (dx + dy) * 0.707 - 8.0),
        // A round field.
        3 => {
            part(metal, &|(dx, dy)| dx.hypot(dy) - 84.0);
            return true;
        }
        // Waves below.
        4 => {
            for (number, colour) in [metal, soft, metal, soft].into_iter().enumerate() {
                let top = 77.0 + 20.0 * number as f32;
                part(colour, &|(dx, dy)| top + 6.0 * (dx / 17.0).sin() - dy);
            }
        }
        // A border of metal above.
        5 => part(metal, &|(_, dy)| dy + 80.0),
        // Quartered.
        _ => part(soft, &|(dx, dy)| {
            if dx * dy > 0.0 {
                -dx.abs().min(dy.abs())
            } else {
                dx.abs().min(dy.abs())
            }
        }),
    }
    false
}

/// The thing in the middle of the shield.
fn charge(canvas: &mut Canvas, dice: &mut Dice, colour: Colour, under: Colour) {
    let (x, y) = (CENTRE.0, CENTRE.1 + 4.0);
    match dice.below(7) {
        0 => canvas.polygon(&star((x, y), 5, 62.0, 26.0), colour),
        1 => {
            canvas.polygon(&star((x, y), 12, 64.0, 42.0), colour);
            canvas.circle((x, y), 35.0, under);
            canvas.circle((x, y), 29.0, colour);
        }
        2 => tower(canvas, (x, y), colour, under),
        3 => oak(canvas, (x, y), colour),
        4 => house(canvas, (x, y), colour, under),
        5 => heart(canvas, (x, y), colour),
        _ => wheat(canvas, (x, y), colour),
    }
}

fn star(centre: Place, points: u8, outer: f32, inner: f32) -> Vec<Place> {
    (0..points * 2)
        .map(|corner| {
            let turn = f32::from(corner) / f32::from(points * 2) * TAU - TAU / 4.0;
            let radius = if corner % 2 == 0 { outer } else { inner };
            (
                centre.0 + radius * turn.cos(),
                centre.1 + radius * turn.sin(),
            )
        })
        .collect()
}

fn tower(canvas: &mut Canvas, (x, y): Place, colour: Colour, under: Colour) {
    canvas.polygon(
        &[
            (x - 34.0, y - 24.0),
            (x + 34.0, y - 24.0),
            (x + 40.0, y + 56.0),
            (x - 40.0, y + 56.0),
        ],
        colour,
    );
    canvas.rectangle((x - 44.0, y - 40.0), (88.0, 20.0), colour);
    for left in [-44.0, -12.0, 20.0] {
        canvas.rectangle((x + left, y - 58.0), (24.0, 20.0), colour);
    }
    canvas.rounded((x - 13.0, y + 16.0), (26.0, 40.0), 13.0, under);
    canvas.rectangle((x - 13.0, y + 40.0), (26.0, 16.5), under);
    canvas.rounded((x - 5.0, y - 12.0), (10.0, 18.0), 5.0, under);
}

fn oak(canvas: &mut Canvas, (x, y): Place, colour: Colour) {
    canvas.polygon(
        &[
            (x - 8.0, y),
            (x + 8.0, y),
            (x + 20.0, y + 60.0),
            (x - 20.0, y + 60.0),
        ],
        colour,
    );
    for (dx, dy, radius) in [
        (-32.0, -4.0, 27.0),
        (32.0, -4.0, 27.0),
        (-20.0, -34.0, 28.0),
        (20.0, -34.0, 28.0),
        (0.0, -12.0, 30.0),
    ] {
        canvas.circle((x + dx, y + dy), radius, colour);
    }
}

fn house(canvas: &mut Canvas, (x, y): Place, colour: Colour, under: Colour) {
    canvas.rectangle((x + 22.0, y - 56.0), (15.0, 40.0), colour);
    canvas.polygon(
        &[(x - 64.0, y - 4.0), (x, y - 62.0), (x + 64.0, y - 4.0)],
        colour,
    );
    canvas.rectangle((x - 46.0, y - 6.0), (92.0, 60.0), colour);
    canvas.rounded((x - 12.0, y + 16.0), (24.0, 40.0), 12.0, under);
    canvas.rectangle((x - 12.0, y + 40.0), (24.0, 14.5), under);
    canvas.circle((x, y - 22.0), 10.0, under);
}

fn heart(canvas: &mut Canvas, (x, y): Place, colour: Colour) {
    let bounds = ((x - 70.0, y - 60.0), (x + 70.0, y + 64.0));
    let lobe = 31.0f32;
    let low = [
        (x - 57.0, y - 1.0),
        (x, y - 26.0),
        (x + 57.0, y - 1.0),
        (x, y + 58.0),
    ];
    canvas.shape(bounds, colour, 1.0, |place| {
        let left = ellipse(place, (x - 30.0, y - 18.0), (lobe, lobe));
        let right = ellipse(place, (x + 30.0, y - 18.0), (lobe, lobe));
        left.min(right).min(polygon(place, &low))
    });
}

fn wheat(canvas: &mut Canvas, (x, y): Place, colour: Colour) {
    canvas.line(&[(x, y + 62.0), (x, y - 34.0)], 6.0, colour);
    canvas.ellipse((x, y - 50.0), (8.0, 18.0), colour);
    for row in 0..4 {
        let height = y - 26.0 + 19.0 * row as f32;
        for side in [-1.0, 1.0] {
            let grain = (x + side * 17.0, height - 6.0);
            let bounds = (
                (grain.0 - 20.0, grain.1 - 20.0),
                (grain.0 + 20.0, grain.1 + 20.0),
            );
            canvas.shape(bounds, colour, 1.0, |place| {
                let (dx, dy) = ((place.0 - grain.0) * side, place.1 - grain.1);
                let (along, across) = ((dx - dy) * 0.707, (dx + dy) * 0.707);
                ellipse((along, across), (0.0, 0.0), (18.0, 7.5))
            });
        }
    }
}
