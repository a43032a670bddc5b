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

/** What is known at a place of the document. Offsets are of bytes. */
interface State {
  readonly bytes: Uint8Array;
  /** By depth: where the keys of the object begin on the stack of keys, or -1 for a list. */
  readonly frames: Int32Array;
  /** By depth: the keys of an object that has many. */
  readonly sets: (Set<string> | undefined)[];
  hashes: Int32Array<ArrayBuffer>;
  starts: Int32Array<ArrayBuffer>;
  ends: Int32Array<ArrayBuffer>;
  /** Keys on the stack. */
  top: number;
  depth: number;
  frame: number;
  /** The next backslash: most texts hold none, so that it is known for a long way. */
  escape: number;
  readonly lastQuote: number;
  problem: Problem | undefined;
}

/** What every scan writes on before it reads there; making it anew costs more than the scan of a small document. */
const desk = {
  frames: new Int32Array(256),
  hashes: new Int32Array(512),
  starts: new Int32Array(512),
  ends: new Int32Array(512),
} as const;

/**
 * Scans `bytes` from `from`. The loops over bytes are functions of their own: small ones are compiled at once, and a
 * document is mostly read by a process that has just started.
 */
export function guard(bytes: Uint8Array, from: number, maxDepth: number): Problem | undefined {
  const length = bytes.length;
  const state: State = {
    bytes,
    frames: desk.frames.length >= maxDepth + 2 ? desk.frames : new Int32Array(maxDepth + 2),
    sets: [],
    hashes: desk.hashes,
    starts: desk.starts,
    ends: desk.ends,
    top: 0,
    depth: 0,
    frame: -1,
    escape: nextEscape(bytes, from),
    lastQuote: bytes.lastIndexOf(0x22),
    problem: undefined,
  };
  let key = false;
  let i = from;
  while (i < length) {
    const c = bytes[i] as number;
    if (c <= 0x20) i = afterSpace(bytes, i + 1, length);
    else if (c === 0x22) {
      if (i >= state.lastQuote) return undefined;
      i = key ? afterKey(state, i + 1) : afterText(state, i + 1);
      if (i < 0) return state.problem;
      key = false;
    } else if (c === 0x2c) {
      key = state.frame >= 0;
      i++;
    } else if (c === 0x7b || c === 0x5b) {
      if (state.depth >= maxDepth) return { kind: "depth", offset: i };
      key = c === 0x7b;
      state.frame = key ? state.top : -1;
      state.frames[++state.depth] = state.frame;
      i++;
    } else if (c === 0x7d || c === 0x5d) {
      close(state);
      key = false;
      i++;
    } else if (c === 0x2d || (c >= 0x30 && c <= 0x39)) {
      const end = afterNumber(bytes, i + 1, length);
      if (end - i > exactDigits && roundedFraction(bytes, i, end)) return { kind: "number", offset: i, end };
      i = end;
    } else i++;
  }
  return undefined;
}

function afterSpace(bytes: Uint8Array, from: number, length: number): number {
  let i = from;
  while (i < length && (bytes[i] as number) <= 0x20) i++;
  return i;
}

function afterNumber(bytes: Uint8Array, from: number, length: number): number {
  let i = from;
  while (i < length && isNumberByte(bytes[i] as number)) i++;
  return i;
}

/** The offset after a text; below 0 where it has a problem. There is a quote after `start`. */
function afterText(state: State, start: number): number {
  const i = quoteFrom(state.bytes, start);
  if (i < state.escape) return i + 1;
  return afterEscapes(state, start, i) + 1;
}

/** The closing quote of a text that may hold escapes, `quote` being the first after `start`; -2 where there is a problem. */
function afterEscapes(state: State, start: number, quote: number): number {
  const { bytes } = state;
  if (state.escape < start) state.escape = nextEscape(bytes, start);
  if (quote < state.escape) return quote;
  const end = closing(bytes, state.escape);
  if (end >= 0) return end;
  state.problem = { kind: "surrogate", offset: -end };
  return -2;
}

function quoteFrom(bytes: Uint8Array, from: number): number {
  let i = from;
  while (bytes[i] !== 0x22) i++;
  return i;
}

/** The offset after a key, which is put on the stack; below 0 where it has a problem or is there already. */
function afterKey(state: State, start: number): number {
  const { bytes } = state;
  let end = quoteFrom(bytes, start);
  let hash: number;
  if (end < state.escape) hash = hashOf(bytes, start, end);
  else {
    end = afterEscapes(state, start, end);
    if (end < 0) return -1;
    const name = encoder.encode(keyText(bytes, start, end));
    hash = hashOf(name, 0, name.length);
  }
  const first = state.top - state.frame < fewKeys ? among(state, hash, start, end) : amongMany(state, start, end);
  if (first >= 0) {
    state.problem = { kind: "duplicate", first, offset: start - 1, end: end + 1 };
    return -1;
  }
  push(state, hash, start, end);
  return end + 1;
}

/** The offset of an equal key of the same object; -1 where there is none. */
function among(state: State, hash: number, start: number, end: number): number {
  const { bytes, hashes, starts, ends, top } = state;
  for (let k = state.frame; k < top; k++) {
    if (hashes[k] === hash && sameKey(bytes, starts[k] as number, ends[k] as number, start, end)) return (starts[k] as number) - 1;
  }
  return -1;
}

function amongMany(state: State, start: number, end: number): number {
  const { bytes, starts, ends, frame, top, depth } = state;
  let set = state.sets[depth];
  if (!set) {
    set = new Set();
    for (let k = frame; k < top; k++) set.add(keyText(bytes, starts[k] as number, ends[k] as number));
    state.sets[depth] = set;
  }
  const text = keyText(bytes, start, end);
  if (set.has(text)) return firstKey(bytes, starts, ends, frame, top, text);
  set.add(text);
  return -1;
}

function push(state: State, hash: number, start: number, end: number): void {
  const { top } = state;
  if (top === state.hashes.length) {
    state.hashes = grown(state.hashes);
    state.starts = grown(state.starts);
    state.ends = grown(state.ends);
  }
  state.hashes[top] = hash;
  state.starts[top] = start;
  state.ends[top] = end;
  state.top = top + 1;
}

function close(state: State): void {
  const { depth } = state;
  if (state.frame >= 0) {
    state.top = state.frame;
    if (state.sets[depth]) state.sets[depth] = undefined;
  }
  if (depth > 0) state.depth = depth - 1;
  state.frame = depth > 1 ? (state.frames[depth - 1] as number) : -1;
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = seed;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), prime);
  return hash;
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
