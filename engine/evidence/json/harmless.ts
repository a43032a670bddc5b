/**
 * One quick pass over the bytes of a JSON document that mostly shows that `guard` would find nothing in it. Where it is
 * not sure (an escape in a key, half a surrogate pair, a long number, a very large object) it says so, and `guard` looks
 * again. Keys are told apart by a few of their bytes first, and compared only where those are equal.
 */

/** Objects with more keys than this are left to `guard`. */
const fewKeys = 64;
const mostKeys = 4096;
/** A number of so few bytes has no more digits than a double can name. */
const shortNumber = 17;

/** What every pass writes on before it reads there. */
const starts = new Int32Array(mostKeys);
const ends = new Int32Array(mostKeys);
const marks = new Int32Array(mostKeys);
let frames = new Int32Array(256);

/** Whether `guard` certainly finds nothing in `bytes` from `from`. Like it, it presumes valid JSON and ends on anything. */
export function isHarmless(bytes: Uint8Array, from: number, maxDepth: number): boolean {
  if (frames.length < maxDepth + 2) frames = new Int32Array(maxDepth + 2);
  const length = bytes.length;
  const lastQuote = bytes.lastIndexOf(0x22);
  let backslash = nextEscape(bytes, from);
  let depth = 0;
  /** Where the keys of the object begin, or -1 in a list. */
  let frame = -1;
  let top = 0;
  let key = false;
  let i = from;
  while (i < length) {
    const c = bytes[i] as number;
    if (c === 0x22) {
      if (i >= lastQuote) return true;
      const start = i + 1;
      i = start;
      while (bytes[i] !== 0x22) i++;
      if (i > backslash) {
        if (key || backslash < start) return false;
        i = afterEscapes(bytes, backslash);
        if (i < 0) return false;
        backslash = nextEscape(bytes, i);
      } else if (key) {
        if (top - frame >= fewKeys || top >= mostKeys || isRepeated(bytes, frame, top, start, i)) return false;
        top++;
      }
      key = false;
      i++;
    } else if (c === 0x2c) {
      key = frame >= 0;
      i++;
    } else if (c === 0x7b || c === 0x5b) {
      if (depth >= maxDepth) return false;
      key = c === 0x7b;
      frame = key ? top : -1;
      frames[++depth] = frame;
      i++;
    } else if (c === 0x7d || c === 0x5d) {
      if (frame >= 0) top = frame;
      if (depth > 0) depth--;
      frame = depth > 0 ? (frames[depth] as number) : -1;
      key = false;
      i++;
    } else if (c === 0x2d || (c >= 0x30 && c <= 0x39)) {
      const start = i;
      while (i < length && isNumberByte(bytes[i] as number)) i++;
      if (i - start > shortNumber) return false;
    } else i++;
  }
  return true;
}

/** Whether the key is among those from `frame` on; if not, it is put after them. */
function isRepeated(bytes: Uint8Array, frame: number, top: number, start: number, end: number): boolean {
  const size = end - start;
  const mark =
    size === 0
      ? 0
      : (size << 24) ^ ((bytes[start] as number) << 16) ^ ((bytes[start + (size >> 1)] as number) << 8) ^ (bytes[end - 1] as number);
  for (let k = frame; k < top; k++) {
    if (marks[k] !== mark || (ends[k] as number) - (starts[k] as number) !== size) continue;
    let a = starts[k] as number;
    let b = start;
    while (b < end && bytes[a] === bytes[b]) {
      a++;
      b++;
    }
    if (b === end) return true;
  }
  marks[top] = mark;
  starts[top] = start;
  ends[top] = end;
  return false;
}

function nextEscape(bytes: Uint8Array, from: number): number {
  const found = bytes.indexOf(0x5c, from);
  return found < 0 ? bytes.length : found;
}

/** The closing quote of a text from an escape in it; -1 where it has `\u`, which may be half a pair. */
function afterEscapes(bytes: Uint8Array, from: number): number {
  const { length } = bytes;
  let i = from;
  while (i < length && bytes[i] !== 0x22) {
    if (bytes[i] !== 0x5c) i++;
    else if (bytes[i + 1] === 0x75) return -1;
    else i += 2;
  }
  return i;
}

function isNumberByte(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || c === 0x2e || c === 0x2d || c === 0x2b || c === 0x65 || c === 0x45;
}
