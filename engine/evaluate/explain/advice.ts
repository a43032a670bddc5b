/** Code to paste that would let an undecided clause decide (library.md, "Undecided must help"). */
import type { Compare, Expr } from "../../../language/core/ir.ts";
import { operandsOf } from "../../../language/core/walk.ts";
import { absent } from "../compile/attestations.ts";
import { factOf } from "../compile/fact.ts";
import type { CompiledClause } from "../compile/policy.ts";
import type { WantGroup } from "../decision.ts";
import { showValue } from "../print.ts";

/** One line each, the most specific first; never more than the wants give reason for. */
export function adviceFor(clause: CompiledClause, scope: Expr | undefined, wants: readonly WantGroup[]): readonly string[] {
  const advice = new Set<string>();
  const conditions = [clause.clause.condition, ...clause.clause.guards, ...(scope === undefined ? [] : [scope])];
  for (const group of wants) {
    if (group.openness) advice.add(`closed(${rootOf(clause.clause.condition, group.fact)})`);
    else if (group.cause === "missing") for (const line of missingAdvice(conditions, group)) advice.add(line);
    else if (group.cause === "transient") advice.add(`try again: ${group.fact} could not be looked up`);
  }
  const causes = new Set(wants.filter((group) => !group.openness).map((group) => group.cause));
  const [only] = causes;
  if (
    causes.size === 1 &&
    only === "missing" &&
    clause.clause.onUnknown.missing === undefined &&
    !wants.some((group) => group.fact.startsWith("attestation ") || signedBy(group.fact) !== undefined)
  ) {
    advice.add('on missing warn because "…"');
  }
  return [...advice];
}

/** Who has to have signed it, where the fact is `image is signed by P`. */
function signedBy(fact: string): string | undefined {
  return /^\S+ is signed by (\S+)$/.exec(fact)?.[1];
}

function missingAdvice(conditions: readonly Expr[], group: WantGroup): readonly string[] {
  const attestation = /^(?:newest )?attestations? (\S+) (claimed|by (\S+))$/.exec(group.fact);
  if (attestation !== null) {
    const type = attestation[1] ?? "";
    if (group.detail === absent.unnamed) return ["--subject …@sha256:…   # what is judged, with the digest that the evidence is about"];
    if (group.detail === absent.other || group.detail === absent.unbound)
      return [`--evidence FILE   # a ${type} that names the digest of what is judged`];
    return attestation[2] === "claimed"
      ? [`--evidence FILE   # a document that reads as ${type}`]
      : [`attach a ${type} signed by ${attestation[3]}`];
  }
  const signer = signedBy(group.fact);
  if (signer !== undefined) return [`sign it as ${signer}: an attestation is no signature`];
  const field = findIn(conditions, (expr) => expr.kind === "field" && factOf(expr) === group.fact);
  if (field?.kind === "field" && field.record.kind === "subject" && field.field.points !== undefined) return [`--given ${group.fact}=…`];
  const compare = findIn(
    conditions,
    (expr) => expr.kind === "compare" && [expr.left, expr.right].some((side) => side.kind === "field" && factOf(side) === group.fact),
  );
  return compare?.kind === "compare" ? [defaulted(compare, group.fact)] : [];
}

/** `(f.severity otherwise low) == critical`: the default is the least that a cautious author would take. */
function defaulted(compare: Compare, fact: string): string {
  const left = compare.left.kind === "field" && factOf(compare.left) === fact;
  const other = left ? compare.right : compare.left;
  const assumed = `(${fact} otherwise ${cautious(compare)})`;
  const shown = other.kind === "literal" ? literal(other) : factOf(other);
  return left ? `${assumed} ${compare.op} ${shown}` : `${shown} ${compare.op} ${assumed}`;
}

function literal(expr: Expr): string {
  if (expr.kind !== "literal") return factOf(expr);
  return typeof expr.value === "string" ? JSON.stringify(expr.value) : showValue(expr.type, expr.value);
}

function cautious(compare: Compare): string {
  const type = compare.operands;
  if (type.kind === "enum") return type.name === "Severity" ? "low" : (type.variants[0] ?? "…");
  if (type.kind !== "scalar") return "…";
  const defaults: Readonly<Record<string, string>> = { Bool: "false", Int: "0", Decimal: "0.0", String: '""', Duration: "0 days" };
  return defaults[type.name] ?? "…";
}

/** The expression to close: the record or list that the fact is read from, as the policy wrote it. */
function rootOf(condition: Expr, fact: string): string {
  const read = find(condition, (expr) => expr.kind === "field" && factOf(expr) === fact);
  if (read?.kind !== "field") return fact;
  return factOf(read.record.kind === "field" || read.record.kind === "let" || read.record.kind === "attestation" ? read.record : read);
}

function findIn(conditions: readonly Expr[], test: (expr: Expr) => boolean): Expr | undefined {
  for (const condition of conditions) {
    const found = find(condition, test);
    if (found !== undefined) return found;
  }
  return undefined;
}

function find(expr: Expr, test: (expr: Expr) => boolean): Expr | undefined {
  if (test(expr)) return expr;
  for (const operand of operandsOf(expr)) {
    const found = find(operand, test);
    if (found !== undefined) return found;
  }
  return undefined;
}
