/** The mutants of a program: its policies, `vex` declarations, functions, constants, tables, waivers and exemptions, one change each. */
import type { Clause, Effect, Policy, Program, TableDefinition, VexDefinition, VexRowStatus } from "../../../language/core/ir.ts";
import type { Location } from "../../../language/diagnostics/diagnostic.ts";
import { mutantsOf, truthLiteral } from "./expressions.ts";

export interface Mutant {
  readonly at: Location;
  readonly change: string;
  readonly program: Program;
}

/** Mutants of everything that stands in a source for which `counts` is true. Lazily: each holds a whole program. */
export function* mutants(program: Program, counts: (path: string) => boolean): Generator<Mutant> {
  for (const [index, policy] of program.policies.entries()) {
    if (!counts(policy.at.path)) continue;
    for (const mutant of policyMutants(policy))
      yield { ...mutant, program: { ...program, policies: replaced(program.policies, index, mutant.policy) } };
  }
  for (const [index, vex] of program.vexes.entries()) {
    if (!counts(vex.at.path)) continue;
    for (const mutant of vexMutants(vex))
      yield { at: mutant.at, change: mutant.change, program: { ...program, vexes: replaced(program.vexes, index, mutant.vex) } };
  }
  for (const [index, definition] of program.functions.entries()) {
    if (!counts(definition.body.at.path)) continue;
    for (const mutant of mutantsOf(definition.body))
      yield {
        at: mutant.at,
        change: mutant.change,
        program: { ...program, functions: replaced(program.functions, index, { ...definition, body: mutant.expr }) },
      };
  }
  for (const [index, constant] of program.constants.entries()) {
    if (!counts(constant.value.at.path)) continue;
    for (const mutant of mutantsOf(constant.value))
      yield {
        at: mutant.at,
        change: mutant.change,
        program: { ...program, constants: replaced(program.constants, index, { ...constant, value: mutant.expr }) },
      };
  }
  for (const [index, table] of program.tables.entries()) {
    if (!counts(table.at.path)) continue;
    for (const mutant of tableMutants(table))
      yield { at: mutant.at, change: mutant.change, program: { ...program, tables: replaced(program.tables, index, mutant.table) } };
  }
  for (const [index, waiver] of program.waivers.entries()) {
    if (counts(waiver.at.path))
      yield {
        at: waiver.at,
        change: "the waiver was dropped",
        program: { ...program, waivers: program.waivers.filter((_, other) => other !== index) },
      };
  }
  for (const [index, exempt] of program.exempts.entries()) {
    if (counts(exempt.at.path))
      yield {
        at: exempt.at,
        change: "the exemption was dropped",
        program: { ...program, exempts: program.exempts.filter((_, other) => other !== index) },
      };
  }
}

function replaced<T>(items: readonly T[], index: number, item: T): readonly T[] {
  return items.map((other, place) => (place === index ? item : other));
}

interface PolicyMutant {
  readonly at: Location;
  readonly change: string;
  readonly policy: Policy;
}

function* policyMutants(policy: Policy): Generator<PolicyMutant> {
  if (policy.scope !== undefined) {
    for (const mutant of mutantsOf(policy.scope)) yield { at: mutant.at, change: mutant.change, policy: { ...policy, scope: mutant.expr } };
  }
  for (const [index, binding] of policy.lets.entries()) {
    for (const mutant of mutantsOf(binding.value))
      yield {
        at: mutant.at,
        change: mutant.change,
        policy: { ...policy, lets: replaced(policy.lets, index, { ...binding, value: mutant.expr }) },
      };
  }
  for (const [index, clause] of policy.clauses.entries()) {
    for (const mutant of clauseMutants(clause))
      yield { at: mutant.at, change: mutant.change, policy: { ...policy, clauses: replaced(policy.clauses, index, mutant.clause) } };
  }
}

function* clauseMutants(clause: Clause): Generator<{ readonly at: Location; readonly change: string; readonly clause: Clause }> {
  yield {
    at: clause.at,
    change: "the clause was dropped",
    clause: { ...clause, condition: truthLiteral(clause.polarity === "require", clause.at) },
  };
  const polarity = clause.polarity === "require" ? "forbid" : "require";
  yield { at: clause.at, change: `\`${clause.polarity}\` became \`${polarity}\``, clause: { ...clause, polarity } };
  const effect: Effect = clause.otherwise.effect === "deny" ? "warn" : "deny";
  yield {
    at: clause.at,
    change: `the effect \`${clause.otherwise.effect}\` became \`${effect}\``,
    clause: { ...clause, otherwise: { effect } },
  };
  for (const cause of ["missing", "transient", "conflict", "malformed"] as const) {
    if (clause.onUnknown[cause] === undefined) continue;
    const { [cause]: _, ...rest } = clause.onUnknown;
    yield { at: clause.at, change: `\`on ${cause}\` was dropped`, clause: { ...clause, onUnknown: rest } };
  }
  for (const [index, guard] of clause.guards.entries()) {
    yield {
      at: guard.at,
      change: "`when` was dropped",
      clause: { ...clause, guards: clause.guards.filter((_, other) => other !== index) },
    };
    for (const mutant of mutantsOf(guard))
      yield { at: mutant.at, change: mutant.change, clause: { ...clause, guards: replaced(clause.guards, index, mutant.expr) } };
  }
  for (const mutant of mutantsOf(clause.condition))
    yield { at: mutant.at, change: mutant.change, clause: { ...clause, condition: mutant.expr } };
}

interface VexMutant {
  readonly at: Location;
  readonly change: string;
  readonly vex: VexDefinition;
}

function* vexMutants(vex: VexDefinition): Generator<VexMutant> {
  if (vex.scope !== undefined) {
    const { scope: _, ...everywhere } = vex;
    yield { at: vex.scope.at, change: "`where` was dropped", vex: everywhere };
    for (const mutant of mutantsOf(vex.scope)) yield { at: mutant.at, change: mutant.change, vex: { ...vex, scope: mutant.expr } };
  }
  for (const [index, row] of vex.rows.entries()) {
    yield { at: row.at, change: "the row was dropped", vex: { ...vex, rows: vex.rows.filter((_, other) => other !== index) } };
    const status = otherStatus(row.status);
    yield {
      at: row.at,
      change: `\`${row.status.kind}\` became \`${status.kind}\``,
      vex: { ...vex, rows: replaced(vex.rows, index, { ...row, status }) },
    };
    for (const mutant of mutantsOf(row.condition))
      yield {
        at: mutant.at,
        change: mutant.change,
        vex: { ...vex, rows: replaced(vex.rows, index, { ...row, condition: mutant.expr }) },
      };
  }
  for (let index = 0; index + 1 < vex.rows.length; index += 1) {
    const [first, second] = [vex.rows[index], vex.rows[index + 1]];
    if (first === undefined || second === undefined) continue;
    const rows = replaced(replaced(vex.rows, index, second), index + 1, first);
    yield { at: second.at, change: "the row changed places with the one above", vex: { ...vex, rows } };
  }
  const otherwise = otherStatus(vex.otherwise);
  yield { at: vex.otherwiseAt, change: `\`${vex.otherwise.kind}\` became \`${otherwise.kind}\``, vex: { ...vex, otherwise } };
}

/** What suppresses becomes what does not, and the other way round. */
function otherStatus(status: VexRowStatus): VexRowStatus {
  return status.kind === "not_affected" || status.kind === "fixed" ? { kind: "under_investigation" } : { kind: "fixed" };
}

/** Each row gives its neighbour's outcome. */
function* tableMutants(
  table: TableDefinition,
): Generator<{ readonly at: Location; readonly change: string; readonly table: TableDefinition }> {
  const count = table.result.kind === "enum" ? table.result.variants.length : 2;
  for (const [row, at] of table.rowLocations.entries()) {
    const outcomes = table.outcomes.map((outcome, index) =>
      table.rows[index] === row ? (outcome + 1 < count ? outcome + 1 : outcome - 1) : outcome,
    );
    yield { at, change: "the row gives another outcome", table: { ...table, outcomes } };
  }
}
