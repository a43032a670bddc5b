/** Which records of OSV feeds are about some ids: of a dump of hundreds of thousands, a few. */
import type { OsvFeed, OsvHead } from "./feed.ts";

export interface Listed {
  readonly feed: OsvFeed;
  readonly index: number;
  readonly head: OsvHead;
}

/** Records by every id that they name, made once for a feed: a stream of requests asks the same one again and again. */
const indexes = new WeakMap<OsvFeed, ReadonlyMap<string, readonly number[]>>();

function indexOf(feed: OsvFeed): ReadonlyMap<string, readonly number[]> {
  const known = indexes.get(feed);
  if (known !== undefined) return known;
  const index = new Map<string, number[]>();
  for (const [at, { id, aliases }] of feed.records.entries()) {
    for (const name of new Set([id, ...aliases])) {
      const listed = index.get(name);
      if (listed === undefined) index.set(name, [at]);
      else listed.push(at);
    }
  }
  indexes.set(feed, index);
  return index;
}

/**
 * Every record that is reached from the ids by aliases, in any number of steps; circles are harmless. Of several states of one
 * record the newest counts, of those in feeds that are `own` (by digest) where one has it: who gives another state, however
 * new, takes nothing back. What was taken back leads nowhere, but is there to say so.
 */
export function recordsAbout(ids: Iterable<string>, feeds: readonly OsvFeed[], own: ReadonlySet<string> = nobody): readonly Listed[] {
  if (feeds.length === 0) return [];
  const seen = new Set(ids);
  const found = new Map<string, Listed>();
  // A set grows while it is gone through, and what is added is gone through as well.
  for (const id of seen) {
    for (const listed of statesOf(id, feeds, own)) {
      const { head } = listed;
      if (found.has(head.id)) continue;
      found.set(head.id, listed);
      if (head.withdrawn === undefined) for (const other of [head.id, ...head.aliases]) seen.add(other);
    }
  }
  return [...found.values()].sort((a, b) => (a.head.id < b.head.id ? -1 : 1));
}

/** The newest state of each record that names the id; an older one may have named it, and counts no more. */
function statesOf(id: string, feeds: readonly OsvFeed[], own: ReadonlySet<string>): readonly Listed[] {
  const named = new Set<string>();
  for (const feed of feeds) for (const at of indexOf(feed).get(id) ?? []) named.add(feed.records[at]?.id ?? id);
  return [...named].flatMap((name) => {
    const newest = newestOf(name, feeds, own);
    return newest !== undefined && [newest.head.id, ...newest.head.aliases].includes(id) ? [newest] : [];
  });
}

const nobody: ReadonlySet<string> = new Set();

function newestOf(name: string, feeds: readonly OsvFeed[], own: ReadonlySet<string>): Listed | undefined {
  let newest: Listed | undefined;
  for (const feed of feeds) {
    const isOwn = own.has(feed.document.digest);
    for (const index of indexOf(feed).get(name) ?? []) {
      const head = feed.records[index];
      if (head?.id !== name) continue;
      const wasOwn = newest !== undefined && own.has(newest.feed.document.digest);
      if (newest === undefined || (isOwn === wasOwn ? head.modified > newest.head.modified : isOwn)) newest = { feed, index, head };
    }
  }
  return newest;
}
