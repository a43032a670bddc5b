/**
 * Maven versions: the order of `org.apache.maven.artifact.versioning.ComparableVersion` as of Maven 3.9 (3.8 is the
 * same), the "Version order specification" of the POM reference. Every text but the empty one is a version. Some strange
 * ones stand in a circle (a word where another version has a list, as in `1-x.y.1`); Maven's answer is followed there too,
 * and so not that of the candidates of Maven 4, which nest words and numbers otherwise.
 */
import { type Natural, natural, type Order, order, type Scheme, schemeOf } from "./scheme.ts";

/** A number; a qualifier, by its rank; or what follows a hyphen or a change between digits and letters. */
type Item = Natural | string | Item[];

/** Known qualifiers in rising order; "" is the release itself, and unknown ones come after all, in ASCII order. */
const qualifiers: readonly string[] = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];
const release = "5";
const aliases: ReadonlyMap<string, string> = new Map([
  ["ga", ""],
  ["final", ""],
  ["release", ""],
  ["cr", "rc"],
]);
/** Only before a digit. */
const shortForms: ReadonlyMap<string, string> = new Map([
  ["a", "alpha"],
  ["b", "beta"],
  ["m", "milestone"],
]);

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function read(text: string): Item[] | undefined {
  if (text === "") return undefined;
  const version = text.toLowerCase();
  let list: Item[] = [];
  const lists = [list];
  let [start, digits] = [0, false];
  const nest = (): void => {
    const inner: Item[] = [];
    list.push(inner);
    lists.push(inner);
    list = inner;
  };
  for (let i = 0; i < version.length; i++) {
    const code = version.charCodeAt(i);
    if (code === dot || code === hyphen) {
      list.push(i === start ? 0 : itemOf(digits, version.slice(start, i)));
      start = i + 1;
      if (code === hyphen) nest();
    } else if (isDigit(code)) {
      if (!digits && i > start) {
        // `1.0.X1` is read as `1.0-X1`.
        if (list.length > 0) nest();
        const word = version.slice(start, i);
        list.push(rankOf(shortForms.get(word) ?? word));
        start = i;
        nest();
      }
      digits = true;
    } else {
      if (digits && i > start) {
        list.push(natural(version.slice(start, i)));
        start = i;
        nest();
      }
      digits = false;
    }
  }
  if (version.length > start) {
    if (!digits && list.length > 0) nest();
    list.push(itemOf(digits, version.slice(start)));
  }
  for (const inner of lists.reverse()) normalise(inner);
  return lists.at(-1);
}

const dot = 46;
const hyphen = 45;

function itemOf(digits: boolean, text: string): Item {
  return digits ? natural(text) : rankOf(text);
}

function rankOf(word: string): string {
  const name = aliases.get(word) ?? word;
  const known = qualifiers.indexOf(name);
  return known < 0 ? `${qualifiers.length}-${name}` : known.toString();
}

/** Drops what does not count at the end, and before lists at the end: zeros, the release, empty lists. */
function normalise(items: Item[]): void {
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i] as Item;
    if (item === 0 || item === release || (Array.isArray(item) && item.length === 0)) items.splice(i, 1);
    else if (!Array.isArray(item)) return;
  }
}

/** Numbers are above lists, lists above words. */
function compareItems(a: Item | undefined, b: Item | undefined): Order {
  if (a === undefined) return b === undefined ? 0 : opposite(orderToNothing(b));
  if (b === undefined) return orderToNothing(a);
  if (typeof a === "string") return typeof b === "string" ? order(a, b) : -1;
  if (typeof b === "string") return 1;
  if (Array.isArray(a)) return Array.isArray(b) ? compareLists(a, b) : -1;
  return Array.isArray(b) ? 1 : order(a, b);
}

function compareLists(a: readonly Item[], b: readonly Item[]): Order {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const found = compareItems(a[i], b[i]);
    if (found !== 0) return found;
  }
  return 0;
}

/** How an item stands to the end of the version: `1-rc` is below `1`, `1-sp` above. */
function orderToNothing(item: Item): Order {
  if (typeof item === "string") return order(item, release);
  if (!Array.isArray(item)) return order(item, 0);
  for (const inner of item) {
    const found = orderToNothing(inner);
    if (found !== 0) return found;
  }
  return 0;
}

function opposite(found: Order): Order {
  return found === 0 ? 0 : found === 1 ? -1 : 1;
}

export const maven: Scheme = schemeOf(read, compareLists);
