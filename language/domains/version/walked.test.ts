/** The orders that walk texts as they stand, against the same orders over lists that the texts are split into. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { alpm } from "./alpm.ts";
import { apk } from "./apk.ts";
import { deb } from "./deb.ts";
import { rpm } from "./rpm.ts";
import type { Scheme } from "./scheme.ts";

type Key = bigint | string;
/** Undefined: not a version. */
type Split = (text: string) => Key[][] | undefined;

function orderKeys(a: Key | undefined, b: Key | undefined, end: Key): number {
  const [left, right] = [a ?? end, b ?? end];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Keys are of one type in one place; what is not there is read as the end given. */
function orderLists(a: readonly Key[], b: readonly Key[], ends: readonly Key[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const found = orderKeys(a[i], b[i], ends[i % ends.length] as Key);
    if (found !== 0) return found;
  }
  return 0;
}

/** Digits as a text in the order of values: how many there are before them, without zeros at the front. */
const sized = (digits: string): string => {
  const value = BigInt(digits || "0").toString();
  return value.length.toString().padStart(4, "0") + value;
};

/** Epoch, upstream version, revision; each is what is no digit, by weight, and digits, in turn. */
const splitDeb: Split = (text) => {
  const match = /^(?:(\d{1,10}):)?([A-Za-z0-9.+~:-]+?)(?:-([A-Za-z0-9.+~]+))?$/.exec(text.trim());
  if (match === null || text.length > 512) return undefined;
  const [, epoch, upstream = "", revision = ""] = match;
  if ((revision === "" && upstream.includes("-")) || (epoch === undefined && upstream.includes(":"))) return undefined;
  const weigh = (other: string): string =>
    `${other.replace(/[^A-Za-z]/g, (c) => (c === "~" ? "\u0001" : String.fromCharCode(c.charCodeAt(0) + 256)))}\u0002`;
  const parts = (part: string): Key[] =>
    [...part.matchAll(/(\D*)(\d*)/g)].flatMap(([, other = "", digits = ""]) => [weigh(other), BigInt(digits || "0")]);
  return [[BigInt(epoch ?? "0")], parts(upstream), parts(revision)];
};

/** Epoch, version, release: segments as texts that begin with their kind; the end of a part is a `1`. */
const splitRpm: Split = (text) => {
  const [, epoch = "", version = "", release] = /^(?:(\d*):)?(.*?)(?:-([^-]*))?$/s.exec(text) ?? [];
  if (version === "" || text.length > 512) return undefined;
  const kind = (part: string): string => (part === "~" ? "0" : part === "^" ? "2" : /\d/.test(part) ? `4${sized(part)}` : `3${part}`);
  const segments = (part: string): Key[] => (part.match(/\d+|[A-Za-z]+|[~^]/g) ?? []).map(kind);
  return [[BigInt(epoch || "0")], segments(version), release === undefined ? [] : ["5", ...segments(release)]];
};

/** Tokens, as texts that begin with their kind, the first kind the highest; a suffix of a prerelease is below all kinds. */
function orderApk(a: string, b: string): number | undefined {
  const shape = /^\d+(?:\.\d+)*[a-z]?(?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*(?:~[0-9a-f]+)?(?:-r\d+)?$/;
  if ([a, b].some((text) => !shape.test(text) || text.length > 512)) return undefined;
  const suffixes = ["alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p"];
  const tokens = (text: string): readonly string[] => [...(text.match(/~[0-9a-f]+|-r\d+|_[a-z]+|\.?\d+|[a-z]/g) ?? []), ""];
  const kinds = [/^\.?\d/, /^[a-z]/, /^_/, /^\d/, /^~/, /^-/, /^$/];
  const kindAt = (list: readonly string[], at: number): number =>
    (list[at - 1] ?? "").startsWith("_") && /^\d/.test(list[at] ?? "") ? 3 : kinds.findIndex((kind) => kind.test(list[at] ?? ""));
  const [left, right] = [tokens(a), tokens(b)];
  for (let i = 0; ; i++) {
    const [x = "", y = ""] = [left[i], right[i]];
    const [kind, other] = [kindAt(left, i), kindAt(right, i)];
    if (kind !== other) {
      if (kind === 2 && suffixes.indexOf(x.slice(1)) < 4) return -1;
      if (other === 2 && suffixes.indexOf(y.slice(1)) < 4) return 1;
      return kind < other ? 1 : -1;
    }
    if (kind === 6) return 0;
    const asText = kind === 1 || kind === 4 || (i > 0 && kind === 0 && (x.startsWith(".0") || y.startsWith(".0")));
    const key = (token: string): Key =>
      kind === 2 ? BigInt(suffixes.indexOf(token.slice(1))) : asText ? token : BigInt(token.replace(/\D/g, ""));
    const found = orderKeys(key(x), key(y), 0n);
    if (found !== 0) return found;
  }
}

/** Epoch, pkgver, pkgrel: each is segments with the separators before them, and the separators at the end. */
function orderAlpm(a: string, b: string): number | undefined {
  const shape = /^(?:(\d*):)?([!-.0-9;-~]+?)(?:-([!-,.0-9;-~]+))?$/;
  const split = (text: string) => {
    const [, epoch = "", version = "", release] = shape.exec(text) ?? [];
    if (version === "" || text.length > 512 || (release === undefined && version.includes("-"))) return undefined;
    const listed = (part: string) => ({
      segments: [...part.matchAll(/([^0-9A-Za-z]*)(\d+|[A-Za-z]+)/g)].map(([, before = "", found = ""]) => ({
        before: before.length,
        found,
      })),
      trailing: /[^0-9A-Za-z]*$/.exec(part)?.[0].length ?? 0,
    });
    return { epoch: BigInt(epoch || "0"), version: listed(version), release: release === undefined ? undefined : listed(release) };
  };
  const [left, right] = [split(a), split(b)];
  if (left === undefined || right === undefined) return undefined;
  type Part = typeof left.version;
  const key = (text: string): string => (/\d/.test(text) ? `1${sized(text)}` : `0${text}`);
  const beats = (segment: Part["segments"][number], trailing: number): boolean =>
    /\d/.test(segment.found) || (trailing === 0 && segment.before > 0);
  const orderParts = (x: Part, y: Part): number => {
    for (let i = 0; ; i++) {
      const [one, other] = [x.segments[i], y.segments[i]];
      if (one === undefined && other === undefined) return Math.min(x.trailing, 1) - Math.min(y.trailing, 1);
      if (other === undefined) return one !== undefined && beats(one, y.trailing) ? 1 : -1;
      if (one === undefined) return beats(other, x.trailing) ? -1 : 1;
      const found = Math.sign(one.before - other.before) || orderKeys(key(one.found), key(other.found), "");
      if (found !== 0) return found;
    }
  };
  const found = orderKeys(left.epoch, right.epoch, 0n) || orderParts(left.version, right.version);
  return found !== 0 || left.release === undefined || right.release === undefined ? found : orderParts(left.release, right.release);
}

function ordering(split: Split, ends: readonly Key[]): (a: string, b: string) => number | undefined {
  return (a, b) => {
    const [left, right] = [split(a), split(b)];
    if (left === undefined || right === undefined) return undefined;
    return [0, 1, 2].map((i) => orderLists(left[i] ?? [], right[i] ?? [], i === 0 ? [0n] : ends)).find((found) => found !== 0) ?? 0;
  };
}

const number = fc.constantFrom("0", "1", "2", "10", "00", "01", "010", "9007199254740993", "9007199254740992", "00009007199254740993");
const hostile = ["", " ", "9".repeat(5000), "0".repeat(505), "9".repeat(505), "1.".repeat(10_000), "1.".repeat(250), "~".repeat(300)];
const foreign = ["٣", "１", "é", "ſ", "😀", "\0", "\u00a0", "_", ":", "-", "--", ".", ".."];

/** Mostly versions; some with a piece that is in none; some that are long or nothing. */
function texts(pieces: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...pieces) },
    { weight: 12, arbitrary: number },
    { weight: 8, arbitrary: number.map((digits) => `.${digits}`) },
    { weight: 1, arbitrary: fc.constantFrom(...foreign, ...hostile) },
  );
  return fc.tuple(number, fc.array(piece, { maxLength: 5 })).map(([first, rest]) => first + rest.join(""));
}

const walked: readonly (readonly [string, Scheme, (a: string, b: string) => number | undefined, readonly string[]])[] = [
  ["deb", deb, ordering(splitDeb, ["\u0002", 0n]), ["~", "~~", "+", "a", "B", "rc", "-1", "-0", "-", "1:", ":", "+dfsg"]],
  ["rpm", rpm, ordering(splitRpm, ["1"]), ["~", "^", "a", "B", "rc", "-1", "-", "1:", ":", "..", "_", "+git"]],
  ["alpm", alpm, orderAlpm, ["a", "B", "rc", "_", "..", "+r", "-1", "-2", "-", "1:", ":", "~", "^"]],
  ["apk", apk, orderApk, "a z _alpha _beta _pre _rc _cvs _svn _git _hg _p _foo ~ab ~0f -r0 -r1 -r01".split(" ")],
];

for (const [ecosystem, scheme, expected, pieces] of walked) {
  it(`walks ${ecosystem} versions to the answer that lists of their parts give`, () => {
    let compared = 0;
    const agree = (a: string, b: string): void => {
      const found = scheme.compare(a, b);
      expect(found, `${a} against ${b}`).toBe(expected(a, b));
      if (found !== undefined) compared++;
    };
    for (const a of ["", ...pieces]) for (const b of ["", ...pieces]) for (const end of ["", "1", ".0"]) agree(`1.0${a}${end}`, `1.0${b}`);
    const [version, piece] = [texts(pieces), fc.constantFrom(...pieces)];
    fc.assert(
      fc.property(version, version, piece, piece, fc.nat(40), (a, b, left, right, cut) => {
        agree(a, b);
        agree(b, a);
        // Neighbours, which differ at the end only.
        agree(a + left, a + right);
        agree(a, a.slice(0, cut));
        agree(a.slice(0, cut) + b, a);
      }),
      { numRuns: 1000 },
    );
    expect(compared).toBeGreaterThan(1000);
  });
}
