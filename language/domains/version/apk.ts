/** Alpine versions: apk-package(5) and `apk_version_compare` of apk-tools 3 (`src/version.c`). */
import { type Natural, natural, type Order, order, type Scheme, schemeOf } from "./scheme.ts";

/** What a version is read as, in rising order of kind. A version that ends earlier is above one that goes on, except as below. */
type Token =
  | { readonly kind: "number"; readonly text: string; readonly value: Natural; readonly first: boolean }
  | { readonly kind: "letter"; readonly text: string }
  | { readonly kind: "suffix"; readonly rank: number }
  | { readonly kind: "suffix-number"; readonly value: Natural }
  | { readonly kind: "hash"; readonly text: string }
  | { readonly kind: "revision"; readonly value: Natural };

const kinds: readonly Token["kind"][] = ["number", "letter", "suffix", "suffix-number", "hash", "revision"];
const shape = /^(\d+(?:\.\d+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*)(~[0-9a-f]+)?(?:-r(\d+))?$/;
/** Those of a negative rank come before the release. */
const ranks: Readonly<Record<string, number>> = { alpha: -4, beta: -3, pre: -2, rc: -1, cvs: 1, svn: 2, git: 3, hg: 4, p: 5 };

interface AlpineVersion {
  readonly tokens: readonly Token[];
}

function read(text: string): AlpineVersion | undefined {
  const match = shape.exec(text);
  if (match === null) return undefined;
  const [, numbers = "", letter = "", suffixes = "", hash, revision] = match;
  const tokens: Token[] = numbers.split(".").map((digits, i) => ({ kind: "number", text: digits, value: natural(digits), first: i === 0 }));
  if (letter !== "") tokens.push({ kind: "letter", text: letter });
  for (const suffix of suffixes.matchAll(/_([a-z]+)(\d*)/g)) {
    tokens.push({ kind: "suffix", rank: ranks[suffix[1] ?? ""] ?? 0 });
    if (suffix[2]) tokens.push({ kind: "suffix-number", value: natural(suffix[2]) });
  }
  if (hash !== undefined) tokens.push({ kind: "hash", text: hash });
  if (revision !== undefined) tokens.push({ kind: "revision", value: natural(revision) });
  return { tokens };
}

function orderTokens(a: Token, b: Token): Order {
  if (a.kind === "number" && b.kind === "number") {
    // A fraction with a leading zero is compared as text, like a decimal fraction.
    const asText = !a.first && (a.text.startsWith("0") || b.text.startsWith("0"));
    return asText ? order(a.text, b.text) : order(a.value, b.value);
  }
  if (a.kind === "suffix" && b.kind === "suffix") return order(a.rank, b.rank);
  if ((a.kind === "letter" || a.kind === "hash") && b.kind === a.kind) return order(a.text, b.text);
  if ((a.kind === "suffix-number" || a.kind === "revision") && b.kind === a.kind) return order(a.value, b.value);
  return orderKinds(a, b);
}

/** Where the kinds differ: a prerelease suffix is below whatever the other has; else the kind that comes first is above. */
function orderKinds(a: Token | undefined, b: Token | undefined): Order {
  if (a?.kind === "suffix" && a.rank < 0) return -1;
  if (b?.kind === "suffix" && b.rank < 0) return 1;
  return order(kindOf(b), kindOf(a));
}

function kindOf(token: Token | undefined): number {
  return token === undefined ? kinds.length : kinds.indexOf(token.kind);
}

function compare({ tokens: a }: AlpineVersion, { tokens: b }: AlpineVersion): Order {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [left, right] = [a[i], b[i]];
    const found = left === undefined || right === undefined ? orderKinds(left, right) : orderTokens(left, right);
    if (found !== 0 || left === undefined || right === undefined) return found;
  }
  return 0;
}

export const apk: Scheme = schemeOf(read, compare);
