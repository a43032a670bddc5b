/** The product tree of a CSAF 2.0 document (section 3.2.2): what its product ids and group ids stand for. */
import { type Json, object, objects, text, texts } from "../raw.ts";

/** One product that the tree defines. */
export interface Definition {
  readonly id: string;
  readonly name: string;
  /** JSON pointer of its full product name, relative to the document. */
  readonly pointer: string;
  readonly helper: Json | undefined;
  /** Names of the branches that it hangs on. */
  readonly vendor?: string | undefined;
  readonly product?: string | undefined;
  readonly version?: string | undefined;
  readonly range?: string | undefined;
  /** For products that a relationship makes: the ids of what it relates. */
  readonly part?: string | undefined;
  readonly whole?: string | undefined;
}

export interface ProductTree {
  /** In document order, ids that are defined twice included. */
  readonly definitions: readonly Definition[];
  readonly byId: ReadonlyMap<string, Definition>;
  readonly groups: readonly { readonly id: string; readonly pointer: string; readonly products: readonly string[] }[];
  readonly byGroup: ReadonlyMap<string, readonly string[]>;
}

interface Path {
  readonly vendor?: string | undefined;
  readonly product?: string | undefined;
  readonly version?: string | undefined;
  readonly range?: string | undefined;
}

/** Reads the tree in one pass. Of two definitions of one id the first counts. */
export function productTree(document: Json): ProductTree {
  const tree = object(document["product_tree"]) ?? {};
  const definitions: Definition[] = [];
  const define = (value: unknown, pointer: string, more: Partial<Definition>): void => {
    const full = object(value);
    const id = text(full?.["product_id"]);
    if (full === undefined || id === undefined) return;
    definitions.push({ ...more, id, name: text(full["name"]) ?? "", pointer, helper: object(full["product_identification_helper"]) });
  };
  for (const [index, full] of objects(tree["full_product_names"]).entries()) define(full, `/product_tree/full_product_names/${index}`, {});
  const branches = (parent: Json, pointer: string, path: Path): void => {
    for (const [index, branch] of objects(parent["branches"]).entries()) {
      const place = `${pointer}/branches/${index}`;
      const below = extended(path, branch);
      define(branch["product"], `${place}/product`, below);
      branches(branch, place, below);
    }
  };
  branches(tree, "/product_tree", {});
  for (const [index, relationship] of objects(tree["relationships"]).entries()) {
    const related = { part: text(relationship["product_reference"]), whole: text(relationship["relates_to_product_reference"]) };
    define(relationship["full_product_name"], `/product_tree/relationships/${index}/full_product_name`, related);
  }
  const byId = new Map<string, Definition>();
  for (const definition of definitions) if (!byId.has(definition.id)) byId.set(definition.id, definition);
  const groups = objects(tree["product_groups"]).flatMap((group, index) => {
    const id = text(group["group_id"]);
    return id === undefined ? [] : [{ id, pointer: `/product_tree/product_groups/${index}`, products: texts(group["product_ids"]) }];
  });
  const byGroup = new Map<string, readonly string[]>();
  for (const group of groups) if (!byGroup.has(group.id)) byGroup.set(group.id, group.products);
  return { definitions, byId, groups, byGroup };
}

function extended(path: Path, branch: Json): Path {
  const name = text(branch["name"]);
  switch (branch["category"]) {
    case "vendor":
      return { ...path, vendor: name };
    case "product_name":
      return { ...path, product: name };
    case "product_version":
      return { ...path, version: name };
    case "product_version_range":
      return { ...path, range: name };
    default:
      return path;
  }
}

/** What a product id means: a product, and the part of it that is spoken of where relationships lead to it. */
export interface Meaning {
  readonly product: Definition;
  readonly part: Definition | undefined;
}

/**
 * What ids mean: "A as a component of B" is B, and of it A (section 3.2.2.3); through several relationships, the
 * outermost product and the innermost part. Undefined: the id is not defined, or relationships lead round in a circle.
 * Each relationship is followed once, however many ids lead through it.
 */
export function meanings(tree: ProductTree): (id: string) => Meaning | undefined {
  const product = following(tree, "whole");
  const part = following(tree, "part");
  return (id) => {
    const definition = tree.byId.get(id);
    const outermost = definition && product(definition);
    if (definition === undefined || outermost === undefined) return undefined;
    if (outermost === definition) return { product: outermost, part: undefined };
    const innermost = part(definition);
    return innermost === undefined ? undefined : { product: outermost, part: innermost };
  };
}

function following(tree: ProductTree, side: "part" | "whole"): (from: Definition) => Definition | undefined {
  const known = new Map<Definition, Definition | undefined>();
  return (from) => {
    const way = new Set<Definition>();
    let at: Definition | undefined = from;
    while (at?.part !== undefined && at.whole !== undefined && !known.has(at) && !way.has(at)) {
      way.add(at);
      at = tree.byId.get(at[side] ?? "");
    }
    const end = at === undefined || way.has(at) ? undefined : known.has(at) ? known.get(at) : at;
    for (const one of way) known.set(one, end);
    return end;
  };
}

/** The products that any of several flags, threats or remediations is bound to. */
export function boundToAny(tree: ProductTree, items: readonly Json[]): ReadonlySet<string> {
  const groups = new Set(items.flatMap((item) => texts(item["group_ids"])));
  const bound = new Set(items.flatMap((item) => texts(item["product_ids"])));
  for (const group of groups) for (const id of tree.byGroup.get(group) ?? []) bound.add(id);
  return bound;
}

/** The products that a flag, a threat or a remediation is bound to, by id and by group. */
export function boundTo(tree: ProductTree, item: Json): readonly string[] {
  const groups = texts(item["group_ids"]);
  const own = texts(item["product_ids"]);
  const [only, ...others] = groups;
  if (own.length === 0 && only !== undefined && others.length === 0) return tree.byGroup.get(only) ?? [];
  return groups.length === 0 ? own : [...new Set([...own, ...groups.flatMap((group) => tree.byGroup.get(group) ?? [])])];
}
