/**
 * One pass over the bytes of a JSON document for what `JSON.parse` lets through: objects that give a key twice (it
 * keeps the last, other readers the first), numbers it rounds, halves of surrogate pairs, and nesting without bound.
 * It presumes valid JSON, and only promises to end on anything else: `JSON.parse` comes after it.
 */

/** The first thing wrong; offsets are of bytes. */
export type Problem =
  | { readonly kind: "depth"; readonly offset: number }
  | { readonly kind: "duplicate"; readonly first: number; readonly offset: number; readonly end: number }
  | { readonly kind: "number"; readonly offset: number; readonly end: number }
  | { readonly kind: "surrogate"; readonly offset: number };

/** Objects with more keys than this are looked up in a set of texts. */
const fewKeys = 24;
/** A double holds any decimal of 15 digits, and names one of up to 17. */
const exactDigits = 17;

const seed = 0x811c9dc5 | 0;
const prime = 0x01000193;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Scans `bytes` from `from`. */
export function guard(bytes: Uint8Array, from: number, maxDepth: number): Problem | undefined {
  const length = bytes.length;
  /** By depth: where the keys of the object begin on the stack of keys, or -1 for a list. */
  const frames = new Int32Array(maxDepth + 2);
  const sets: (Set<string> | undefined)[] = [];
  let hashes = new Int32Array(512);
  let starts = new Int32Array(512);
  let ends = new Int32Array(512);
  let top = 0;
  let depth = 0;
  let frame = -1;
  let key = false;
  let i = from;
  let escape = nextEscape(bytes, from);
  const lastQuote = bytes.lastIndexOf(0x22);
  while (i < length) {
    const c = bytes[i] as number;
    if (c <= 0x20 || c === 0x3a) {
      i++;
    } else if (c === 0x22) {
      const start = ++i;
      if (key) {
        key = false;
        let hash = seed;
        let d = 0;
        while (i < length) {
          d = bytes[i] as number;
          if (d === 0x22 || d === 0x5c) break;
          hash = Math.imul(hash ^ d, prime);
          i++;
        }
        if (d === 0x5c) {
          const end = closing(bytes, i);
          if (end < 0) return { kind: "surrogate", offset: -end };
          i = end;
          hash = hashOf(keyText(bytes, start, i));
        }
        const end = i++;
        const count = top - frame;
        if (count < fewKeys) {
          for (let k = frame; k < top; k++) {
            if (hashes[k] === hash && sameKey(bytes, starts[k] as number, ends[k] as number, start, end)) {
              return { kind: "duplicate", first: (starts[k] as number) - 1, offset: start - 1, end: end + 1 };
            }
          }
        } else {
          let set = sets[depth];
          if (!set) {
            set = new Set();
            for (let k = frame; k < top; k++) set.add(keyText(bytes, starts[k] as number, ends[k] as number));
            sets[depth] = set;
          }
          const text = keyText(bytes, start, end);
          if (set.has(text))
            return { kind: "duplicate", first: firstKey(bytes, starts, ends, frame, top, text), offset: start - 1, end: end + 1 };
          set.add(text);
        }
        if (top === hashes.length) {
          hashes = grown(hashes);
          starts = grown(starts);
          ends = grown(ends);
        }
        hashes[top] = hash;
        starts[top] = start;
        ends[top] = end;
        top++;
      } else {
        // Most texts hold no escape, so the next backslash is known for a long way.
        if (i > lastQuote) return undefined;
        while (bytes[i] !== 0x22) i++;
        if (i > escape) {
          if (escape < start) escape = nextEscape(bytes, start);
          if (i > escape) {
            i = closing(bytes, escape);
            if (i < 0) return { kind: "surrogate", offset: -i };
          }
        }
        i++;
      }
    } else if (c === 0x2c) {
      key = frame >= 0;
      i++;
    } else if (c === 0x7b || c === 0x5b) {
      if (++depth > maxDepth) return { kind: "depth", offset: i };
      key = c === 0x7b;
      frame = key ? top : -1;
      frames[depth] = frame;
      i++;
    } else if (c === 0x7d || c === 0x5d) {
      if (frame >= 0) {
        top = frame;
        if (sets[depth]) sets[depth] = undefined;
      }
      if (depth > 0) depth--;
      frame = depth > 0 ? (frames[depth] as number) : -1;
      key = false;
      i++;
    } else if (c === 0x2d || (c >= 0x30 && c <= 0x39)) {
      const start = i++;
      while (i < length && isNumberByte(bytes[i] as number)) i++;
      if (i - start > exactDigits && roundedFraction(bytes, start, i)) return { kind: "number", offset: start, end: i };
    } else i++;
  }
  return undefined;
}

function nextEscape(bytes: Uint8Array, from: number): number {
  const found = bytes.indexOf(0x5c, from);
  return found < 0 ? bytes.length : found;
}

/** The offset of the quote that ends a string, from an escape in it; minus the offset of half a surrogate pair. */
function closing(bytes: Uint8Array, from: number): number {
  const length = bytes.length;
  let i = from;
  while (i < length) {
    const c = bytes[i] as number;
    if (c === 0x22) return i;
    if (c !== 0x5c) {
      i++;
      continue;
    }
    if (bytes[i + 1] !== 0x75) {
      i += 2;
      continue;
    }
    const unit = hex4(bytes, i + 2);
    if (unit >= 0xd800 && unit <= 0xdfff) {
      const next = unit <= 0xdbff && bytes[i + 6] === 0x5c && bytes[i + 7] === 0x75 ? hex4(bytes, i + 8) : -1;
      if (next < 0xdc00 || next > 0xdfff) return -i;
      i += 12;
    } else i += 6;
  }
  return length;
}

/** -1 where there are not four hexadecimal digits. */
function hex4(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = at; i < at + 4; i++) {
    const c = bytes[i] ?? 0;
    const digit = c >= 0x30 && c <= 0x39 ? c - 0x30 : (c | 0x20) >= 0x61 && (c | 0x20) <= 0x66 ? (c | 0x20) - 0x57 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function isNumberByte(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || c === 0x2e || c === 0x2d || c === 0x2b || c === 0x65 || c === 0x45;
}

/** A fraction or exponent form with more significant digits than a double can name. */
function roundedFraction(bytes: Uint8Array, start: number, end: number): boolean {
  let digits = 0;
  let zeros = 0;
  let fraction = false;
  for (let i = start; i < end; i++) {
    const c = bytes[i] as number;
    if (c === 0x65 || c === 0x45) {
      fraction = true;
      break;
    }
    if (c === 0x2e) fraction = true;
    else if (c === 0x30) {
      if (digits > 0) zeros++;
    } else if (c > 0x30 && c <= 0x39) {
      digits += zeros + 1;
      zeros = 0;
    }
  }
  return fraction && digits > exactDigits;
}

/** Text of a key between its quotes, escapes read. Invalid escapes stay as they are: the parser refuses them. */
function keyText(bytes: Uint8Array, start: number, end: number): string {
  const raw = decoder.decode(bytes.subarray(start, end));
  if (!raw.includes("\\")) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return raw;
  }
}

function hashOf(text: string): number {
  let hash = seed;
  for (const byte of encoder.encode(text)) hash = Math.imul(hash ^ byte, prime);
  return hash;
}

function sameKey(bytes: Uint8Array, aStart: number, aEnd: number, bStart: number, bEnd: number): boolean {
  if (aEnd - aStart === bEnd - bStart) {
    let k = 0;
    const length = aEnd - aStart;
    while (k < length && bytes[aStart + k] === bytes[bStart + k]) k++;
    if (k === length) return true;
  }
  return keyText(bytes, aStart, aEnd) === keyText(bytes, bStart, bEnd);
}

function firstKey(bytes: Uint8Array, starts: Int32Array, ends: Int32Array, from: number, to: number, text: string): number {
  for (let k = from; k < to; k++) if (keyText(bytes, starts[k] as number, ends[k] as number) === text) return (starts[k] as number) - 1;
  return 0;
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const next = new Int32Array(array.length * 2);
  next.set(array);
  return next;
}
