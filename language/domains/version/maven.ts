/**
 * Maven versions: the order of `org.apache.maven.artifact.versioning.ComparableVersion` as of Maven 4, the "Version
 * order specification" of the POM reference. Maven 3 orders the same versions alike, but some strange ones in a circle
 * (`1-x` against lists), which a range cannot be read by. Every text is a version.
 */
import { type Natural, natural, type Order, order, type Scheme, schemeOf } from "./scheme.ts";

type Item =
  | { readonly kind: "number"; readonly value: Natural }
  | { readonly kind: "word"; readonly value: string }
  /** A word with its number: `rc1`, and `rc-1`, which is the same. */
  | { readonly kind: "pair"; readonly word: string; readonly number: Natural }
  | ItemList;

interface ItemList {
  readonly kind: "list";
  readonly items: Item[];
}

/** Known qualifiers in rising order; "" is the release itself, and unknown ones come after all, in ASCII order. */
const qualifiers: readonly string[] = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];
const release = "5";
const releaseNames: readonly string[] = ["ga", "final", "release"];
const shortForms: ReadonlyMap<string, string> = new Map([
  ["a", "alpha"],
  ["b", "beta"],
  ["m", "milestone"],
]);

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function read(text: string): ItemList | undefined {
  if (text === "") return undefined;
  const version = text.toLowerCase();
  const root: ItemList = { kind: "list", items: [] };
  const lists = [root];
  let list = root;
  let [start, digits, paired] = [0, false, false];
  const nest = () => {
    const inner: ItemList = { kind: "list", items: [] };
    list.items.push(inner);
    lists.push(inner);
    list = inner;
  };
  for (let i = 0; i < version.length; i++) {
    const c = version[i];
    if (c === ".") {
      list.items.push(i === start ? zero : itemOf(paired, digits, version.slice(start, i)));
      paired = false;
      start = i + 1;
    } else if (c === "-") {
      if (i > start && !digits && isDigit(version, i + 1)) {
        paired = true;
        continue;
      }
      list.items.push(i === start ? zero : itemOf(paired, digits, version.slice(start, i)));
      start = i + 1;
      nest();
      paired = false;
    } else if (isDigit(version, i)) {
      if (!digits && i > start) {
        paired = true;
        if (list.items.length > 0) nest();
      }
      digits = true;
    } else {
      if (digits && i > start) {
        list.items.push(itemOf(paired, true, version.slice(start, i)));
        start = i;
        nest();
        paired = false;
      }
      digits = false;
    }
  }
  if (version.length > start) {
    if (!digits && list.items.length > 0) nest();
    list.items.push(itemOf(paired, digits, version.slice(start)));
  }
  for (const inner of lists.reverse()) normalise(inner.items);
  return root;
}

const zero: Item = { kind: "number", value: 0 };

function itemOf(paired: boolean, digits: boolean, text: string): Item {
  if (paired) {
    const joined = text.replaceAll("-", "");
    const at = joined.search(/\d/);
    const word = joined.slice(0, at);
    return { kind: "pair", word: aliasOf(shortForms.get(word) ?? word), number: natural(joined.slice(at)) };
  }
  return digits ? { kind: "number", value: natural(text) } : { kind: "word", value: aliasOf(text) };
}

function aliasOf(word: string): string {
  return word === "cr" ? "rc" : word;
}

/** Drops what does not count: zeros and empty lists at the end, or before a qualifier. */
function normalise(items: Item[]): void {
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i];
    if (item === undefined || !isNull(item)) continue;
    const next = items[i + 1];
    if (next === undefined || next.kind === "word" || (next.kind === "list" && beginsWithWord(next))) items.splice(i, 1);
  }
  const [only] = items;
  if (items.length === 1 && only?.kind === "list") items.splice(0, 1, ...only.items);
}

function isNull(item: Item): boolean {
  switch (item.kind) {
    case "number":
      return item.value === 0;
    case "word":
      return item.value === "";
    case "pair":
      return false;
    case "list":
      return item.items.length === 0;
  }
}

function beginsWithWord(list: ItemList): boolean {
  const kind = list.items[0]?.kind;
  return kind === "pair" || kind === "word";
}

function rankOf(word: string): string {
  if (releaseNames.includes(word)) return release;
  const known = qualifiers.indexOf(word);
  return known < 0 ? `${qualifiers.length}-${word}` : known.toString();
}

function compareItems(a: Item | undefined, b: Item | undefined): Order {
  if (a === undefined) return b === undefined ? 0 : opposite(orderToNothing(b));
  if (b === undefined) return orderToNothing(a);
  if (a.kind === "number") return b.kind === "number" ? order(a.value, b.value) : 1;
  if (b.kind === "number") return -1;
  if (a.kind === "list") return b.kind === "list" ? compareLists(a, b) : orderToWord(a, b);
  if (b.kind === "list") return opposite(orderToWord(b, a));
  return orderWords(a, b);
}

type Word = Extract<Item, { kind: "word" | "pair" }>;

/** A list against a word: its first item, then whether the rest adds or takes. */
function orderToWord(list: ItemList, word: Word): Order {
  const [first, ...rest] = list.items;
  if (first === undefined) return opposite(orderToNothing(word));
  const found = compareItems(first, word);
  return found === 0 ? orderToNothing({ kind: "list", items: rest }) : found;
}

/** A word is below the same word with a number; a name of the release is below only with a number other than 0. */
function orderWords(a: Word, b: Word): Order {
  const rank = rankOf(wordOf(a));
  const found = order(rank, rankOf(wordOf(b)));
  if (found !== 0) return found;
  const bare = rank === release ? 0 : -1;
  return order(a.kind === "pair" ? a.number : bare, b.kind === "pair" ? b.number : bare);
}

function wordOf(item: Word): string {
  return item.kind === "word" ? item.value : item.word;
}

function compareLists(a: ItemList, b: ItemList): Order {
  const length = Math.max(a.items.length, b.items.length);
  for (let i = 0; i < length; i++) {
    const found = compareItems(a.items[i], b.items[i]);
    if (found !== 0) return found;
  }
  return 0;
}

/** How an item stands to the end of the version: `1-rc` is below `1`, `1-sp` above. */
function orderToNothing(item: Item): Order {
  switch (item.kind) {
    case "number":
      return item.value === 0 ? 0 : 1;
    case "word":
      return order(rankOf(item.value), release);
    case "pair":
      return order(rankOf(item.word), release) || order(item.number, 0);
    case "list":
      for (const inner of item.items) {
        const found = orderToNothing(inner);
        if (found !== 0) return found;
      }
      return 0;
  }
}

function opposite(found: Order): Order {
  return found === 0 ? 0 : found === 1 ? -1 : 1;
}

export const maven: Scheme = schemeOf(read, compareLists);
