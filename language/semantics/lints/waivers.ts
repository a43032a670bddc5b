/**
 * Waivers that lift nothing, what another lifts already, or more than was meant: what can be told of them without a
 * clock and without evidence.
 */
import type { Clause, Expr, Program, Waiver } from "../../core/ir.ts";
import { expressionsIn } from "../../core/walk.ts";
import type { PurlSet } from "../../domains/purl.ts";
import { replacement, type Sink } from "../sink.ts";
import { constantTruth } from "./constant-truth.ts";
import { shapeOf } from "./shape.ts";

/** `deciding` are the paths of modules whose waivers are looked at. */
export function lintWaivers(sink: Sink, program: Program, deciding: ReadonlySet<string>): void {
  const waivers = program.waivers.filter((waiver) => deciding.has(waiver.at.path));
  const clauses = new Map(
    program.policies.flatMap((policy) => policy.clauses.map((clause) => [`${clause.policy}.${clause.label}`, clause])),
  );
  for (const waiver of waivers) {
    if (constantTruth(waiver.scope.condition) !== undefined) continue;
    const clause = clauses.get(waiver.clause);
    if (clause !== undefined && deadWaiver(sink, waiver, clause)) continue;
    wideWaiver(sink, waiver);
  }
  shadowedWaivers(sink, waivers);
}

/** The conditions that must all hold. */
function conjuncts(expr: Expr): readonly Expr[] {
  const found: Expr[] = [];
  const open: Expr[] = [expr];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === "and") open.push(next.right, next.left);
    else found.push(next);
  }
  return found;
}

/** What a conjunct asks of one fact, where it is of a form that can be compared. */
type Demand =
  | { readonly kind: "one-of"; readonly values: readonly unknown[]; readonly shown: string }
  | { readonly kind: "not"; readonly value: unknown; readonly shown: string }
  | { readonly kind: "purl"; readonly set: PurlSet; readonly shown: string };

function demandOf(expr: Expr): { readonly fact: string; readonly demand: Demand } | undefined {
  switch (expr.kind) {
    case "compare": {
      const [fact, literal] = expr.left.kind === "literal" ? [expr.right, expr.left] : [expr.left, expr.right];
      if (literal.kind !== "literal" || !isPlain(literal.value) || (expr.op !== "==" && expr.op !== "!=")) return undefined;
      const shown = JSON.stringify(String(literal.value));
      const demand: Demand =
        expr.op === "==" ? { kind: "one-of", values: [literal.value], shown } : { kind: "not", value: literal.value, shown };
      return { fact: shapeOf(fact), demand };
    }
    case "member": {
      if (expr.collection.kind !== "list") return undefined;
      const values = expr.collection.items.map((item) => (item.kind === "literal" ? item.value : undefined));
      if (!values.every(isPlain)) return undefined;
      return { fact: shapeOf(expr.item), demand: { kind: "one-of", values, shown: "the list" } };
    }
    case "within": {
      const { set } = expr;
      if (set.kind !== "literal" || set.type.kind !== "scalar" || set.type.name !== "PurlSet") return undefined;
      return { fact: shapeOf(expr.item), demand: { kind: "purl", set: set.value as PurlSet, shown: (set.value as PurlSet).text } };
    }
    default:
      return undefined;
  }
}

function isPlain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" || typeof value === "bigint";
}

/** Whether no fact can be as both ask. */
function excludes(a: Demand, b: Demand): boolean {
  if (a.kind === "one-of" && b.kind === "one-of") return !a.values.some((value) => b.values.includes(value));
  if (a.kind === "one-of" && b.kind === "not") return a.values.every((value) => value === b.value);
  if (a.kind === "not" && b.kind === "one-of") return excludes(b, a);
  return a.kind === "purl" && b.kind === "purl" && !samePackage(a.set, b.set);
}

function samePackage(a: PurlSet, b: PurlSet): boolean {
  return a.purl.type === b.purl.type && a.purl.namespace === b.purl.namespace && a.purl.name === b.purl.name;
}

/** A scope that excludes itself, or what the clause is about. */
function deadWaiver(sink: Sink, waiver: Waiver, clause: Clause): boolean {
  const own = conjuncts(waiver.scope.condition).flatMap((expr) => withPlace(expr));
  const asked = askedOf(clause, waiver).flatMap((expr) => conjuncts(expr).flatMap((one) => withPlace(one)));
  for (const [index, one] of own.entries()) {
    const other = [...own.slice(index + 1), ...asked].find(({ fact, demand }) => fact === one.fact && excludes(one.demand, demand));
    if (other === undefined) continue;
    sink.report("WB1294", { clause: waiver.clause }, one.at, {
      label: "never met",
      related: [{ location: other.at, text: own.includes(other) ? "beside this" : "the clause is about these only" }],
      help: "the waiver has no effect: say its scope as the clause has it, or drop the waiver",
    });
    return true;
  }
  return false;
}

function withPlace(expr: Expr): readonly { readonly fact: string; readonly demand: Demand; readonly at: Expr["at"] }[] {
  const found = demandOf(expr);
  return found === undefined ? [] : [{ ...found, at: expr.at }];
}

/** What must hold for the clause to speak of what the waiver is about. */
function askedOf(clause: Clause, waiver: Waiver): readonly Expr[] {
  if (waiver.scope.kind === "subject") return clause.guards;
  let { condition } = clause;
  while (condition.kind === "not") condition = condition.operand;
  return (condition.kind === "some" || condition.kind === "every") && condition.where !== undefined ? [condition.where] : [];
}

/** A scope that names a package and no version, or whose conditions are met by everything. */
function wideWaiver(sink: Sink, waiver: Waiver): void {
  const parts = conjuncts(waiver.scope.condition);
  const narrowing = parts.filter((expr) => !isMetByAll(expr));
  if (narrowing.length === 0) {
    sink.report("WB1295", { clause: waiver.clause, what: "everything" }, waiver.scope.condition.at, {
      label: "met by everything that is known",
      help: "say what is waived: an advisory, a package with its versions, a condition",
    });
    return;
  }
  const demands = narrowing.map((expr) => demandOf(expr)?.demand);
  const purl = demands.find((demand) => demand?.kind === "purl");
  const unbounded = demands.every(
    (demand) => demand?.kind === "purl" && demand.set.range === undefined && demand.set.purl.version === undefined,
  );
  if (purl?.kind !== "purl" || !unbounded || !isAboutFindings(waiver.scope.condition)) return;
  sink.report("WB1295", { clause: waiver.clause, what: `every version of ${purl.set.purl.text}` }, waiver.scope.condition.at, {
    label: "no advisory and no versions",
    help: `say for which versions, \`${purl.set.purl.text} versions "<2"\`, or for which advisory, \`on CVE-… in ${purl.set.purl.text}\``,
  });
}

/** Whether what is waived has an advisory: a finding that nobody has looked at yet, not a property of the package. */
function isAboutFindings(condition: Expr): boolean {
  return expressionsIn(condition).some(({ kind, type }) => {
    const id = (kind === "local" || kind === "subject") && type.kind === "record" ? type.fields.get("id")?.type : undefined;
    return id?.kind === "scalar" && id.name === "Advisory";
  });
}

/** `x matches '.*'`, `x glob "**"`, `x == x`: true of every value that is known. */
function isMetByAll(expr: Expr): boolean {
  if (constantTruth(expr) === true) return true;
  if (expr.kind === "compare") return ["==", "<=", ">="].includes(expr.op) && shapeOf(expr.left) === shapeOf(expr.right);
  if (expr.kind !== "pattern") return false;
  const { value } = expr.pattern;
  const text = typeof value === "object" && "text" in value ? String(value.text) : "";
  return expr.op === "glob" ? /^\*\*(\/\*\*)*$/.test(text) : /^\^?(\(\?:|\()?\.\*\)?\$?$/.test(text);
}

interface Read {
  readonly waiver: Waiver;
  readonly parts: readonly { readonly shape: string; readonly asked: ReturnType<typeof demandOf> }[];
}

/** A waiver that another of the same clause covers whole, for as long, does nothing. Of two that cover each other the first counts. */
function shadowedWaivers(sink: Sink, waivers: readonly Waiver[]): void {
  for (const own of Map.groupBy(waivers, (waiver) => `${waiver.clause} ${waiver.scope.kind}`).values()) {
    const read = own.map(
      (waiver): Read => ({
        waiver,
        parts: conjuncts(waiver.scope.condition).map((expr) => ({ shape: shapeOf(expr), asked: demandOf(expr) })),
      }),
    );
    for (const [index, one] of read.entries()) {
      const cover = read.find((other, place) => other !== one && covers(other, one) && (place < index || !covers(one, other)));
      if (cover === undefined) continue;
      sink.report("WB0712", { clause: one.waiver.clause }, one.waiver.at, {
        label: "has no effect of its own",
        related: [{ location: cover.waiver.at, text: "this one covers it, and lasts as long or longer" }],
        help: "drop the one that the other covers",
        ...replacement("drop the waiver", false, one.waiver.at, ""),
      });
    }
  }
}

/** Whether whatever meets `narrow` for certain meets `wide`, until `narrow` ends. */
function covers(wide: Read, narrow: Read): boolean {
  return (
    wide.waiver.ends >= narrow.waiver.ends &&
    wide.parts.length <= narrow.parts.length &&
    wide.parts.every((a) => narrow.parts.some((b) => a.shape === b.shape || contains(a.asked, b.asked)))
  );
}

/** Whether everything that meets `narrow` meets `wide`: sets of versions of one package. */
function contains(wide: ReturnType<typeof demandOf>, narrow: ReturnType<typeof demandOf>): boolean {
  if (wide?.demand.kind !== "purl" || narrow?.demand.kind !== "purl" || wide.fact !== narrow.fact) return false;
  const [a, b] = [wide.demand.set, narrow.demand.set];
  if (!samePackage(a, b)) return false;
  const kept = [...a.purl.qualifiers].every(([key, value]) => b.purl.qualifiers.get(key) === value);
  return kept && a.range === undefined && a.purl.version === undefined && a.purl.subpath === undefined;
}
