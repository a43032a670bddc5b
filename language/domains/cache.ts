/**
 * A bounded cache keyed by text. It holds two generations of `size` entries: when the younger is full, the older is
 * forgotten, so what is read often stays and memory is flat however much evidence streams by. Very long texts are not
 * kept.
 */
export interface Cache<T> {
  /** The value made from the text, now or earlier. `make` must be pure. */
  readonly of: (text: string) => T;
}

const longest = 4096;

/** A cache of a function of text. */
export function cacheOf<T>(size: number, make: (text: string) => T): Cache<T> {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  return {
    of(text) {
      if (text.length > longest) return make(text);
      const known = young.get(text);
      if (known !== undefined || young.has(text)) return known as T;
      const value = old.has(text) ? (old.get(text) as T) : make(text);
      if (young.size >= size) {
        old = young;
        young = new Map();
      }
      young.set(text, value);
      return value;
    },
  };
}
