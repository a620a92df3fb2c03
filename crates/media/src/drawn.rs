//! Pictures the program draws itself: avatars and headers for those who gave none, scenes for
//! demonstrations. The same name always gives the same picture. Knows no accounts, reads no files.

mod canvas;
mod dice;
mod emblem;
mod landscape;
mod palette;
mod portrait;
mod village;

use canvas::Canvas;
use dice::Dice;
use palette::Palette;

/// What an avatar shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motif {
    /// A house, a tree, a boat, a balloon…: for one person.
    Person,
    /// Arms on a shield: for groups, associations, the town hall.
    Group,
}

/// A square PNG of 400 by 400 pixels.
pub fn avatar(name: &str, motif: Motif) -> Vec<u8> {
    let mut canvas = Canvas::new(400, 400);
    match motif {
        Motif::Person => portrait::draw(&mut canvas, &mut Dice::of("person", name)),
        Motif::Group => emblem::draw(&mut canvas, &mut Dice::of("group", name)),
    }
    canvas.into_png()
}

/// The arms of a town: a shield with nothing around it, a PNG of 256 by 296 pixels.
pub fn arms(name: &str) -> Vec<u8> {
    emblem::cut_out(Canvas::new(400, 400), &mut Dice::of("arms", name))
}

/// A village under a wide sky: a PNG of 1500 by 500 pixels. What matters stays off the lower left
/// corner, where pages lay the avatar.
pub fn header(name: &str) -> Vec<u8> {
    let mut dice = Dice::of("header", name);
    let palette = Palette::pick(&mut dice);
    let mut canvas = Canvas::new(1500, 500);
    landscape::wide(&mut canvas, &mut dice, palette);
    canvas.into_png()
}

/// A village scene for a post, a PNG of 1200 by 800 pixels: a market, a bridge over a river, or
/// vineyards, at whatever hour and season `seed` has it.
pub fn scene(seed: &str) -> Vec<u8> {
    let mut dice = Dice::of("scene", seed);
    let palette = Palette::pick(&mut dice);
    let mut canvas = Canvas::new(1200, 800);
    landscape::scene(&mut canvas, &mut dice, palette);
    canvas.into_png()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn size(png: &[u8]) -> (u32, u32) {
        let picture = image::load_from_memory_with_format(png, image::ImageFormat::Png).unwrap();
        (picture.width(), picture.height())
    }

    #[test]
    fn drawings_have_the_promised_sizes() {
        assert_eq!(size(&avatar("marie", Motif::Person)), (400, 400));
        assert_eq!(size(&avatar("judo", Motif::Group)), (400, 400));
        assert_eq!(size(&arms("valmont")), (256, 296));
        assert_eq!(size(&header("marie")), (1500, 500));
        assert_eq!(size(&scene("market")), (1200, 800));
    }

    #[test]
    fn the_same_name_gives_the_same_picture_and_others_give_others() {
        assert_eq!(
            avatar("marie", Motif::Person),
            avatar("marie", Motif::Person)
        );
        let names = [
            "marie", "paul", "léa", "", "名前", "jean", "sophie", "karim", "x", "y",
        ];
        for motif in [Motif::Person, Motif::Group] {
            let pictures: HashSet<_> = names.iter().map(|name| avatar(name, motif)).collect();
            assert_eq!(pictures.len(), names.len());
        }
    }
}
