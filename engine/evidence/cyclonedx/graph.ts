/** The dependency graph and the completeness statements of a CycloneDX document. */
import { type DataValue, Lack, OpenList } from "../../../language/core/data.ts";
import { type Json, objects, text, texts } from "../raw.ts";
import type { Draft } from "../sbom/component.ts";
import { type Completeness, listOf } from "../sbom/openness.ts";
import type { References } from "../sbom/references.ts";
import type { Inventory } from "./components.ts";
import { isLink } from "./links.ts";

/** What `compositions` say, by the bom-ref of what they say it about. */
export interface Compositions {
  readonly assemblies: ReadonlyMap<string, Completeness>;
  readonly dependencies: ReadonlyMap<string, Completeness>;
  /** Of statements that name nothing: about the document as a whole, where it says that something is missing. */
  readonly whole: Completeness;
}

const undeclared: Completeness = { kind: "undeclared" };
const nothing = listOf([], undeclared);

/** Reads `compositions` (from version 1.3). Of two statements about one thing the less complete counts. */
export function compositions(bom: Json): Compositions {
  const assemblies = new Map<string, Completeness>();
  const dependencies = new Map<string, Completeness>();
  let whole = undeclared;
  for (const composition of objects(bom["compositions"])) {
    const said = aggregate(composition["aggregate"]);
    const parts = texts(composition["assemblies"]);
    const edges = texts(composition["dependencies"]);
    for (const ref of parts) assemblies.set(ref, lesser(assemblies.get(ref), said));
    for (const ref of edges) dependencies.set(ref, lesser(dependencies.get(ref), said));
    // A bare "complete" does not say what of, so it is no promise.
    if (parts.length + edges.length === 0 && !("vulnerabilities" in composition) && said.kind === "incomplete") whole = said;
  }
  return { assemblies, dependencies, whole };
}

function aggregate(value: unknown): Completeness {
  const said = String(value);
  if (said === "complete") return { kind: "complete" };
  return said.startsWith("incomplete") ? { kind: "incomplete", said } : undeclared;
}

const order = { complete: 0, undeclared: 1, incomplete: 2 };

function lesser(a: Completeness | undefined, b: Completeness): Completeness {
  return a !== undefined && order[a.kind] >= order[b.kind] ? a : b;
}

/** Whether the list of all components is whole: the root says so, and no part of it says otherwise. */
export function wholeness(stated: Compositions, root: Draft | undefined): Completeness {
  const ref = root?.["id"];
  let result = typeof ref === "string" ? (stated.assemblies.get(ref) ?? undeclared) : undeclared;
  for (const said of stated.assemblies.values()) result = lesser(said, result);
  return stated.whole.kind === "incomplete" ? stated.whole : result;
}

/** Fills `dependencies` and `direct` in, and reports references that lead nowhere. Cycles are as they are. */
export function connect(bom: Json, base: string, found: Inventory, stated: Compositions, refs: References): void {
  const elsewhere = elsewhereIn(bom);
  let direct: readonly DataValue[] | undefined;
  objects(bom["dependencies"]).forEach((dependency, index) => {
    const ref = text(dependency["ref"]);
    if (ref === undefined) return;
    const from = found.byRef.get(ref);
    const targets = dependency["dependsOn"];
    if (!from) {
      if (!found.others.has(ref) && !isLink(ref) && !elsewhere(ref))
        refs.dangling(ref, "a dependency", `${base}/dependencies/${index}/ref`);
      return;
    }
    const before = from["dependencies"];
    const completeness = stated.dependencies.get(ref) ?? undeclared;
    // Most packages of a product depend on nothing, and need no list each to say so.
    if (before === undefined && from !== found.root && completeness === undeclared && Array.isArray(targets) && targets.length === 0) {
      from["dependencies"] = nothing;
      return;
    }
    // An element given twice depends on what both say.
    const items: DataValue[] = before === undefined ? [] : [...itemsOf(before)];
    const lacks: Lack[] = before instanceof OpenList ? [...before.lacks] : [];
    for (let position = 0; Array.isArray(targets) && position < targets.length; position++) {
      const on: unknown = targets[position];
      if (typeof on !== "string") continue;
      const target = found.byRef.get(on);
      if (target) items.push(target);
      else if (isLink(on)) lacks.push(new Lack("missing", `\`${on}\` is in another document`));
      else if (!found.others.has(on) && !elsewhere(on)) {
        refs.dangling(on, `dependency of \`${ref}\``, `${base}/dependencies/${index}/dependsOn/${position}`);
        lacks.push(new Lack("malformed", `\`${on}\` is not in the document`));
      }
    }
    from["dependencies"] = listOf(before === undefined ? items : [...new Set(items)], completeness, lacks);
    if (from === found.root) direct = items;
  });
  markDirect(found, stated, direct);
}

function itemsOf(list: DataValue): readonly DataValue[] {
  if (list instanceof OpenList) return list.items;
  return Array.isArray(list) ? list : [];
}

/** Without an entry for the root the document does not say what is direct. */
function markDirect(found: Inventory, stated: Compositions, direct: readonly DataValue[] | undefined): void {
  if (!direct) return;
  const rootRef = found.root?.["id"];
  const said = typeof rootRef === "string" ? stated.dependencies.get(rootRef) : undefined;
  const others: DataValue =
    said?.kind === "incomplete" ? new Lack("missing", "the document says that the dependencies of its root are incomplete") : false;
  const named = new Set(direct);
  for (const component of found.components) component["direct"] = named.has(component) || others;
}

/** Whether a bom-ref is used by anything at all in the document; looked at only where a reference was not found. */
function elsewhereIn(bom: Json): (ref: string) => boolean {
  let all: Set<string> | undefined;
  const collect = (value: unknown, into: Set<string>): void => {
    if (Array.isArray(value)) for (const item of value) collect(item, into);
    else if (value !== null && typeof value === "object") {
      const ref = (value as Json)["bom-ref"];
      if (typeof ref === "string") into.add(ref);
      for (const inner of Object.values(value)) if (inner !== null && typeof inner === "object") collect(inner, into);
    }
  };
  return (ref) => {
    if (!all) {
      all = new Set();
      collect(bom, all);
    }
    return all.has(ref);
  };
}
