/** What an edit does to everything but tables: which clauses, waivers and definitions were added, removed or written otherwise. */
import type { Location } from "../../../language/diagnostics/diagnostic.ts";
import { sameMeaning } from "../../../language/syntax/same-tree.ts";
import type { Declaration, Module, Node, PolicyDeclaration, PolicyItem } from "../../../language/syntax/tree.ts";

export interface DeclarationChange {
  /** `clause`, `policy`, `waiver`, `exemption`, `input`, `function` … */
  readonly what: string;
  /** `module.name`; of a clause `module.policy.label`; of a waiver the clause that it lifts. */
  readonly name: string;
  readonly change: "added" | "removed" | "changed";
  readonly at: Location;
}

/** Something that can be found again in another version by what it is and its name. */
interface Part {
  readonly what: string;
  readonly name: string;
  /** What it says; compared without layout and comments. */
  readonly says: readonly Node[];
  readonly at: Location;
}

/** In the order of the new version, then what is gone. Tests decide nothing and are left out; tables are compared by what they decide. */
export function diffDeclarations(old: readonly Module[], now: readonly Module[]): readonly DeclarationChange[] {
  const before = byName(old.flatMap(partsOf));
  const after = byName(now.flatMap(partsOf));
  const found: DeclarationChange[] = [];
  for (const [key, parts] of after) found.push(...changesOf(before.get(key) ?? [], parts));
  for (const [key, parts] of before) if (!after.has(key)) found.push(...changesOf(parts, []));
  return found;
}

function byName(parts: readonly Part[]): ReadonlyMap<string, readonly Part[]> {
  return Map.groupBy(parts, (part) => `${part.what} ${part.name}`);
}

/** Parts of one name: mostly one on each side; of waivers and unlabelled clauses there may be several, which have no name of their own. */
function changesOf(old: readonly Part[], now: readonly Part[]): readonly DeclarationChange[] {
  const [one, other] = [old[0], now[0]];
  const change = ({ what, name, at }: Part, kind: DeclarationChange["change"]): DeclarationChange => ({ what, name, change: kind, at });
  if (one !== undefined && other !== undefined && old.length === 1 && now.length === 1)
    return sameMeaning(one.says, other.says) ? [] : [change(other, "changed")];
  const left = [...old];
  const added = now.filter((part) => {
    const index = left.findIndex((candidate) => sameMeaning(candidate.says, part.says));
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  return [...added.map((part) => change(part, "added")), ...left.map((part) => change(part, "removed"))];
}

function partsOf(module: Module): readonly Part[] {
  const { path } = module.source;
  const file = path.slice(path.lastIndexOf("/") + 1).replace(/\.scp$/, "");
  const space = module.name?.parts.map((part) => part.text).join(".") ?? file;
  const at = (node: Node): Location => ({ path, start: node.span.start, end: node.span.end });
  // A clause that is written as before says something else where a name stands for another module.
  const imports = module.imports.map((one): Part => {
    const name = one.alias ?? one.module.parts.at(-1);
    return { what: "import", name: `${space}.${name?.text ?? ""}`, says: [one.module], at: at(one) };
  });
  return [...imports, ...module.declarations.flatMap((declaration) => declared(declaration, space, at))];
}

function declared(declaration: Declaration, space: string, at: (node: Node) => Location): readonly Part[] {
  const part = (what: string, name: string): readonly Part[] => [{ what, name, says: [declaration], at: at(declaration) }];
  const dotted = (name: { readonly parts: readonly { readonly text: string }[] }): string => name.parts.map((word) => word.text).join(".");
  switch (declaration.kind) {
    case "test":
    case "table":
      return [];
    case "policy":
      return policyParts(declaration, space, at);
    case "waive":
      return part("waiver", dotted(declaration.clause));
    case "exempt":
      return part("exemption", `${space}.${declaration.subject.text}`);
    case "control":
      return part("control", dotted(declaration.name));
    default:
      return part(declaration.kind, `${space}.${declaration.name.text}`);
  }
}

/** The header and the `let`s as the policy, and each clause with the guards around it. */
function policyParts(declaration: PolicyDeclaration, space: string, at: (node: Node) => Location): readonly Part[] {
  const name = `${space}.${declaration.name.text}`;
  const clauses: Part[] = [];
  const rest: Node[] = [];
  const collect = (items: readonly PolicyItem[], guards: readonly Node[]): void => {
    for (const item of items) {
      if (item.kind === "when") collect(item.body, [...guards, item.condition]);
      else if (item.kind !== "clause") rest.push(...guards, item);
      else {
        const own = item.label === undefined ? name : `${name}.${item.label.text}`;
        clauses.push({ what: item.label === undefined ? "unlabelled clause" : "clause", name: own, says: [...guards, item], at: at(item) });
      }
    }
  };
  collect(declaration.body, []);
  const { subject, points = [], where } = declaration;
  const header = [subject, ...points, ...(where === undefined ? [] : [where])];
  return [{ what: "policy", name, says: [...header, ...rest], at: at(declaration.name) }, ...clauses];
}
