/**
 * Conan versions: `Version` of Conan 2 (`conan/internal/model/version.py`), which extends semantic versions to any number
 * of items, to letters in them, and to build metadata that counts. Numbers are compared by value, and with anything else
 * as texts; where a version mixes both in one place (`2`, `10`, `1a`) Conan's order goes in a circle, and is followed.
 */
import { dottedParts, isDigits } from "./digits.ts";
import { type Natural, natural, type Order, order, type Scheme, schemeOf } from "./scheme.ts";

interface Item {
  /** Undefined: not a number. */
  readonly value: Natural | undefined;
  readonly text: string;
}

interface ConanVersion {
  readonly items: readonly Item[];
  /** Undefined: a release. */
  readonly prerelease: readonly Item[] | undefined;
  /** Undefined: none, which is below any. */
  readonly build: readonly Item[] | undefined;
}

/** As a recipe's reference allows, in upper case too, as Conan 1 did (`conan/api/model/refs.py`). */
const shape = /^[A-Za-z0-9_][A-Za-z0-9_+.-]{0,100}$/;
/** What Python's `int` reads of these characters. */
const integer = /^([+-]?)(\d+(?:_\d+)*)$/;

function read(text: string): ConanVersion | undefined {
  if (!shape.test(text)) return undefined;
  const plus = text.lastIndexOf("+");
  const rest = plus < 0 ? text : text.slice(0, plus);
  const minus = rest.indexOf("-");
  return {
    items: itemsOf(minus < 0 ? rest : rest.slice(0, minus)),
    prerelease: minus < 0 ? undefined : itemsOf(rest.slice(minus + 1)),
    build: plus < 0 ? undefined : itemsOf(text.slice(plus + 1)),
  };
}

/** Zeros at the end do not count. */
function itemsOf(text: string): readonly Item[] {
  const items = dottedParts(text).map(itemOf);
  while (items.at(-1)?.value === 0) items.pop();
  return items;
}

function itemOf(text: string): Item {
  if (isDigits(text) && (text.length === 1 || text[0] !== "0")) return { value: natural(text), text };
  const match = integer.exec(text);
  if (match === null) return { value: undefined, text };
  const digits = natural((match[2] ?? "").replaceAll("_", ""));
  const value = match[1] === "-" && digits !== 0 ? -digits : digits;
  return { value, text: value.toString() };
}

function orderItems(a: Item, b: Item): Order {
  return a.value !== undefined && b.value !== undefined ? order(a.value, b.value) : order(a.text, b.text);
}

function orderAll(a: readonly Item[], b: readonly Item[]): Order {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const found = orderItems(a[i] as Item, b[i] as Item);
    if (found !== 0) return found;
  }
  return order(a.length, b.length);
}

function compare(a: ConanVersion, b: ConanVersion): Order {
  const found = orderAll(a.items, b.items);
  if (found !== 0) return found;
  if (a.prerelease === undefined || b.prerelease === undefined) {
    if (a.prerelease !== b.prerelease) return a.prerelease === undefined ? 1 : -1;
  } else {
    const stage = orderAll(a.prerelease, b.prerelease);
    if (stage !== 0) return stage;
  }
  if (a.build === undefined || b.build === undefined) return order(a.build === undefined ? 0 : 1, b.build === undefined ? 0 : 1);
  return orderAll(a.build, b.build);
}

export const conan: Scheme = schemeOf(read, compare);
