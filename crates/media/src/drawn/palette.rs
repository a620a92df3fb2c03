//! Colours that go together. Knows no shape.

use super::{canvas::Colour, dice::Dice};

/// The colours of one hour and season.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    pub sky: Colour,
    /// The sky above the horizon.
    pub low_sky: Colour,
    /// Sun or moon.
    pub light: Colour,
    pub cloud: Colour,
    /// Hills from the farthest to the nearest.
    pub hills: [Colour; 4],
    pub walls: [Colour; 4],
    pub roofs: [Colour; 3],
    pub water: Colour,
    /// Panes: dark by day, lit at night.
    pub window: Colour,
    /// Shutters, doors, sails, balloons.
    pub accents: [Colour; 3],
    pub night: bool,
}

const fn hex(rgb: u32) -> Colour {
    Colour::hex(rgb)
}

const DAY_WALLS: [Colour; 4] = [
    hex(0xfd_f4e3),
    hex(0xf5_dfbd),
    hex(0xee_c9a4),
    hex(0xf8_e9d2),
];
const TILES: [Colour; 3] = [hex(0xb9_5337), hex(0xcc_6e45), hex(0x97_4633)];
const NIGHT_WALLS: [Colour; 4] = [
    hex(0x8f_86a8),
    hex(0x83_7a9c),
    hex(0x9a_8ba6),
    hex(0x77_7196),
];
const NIGHT_TILES: [Colour; 3] = [hex(0x5b_3f5c), hex(0x6a_4660), hex(0x4c_3a58)];
const PANE: Colour = hex(0x4d_5a66);
const LIT: Colour = hex(0xff_d98a);

const PALETTES: [Palette; 7] = [
    // A clear day in June.
    Palette {
        sky: hex(0x8f_c4de),
        low_sky: hex(0xe9_f3e6),
        light: hex(0xff_f0bd),
        cloud: hex(0xff_fdf6),
        hills: [
            hex(0xb5_d0b8),
            hex(0x9d_c18a),
            hex(0x7d_a968),
            hex(0x57_8a55),
        ],
        walls: DAY_WALLS,
        roofs: TILES,
        water: hex(0x79_b4cc),
        window: PANE,
        accents: [hex(0xd9_5b43), hex(0x3f_7f8c), hex(0xf2_b84b)],
        night: false,
    },
    // Early morning.
    Palette {
        sky: hex(0xf6_c995),
        low_sky: hex(0xfd_f0d8),
        light: hex(0xf5_a14f),
        cloud: hex(0xff_f3e0),
        hills: [
            hex(0xd9_cfa0),
            hex(0xb4_bf83),
            hex(0x8a_a56d),
            hex(0x5f_8560),
        ],
        walls: DAY_WALLS,
        roofs: TILES,
        water: hex(0xa9_c9c0),
        window: PANE,
        accents: [hex(0xc7_4b3c), hex(0x3d_7a72), hex(0xe8_a33d)],
        night: false,
    },
    // Sunset.
    Palette {
        sky: hex(0xe9_8a78),
        low_sky: hex(0xfd_d9a0),
        light: hex(0xff_ecb3),
        cloud: hex(0xfb_c5a5),
        hills: [
            hex(0xcf_8f95),
            hex(0xa8_7490),
            hex(0x7f_5b80),
            hex(0x57_4469),
        ],
        walls: [
            hex(0xfb_dcc0),
            hex(0xf2_c6a8),
            hex(0xe5_ae97),
            hex(0xf6_d2b4),
        ],
        roofs: [hex(0x93_4350), hex(0xa9_5151), hex(0x7b_3b50)],
        water: hex(0xe6_a591),
        window: LIT,
        accents: [hex(0xc2_4a55), hex(0x5c_4f83), hex(0xf4_b65c)],
        night: false,
    },
    // A clear night.
    Palette {
        sky: hex(0x25_3060),
        low_sky: hex(0x7b_74a4),
        light: hex(0xfd_f1d0),
        cloud: hex(0x5a_5b8d),
        hills: [
            hex(0x5d_6291),
            hex(0x48_5280),
            hex(0x37_446c),
            hex(0x28_3555),
        ],
        walls: NIGHT_WALLS,
        roofs: NIGHT_TILES,
        water: hex(0x56_6598),
        window: LIT,
        accents: [hex(0xb8_5a6d), hex(0x4d_7f96), hex(0xe6_b86a)],
        night: true,
    },
    // October.
    Palette {
        sky: hex(0xc9_d7d3),
        low_sky: hex(0xfb_efd9),
        light: hex(0xf3_b05a),
        cloud: hex(0xff_f9ec),
        hills: [
            hex(0xe0_c79b),
            hex(0xd3_a661),
            hex(0xb9_8146),
            hex(0x8d_6440),
        ],
        walls: DAY_WALLS,
        roofs: [hex(0x8f_4a38), hex(0xa5_5a40), hex(0x74_4038)],
        water: hex(0x9f_bcbd),
        window: PANE,
        accents: [hex(0xbb_4a2e), hex(0x5c_7458), hex(0xe3_9c34)],
        night: false,
    },
    // Lavender in flower.
    Palette {
        sky: hex(0xc4_cdec),
        low_sky: hex(0xfb_ede6),
        light: hex(0xfb_c58d),
        cloud: hex(0xff_fbf7),
        hills: [
            hex(0xc5_bfdd),
            hex(0xa9_9bc9),
            hex(0x86_9a86),
            hex(0x5d_7d69),
        ],
        walls: DAY_WALLS,
        roofs: TILES,
        water: hex(0x9d_b5d8),
        window: PANE,
        accents: [hex(0x7d_5ba6), hex(0xd4_6a55), hex(0xf0_bd5e)],
        night: false,
    },
    // By the sea.
    Palette {
        sky: hex(0x7c_c6c4),
        low_sky: hex(0xe8_f5e4),
        light: hex(0xff_dc85),
        cloud: hex(0xfb_fff8),
        hills: [
            hex(0xa5_d0c0),
            hex(0x7d_b8a0),
            hex(0x55_9a86),
            hex(0x32_776e),
        ],
        walls: [
            hex(0xff_fbf2),
            hex(0xf7_ead5),
            hex(0xfd_e3cf),
            hex(0xea_f0e6),
        ],
        roofs: [hex(0xd2_6f4e), hex(0x4f_7f96), hex(0xb9_5640)],
        water: hex(0x4f_a5b0),
        window: PANE,
        accents: [hex(0xe0_6a4a), hex(0x2f_7d95), hex(0xf6_c453)],
        night: false,
    },
];

impl Palette {
    pub fn pick(dice: &mut Dice) -> &'static Self {
        &PALETTES[dice.below(PALETTES.len())]
    }

    /// White cloth, as this hour shows it.
    pub fn cloth(&self) -> Colour {
        if self.night {
            self.cloud.lighter(0.6)
        } else {
            self.cloud.lighter(0.3)
        }
    }
}
