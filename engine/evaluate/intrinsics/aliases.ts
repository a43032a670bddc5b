/** Alias classes: ids that mean one vulnerability, closed under symmetry and transitivity (OSV schema, `aliases`). */
import type { DataRecord } from "../../../language/core/data.ts";
import { parseAdvisory } from "../../../language/domains/advisory.ts";
import { textOf, textsOf } from "./raw.ts";

/** Classes of ids, by union-find. Ids are to be canonical. Nearly linear in the ids linked; cycles are harmless. */
export class AliasClasses {
  readonly #parents = new Map<string, string>();
  readonly #sizes = new Map<string, number>();

  /** All of `ids` mean the same. */
  link(ids: readonly string[]): void {
    const [first, ...rest] = ids;
    if (first === undefined) return;
    let root = this.of(first);
    for (const id of rest) root = this.#unite(root, this.of(id));
  }

  /** The name of an id's class: one of its ids, the same for all. An id that was never linked is a class of its own. */
  of(id: string): string {
    let current = id;
    for (let parent = this.#parents.get(current); parent !== undefined; parent = this.#parents.get(current)) {
      const grandparent = this.#parents.get(parent);
      if (grandparent === undefined) return parent;
      this.#parents.set(current, grandparent);
      current = grandparent;
    }
    return current;
  }

  #unite(a: string, b: string): string {
    if (a === b) return a;
    const sizeA = this.#sizes.get(a) ?? 1;
    const sizeB = this.#sizes.get(b) ?? 1;
    const [root, child] = sizeA >= sizeB ? [a, b] : [b, a];
    this.#parents.set(child, root);
    this.#sizes.set(root, sizeA + sizeB);
    return root;
  }
}

/** An id as its database prints it; what is no advisory id is kept as it is. */
export function canonicalId(text: string): string {
  // As nearly all are written.
  if (plainCve.test(text)) return text;
  const parsed = parseAdvisory(text);
  return parsed.ok ? parsed.value : text;
}

const plainCve = /^CVE-\d{4}-\d{4,19}$/;

/** Reads ids as `idsOf` does. Records with the same ids in the same words have one list between them, where an id has few. */
export function idReader(): (record: DataRecord, field: string) => readonly string[] {
  const known = new Map<string, KnownIds[]>();
  return (record, field) => {
    const own = textOf(record[field]) ?? "";
    const aliases = textsOf(record["aliases"]);
    let lists = known.get(own);
    if (lists === undefined) {
      lists = [];
      known.set(own, lists);
    }
    for (const one of lists) if (sameTexts(one.aliases, aliases)) return one.ids;
    const ids = idsOf(record, field);
    if (lists.length < mostAlike) lists.push({ aliases, ids });
    return ids;
  };
}

interface KnownIds {
  readonly aliases: readonly string[];
  readonly ids: readonly string[];
}

/** So many lists of aliases of one id are remembered: each is compared with those of each record that has the id. */
const mostAlike = 8;

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Canonical ids that a record names: its own (`field`) first, then its aliases, without repetition. */
export function idsOf(record: DataRecord, field: string): readonly string[] {
  const own = textOf(record[field]);
  const aliases = textsOf(record["aliases"]);
  if (aliases.length === 0) return own === undefined ? [] : [canonicalId(own)];
  const all = own === undefined ? aliases : [own, ...aliases];
  return [...new Set(all.map(canonicalId))];
}
