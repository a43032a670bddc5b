/** The check of a program: names, types, trust, tables, policies, tests; and its lowering to core. */
import type { Exempt, InputDefinition, Program, RuntimeDefinition, TableDefinition, Test, Trust, VexDefinition } from "../core/ir.ts";
import type { Diagnostic, Result } from "../diagnostics/diagnostic.ts";
import type { WaiveDeclaration } from "../syntax/tree.ts";
import { type NamedClause, resolveClause } from "./clause-names.ts";
import { at, type Checking, type Context, type Signature } from "./context.ts";
import { checkControl } from "./controls.ts";
import { checkCost } from "./cost.ts";
import { declareNames, fillTypes, signaturesOf } from "./declarations.ts";
import { newDefinitions } from "./definitions.ts";
import { check, infer } from "./expressions/infer.ts";
import { lintProgram } from "./lints/lint.ts";
import { type CheckedClause, type CheckedPolicy, checkPolicy } from "./policies.ts";
import { checkRuntime } from "./runtime.ts";
import type { Entity, ModuleScope } from "./scopes.ts";
import { newSink, place } from "./sink.ts";
import { staticValue } from "./static-value.ts";
import { checkTable } from "./tables.ts";
import { checkTest } from "./tests.ts";
import { checkTriage } from "./triage.ts";
import { checkQuorumCircles, checkTrust } from "./trust.ts";
import type { RecordType } from "./types.ts";
import { checkVex } from "./vex.ts";
import { checkExempt, checkWaiver } from "./waivers.ts";

export interface CheckOptions {
  /** Text of a file that a table is read `from`; `path` is as written, `from` the path of the policy. */
  readonly file?: ((path: string, from: string) => string | undefined) | undefined;
  /** Sources that could not be read in whole: what they lack may be in the part that is lost, and nothing is linted. */
  readonly unparsed?: ReadonlySet<string> | undefined;
}

/** Checks modules that are in order of import. What was reported while they were loaded is not repeated. */
export function checkProgram(scopes: ReadonlyMap<string, ModuleScope>, options: CheckOptions = {}): Result<Program> {
  const run = newRun(scopes, options);
  const modules = [...scopes.values()];
  for (const scope of modules) declareNames(run.sink, scope, run.types);
  for (const scope of modules) fillTypes(run.contextOf(scope));
  for (const scope of modules) for (const [key, signature] of signaturesOf(run.sink, scope, run.types)) run.signatures.set(key, signature);
  const drafts = modules.map((scope) => checkModule(run, scope));
  const policies = drafts.flatMap((draft) => draft.policies);
  const clauses = new Map<string, CheckedClause>();
  for (const { policy, clauses: checked } of policies) {
    for (const clause of checked) if (clause.clause.label !== undefined) clauses.set(`${policy.name}.${clause.clause.label}`, clause);
  }
  const waivers = drafts.flatMap((draft) =>
    draft.waives.flatMap((waive) => checkWaiver(draft.context, waive.declaration, waive.named, clauses.get(waive.named.key)) ?? []),
  );
  const trusts = drafts.flatMap((draft) => draft.trusts);
  reportQuorumCircles(run, trusts);
  const program: Program = {
    modules: modules.map(({ name, path, deciding }) => ({ name, path, deciding })),
    inputs: drafts.flatMap((draft) => draft.inputs),
    constants: [...run.definitions.constants.values()].flatMap((constant) => (constant === undefined ? [] : [constant.definition])),
    functions: [...run.definitions.functions.values()].flatMap((fn) => (fn === undefined ? [] : [fn.definition])),
    tables: drafts.flatMap((draft) => draft.tables),
    trusts,
    policies: policies.map((checked) => checked.policy),
    exempts: drafts.flatMap((draft) => draft.exempts),
    waivers,
    runtimes: drafts.flatMap((draft) => draft.runtimes),
    vexes: drafts.flatMap((draft) => draft.vexes),
    tests: drafts.flatMap((draft) => draft.tests),
    types: run.types,
    slots: run.slots(),
  };
  const unparsed = options.unparsed ?? new Set<string>();
  const broken = new Set([...unparsed, ...pathsWithErrors(run.sink.diagnostics)]);
  lintProgram(run.sink, { program, policies, scopes, checking: run.checking, broken });
  checkCost(program, run.sink);
  const said = run.sink.diagnostics.filter((d) => !isFollowUp(d, unparsed));
  return { value: program, diagnostics: inSourceOrder(said, modules) };
}

const unknownNames: ReadonlySet<string> = new Set(["WB0206", "WB0207", "WB0208", "WB0211", "WB0212", "WB0609"]);

/** A name that nothing declares, where a declaration may have been lost to a syntax error: one root cause, one error. */
function isFollowUp(diagnostic: Diagnostic, unparsed: ReadonlySet<string>): boolean {
  if (unparsed.size === 0 || diagnostic.location === undefined) return false;
  return diagnostic.code === "WB0209" || (unknownNames.has(diagnostic.code) && unparsed.has(diagnostic.location.path));
}

export function pathsWithErrors(diagnostics: readonly Diagnostic[]): ReadonlySet<string> {
  return new Set(diagnostics.flatMap((d) => (d.level === "error" && d.location !== undefined ? [d.location.path] : [])));
}

/** By module in order of import, then by place. */
function inSourceOrder(diagnostics: readonly Diagnostic[], modules: readonly ModuleScope[]): readonly Diagnostic[] {
  const order = new Map(modules.map((scope, index) => [scope.path, index]));
  const rank = (d: Diagnostic): number => (d.location === undefined ? -1 : (order.get(d.location.path) ?? modules.length));
  return [...diagnostics].sort((a, b) => rank(a) - rank(b) || (a.location?.start ?? 0) - (b.location?.start ?? 0));
}

interface Run {
  readonly sink: ReturnType<typeof newSink>;
  readonly types: Map<string, RecordType>;
  readonly signatures: Map<string, Signature>;
  readonly checking: Checking;
  readonly definitions: ReturnType<typeof newDefinitions>;
  readonly contextOf: (scope: ModuleScope) => Context;
  readonly slots: () => number;
}

function newRun(scopes: ReadonlyMap<string, ModuleScope>, options: CheckOptions): Run {
  const sink = newSink();
  const types = new Map<string, RecordType>();
  const signatures = new Map<string, Signature>();
  const texts = new Map([...scopes.values()].map((scope) => [scope.path, scope.module.source.text]));
  let slots = 0;
  const contextOf = (scope: ModuleScope): Context => ({
    checking,
    scope,
    locals: undefined,
    subject: undefined,
    prelude: [],
    infer,
    check,
  });
  const definitions = newDefinitions((entity: Entity) => contextOf(entity.scope));
  const checking: Checking = {
    sink,
    signatures,
    scopes,
    types,
    marks: new Map(),
    usedEntities: new Set(),
    usedSlots: new Set(),
    letValues: new Map(),
    level: { depth: 0 },
    nextSlot: () => {
      slots += 1;
      return slots - 1;
    },
    constant: definitions.constant,
    function: definitions.function,
    constantValue: (key) => definitions.constants.get(key)?.definition.value,
    functionBody: (key) => definitions.functions.get(key)?.definition.body,
    file: options.file ?? (() => undefined),
    textOf: (path) => texts.get(path) ?? "",
  };
  return { sink, types, signatures, checking, definitions, contextOf, slots: () => slots };
}

interface Draft {
  readonly context: Context;
  readonly inputs: readonly InputDefinition[];
  readonly tables: readonly TableDefinition[];
  readonly trusts: readonly Trust[];
  readonly runtimes: readonly RuntimeDefinition[];
  readonly policies: readonly CheckedPolicy[];
  readonly exempts: readonly Exempt[];
  readonly waives: readonly { readonly declaration: WaiveDeclaration; readonly named: NamedClause }[];
  readonly vexes: readonly VexDefinition[];
  readonly tests: readonly Test[];
}

function checkModule(run: Run, scope: ModuleScope): Draft {
  const context = run.contextOf(scope);
  const inputs: InputDefinition[] = [];
  const tables: TableDefinition[] = [];
  const trusts: Trust[] = [];
  const runtimes: RuntimeDefinition[] = [];
  for (const entity of scope.entities.values()) checkEntity(run, context, entity, inputs, tables, trusts, runtimes);
  const policies: CheckedPolicy[] = [];
  const vexes: VexDefinition[] = [];
  for (const rule of scope.rules.values()) {
    if (rule.kind === "vex") vexes.push(...optional(checkVex(context, rule)));
    if (rule.kind === "triage") checkTriage(context, rule.declaration);
    const checked = rule.kind === "policy" ? checkPolicy(context, rule) : undefined;
    if (checked !== undefined) policies.push(checked);
  }
  const exempts: Exempt[] = [];
  const waives: { readonly declaration: WaiveDeclaration; readonly named: NamedClause }[] = [];
  const tests: Test[] = [];
  for (const declaration of scope.module.declarations) {
    if (declaration.kind === "exempt") exempts.push(...optional(checkExempt(context, declaration)));
    if (declaration.kind === "waive")
      waives.push(...optional(resolveClause(context, declaration.clause)).map((named) => ({ declaration, named })));
    if (declaration.kind === "control") checkControl(context, declaration, (name) => void resolveClause(context, name));
    if (declaration.kind === "test" && scope.deciding) tests.push(checkTest(context, declaration));
  }
  return { context, inputs, tables, trusts, runtimes, policies, exempts, waives, vexes, tests };
}

function optional<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

function checkEntity(
  run: Run,
  context: Context,
  entity: Entity,
  inputs: InputDefinition[],
  tables: TableDefinition[],
  trusts: Trust[],
  runtimes: RuntimeDefinition[],
): void {
  switch (entity.kind) {
    case "input":
      inputs.push(checkInput(context, entity));
      return;
    case "constant":
      run.checking.constant(entity, at(context, entity.declaration));
      return;
    case "function":
      run.checking.function(entity, at(context, entity.declaration));
      return;
    case "table":
      tables.push(...optional(checkTable(context, entity)));
      return;
    case "trust":
      trusts.push(...optional(checkTrust(context, entity)));
      return;
    case "runtime":
      runtimes.push(...optional(checkRuntime(context, entity.key, entity.declaration)));
      return;
    default:
      return;
  }
}

function checkInput(context: Context, entity: Entity & { kind: "input" }): InputDefinition {
  const { declaration } = entity;
  const type = context.checking.signatures.get(entity.key)?.result ?? { kind: "error" };
  if (type.kind !== "scalar" && type.kind !== "enum" && type.kind !== "error") {
    context.checking.sink.report("WB0347", { name: declaration.name.text }, at(context, declaration.type), {
      label: "not a scalar or enum",
      help: "an input is set on the command line: give it a scalar or enum type",
    });
  }
  const value = declaration.default === undefined ? undefined : staticValue(context, declaration.default, type, "a default");
  return {
    key: entity.key,
    type,
    ...(value === undefined ? {} : { default: value }),
    ...(declaration.doc === undefined ? {} : { doc: declaration.doc }),
    at: at(context, declaration.name),
  };
}

function reportQuorumCircles(run: Run, trusts: readonly Trust[]): void {
  checkQuorumCircles(trusts, (circle, trust) => {
    run.sink.once(
      `quorum ${[...new Set(circle)].sort().join(" ")}`,
      "WB0415",
      { cycle: circle.map((key) => key.split(".").at(-1) ?? key) },
      place(trust.at.path, { span: trust.at }),
      {
        label: "rests on itself",
        help: "name identities that sign",
      },
    );
  });
}
