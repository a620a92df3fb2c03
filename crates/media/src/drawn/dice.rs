//! Choices that look random and are always the same for the same name. Not for secrets.

/// SplitMix64 (Steele, Lea, Flood 2014), seeded by FNV-1a of the name: both small, and fixed for ever,
/// so that a name keeps its picture over releases.
pub struct Dice(u64);

impl Dice {
    /// `purpose` keeps the avatar and the header of one name apart.
    pub fn of(purpose: &str, name: &str) -> Self {
        let bytes = purpose.bytes().chain([0]).chain(name.bytes());
        Self(bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        }))
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// At least `low`, below `high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        let part = (self.roll() >> 40) as f32 / (1u32 << 24) as f32;
        low + (high - low) * part
    }

    /// A whole number below `count`, which is not zero.
    pub fn below(&mut self, count: usize) -> usize {
        (self.roll() % count as u64) as usize
    }

    pub fn pick<T: Copy, const N: usize>(&mut self, choices: [T; N]) -> T {
        choices[self.below(N)]
    }

    /// True about `percent` times in a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.roll() % 100 < percent
    }
}
