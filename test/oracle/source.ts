/** Random programs written out as `.scp` text, fully parenthesised, so that the whole front end stands between text and decision. */
import type {
  Clause,
  EffectExpr,
  Exempt,
  Expr,
  FunctionDefinition,
  Policy,
  Program,
  TableDefinition,
  Waiver,
} from "../../language/core/ir.ts";
import type { Value } from "../../language/core/value.ts";
import { showDecimal } from "../../language/domains/decimal.ts";
import type { Integer } from "../../language/domains/integer.ts";
import type { EnumType, Field, RecordType, Type } from "../../language/semantics/types.ts";
import { show } from "./print.ts";
import { colour, day, level } from "./universe.ts";

/** The module `oracle` that compiles to a program which decides as this one does. */
export function sourceOf(program: Program): string {
  const own = [...program.types.values()].filter((t) => t.name.startsWith("oracle."));
  return [
    "module oracle",
    "import waybill.kubernetes, waybill.license",
    ...[level, colour].flatMap(enumSource),
    ...program.inputs.map((i) => `input ${local(i.key)}: ${typeSource(i.type)} = ${valueSource(i.type, i.default as Value)}`),
    ...program.constants.map((c) => `let ${local(c.key)}: ${typeSource(c.value.type)} = ${write(c.value)}`),
    ...program.trusts.map((t) => `trust ${local(t.key)} = spiffe { id: "spiffe://oracle.example/${local(t.key)}" }`),
    ...own.map(recordSource),
    ...program.tables.map(tableSource),
    ...program.functions.map(functionSource),
    ...program.policies.map(policySource),
    ...program.exempts.map(exemptSource),
    ...program.waivers.map(waiverSource),
    "",
  ].join("\n");
}

function local(qualified: string): string {
  return qualified.split(".").slice(1).join(".");
}

/** A constant for each variant names it where nothing else says of which enum it is. */
function enumSource(type: EnumType): readonly string[] {
  const name = local(type.name);
  return [
    `enum ${name} { ${type.variants.join(type.ordered ? " < " : ", ")} }`,
    ...type.variants.map((variant) => `let the_${variant}: ${name} = ${variant}`),
  ];
}

function typeSource(type: Type): string {
  switch (type.kind) {
    case "scalar":
      return type.name;
    case "enum":
    case "record":
      return local(type.name);
    case "list":
      return `List<${typeSource(type.element)} >`;
    case "set":
      return `Set<${typeSource(type.element)} >`;
    case "map":
      return `Map<String, ${typeSource(type.value)} >`;
    default:
      throw new Error(`the oracle does not write ${type.kind}`);
  }
}

function recordSource(type: RecordType): string {
  const fields = [...type.fields.values()].map((f) => `  ${fieldSource(f)}`);
  const predicates = [...type.predicates.values()].map((p) => `  predicate ${p.name}${p.by ? " by" : ""}${p.closed ? " = false" : ""}`);
  return [`type ${local(type.name)} {`, ...fields, ...predicates, "}"].join("\n");
}

function fieldSource({ name, type, mode, points, claimed }: Field): string {
  const optional = mode.kind === "optional" ? "?" : "";
  const fallback = mode.kind === "default" ? ` = ${valueSource(type, mode.value as Value)}` : "";
  return `${name}: ${typeSource(type)}${optional}${fallback}${points === undefined ? "" : ` at [${points.join(", ")}]`}${claimed ? " claimed" : ""}`;
}

function valueSource(type: Type, value: Value): string {
  if (type.kind === "list" || type.kind === "set")
    return `[${(value as readonly Value[]).map((v) => valueSource(type.element, v)).join(", ")}]`;
  if (type.kind === "map") return "{}";
  if (type.kind === "enum") return type.variants[value as number] as string;
  if (type.kind !== "scalar") throw new Error(`the oracle does not write ${type.kind}`);
  switch (type.name) {
    case "Decimal":
      return showDecimal(value as Integer);
    case "Time":
      return `${dateOf(value as number)}T00:00Z`;
    case "Duration":
      return `${(value as number) / day} days`;
    case "Purl":
    case "PurlSet":
      return (value as { readonly text: string }).text;
    case "License":
      return JSON.stringify((value as { readonly text: string }).text);
    case "String":
    case "Digest":
      return JSON.stringify(value);
    default:
      return String(value);
  }
}

/** Microseconds since 1970 as `2026-11-21`. */
function dateOf(time: number): string {
  return new Date(time / 1000).toISOString().slice(0, 10);
}

function tableSource(table: TableDefinition): string {
  const labels = table.operands.map((o) => (o.kind === "enum" ? o.variants : ["false", "true"]));
  const results = table.result.kind === "enum" ? table.result.variants : ["false", "true"];
  const rows = labels.reduce<readonly string[]>((rest, column) => rest.flatMap((row) => column.map((label) => `${row}| ${label} `)), [""]);
  const parameters = table.operands.map((o, i) => `o${i}: ${typeSource(o)}`).join(", ");
  const lines = rows.map((row, i) => `  ${row}-> ${results[table.outcomes[i] as number]}`);
  return [`table ${local(table.key)}(${parameters}) -> ${typeSource(table.result)} {`, ...lines, "}"].join("\n");
}

function functionSource({ key, parameters, body }: FunctionDefinition): string {
  const list = parameters.map((p) => `${p.name}: ${typeSource(p.type)}`).join(", ");
  return `function ${local(key)}(${list}) -> ${typeSource(body.type)} = ${write(body)}`;
}

function policySource(policy: Policy): string {
  const points = policy.points === undefined ? "" : ` at [${policy.points.join(", ")}]`;
  const scope = policy.scope === undefined ? "" : ` where ${write(policy.scope)}`;
  return [
    `policy ${local(policy.name)} for ${policy.subject}${points}${scope} {`,
    ...policy.lets.map((l) => `  let ${l.name} = ${write(l.value)}`),
    ...policy.clauses.map(clauseSource),
    "}",
  ].join("\n");
}

function clauseSource(clause: Clause): string {
  const label = clause.label === undefined ? "" : `${clause.label}: `;
  const unknown = Object.entries(clause.onUnknown).map(([cause, e]) => `\n    on ${cause} ${effectSource(e)} because "the oracle said so"`);
  const text = `  ${clause.polarity} ${label}${write(clause.condition)} else ${effectSource(clause.otherwise)}${unknown.join("")}`;
  return clause.guards.reduceRight((inner, guard) => `  when ${write(guard)} {\n  ${inner}\n  }`, text);
}

function effectSource({ effect }: EffectExpr): string {
  return effect;
}

function exemptSource(exempt: Exempt): string {
  const until = exempt.ends === undefined ? "" : ` until ${dateOf(exempt.ends - day)}`;
  return `exempt ${exempt.subject} where ${write(exempt.scope)}${until} because "the oracle said so"`;
}

function waiverSource({ clause, scope, ends }: Waiver): string {
  const until = `until ${dateOf(ends - day)}`;
  return `waive ${local(clause)} where ${write(scope.condition)} ${until} because "the oracle said so" approved by "oracle@example.org"`;
}

/** An expression as source. What `show` prints for people is source but for names of the module and literals. */
function write(expr: Expr): string {
  return show(expr, {
    literal: (e) => (e.type.kind === "enum" ? `the_${valueSource(e.type, e.value)}` : literalSource(e.type, e.value)),
    name: (key) => local(key),
    attestation: (e) => {
      const origin = e.origin.kind === "claimed" ? "claimed" : `by ${local(e.origin.trust)}`;
      const words = { one: "attestation", newest: "newest attestation", all: "attestations" } as const;
      return `(${words[e.quantity]} ${local(e.predicate.name)} ${origin})`;
    },
    count: (inner) => `count(${inner})`,
  });
}

function literalSource(type: Type, value: Value): string {
  if ((type.kind === "list" || type.kind === "set") && type.element.kind === "enum") {
    const element = type.element;
    return `[${(value as readonly Value[]).map((v) => `the_${valueSource(element, v)}`).join(", ")}]`;
  }
  if (type.kind === "scalar" && (type.name === "Glob" || type.name === "Regex")) return `'${(value as { readonly text: string }).text}'`;
  return valueSource(type, value);
}
