/** What tests reach of a program: outcomes of clauses, truth values of conditions, rows of tables and of `vex`. */

import { runTest, TestPrograms, type TestResult } from "../../engine/decide/testing.ts";
import type { Inputs, Outcome } from "../../engine/evaluate/evaluate.ts";
import type { Clause, Expr, Program, VexDefinition } from "../../language/core/ir.ts";
import { operandsOf } from "../../language/core/walk.ts";
import type { Location } from "../../language/diagnostics/diagnostic.ts";

export interface ClauseCoverage {
  readonly policy: string;
  readonly label: string | null;
  readonly at: Location;
  /** In the order passed, violated, undecided. */
  readonly outcomes: readonly Outcome[];
  /** Conditions of the clause that no test made true, or false. */
  readonly gaps: readonly { readonly at: Location; readonly never: "true" | "false" }[];
}

export interface TableCoverage {
  readonly table: string;
  readonly at: Location;
  /** Rows, from 0, that no test reached. */
  readonly unreached: readonly { readonly row: number; readonly at: Location }[];
  readonly rows: number;
}

export interface VexCoverage {
  /** `module.name` */
  readonly declaration: string;
  readonly at: Location;
  /** Rows that decided in no test, from 0; the last is `else`. */
  readonly unreached: readonly { readonly row: number; readonly at: Location }[];
  /** `else` included. */
  readonly rows: number;
  /** Conditions of its scope and rows that no test made true, or false. */
  readonly gaps: ClauseCoverage["gaps"];
}

export interface Coverage {
  readonly clauses: readonly ClauseCoverage[];
  readonly tables: readonly TableCoverage[];
  readonly vexes: readonly VexCoverage[];
  /** Share of what was to be reached (each clause passed and violated, each row) that was, 0 to 1. */
  readonly ratio: number;
}

const TRUE = 1;
const FALSE = 2;

/** Runs the tests with every condition observed. `paths` are the sources whose clauses count. */
export function runWithCoverage(
  program: Program,
  inputs: Inputs,
  tests: Program["tests"],
  counts: (path: string) => boolean,
): { readonly results: readonly TestResult[]; readonly coverage: Coverage } {
  const seen = new Map<Expr, number>();
  const rows = new Map<string, Set<number>>();
  const programs = new TestPrograms(program, inputs, {
    truth(expr, value) {
      const bit = value === true ? TRUE : value === false ? FALSE : 0;
      seen.set(expr, (seen.get(expr) ?? 0) | bit);
    },
    row(table, row) {
      const reached = rows.get(table) ?? new Set();
      reached.add(row);
      rows.set(table, reached);
    },
  });
  const results = tests.map((test) => runTest(programs, test));
  const outcomes = outcomesByClause(results);
  const clauses = program.policies.flatMap((policy) =>
    policy.clauses.filter((clause) => counts(clause.at.path)).map((clause) => clauseCoverage(clause, outcomes, seen)),
  );
  const tables = program.tables.filter((table) => counts(table.at.path)).map((table) => tableCoverage(table, rows.get(table.key)));
  const vexes = program.vexes.filter((vex) => counts(vex.at.path)).map((vex) => vexCoverage(vex, results, seen));
  return { results, coverage: { clauses, tables, vexes, ratio: ratioOf(clauses, [...tables, ...vexes]) } };
}

function keyOf(at: Location): string {
  return `${at.path}:${at.start}`;
}

function outcomesByClause(results: readonly TestResult[]): ReadonlyMap<string, ReadonlySet<Outcome>> {
  const outcomes = new Map<string, Set<Outcome>>();
  for (const { decisions } of results) {
    for (const decision of decisions) {
      for (const clause of decision.clauses) {
        if (clause.applies === false) continue;
        const known = outcomes.get(keyOf(clause.at)) ?? new Set();
        known.add(clause.outcome);
        outcomes.set(keyOf(clause.at), known);
      }
    }
  }
  return outcomes;
}

function clauseCoverage(
  clause: Clause,
  outcomes: ReadonlyMap<string, ReadonlySet<Outcome>>,
  seen: ReadonlyMap<Expr, number>,
): ClauseCoverage {
  const reached = outcomes.get(keyOf(clause.at)) ?? new Set();
  const order: readonly Outcome[] = ["passed", "violated", "undecided"];
  return {
    policy: clause.policy,
    label: clause.label ?? null,
    at: clause.at,
    outcomes: order.filter((outcome) => reached.has(outcome)),
    gaps: [clause.condition, ...clause.guards].flatMap((condition) => gapsOf(condition, seen)),
  };
}

/** Atomic conditions only: a connective that is never true has an operand that is never true, and that says more. */
function gapsOf(expr: Expr, seen: ReadonlyMap<Expr, number>): ClauseCoverage["gaps"] {
  const inner = operandsOf(expr).flatMap((operand) => gapsOf(operand, seen));
  const isBool = expr.type.kind === "scalar" && expr.type.name === "Bool";
  const composed = ["and", "or", "not", "literal", "some", "every"].includes(expr.kind);
  if (!isBool || composed) return inner;
  const bits = seen.get(expr) ?? 0;
  const own: ClauseCoverage["gaps"][number][] = [];
  if ((bits & TRUE) === 0) own.push({ at: expr.at, never: "true" });
  if ((bits & FALSE) === 0) own.push({ at: expr.at, never: "false" });
  return [...own, ...inner];
}

function tableCoverage(table: Program["tables"][number], reached: ReadonlySet<number> | undefined): TableCoverage {
  const unreached = table.rowLocations.flatMap((at, row) => (reached?.has(row) === true ? [] : [{ row, at }]));
  return { table: table.key, at: table.at, unreached, rows: table.rowLocations.length };
}

function vexCoverage(vex: VexDefinition, results: readonly TestResult[], seen: ReadonlyMap<Expr, number>): VexCoverage {
  const reached = new Set(
    results.flatMap(({ assessments }) => assessments.filter((one) => one.declaration === vex.name).map((one) => one.row)),
  );
  const places = [...vex.rows.map((row) => row.at), vex.otherwiseAt];
  const conditions = [...(vex.scope === undefined ? [] : [vex.scope]), ...vex.rows.map((row) => row.condition)];
  return {
    declaration: vex.name,
    at: vex.at,
    unreached: places.flatMap((at, row) => (reached.has(row) ? [] : [{ row, at }])),
    rows: places.length,
    gaps: conditions.flatMap((condition) => gapsOf(condition, seen)),
  };
}

function ratioOf(clauses: readonly ClauseCoverage[], tables: readonly Pick<TableCoverage, "rows" | "unreached">[]): number {
  const wanted = clauses.length * 2 + tables.reduce((sum, table) => sum + table.rows, 0);
  if (wanted === 0) return 1;
  const reached =
    clauses.reduce((sum, clause) => sum + clause.outcomes.filter((outcome) => outcome !== "undecided").length, 0) +
    tables.reduce((sum, table) => sum + table.rows - table.unreached.length, 0);
  return reached / wanted;
}
