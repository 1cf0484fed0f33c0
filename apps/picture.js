// A picture that does not exist before you ask for it: a PNG, byte by byte.
// Two wells send out rings; they move with the clock. Reload, and see.

const WIDTH = 192, HEIGHT = 120;

export function application(environ, start_response) {
  const seconds = Date.now() / 1000;
  start_response("200 OK", [
    ["Content-Type", "image/png"],
    ["Cache-Control", "no-store"],
  ]);
  return [png(rings(seconds))]; // a Uint8Array is sent as it is
}

// rings returns the picture: for each line a 0, which means "no filter", and
// then the numbers of the colours, two dots to a byte.
function rings(seconds) {
  const line = 1 + WIDTH / 2;
  const bytes = new Uint8Array(line * HEIGHT);
  const x1 = WIDTH * (0.5 + 0.35 * Math.sin(seconds / 3));
  const x2 = WIDTH * (0.5 + 0.35 * Math.cos(seconds / 5));
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const near = Math.hypot(x - x1, y - HEIGHT * 0.3);
      const far = Math.hypot(x - x2, y - HEIGHT * 0.7);
      const colour = 8 + 7.9 * Math.sin((near - far) / 5);
      bytes[y * line + 1 + (x >> 1)] |= colour << (x % 2 ? 0 : 4);
    }
  }
  return bytes;
}

// Sixteen colours from ink to yellow, three bytes each.
const palette = Uint8Array.from({ length: 16 * 3 }, (_, i) => {
  const ink = [22, 24, 29], yellow = [255, 223, 58];
  const part = Math.floor(i / 3) / 15;
  return ink[i % 3] + (yellow[i % 3] - ink[i % 3]) * part;
});

// png puts the parts of a PNG file together: see RFC 2083.
function png(bytes) {
  return join([
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    part("IHDR", [...u32(WIDTH), ...u32(HEIGHT), 4, 3, 0, 0, 0]), // 4 bits, a palette
    part("PLTE", palette),
    part("IDAT", zlib(bytes)),
    part("IEND", []),
  ]);
}

// A part is its length, its name, its bytes, and a checksum of the last two.
function part(name, bytes) {
  const named = join([new TextEncoder().encode(name), bytes]);
  return join([u32(bytes.length), named, u32(crc32(named))]);
}

// zlib packs bytes without pressing them: "stored" blocks of up to 65,535
// bytes, each with its length and, as a check, the length's complement.
function zlib(bytes) {
  const blocks = [[0x78, 0x01]];
  for (let at = 0; at < bytes.length; at += 0xffff) {
    const block = bytes.subarray(at, at + 0xffff);
    const last = at + 0xffff >= bytes.length ? 1 : 0;
    const n = block.length;
    blocks.push([last, n & 255, n >> 8, ~n & 255, (~n >> 8) & 255], block);
  }
  return join([...blocks, u32(adler32(bytes))]);
}

function adler32(bytes) {
  let a = 1, b = 0;
  for (let i = 0; i < bytes.length; i++) {
    a = (a + bytes[i]) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}

// What one byte does to the checksum, worked out once and not per request.
const crcTable = Int32Array.from({ length: 256 }, (_, c) => {
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

function crc32(bytes) {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) {
    crc = (crc >>> 8) ^ crcTable[(crc ^ bytes[i]) & 255];
  }
  return ~crc;
}

// Four bytes, the high one first.
function u32(n) {
  return [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
}

function join(parts) {
  const all = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const p of parts) {
    all.set(p, at);
    at += p.length;
  }
  return all;
}
