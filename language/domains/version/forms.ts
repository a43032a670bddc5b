/**
 * What texts were read as, of those that come again. The first sight of a text leaves its hash and nothing else: only
 * what is seen twice is kept. Keeping every text took three quarters of a comparison of two new ones, most of it in moving
 * forms that nobody asked for again. What is no version is not kept. Which forms are kept never changes an answer.
 */
const kept = 16_384;
/** A power of two. Each place has the hashes of the last two texts that came to it. */
const places = 8192;

/** The function, remembering some of its values: two generations of them, of which the older is forgotten. It must be pure. */
export function remembering<T extends object>(make: (text: string) => T | undefined): (text: string) => T | undefined {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  let seen: Int32Array | undefined;
  const isSecond = (hash: number): boolean => {
    seen ??= new Int32Array(2 * places);
    const place = 2 * (hash & (places - 1));
    const last = seen[place] as number;
    if (last === hash || seen[place + 1] === hash) return true;
    seen[place + 1] = last;
    seen[place] = hash;
    return false;
  };
  const keep = (text: string, value: T): T => {
    if (young.size >= kept) {
      old = young;
      young = new Map();
    }
    young.set(text, value);
    return value;
  };
  return (text) => {
    const known = young.get(text);
    if (known !== undefined) return known;
    const before = old.get(text);
    if (before !== undefined) return keep(text, before);
    const value = make(text);
    return value === undefined || !isSecond(hashOf(text)) ? value : keep(text, value);
  };
}

/** FNV-1a over the code units, with its upper bits folded into those that name a place. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 16);
}
