//! The town's colour where style sheets do not reach: OKLCH, as the styles write it, in the signs of sRGB
//! (<https://bottosson.github.io/posts/oklab/>), and a colour of a town's own made readable by day and by night
//! (WCAG 2.2, 1.4.3).

use parvis_town::Profile;

/// `--stone` by day.
pub const STONE: &str = "#f6f1e7";

/// What text and buttons need against what is around them; a little above what the rule says, for colours are rounded.
const CONTRAST: f64 = 4.55;
/// `--stone`, `--paper`, `--well` and `--on-accent` by day …
const BY_DAY: [Rgb; 4] = [[246, 241, 231], [255, 253, 248], [251, 247, 238], [255; 3]];
/// … and by night.
const BY_NIGHT: [Rgb; 4] = [[27, 26, 23], [36, 34, 30], [31, 29, 26], [16, 21, 15]];
/// Lightness of `--accent-soft`, and the part of the chroma that it has.
const SOFT_BY_DAY: (f64, f64) = (0.94, 0.3);
const SOFT_BY_NIGHT: (f64, f64) = (0.30, 0.4);
/// Lightness and chroma of `--accent` by day where a hue alone is set.
const ACCENT: (f64, f64) = (0.44, 0.1);
/// How much lighter what is pointed at is.
const STRONGER_BY_DAY: f64 = -0.07;
const STRONGER_BY_NIGHT: f64 = 0.06;
/// The most colour that large and pale surfaces take.
const SURFACE_CHROMA: f64 = 0.1;
const STEP: f64 = 0.005;

type Rgb = [u8; 3];

/// A colour that a town has chosen, and what becomes of it so that everybody can read what is written in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readable {
    pub chosen: String,
    pub by_day: String,
    pub by_night: String,
}

impl Readable {
    /// `None` for what is not `#rrggbb`.
    pub fn of(chosen: &str) -> Option<Self> {
        let tone = Tone::of(parsed(chosen)?);
        Some(Self {
            chosen: chosen.to_ascii_lowercase(),
            by_day: written(tone.by_day().rgb),
            by_night: written(tone.by_night().rgb),
        })
    }

    pub fn is_darkened(&self) -> bool {
        self.by_day != self.chosen
    }

    pub fn is_lightened(&self) -> bool {
        self.by_night != self.chosen
    }
}

/// `--accent` by day of a town with this hue, in degrees: `#rrggbb`.
pub fn of_hue(hue: i32) -> String {
    written(srgb(ACCENT.0, ACCENT.1, f64::from(hue).to_radians()))
}

/// `--accent` by day. Every page asks.
pub fn of_town(town: &Profile) -> String {
    let own = town.look.colour.as_deref().and_then(parsed);
    own.map_or_else(
        || of_hue(town.hue),
        |own| written(Tone::of(own).by_day().rgb),
    )
}

/// The name of the town's style sheet: its hue, or the signs of its own colour.
pub fn theme(town: &Profile) -> String {
    let own = town.look.colour.as_deref();
    let own = own.and_then(|own| own.strip_prefix('#'));
    own.map_or_else(|| town.hue.to_string(), str::to_owned)
}

/// Does this name stand for a colour of a town's own? What is made of one may change with the program; a hue is only set.
pub fn is_own(theme: &str) -> bool {
    theme.len() == 6
}

/// The style sheet of that name.
pub fn sheet(theme: &str) -> Option<String> {
    let set = if is_own(theme) {
        Tone::of(parsed(&format!("#{theme}"))?).settings()
    } else {
        let hue: u16 = theme.parse().ok().filter(|hue| *hue <= 360)?;
        format!("--town-hue: {hue};")
    };
    Some(format!("@layer tokens {{ :root {{ {set} }} }}\n"))
}

fn parsed(text: &str) -> Option<Rgb> {
    let digits = text.strip_prefix('#').filter(|it| it.len() == 6)?;
    hex::decode(digits).ok()?.try_into().ok()
}

fn written([r, g, b]: Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// A colour as OKLCH has it.
#[derive(Clone, Copy, Debug)]
struct Tone {
    rgb: Rgb,
    lightness: f64,
    chroma: f64,
    /// In radians.
    hue: f64,
}

impl Tone {
    fn of(rgb: Rgb) -> Self {
        let [r, g, b] = rgb.map(decoded);
        let long = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let medium = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let short = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        let lightness = 0.210_454_255_3 * long + 0.793_617_785 * medium - 0.004_072_046_8 * short;
        let green_red = 1.977_998_495_1 * long - 2.428_592_205 * medium + 0.450_593_709_9 * short;
        let blue_yellow = 0.025_904_037_1 * long + 0.782_771_766_2 * medium - 0.808_675_766 * short;
        Self {
            rgb,
            lightness,
            chroma: green_red.hypot(blue_yellow),
            hue: blue_yellow.atan2(green_red),
        }
    }

    /// With as much of its colour as screens can show at that lightness.
    fn at(self, lightness: f64) -> Rgb {
        let lightness = lightness.clamp(0.0, 1.0);
        let mut chroma = self.chroma;
        while chroma > 0.001 && !is_shown(linear(lightness, chroma, self.hue)) {
            chroma *= 0.97;
        }
        srgb(lightness, chroma, self.hue)
    }

    fn surface(self) -> f64 {
        self.chroma.min(SURFACE_CHROMA)
    }

    fn by_day(self) -> Self {
        self.readable(BY_DAY, SOFT_BY_DAY, -STEP)
    }

    fn by_night(self) -> Self {
        self.readable(BY_NIGHT, SOFT_BY_NIGHT, STEP)
    }

    fn readable(self, around: [Rgb; 4], soft: (f64, f64), step: f64) -> Self {
        let soft = srgb(soft.0, self.surface() * soft.1, self.hue);
        let grounds = around.map(light);
        let grounds = || grounds.into_iter().chain([light(soft)]);
        let is_readable = |rgb: Rgb| {
            let light = light(rgb);
            grounds().all(|ground| contrast(light, ground) >= CONTRAST)
        };
        let mut found = self;
        while !is_readable(found.rgb) && (0.0..=1.0).contains(&found.lightness) {
            found.lightness += step;
            found.rgb = self.at(found.lightness);
        }
        found
    }

    /// For what is pointed at.
    fn stronger(self, by: f64) -> Rgb {
        self.at(self.lightness + by)
    }

    fn settings(self) -> String {
        let (day, night) = (self.by_day(), self.by_night());
        let both = |day, night| format!("light-dark({}, {})", written(day), written(night));
        format!(
            "--town-hue: {:.1}; --town-chroma: {:.3}; --accent: {}; --accent-strong: {};",
            self.hue.to_degrees().rem_euclid(360.0),
            self.surface(),
            both(day.rgb, night.rgb),
            both(
                day.stronger(STRONGER_BY_DAY),
                night.stronger(STRONGER_BY_NIGHT)
            ),
        )
    }
}

/// What eyes see of it (WCAG 2.2, "relative luminance"), with what a screen throws back of the room.
fn light(rgb: Rgb) -> f64 {
    let [r, g, b] = rgb.map(decoded);
    0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05
}

/// How much lighter the lighter one of two lights is (WCAG 2.2, "contrast ratio").
fn contrast(one: f64, other: f64) -> f64 {
    (one / other).max(other / one)
}

fn is_shown(light: [f64; 3]) -> bool {
    light.iter().all(|part| (-0.001..=1.001).contains(part))
}

fn srgb(lightness: f64, chroma: f64, hue: f64) -> Rgb {
    linear(lightness, chroma, hue).map(encoded)
}

fn linear(lightness: f64, chroma: f64, hue: f64) -> [f64; 3] {
    let (a, b) = (chroma * hue.cos(), chroma * hue.sin());
    let cone = |by_a: f64, by_b: f64| (lightness + by_a * a + by_b * b).powi(3);
    let long = cone(0.396_337_777_4, 0.215_803_757_3);
    let medium = cone(-0.105_561_345_8, -0.063_854_172_8);
    let short = cone(-0.089_484_177_5, -1.291_485_548);
    [
        4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
        -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
        -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701 * short,
    ]
}

/// One channel of light as sRGB writes it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 255"
)]
fn encoded(light: f64) -> u8 {
    let light = light.clamp(0.0, 1.0);
    let shown = if light <= 0.003_130_8 {
        12.92 * light
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    };
    (shown * 255.0).round() as u8
}

/// The light of one channel.
fn decoded(channel: u8) -> f64 {
    let shown = f64::from(channel) / 255.0;
    if shown <= 0.040_45 {
        shown / 12.92
    } else {
        ((shown + 0.055) / 1.055).powf(2.4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_becomes_one_that_can_be_read_by_day_and_by_night() {
        let channel = || (0..=u8::MAX).step_by(17);
        for rgb in
            channel().flat_map(|r| channel().flat_map(move |g| channel().map(move |b| [r, g, b])))
        {
            let tone = Tone::of(rgb);
            let (day, night) = (tone.by_day(), tone.by_night());
            for (shown, grounds) in [
                (day.rgb, BY_DAY),
                (day.stronger(STRONGER_BY_DAY), BY_DAY),
                (night.rgb, BY_NIGHT),
                (night.stronger(STRONGER_BY_NIGHT), BY_NIGHT),
            ] {
                for ground in grounds {
                    assert!(
                        contrast(light(shown), light(ground)) >= 4.5,
                        "{rgb:?}: {shown:?} on {ground:?}"
                    );
                }
            }
        }
    }

    /// Of a setting of the style sheet, by day and by night.
    fn set(name: &str) -> (&'static str, &'static str) {
        let sheet = crate::assets::plain("parvis.css");
        let (_, rest) = sheet
            .split_once(&format!("{name}: light-dark("))
            .expect(name);
        let line = rest.lines().next().and_then(|line| line.split_once(");"));
        line.unwrap().0.split_once(", ").unwrap()
    }

    fn of_sheet(colour: &str) -> Rgb {
        let long = match colour.strip_prefix('#').unwrap() {
            short if short.len() == 3 => short.chars().flat_map(|sign| [sign, sign]).collect(),
            long => long.to_owned(),
        };
        parsed(&format!("#{long}")).unwrap()
    }

    #[test]
    fn what_is_written_is_held_against_what_the_styles_put_around_it() {
        let names = ["--stone", "--paper", "--well", "--on-accent"];
        assert_eq!(names.map(|name| of_sheet(set(name).0)), BY_DAY);
        assert_eq!(names.map(|name| of_sheet(set(name).1)), BY_NIGHT);
        assert_eq!(set("--stone").0, STONE);
        let soft = |(lightness, part): (f64, f64)| {
            let lightness = lightness * 100.0;
            format!("oklch({lightness:.0}% calc(var(--town-chroma) * {part}) var(--town-hue))")
        };
        assert_eq!(set("--accent-soft").0, soft(SOFT_BY_DAY));
        assert_eq!(set("--accent-soft").1, soft(SOFT_BY_NIGHT));
        let (lightness, chroma) = (ACCENT.0 * 100.0, ACCENT.1);
        let accent = format!("oklch({lightness:.0}% {chroma} var(--town-hue))");
        assert_eq!(set("--accent").0, accent);
    }

    #[test]
    fn a_colour_that_can_be_read_is_left_as_it_is() {
        let green = Readable::of("#0F5132").unwrap();
        assert!(!green.is_darkened() && green.is_lightened());
        let yellow = Readable::of("#ffe600").unwrap();
        assert!(yellow.is_darkened() && !yellow.is_lightened());
        assert_eq!(Readable::of("red"), None);
        assert_eq!(Readable::of("#ff00zz"), None);
    }

    #[test]
    fn a_style_sheet_is_named_by_a_hue_or_by_a_colour() {
        assert!(sheet("163").unwrap().contains("--town-hue: 163;"));
        assert!(
            sheet("0f5132")
                .unwrap()
                .contains("--accent: light-dark(#0f5132, ")
        );
        for wrong in ["361", "-1", "", "0f513", "0f51320", "00000g", "}*{}"] {
            assert_eq!(sheet(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_colour_is_what_browsers_make_of_the_styles() {
        assert_eq!(srgb(1.0, 0.0, 0.0), [255, 255, 255]);
        assert_eq!(srgb(0.0, 0.0, 0.0), [0, 0, 0]);
        // CSS Color 4, 8.1: oklch(0.62796 0.25768 29.23) is red.
        assert_eq!(
            srgb(0.627_955, 0.257_683, 29.234_f64.to_radians()),
            [255, 0, 0]
        );
    }
}
