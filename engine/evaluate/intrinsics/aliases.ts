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

/** Reads ids as `idsOf` does, each text once. Records with the same ids in the same words have one list between them. */
export function idReader(): (record: DataRecord, field: string) => readonly string[] {
  const canonical = new Map<string, string>();
  const lists = new Map<string, readonly string[]>();
  const read = (text: string): string => {
    let id = canonical.get(text);
    if (id === undefined) {
      id = canonicalId(text);
      canonical.set(text, id);
    }
    return id;
  };
  return (record, field) => {
    const own = textOf(record[field]);
    const aliases = textsOf(record["aliases"]);
    if (own !== undefined && aliases.length === 0) {
      let id = lists.get(own);
      if (id === undefined) {
        id = [canonicalId(own)];
        lists.set(own, id);
      }
      return id;
    }
    const key = aliases.length === 0 ? (own ?? "") : `${own ?? ""}\n${aliases.join("\n")}`;
    let ids = lists.get(key);
    if (ids === undefined) {
      ids = [...new Set((own === undefined ? aliases : [own, ...aliases]).map(read))];
      lists.set(key, ids);
    }
    return ids;
  };
}

/** Canonical ids that a record names: its own (`field`) first, then its aliases, without repetition. */
export function idsOf(record: DataRecord, field: string): readonly string[] {
  const own = textOf(record[field]);
  const aliases = textsOf(record["aliases"]);
  if (aliases.length === 0) return own === undefined ? [] : [canonicalId(own)];
  const all = own === undefined ? aliases : [own, ...aliases];
  return [...new Set(all.map(canonicalId))];
}
