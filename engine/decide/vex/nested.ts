/**
 * Maps by several names. Names come from documents: joined to one text, whatever stands between them, those of one thing can be
 * made to read as those of another.
 */

/** The map below a key, made where there is none. */
export function within<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  let found = maps.get(key);
  if (found === undefined) {
    found = new Map();
    maps.set(key, found);
  }
  return found;
}
