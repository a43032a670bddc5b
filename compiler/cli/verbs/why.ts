/** `waybill why`: the derivation of one clause, or of the rows of a `vex` declaration. */
import { renderDerivation } from "../../../engine/decide/derivation.ts";
import { jsonDecision } from "../../../engine/decide/json.ts";
import type { Report, Texts } from "../../../engine/decide/report.ts";
import { renderText } from "../../../engine/decide/text.ts";
import type { Program, VexDefinition } from "../../../language/core/ir.ts";
import { visible } from "../../../language/diagnostics/render/untrusted.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { nearest } from "../../../language/domains/near.ts";
import { vexNeeds } from "../../analysis/plan.ts";
import type { Call } from "../cli.ts";
import { decideGathered } from "../gathered.ts";
import { gather } from "../gathering.ts";
import { exit, Stop } from "../shell/exit.ts";
import { readBytes } from "../shell/files.ts";
import { tell } from "../shell/report.ts";

/** `fixable.critical` names `acme.findings.fixable.critical`; a policy's name alone names all of its clauses. */
function names(asked: string, policy: string, label: string | null): boolean {
  const full = label === null ? policy : `${policy}.${label}`;
  return [full, policy].some((name) => name === asked || name.endsWith(`.${asked}`));
}

function unknownClause(asked: string, known: readonly string[]): Stop {
  const near = nearest(
    asked,
    known.flatMap((name) => [name, ...[2, 1].map((parts) => name.split(".").slice(-parts).join("."))]),
  );
  const help = near === undefined ? `clauses are ${known.join(", ")}` : `did you mean \`${near}\`?`;
  return new Stop(exit.usage, [diagnostic("WB1022", { clause: asked }, undefined, { help })]);
}

function restricted(report: Report, asked: string): Report {
  const decisions = report.decisions.map((decision) => ({
    ...decision,
    clauses: decision.clauses.filter((clause) => names(asked, clause.policy, clause.label)),
  }));
  return { ...report, decisions: decisions.filter((decision) => decision.clauses.length > 0) };
}

/** The declarations that are meant where no clause is. */
function declarationsNamed({ policies, vexes }: Program, asked: string): readonly VexDefinition[] {
  const isClause = policies.some((policy) => policy.clauses.some((clause) => names(asked, policy.name, clause.label ?? null)));
  return isClause ? [] : vexes.filter(({ name }) => names(asked, name, null));
}

async function live(call: Call, asked: string, options: Readonly<Record<string, unknown>>): Promise<number> {
  const subject = typeof options["subject"] === "string" ? options["subject"] : undefined;
  const { gathered } = await gather(call, "why", subject, options, false, ({ project: { program } }) => {
    const kinds = declarationsNamed(program, asked).map((vex) => vex.subject);
    return kinds.length === 0 ? undefined : vexNeeds(program, kinds);
  });
  const { program } = gathered.policies.compiled;
  const declarations = declarationsNamed(program, asked);
  if (declarations.length > 0) return (await import("./why-vex.ts")).whyVex(call, declarations, gathered, options);
  if (program.policies.length === 0 && program.vexes.length > 0)
    throw unknownClause(
      asked,
      program.vexes.map(({ name }) => name),
    );
  const { report, texts, code } = await decideGathered(gathered, true);
  const found = restricted(report, asked);
  if (found.decisions.length === 0 && report.decisions.length > 0) {
    throw unknownClause(asked, [
      ...new Set(
        report.decisions.flatMap((decision) =>
          decision.clauses.map((clause) => (clause.label === null ? clause.policy : `${clause.policy}.${clause.label}`)),
        ),
      ),
      ...program.vexes.map(({ name }) => name),
    ]);
  }
  if (options["format"] !== "json") await tell(call.terminal, found.diagnostics, texts.evidence);
  await call.terminal.out(`${options["format"] === "json" ? json(found, texts) : text(call, found, texts)}\n`);
  return code === exit.noVerdict ? code : exit.done;
}

function json(report: Report, texts: Texts): string {
  return JSON.stringify(
    { schema: "waybill/why/1", decisions: report.decisions.map((decision) => jsonDecision(decision, texts)) },
    undefined,
    2,
  );
}

function text(call: Call, report: Report, texts: Texts): string {
  const { terminal } = call;
  const trees = report.decisions.flatMap((decision) =>
    decision.clauses.flatMap((clause) =>
      clause.derivation ? [renderDerivation(clause.derivation, texts.policies, terminal.colourOut)] : [],
    ),
  );
  const shown = renderText(report, texts, { colour: terminal.colourOut, width: terminal.width, verbose: true });
  return trees.length === 0 ? shown : `${shown}\n\nhow it came about:\n\n${trees.join("\n\n")}`;
}

interface WrittenClause {
  readonly policy: string;
  readonly clause: string | null;
  readonly span: string;
  readonly outcome: string;
  readonly effect: string;
  readonly message?: string;
  readonly witnesses?: readonly { readonly message?: string; readonly member?: string; readonly citations?: readonly WrittenCitation[] }[];
  readonly missing?: readonly { readonly cause: string; readonly fact: string; readonly detail: string; readonly count?: number }[];
  readonly advice?: readonly string[];
}
interface WrittenCitation {
  readonly document: string;
  readonly pointer: string;
  readonly path: string;
  readonly value: string;
}

interface WrittenGate {
  readonly decisions: readonly { readonly subject: { readonly name: string }; readonly clauses: readonly WrittenClause[] }[];
}

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === "string";
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
/** An object whose named fields are as they should be; `key?` may be absent. */
const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (value === null || typeof value !== "object") return false;
    const given = new Map<string, unknown>(Object.entries(value));
    return Object.entries(fields).every(([name, check]) => {
      const field = given.get(name.replace("?", ""));
      return (field === undefined && name.endsWith("?")) || check(field);
    });
  };

const citation = shape({ document: isText, pointer: isText, path: isText, value: isText });
const clauseShape = shape({
  policy: isText,
  clause: (value) => value === null || isText(value),
  span: isText,
  outcome: isText,
  effect: isText,
  "message?": isText,
  "witnesses?": listOf(shape({ "message?": isText, "member?": isText, "citations?": listOf(citation) })),
  "missing?": listOf(shape({ cause: isText, fact: isText, detail: isText, "count?": (value) => typeof value === "number" })),
  "advice?": listOf(isText),
});
const gateShape = shape({
  schema: (value) => value === "waybill/gate/1",
  decisions: listOf(shape({ subject: shape({ name: isText }), clauses: listOf(clauseShape) })),
});

/** The parts of a decision on file that are shown: anybody may have written the file. */
function isGate(value: unknown): value is WrittenGate {
  return gateShape(value);
}

/** Explains what a decision on file says; the evidence itself is not at hand. */
async function written(call: Call, asked: string, path: string): Promise<number> {
  const bytes = await readBytes(path);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    value = undefined;
  }
  if (!isGate(value)) {
    throw new Stop(exit.usage, [
      diagnostic("WB1002", { path, reason: "it is not a decision" }, undefined, { help: "`waybill gate --format json` writes one" }),
    ]);
  }
  const all = value.decisions.flatMap((decision) => decision.clauses.map((clause) => ({ clause, subject: decision.subject.name })));
  const found = all.filter(({ clause }) => names(asked, clause.policy, clause.clause));
  if (found.length === 0)
    throw unknownClause(asked, [
      ...new Set(all.map(({ clause }) => (clause.clause === null ? clause.policy : `${clause.policy}.${clause.clause}`))),
    ]);
  const out = found.map(({ clause, subject }) => {
    const lines = [
      `${clause.outcome}[${visible(clause.policy)}${clause.clause === null ? "" : `.${visible(clause.clause)}`}] ${visible(subject)}: ${clause.effect}, ${visible(clause.span)}`,
    ];
    if (clause.message !== undefined) lines.push(`  ${visible(clause.message)}`);
    for (const witness of clause.witnesses ?? []) {
      lines.push(`  because ${visible(witness.message ?? witness.member ?? clause.span)}`);
      for (const cited of witness.citations ?? [])
        lines.push(`    ${visible(`${cited.document} ${cited.pointer}: ${cited.path} is ${cited.value}`)}`);
    }
    for (const want of clause.missing ?? [])
      lines.push(`  ${visible(`${want.cause}: ${want.fact}: ${want.detail}${want.count === undefined ? "" : ` (${want.count})`}`)}`);
    for (const code of clause.advice ?? []) lines.push(`  help: ${visible(code)}`);
    return lines.join("\n");
  });
  await call.terminal.out(`${out.join("\n\n")}\n`);
  return exit.done;
}

export async function why(call: Call, clause: string, options: Readonly<Record<string, unknown>>): Promise<number> {
  const file = options["decision"];
  return typeof file === "string" ? written(call, clause, file) : live(call, clause, options);
}
