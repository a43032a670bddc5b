/** The names of a module: what it declares, what it imports, and how a name written in it is found. */
import type { Span } from "../diagnostics/diagnostic.ts";
import { nearest } from "../domains/near.ts";
import type {
  ControlDeclaration,
  FunctionDeclaration,
  Import,
  InputDeclaration,
  LetDeclaration,
  Module,
  PolicyDeclaration,
  QName,
  RuntimeDeclaration,
  TableDeclaration,
  TriageDeclaration,
  TrustDeclaration,
  VexDeclaration,
} from "../syntax/tree.ts";
import type { Intrinsic } from "./intrinsics.ts";
import type { EnumType, RecordType } from "./types.ts";

/** What a name of a module stands for. `key` is `module.name`. */
export type Entity = { readonly key: string; readonly scope: ModuleScope } & (
  | { readonly kind: "input"; readonly declaration: InputDeclaration }
  | { readonly kind: "constant"; readonly declaration: LetDeclaration }
  | { readonly kind: "function"; readonly declaration: FunctionDeclaration }
  | { readonly kind: "table"; readonly declaration: TableDeclaration }
  | { readonly kind: "type"; readonly type: RecordType; readonly span: Span }
  | { readonly kind: "enum"; readonly type: EnumType; readonly span: Span }
  | { readonly kind: "trust"; readonly declaration: TrustDeclaration }
  | { readonly kind: "runtime"; readonly declaration: RuntimeDeclaration }
  | { readonly kind: "intrinsic"; readonly intrinsic: Intrinsic }
);

/** Names that only waivers, tests and controls use: they do not collide with values. */
export type Rule = { readonly key: string; readonly scope: ModuleScope } & (
  | { readonly kind: "policy"; readonly declaration: PolicyDeclaration }
  | { readonly kind: "vex"; readonly declaration: VexDeclaration }
  | { readonly kind: "triage"; readonly declaration: TriageDeclaration }
);

export interface ImportBinding {
  readonly node: Import;
  /** Absent: the module could not be found or read, which is reported already. */
  readonly scope?: ModuleScope;
}

export interface ModuleScope {
  /** Qualified; for a module without a `module` line the name of its file. */
  readonly name: string;
  readonly path: string;
  readonly module: Module;
  /** False for what is only imported. */
  readonly deciding: boolean;
  readonly entities: Map<string, Entity>;
  readonly rules: Map<string, Rule>;
  readonly controls: Map<string, ControlDeclaration>;
  readonly imports: Map<string, ImportBinding>;
  /** Enums of the module that have a variant of the name. */
  readonly variants: Map<string, EnumType[]>;
  /** Import aliases that were used. */
  readonly usedImports: Set<string>;
}

export function newScope(name: string, module: Module, deciding: boolean): ModuleScope {
  return {
    name,
    path: module.source.path,
    module,
    deciding,
    entities: new Map(),
    rules: new Map(),
    controls: new Map(),
    imports: new Map(),
    variants: new Map(),
    usedImports: new Set(),
  };
}

/** Types that need no import. */
export const builtinTypes: readonly string[] = [
  "Bool",
  "Int",
  "Decimal",
  "String",
  "Time",
  "Duration",
  "Bytes",
  "Version",
  "Range",
  "Purl",
  "Digest",
  "ImageRef",
  "Url",
  "Glob",
  "Regex",
  "Ip",
  "Cidr",
  "Port",
  "Path",
  "SpiffeId",
  "License",
  "Severity",
  "Advisory",
  "List",
  "Set",
  "Map",
  "Verified",
];

export function textOf(name: QName): string {
  return name.parts.map((part) => part.text).join(".");
}

/** What `a.b.c` leads to when it is read as module path and name. */
export type Found =
  | { readonly kind: "entity"; readonly entity: Entity }
  /** An import that failed: reported already, so what is read through it is not. */
  | { readonly kind: "broken" }
  | { readonly kind: "nothing"; readonly at: QName["parts"][number]; readonly near?: string; readonly hint?: string };

/** Finds a declaration by `name` or `alias.name`; the prelude is looked at last. */
export function findEntity(
  scope: ModuleScope,
  name: QName,
  wanted: (entity: Entity) => boolean,
  prelude: readonly ModuleScope[] = [],
): Found {
  const [first, second, ...more] = name.parts;
  if (first === undefined) return { kind: "broken" };
  if (second === undefined) {
    for (const place of [scope, ...prelude]) {
      const entity = place.entities.get(first.text);
      if (entity !== undefined && wanted(entity)) return { kind: "entity", entity };
    }
    return nothing(first, names([scope, ...prelude], wanted), qualifiedHint(scope, first.text, wanted));
  }
  const binding = importOf(scope, first.text);
  if (binding === undefined) return nothing(first, [...scope.imports.keys()], importHint(first.text));
  if (binding.scope === undefined) return { kind: "broken" };
  const entity = binding.scope.entities.get(second.text);
  if (entity === undefined || !wanted(entity)) return nothing(second, names([binding.scope], wanted));
  const extra = more[0];
  return extra === undefined ? { kind: "entity", entity } : nothing(extra, []);
}

/** Looks up an import by its alias, and notes that it was used. */
export function importOf(scope: ModuleScope, alias: string): ImportBinding | undefined {
  const binding = scope.imports.get(alias);
  if (binding !== undefined) scope.usedImports.add(alias);
  return binding;
}

function nothing(at: QName["parts"][number], candidates: readonly string[], hint?: string): Found {
  const near = nearest(at.text, candidates);
  return { kind: "nothing", at, ...(near === undefined ? {} : { near }), ...(hint === undefined ? {} : { hint }) };
}

function names(scopes: readonly ModuleScope[], wanted: (entity: Entity) => boolean): readonly string[] {
  return scopes.flatMap((scope) => [...scope.entities].filter(([, entity]) => wanted(entity)).map(([name]) => name));
}

/** Where an imported module has the name that was written without its alias. */
export function qualifiedHint(scope: ModuleScope, name: string, wanted: (entity: Entity) => boolean): string | undefined {
  for (const [alias, binding] of scope.imports) {
    const entity = binding.scope?.entities.get(name);
    if (entity !== undefined && wanted(entity)) return `write \`${alias}.${name}\``;
  }
  return undefined;
}

/** Modules of the standard library that people forget to import. */
const library = [
  "artifact",
  "cyclonedx",
  "image",
  "kubernetes",
  "license",
  "package",
  "report",
  "review",
  "sbom",
  "slsa",
  "soc2",
  "spdx",
  "ssvc",
  "vex",
  "vuln",
  "workflow",
];

/** How to get at a module of the standard library that is not imported. */
export function importHint(alias: string): string | undefined {
  return library.includes(alias) ? `add \`import waybill.${alias}\`` : undefined;
}
