/** Dependencies between components that a document gives one by one, as SPDX relationships do. */
import type { Lack } from "../../../language/core/data.ts";
import type { Draft } from "./component.ts";
import { type Completeness, listOf } from "./openness.ts";

interface Entry {
  readonly items: Set<Draft>;
  readonly lacks: Lack[];
  completeness: Completeness;
}

/** Collects edges; `tie` writes `dependencies` and `direct` into the records. */
export interface Edges {
  add(from: Draft, to: Draft): void;
  /** A dependency that is known to be there and is not in the document. */
  lack(from: Draft, lack: Lack): void;
  /** What the document says about the whole list of one component; of two statements the first counts. */
  state(from: Draft, completeness: Completeness): void;
  tie(components: readonly Draft[], root: Draft | undefined): void;
}

export function edges(): Edges {
  const entries = new Map<Draft, Entry>();
  const entryOf = (from: Draft): Entry => {
    const entry = entries.get(from) ?? { items: new Set<Draft>(), lacks: [], completeness: { kind: "undeclared" } };
    entries.set(from, entry);
    return entry;
  };
  return {
    add: (from, to) => void entryOf(from).items.add(to),
    lack: (from, lack) => void entryOf(from).lacks.push(lack),
    state(from, completeness) {
      const entry = entryOf(from);
      if (entry.completeness.kind === "undeclared") entry.completeness = completeness;
    },
    tie(components, root) {
      for (const [from, { items, lacks, completeness }] of entries) from["dependencies"] = listOf([...items], completeness, lacks);
      const direct = root ? entries.get(root) : undefined;
      if (!direct || direct.items.size === 0) return;
      const others = direct.completeness.kind === "incomplete" ? undefined : false;
      for (const component of components) component["direct"] = direct.items.has(component) || others;
    },
  };
}
