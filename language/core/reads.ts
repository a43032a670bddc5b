/**
 * The fields that a program reads, so that readers of evidence need not make those that nobody will ask for. Said of
 * what is decided only: explanations print records whole.
 */
import type { Type } from "../semantics/types.ts";
import type { Expr, Policy, Program } from "./ir.ts";
import { expressionsIn, operandsOf } from "./walk.ts";

export interface FieldsRead {
  /** Names of fields and predicates, of whichever type. */
  readonly names: ReadonlySet<string>;
  /** The same with their types: `waybill.kubernetes.Container.privileged`. */
  readonly fields: ReadonlySet<string>;
}

/**
 * What the policies, exemptions and waivers of a program read, through every function and constant that they use;
 * undefined where records are taken whole (compared, or handed to an intrinsic), so that every field may count.
 */
export function fieldsRead(program: Program): FieldsRead | undefined {
  const names = new Set<string>();
  const fields = new Set<string>();
  const definitions = new Map<string, Expr>([
    ...program.functions.map(({ key, body }) => [`call ${key}`, body] as const),
    ...program.constants.map(({ key, value }) => [`constant ${key}`, value] as const),
  ]);
  const open = rootsOf(program);
  const follow = (key: string): void => {
    const definition = definitions.get(key);
    if (definition === undefined) return;
    definitions.delete(key);
    open.push(definition);
  };
  for (let root = open.pop(); root !== undefined; root = open.pop()) {
    for (const expr of expressionsIn(root)) {
      if (takesRecords(expr)) return undefined;
      if (expr.kind === "call" || expr.kind === "constant") follow(`${expr.kind} ${expr.key}`);
      if (expr.kind !== "field" && expr.kind !== "predicate") continue;
      const name = expr.kind === "field" ? expr.field.name : expr.predicate.name;
      names.add(name);
      fields.add(`${recordName(expr.record.type)}.${name}`);
    }
  }
  return { names, fields };
}

function rootsOf(program: Program): Expr[] {
  const ofPolicy = ({ scope, lets, clauses }: Policy): readonly (Expr | undefined)[] => [
    scope,
    ...lets.map((one) => one.value),
    ...clauses.flatMap((clause) => [
      clause.condition,
      ...clause.guards,
      clause.otherwise.until,
      ...Object.values(clause.onUnknown).map((effect) => effect.until),
    ]),
  ];
  return [
    ...program.policies.flatMap(ofPolicy),
    ...program.exempts.map((exempt) => exempt.scope),
    ...program.waivers.map((waiver) => waiver.scope.condition),
  ].filter((expr) => expr !== undefined);
}

function recordName(type: Type): string {
  return type.kind === "record" ? type.name : type.kind === "verified" ? type.inner.name : "";
}

/** Whether what the expression says may depend on fields that no read of it names. */
function takesRecords(expr: Expr): boolean {
  switch (expr.kind) {
    case "compare":
      return holdsRecords(expr.operands);
    case "member":
      return holdsRecords(expr.item.type);
    case "within":
    case "table":
    case "intrinsic":
    case "attestation":
    case "pattern":
      return operandsOf(expr).some((operand) => holdsRecords(operand.type));
    default:
      return false;
  }
}

function holdsRecords(type: Type): boolean {
  switch (type.kind) {
    case "record":
    case "verified":
    case "error":
      return true;
    case "list":
    case "set":
      return holdsRecords(type.element);
    case "map":
      return holdsRecords(type.value);
    default:
      return false;
  }
}
