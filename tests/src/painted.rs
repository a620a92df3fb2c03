//! Pictures made for a test: PNG files written byte by byte, honest ones and others. Knows no program.

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Grey noise, so that it can hardly be made smaller.
pub fn noise(width: u32, height: u32) -> Vec<u8> {
    png(width, height, rand::random)
}

/// One grey all over.
pub fn plain(width: u32, height: u32) -> Vec<u8> {
    png(width, height, || 120)
}

/// A header that tells of more pixels than anybody has memory for, with nothing behind it.
pub fn giant() -> Vec<u8> {
    let mut file = SIGNATURE.to_vec();
    push_chunk(&mut file, *b"IHDR", &header(60_000, 60_000));
    push_chunk(&mut file, *b"IDAT", &stored(&[0; 100]));
    push_chunk(&mut file, *b"IEND", &[]);
    file
}

fn png(width: u32, height: u32, pixel: impl Fn() -> u8) -> Vec<u8> {
    let mut pixels = Vec::new();
    for _ in 0..height {
        // Each line begins with its filter: none.
        pixels.push(0);
        pixels.extend((0..width).map(|_| pixel()));
    }
    let mut file = SIGNATURE.to_vec();
    push_chunk(&mut file, *b"IHDR", &header(width, height));
    push_chunk(&mut file, *b"IDAT", &stored(&pixels));
    push_chunk(&mut file, *b"IEND", &[]);
    file
}

/// Eight bits of grey for each pixel.
fn header(width: u32, height: u32) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 0, 0, 0, 0]);
    header
}

fn push_chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    file.extend((data.len() as u32).to_be_bytes());
    let start = file.len();
    file.extend(kind);
    file.extend(data);
    let sum = crc(&file[start..]);
    file.extend(sum.to_be_bytes());
}

/// In zlib's format, not made smaller (RFC 1950, RFC 1951 section 3.2.4).
fn stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = data.chunks(0xFFFF).peekable();
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        out.push(u8::from(blocks.peek().is_none()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
    let (mut low, mut high) = (1_u32, 0_u32);
    for byte in data {
        low = (low + u32::from(*byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    out.extend(((high << 16) | low).to_be_bytes());
    out
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |sum: u32| (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg());
    let of_byte = |sum: u32, byte: &u8| (0..8).fold(sum ^ u32::from(*byte), |sum, _| step(sum));
    !bytes.iter().fold(!0, of_byte)
}

/// Width and height of a PNG or JPEG file.
pub fn size(file: &[u8]) -> (u32, u32) {
    let number = |at: usize, bytes: usize| {
        let digits = file[at..at + bytes].iter();
        digits.fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte))
    };
    if file.starts_with(SIGNATURE) {
        return (number(16, 4), number(20, 4));
    }
    assert!(file.starts_with(b"\xFF\xD8"), "neither PNG nor JPEG");
    let mut at = 2;
    // The frame's header, past all segments before it.
    while !matches!(file[at + 1], 0xC0 | 0xC2) {
        at += 2 + number(at + 2, 2) as usize;
    }
    (number(at + 7, 2), number(at + 5, 2))
}

/// A gzip file (RFC 1952) of very many zeros: a thousand times larger unpacked.
pub fn bomb() -> Vec<u8> {
    // Deflate's fixed codes: a zero, then matches of 258 bytes at distance 1, thirteen bits each; never ended.
    let mut bits = Bits::default();
    bits.push(0b011, 3);
    bits.push_code(0b0011_0000, 8);
    for _ in 0..200_000 {
        bits.push_code(0b1100_0101, 8);
        bits.push_code(0, 5);
    }
    let mut file = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
    file.extend(bits.bytes);
    file
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    /// Least significant bit first.
    fn push(&mut self, value: u32, count: u32) {
        for bit in 0..count {
            if self.used == 0 {
                self.bytes.push(0);
            }
            let last = self.bytes.len() - 1;
            self.bytes[last] |= u8::from(value >> bit & 1 == 1) << self.used;
            self.used = (self.used + 1) % 8;
        }
    }

    /// Huffman codes come most significant bit first.
    fn push_code(&mut self, code: u32, count: u32) {
        for bit in (0..count).rev() {
            self.push(code >> bit & 1, 1);
        }
    }
}
