/**
 * Which policies decide in a test. Files are tested apart, so that `waybill test policies` says of each what
 * `waybill test` of it alone says: a test's own module decides, with those it imports among the files that were named.
 */
import type { Program } from "../../../language/core/ir.ts";
import type { Module } from "../../../language/syntax/tree.ts";

export interface TestGroup {
  /** Paths whose policies decide. */
  readonly deciding: readonly string[];
  /** Paths whose tests run. */
  readonly tested: readonly string[];
  /** Paths whose clauses count for coverage and mutation: each path in one group. */
  readonly counted: readonly string[];
}

function nameOf(module: Module): string | undefined {
  return module.name?.parts.map((part) => part.text).join(".");
}

function has(module: Module, kinds: readonly string[]): boolean {
  return module.declarations.some((declaration) => kinds.includes(declaration.kind));
}

/** The groups of the named files; `modules` are their trees. */
export function testGroups(modules: readonly Module[]): readonly TestGroup[] {
  const byName = new Map(modules.flatMap((module) => (nameOf(module) === undefined ? [] : [[nameOf(module), module] as const])));
  const closure = (module: Module): ReadonlySet<Module> => {
    const found = new Set<Module>([module]);
    for (const one of found) {
      for (const imported of one.imports) {
        const next = byName.get(imported.module.parts.map((part) => part.text).join("."));
        if (next) found.add(next);
      }
    }
    return found;
  };
  const testing = modules.filter((module) => has(module, ["test"]));
  const groups: { readonly tested: Set<Module>; readonly deciding: Set<Module> }[] = testing.map((module) => ({
    tested: new Set([module]),
    deciding: new Set(closure(module)),
  }));
  // Policies without tests of their own belong to whoever imports them to test them; two such files test them together.
  const untested = modules.filter((module) => !testing.includes(module) && has(module, ["policy", "vex", "table"]));
  for (const module of untested) {
    const [first, ...rest] = groups.filter((group) => group.deciding.has(module));
    for (const other of first && has(module, ["policy", "vex"]) ? rest : []) {
      for (const one of other.tested) first?.tested.add(one);
      for (const one of other.deciding) first?.deciding.add(one);
      groups.splice(groups.indexOf(other), 1);
    }
    if (!first) groups.push({ tested: new Set(), deciding: new Set(closure(module)) });
  }
  const taken = new Set<Module>();
  return groups.map((group) => {
    const counted = [...group.deciding].filter((module) => !taken.has(module) && (group.tested.has(module) || !testing.includes(module)));
    for (const module of counted) taken.add(module);
    const paths = (set: Iterable<Module>): readonly string[] => [...set].map((module) => module.source.path);
    return { deciding: paths(group.deciding), tested: paths(group.tested), counted: paths(counted) };
  });
}

/** The tests of a group in its program. */
export function testsOf(program: Program, group: TestGroup): Program["tests"] {
  return program.tests.filter((test) => group.tested.includes(test.at.path));
}
