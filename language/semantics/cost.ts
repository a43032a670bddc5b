/**
 * A bound on the work of one decision, known before anything runs (language reference, principle 4): how many
 * expressions a clause can evaluate at most, with every collection as long as its type allows.
 */
import type { Clause, Expr, Program } from "../core/ir.ts";
import { operandsOf } from "../core/walk.ts";
import type { Location } from "../diagnostics/diagnostic.ts";
import { behind, type Lookup, lookupOf } from "./lints/definitions.ts";
import type { Sink } from "./sink.ts";

/** Members that a collection of the standard library may have; longer ones are refused as malformed evidence. */
export const collectionBounds: Readonly<Record<string, number>> = {
  "waybill.sbom.Bom.components": 200_000,
  "waybill.sbom.Bom.packages": 200_000,
  "waybill.vuln.Scan.findings": 200_000,
  "waybill.vuln.findings": 200_000,
  "waybill.vex.Document.statements": 200_000,
  "waybill.sbom.Component.dependencies": 1_000,
};
/** Of any other list in evidence; of the attestations of one artifact. */
const usualBound = 1_000;
const attestationBound = 100;

/** A clause that may need more steps than this is refused. */
export const costLimit = 1e12;

export interface ClauseCost {
  /** `module.policy` */
  readonly policy: string;
  readonly label?: string;
  readonly at: Location;
  /** Steps at most. */
  readonly bound: number;
}

/** The bound of every clause, with its guards and the lets that it reads. */
export function clauseCosts(program: Program): readonly ClauseCost[] {
  const cost = costIn(program);
  return program.policies.flatMap((policy) =>
    policy.clauses.map((clause) => ({
      policy: policy.name,
      ...(clause.label === undefined ? {} : { label: clause.label }),
      at: clause.at,
      bound: clauseBound(clause, cost),
    })),
  );
}

function clauseBound(clause: Clause, cost: (expr: Expr) => number): number {
  return clause.guards.reduce((sum, guard) => sum + cost(guard), cost(clause.condition));
}

/** Reports clauses, and scopes of policies, beyond the limit. */
export function checkCost(program: Program, sink: Sink): void {
  const cost = costIn(program);
  const over = (bound: number, at: Location): void => {
    if (bound <= costLimit) return;
    sink.report("WB0801", { bound, limit: costLimit }, at, {
      label: "quantifiers inside quantifiers",
      help: "name with `let` what does not depend on the inner name, or look only one level deep",
    });
  };
  for (const policy of program.policies) {
    if (policy.scope !== undefined) over(cost(policy.scope), policy.scope.at);
    for (const clause of policy.clauses) over(clauseBound(clause, cost), clause.condition.at);
  }
  for (const exempt of program.exempts) over(cost(exempt.scope), exempt.scope.at);
  for (const vex of program.vexes) {
    const findings = collectionBounds["waybill.vuln.findings"] ?? usualBound;
    const each = vex.rows.reduce((sum, row) => sum + cost(row.condition), vex.scope === undefined ? 1 : cost(vex.scope));
    over(findings * each, vex.at);
  }
}

function costIn(program: Program): (expr: Expr) => number {
  const lookup = lookupOf(program);
  const known = new Map<string, number>();
  const once = (key: string, value: () => number): number => {
    const cost = known.get(key) ?? value();
    known.set(key, cost);
    return cost;
  };
  const cost = (expr: Expr): number => {
    switch (expr.kind) {
      case "and":
      case "or":
      case "+":
      case "-":
        return chainCost(expr, cost);
      case "let": {
        const value = lookup.let(expr.slot);
        return value === undefined ? 1 : once(`let ${expr.slot}`, () => cost(value));
      }
      case "constant": {
        const value = lookup.constant(expr.key);
        return value === undefined ? 1 : once(`constant ${expr.key}`, () => cost(value));
      }
      case "call": {
        const body = lookup.function(expr.key)?.body;
        const own = body === undefined ? 1 : once(`call ${expr.key}`, () => cost(body));
        return expr.args.reduce((sum, arg) => sum + cost(arg), own);
      }
      case "some":
      case "every":
      case "count": {
        const each =
          (expr.where === undefined ? 1 : cost(expr.where)) + (expr.kind === "count" || expr.body === undefined ? 0 : cost(expr.body));
        return cost(expr.collection) + boundOf(expr.collection, lookup) * each;
      }
      case "member":
        return cost(expr.item) + cost(expr.collection) + boundOf(expr.collection, lookup);
      default:
        return operandsOf(expr).reduce((sum, operand) => sum + cost(operand), 1);
    }
  };
  return cost;
}

/** Chains lean left and may be long. */
function chainCost(expr: Expr, cost: (expr: Expr) => number): number {
  let sum = 0;
  let at: Expr = expr;
  while (at.kind === "and" || at.kind === "or" || at.kind === "+" || at.kind === "-") {
    sum += 1 + cost(at.right);
    at = at.left;
  }
  return sum + cost(at);
}

/** How many members a collection can have. */
function boundOf(collection: Expr, lookup: Lookup): number {
  const at = behind(collection, lookup);
  if (at.kind === "list") return at.items.length;
  if (at.kind === "literal" && Array.isArray(at.value)) return at.value.length;
  if (at.kind === "attestation") return attestationBound;
  if (at.kind === "intrinsic") return collectionBounds[at.name] ?? usualBound;
  if (at.kind === "otherwise") return Math.max(boundOf(at.operand, lookup), boundOf(at.fallback, lookup));
  if (at.kind === "field" && at.record.type.kind === "record")
    return collectionBounds[`${at.record.type.name}.${at.field.name}`] ?? usualBound;
  return usualBound;
}
