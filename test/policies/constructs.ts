/** What a syntax tree uses of the language: each kind of node, and each option that a node of that kind may have or lack. */

/** Properties that are no option of the language: places, names and texts that a writer chooses. */
const free: ReadonlySet<string> = new Set(["span", "source", "doc", "text", "value", "amount", "threshold"]);

/** Texts that say which form of a construct it is. */
const forms: ReadonlySet<string> = new Set([
  "op",
  "effect",
  "cause",
  "form",
  "polarity",
  "quantity",
  "unit",
  "dimension",
  "action",
  "protocol",
]);

/** A stretch of the source. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * Constructs of the tree under `node`: `clause`, `clause.polarity forbid`, `policy.points`, `policy.points absent`,
 * `is.negated true` … `owner` is the kind of the nearest node that has one. What lies in `without` is left out.
 */
export function constructsOf(
  node: unknown,
  owner = "module",
  found: Set<string> = new Set(),
  without: readonly Stretch[] = [],
): Set<string> {
  if (Array.isArray(node)) {
    for (const item of node) constructsOf(item, owner, found, without);
    return found;
  }
  if (node === null || typeof node !== "object") return found;
  if ("span" in node && without.some((stretch) => liesIn(node.span as Stretch, stretch))) return found;
  const entries = Object.entries(node);
  const kind = "kind" in node && typeof node.kind === "string" ? node.kind : owner;
  if (kind !== owner) found.add(kind);
  for (const [name, value] of entries) {
    if (name === "kind" || free.has(name)) continue;
    note(`${kind}.${name}`, name, value, found);
    constructsOf(value, kind, found, without);
  }
  if ("value" in node) constructsOf(node.value, kind, found, without);
  return found;
}

function note(path: string, name: string, value: unknown, found: Set<string>): void {
  if (value === undefined) return;
  if (typeof value === "boolean") found.add(`${path} ${value}`);
  else if (typeof value === "string") found.add(forms.has(name) ? `${path} ${value}` : path);
  else if (Array.isArray(value)) {
    if (value.length > 0) found.add(path);
    for (const item of value) if (typeof item === "string") found.add(`${path} ${item}`);
  } else found.add(path);
}

function liesIn(inner: Stretch, outer: Stretch): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}
