/**
 * `uniqueItems` in linear time. The keyword as ajv compiles it compares every pair of objects, which takes hours on an
 * SBOM of 50,000 components. Equality is that of JSON values: key order does not matter.
 */

type Pair = readonly [first: number, second: number];

type Key = string | number | boolean | null;

/**
 * The first pair of equal items, by the place of the later one; undefined where all differ. `keyOf` is equal for equal items;
 * those of one key are compared whole.
 */
export function duplicateItems(items: readonly unknown[], keyOf: (item: unknown) => Key = shallowKey): Pair | undefined {
  const firsts = new Map<Key, number>();
  const buckets = new Map<Key, number[]>();
  items.map(keyOf).forEach((key, index) => {
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, index);
    else if (buckets.has(key)) buckets.get(key)?.push(index);
    else buckets.set(key, [first, index]);
  });
  let found: Pair | undefined;
  for (const bucket of buckets.values()) {
    const pair = duplicateAmong(items, bucket);
    if (pair && (!found || pair[1] < found[1])) found = pair;
  }
  return found;
}

/** Compares a bucket by the whole text of its items. */
function duplicateAmong(items: readonly unknown[], bucket: readonly number[]): Pair | undefined {
  const seen = new Map<string, number>();
  for (const index of bucket) {
    const text = canonical(items[index]);
    const first = seen.get(text);
    if (first !== undefined) return [first, index];
    seen.set(text, index);
  }
  return undefined;
}

/** Equal items have equal keys; unequal ones mostly differ. Reads the scalars of the first level only. */
function shallowKey(item: unknown): Key {
  if (typeof item === "string") return `"${item}`;
  if (typeof item === "number" || typeof item === "boolean") return item;
  if (item === null || typeof item !== "object") return null;
  if (Array.isArray(item)) return item.length;
  let hash = 7;
  for (const name in item) {
    const value = (item as Record<string, unknown>)[name];
    let part = name.length;
    if (typeof value === "string") part = ends(value);
    else if (typeof value === "number") part = value | 0;
    else if (Array.isArray(value)) part = value.length + 3;
    // Addition keeps the sum independent of the order of keys.
    hash = (hash + Math.imul(part ^ Math.imul(name.length + 1, 0x9e3779b1), 0x85ebca6b)) | 0;
  }
  return hash;
}

function ends(text: string): number {
  let hash = text.length;
  const from = Math.max(0, text.length - 24);
  for (let i = 0; i < text.length && i < 24; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  for (let i = from; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

/** JSON text with sorted keys. Depth is bounded by the guard that read the document. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const entries = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical((value as Record<string, unknown>)[name])}`);
  return `{${entries.join(",")}}`;
}
