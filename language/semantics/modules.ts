/** The modules of a program: what decides, what it imports, and what the kinds of subject need. Imports form a DAG. */
import { nearest } from "../domains/near.ts";
import type { Import, Module, SourceFile } from "../syntax/tree.ts";
import { type ImportBinding, type ModuleScope, newScope, textOf } from "./scopes.ts";
import { didYouMean, place, type Sink } from "./sink.ts";
import { subjectKind } from "./subjects.ts";

export interface Loader {
  readonly parse: (source: SourceFile) => Module;
  readonly load: (module: string) => SourceFile | undefined;
  /** Modules that exist, for a did-you-mean. */
  readonly known: readonly string[];
}

/** The scopes by qualified name, an imported module always before the modules that import it. */
export function loadModules(sink: Sink, deciding: readonly Module[], loader: Loader): ReadonlyMap<string, ModuleScope> {
  const scopes = new Map<string, ModuleScope>();
  for (const module of deciding) addDeciding(sink, scopes, module);
  const open = [...scopes.values()];
  const failed = new Set<string>();
  for (let scope = open.pop(); scope !== undefined; scope = open.pop()) {
    for (const name of [...scope.module.imports.map((i) => textOf(i.module)), ...modulesOfSubjects(scope.module)]) {
      if (scopes.has(name) || failed.has(name)) continue;
      const loaded = loadOne(loader, name);
      if (loaded === undefined) {
        failed.add(name);
        continue;
      }
      scopes.set(name, loaded);
      open.push(loaded);
    }
  }
  for (const scope of scopes.values()) bindImports(sink, scopes, scope, loader);
  return inOrder(sink, scopes);
}

function addDeciding(sink: Sink, scopes: Map<string, ModuleScope>, module: Module): void {
  const path = module.source.path;
  if (module.name === undefined) {
    const name = fileName(path, scopes);
    scopes.set(name, newScope(name, module, true));
    return;
  }
  const name = textOf(module.name);
  const earlier = scopes.get(name);
  if (earlier === undefined) {
    scopes.set(name, newScope(name, module, true));
    return;
  }
  const first =
    earlier.module.name === undefined ? [] : [{ location: place(earlier.path, earlier.module.name), text: "the first is here" }];
  sink.report("WB0203", { name, first: earlier.path }, place(path, module.name), {
    label: "the name is taken",
    related: first,
    help: "one file is one module: give this one another name",
  });
}

/** A module without a name is called like its file, so that its clauses can be named in decisions. */
function fileName(path: string, taken: ReadonlyMap<string, unknown>): string {
  const base = (path.split(/[/\\]/).at(-1) ?? "").replace(/\.scp$/, "").replace(/[^A-Za-z0-9_]+/g, "_");
  const stem = /^[A-Za-z_]/.test(base) ? base : `module_${base}`;
  let name = stem;
  for (let n = 2; taken.has(name); n += 1) name = `${stem}_${n}`;
  return name;
}

function loadOne(loader: Loader, name: string): ModuleScope | undefined {
  const source = loader.load(name);
  return source === undefined ? undefined : newScope(name, loader.parse(source), false);
}

/** The module that has the named sets of system calls: `runtime` reads it without an import. */
export const syscallSets = "waybill.syscalls";

/** Modules that declarations read without an import: those of their subjects' types, and the sets of system calls. */
function modulesOfSubjects(module: Module): readonly string[] {
  const kinds = module.declarations.flatMap((declaration) => {
    switch (declaration.kind) {
      case "policy":
      case "exempt":
      case "runtime":
      case "triage":
        return [declaration.subject.text];
      case "vex":
        return [declaration.item.text, declaration.subject.text];
      case "test":
        return declaration.items.flatMap((item) => (item.kind === "given" ? [item.name.parts[0]?.text ?? ""] : []));
      default:
        return [];
    }
  });
  const sets = module.declarations.some((declaration) => declaration.kind === "runtime") ? [syscallSets] : [];
  return [...[...new Set(kinds)].flatMap((kind) => subjectKind(kind)?.module ?? []), ...sets];
}

function bindImports(sink: Sink, scopes: ReadonlyMap<string, ModuleScope>, scope: ModuleScope, loader: Loader): void {
  for (const node of scope.module.imports) {
    const name = textOf(node.module);
    const found = scopes.get(name);
    const alias = node.alias ?? node.module.parts.at(-1);
    if (alias === undefined) continue;
    const isTwin = found !== undefined && found.module.name !== undefined && textOf(found.module.name) !== name;
    if (found === undefined || isTwin) reportMissing(sink, scope, node, loader, scopes);
    const earlier = scope.imports.get(alias.text);
    if (earlier !== undefined) {
      sink.report("WB0205", { name: alias.text }, place(scope.path, alias), {
        label: "taken by another import",
        related: [{ location: place(scope.path, earlier.node), text: "this one" }],
        help: `import it under another name: \`import ${name} as …\``,
      });
      continue;
    }
    scope.imports.set(alias.text, { node, ...(found === undefined || isTwin ? {} : { scope: found }) });
  }
}

function reportMissing(sink: Sink, scope: ModuleScope, node: Import, loader: Loader, scopes: ReadonlyMap<string, ModuleScope>): void {
  const name = textOf(node.module);
  const location = place(scope.path, node.module);
  const near = nearest(name, [...loader.known, ...scopes.keys()]);
  sink.report("WB0201", { name }, location, {
    label: "no module has this name",
    ...(near === undefined
      ? { help: "the standard library's modules begin with `waybill.`; your own must be among the files that are checked" }
      : didYouMean(near, location)),
  });
}

/** Sorts by imports; an import that closes a cycle is reported and cut. */
function inOrder(sink: Sink, scopes: ReadonlyMap<string, ModuleScope>): ReadonlyMap<string, ModuleScope> {
  const sorted = new Map<string, ModuleScope>();
  const entered = new Set<string>();
  for (const root of scopes.values()) {
    const path: { readonly scope: ModuleScope; readonly rest: [string, ImportBinding][] }[] = [];
    const enter = (scope: ModuleScope): void => {
      entered.add(scope.name);
      path.push({ scope, rest: [...scope.imports] });
    };
    if (!entered.has(root.name)) enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.shift();
      if (next === undefined) {
        sorted.set(top.scope.name, top.scope);
        path.pop();
        continue;
      }
      const [alias, binding] = next;
      const target = binding.scope;
      if (target === undefined || sorted.has(target.name)) continue;
      if (entered.has(target.name)) {
        const cycle = [...path.slice(path.findIndex((step) => step.scope === target)).map((step) => step.scope.name), target.name];
        sink.report("WB0202", { cycle }, place(top.scope.path, binding.node), {
          label: "this import closes the circle",
          help: "move what both need into a module of its own",
        });
        top.scope.imports.set(alias, { node: binding.node });
        continue;
      }
      enter(target);
    }
  }
  return sorted;
}
