//! The town's colour where style sheets do not reach: OKLCH, as the styles write it, in the signs of sRGB
//! (<https://bottosson.github.io/posts/oklab/>).

/// `--stone` by day.
pub const STONE: &str = "#f6f1e7";

/// `--accent` by day, for a town's hue in degrees: `#rrggbb`.
pub fn of_town(hue: i32) -> String {
    let [r, g, b] = srgb(0.44, 0.1, f64::from(hue).to_radians());
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn srgb(lightness: f64, chroma: f64, hue: f64) -> [u8; 3] {
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
    .map(encoded)
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

#[cfg(test)]
mod tests {
    use super::*;

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
