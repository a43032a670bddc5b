/** Writing VEX documents for people: what is missing and what is lost is said, and nothing invalid leaves. */
import { writeFile } from "node:fs/promises";
import type { VexDocument, VexFormat } from "../../engine/decide/vex/document.ts";
import { mandatoryBreaches } from "../../engine/evidence/csaf/mandatory.ts";
import { type SchemaName, validate } from "../../engine/evidence/schema/validate.ts";
import type { Diagnostic } from "../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../language/diagnostics/table.ts";
import type { Loss, Needed, VexOptions } from "../targets/vex/write.ts";
import { lacking, writeVex } from "../targets/vex/write.ts";
import type { Call } from "./cli.ts";
import { type Options, text } from "./options.ts";
import { readClock } from "./shell/clock.ts";
import { sha256 } from "./shell/digest.ts";
import { exit, Stop } from "./shell/exit.ts";
import { fileProblem } from "./shell/files.ts";
import { tell } from "./shell/report.ts";
import { uuidOf } from "./shell/uuid.ts";

export const formatTitles: Readonly<Record<VexFormat, string>> = { openvex: "OpenVEX", csaf: "CSAF", cyclonedx: "CycloneDX" };

const schemas: Readonly<Record<VexFormat, SchemaName>> = {
  openvex: "openvex-0.2.0",
  csaf: "csaf-2.0",
  cyclonedx: "cyclonedx-1.6",
};

/** What the official schema and, for CSAF, the mandatory tests say against a document: nothing where it is valid. */
export async function faultsOf(value: unknown, format: VexFormat): Promise<readonly string[]> {
  const broken = await validate(schemas[format], value, "");
  if (broken.length > 0 || format !== "csaf") return broken.map((one) => one.message);
  return mandatoryBreaches(value).map(({ test, pointer, problem }) => `test ${test} at \`${pointer}\`: ${problem}`);
}

/** The options that writing takes, as every verb that writes has them. */
export function writingOptions(call: Call, document: VexDocument, options: Options, now: number): VexOptions {
  const given = <K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } =>
    (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: string };
  // A document without a name is named after what it says, so that the same one has the same name again.
  const id = text(options, "id") ?? (document.id === undefined ? uuidOf(sha256(JSON.stringify(document))) : undefined);
  return {
    ...given("author", text(options, "author")),
    ...given("role", text(options, "role")),
    ...given("title", text(options, "title")),
    ...given("namespace", text(options, "publisherNamespace")),
    ...given("id", id),
    now,
    tool: call.version,
    uuid: uuidOf,
  };
}

export function nowOf(options: Options): number {
  const now = readClock(text(options, "now"));
  if (typeof now !== "number") throw new Stop(exit.usage, [now]);
  return now;
}

const missing: Readonly<Record<Needed, readonly [problem: string, help: string]>> = {
  author: ["documents name their author, and this one has none", 'name who says it: `--author "Acme Inc"`'],
  "publisher-namespace": [
    "documents name the namespace of their publisher, and nothing says it",
    "name a URI that is the publisher's own: `--publisher-namespace https://acme.example`",
  ],
};

/** The document as text, and its losses. Throws `Stop` where something is missing (exit 2) or nothing is left to say (exit 1). */
export async function textOf(
  document: VexDocument,
  format: VexFormat,
  options: VexOptions,
): Promise<{ readonly text: string; readonly value: unknown; readonly losses: readonly Loss[] }> {
  const title = formatTitles[format];
  const needed = lacking(document, format, options).map((option) => {
    const [problem, help] = missing[option];
    return diagnostic("WB1244", { option, format: title, problem }, undefined, { help });
  });
  if (needed.length > 0) throw new Stop(exit.usage, needed);
  const { value, losses } = writeVex(document, format, options);
  const dropped = new Set(losses.filter(({ field }) => field === "statement").map(({ statement }) => statement));
  const faults = await faultsOf(value, format);
  if (faults.length > 0) {
    if (dropped.size >= document.statements.length)
      throw new Stop(exit.no, [...lossDiagnostics(losses, format), diagnostic("WB1243", { format: title }, undefined)]);
    throw wrongInput(faults[0] ?? "", format, options);
  }
  return { text: `${JSON.stringify(value, undefined, 2)}\n`, value, losses };
}

/** What the caller gave may be what is not valid; anything else is a bug. */
function wrongInput(problem: string, format: VexFormat, options: VexOptions): Error {
  if (/publisher\/namespace/.test(problem)) {
    const details = { help: "a namespace is a URI: `--publisher-namespace https://acme.example`" };
    return new Stop(exit.usage, [
      diagnostic(
        "WB1244",
        {
          option: "publisher-namespace",
          format: formatTitles[format],
          problem: `does not allow \`${options.namespace ?? ""}\` as a namespace`,
        },
        undefined,
        details,
      ),
    ]);
  }
  return new Error(`the ${formatTitles[format]} document that was written is not valid: ${problem}`);
}

/** One diagnostic for each kind of loss, with how many there are and where the first is. */
export function lossDiagnostics(losses: readonly Loss[], format: VexFormat): readonly Diagnostic[] {
  const kinds = new Map<string, Loss[]>();
  for (const loss of losses) {
    const key = `${loss.field}\n${loss.why}`;
    kinds.set(key, [...(kinds.get(key) ?? []), loss]);
  }
  return [...kinds.values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    const details = {
      notes: [`the first is at \`${first.pointer}\`${first.value === "" ? "" : `: \`${short(first.value)}\``}`],
      ...(first.decides ? { help: "a decision may come out otherwise; `--strict` refuses to write then" } : {}),
    };
    return [diagnostic("WB1241", { what: whatIs(first, all.length), format: formatTitles[format], why: first.why }, undefined, details)];
  });
}

function short(value: string): string {
  return value.length > 80 ? `${value.slice(0, 79)}…` : value;
}

function whatIs({ field, statement }: Loss, count: number): string {
  if (field === "statement") return count === 1 ? "a statement" : `${count} statements`;
  const what = statement === undefined ? `the document's \`${field}\`` : `\`${field}\``;
  return count === 1 ? what : `${count} × ${what}`;
}

export interface WrittenOut {
  readonly text: string;
  readonly losses: readonly Loss[];
  /** Of statements that were not understood, of authors, …: with `--strict` they count as lost. */
  readonly other: number;
}

/** Tells the losses, and writes the document and its loss report; with `--strict` and a loss, neither. The exit code. */
export async function writeOut(call: Call, format: VexFormat, written: WrittenOut, options: Options): Promise<number> {
  await tell(call.terminal, lossDiagnostics(written.losses, format));
  const lost = written.losses.length + written.other;
  const report = text(options, "lossReport");
  if (report !== undefined) await write(report, lossReport(call, format, written.losses));
  if (options["strict"] === true && lost > 0)
    throw new Stop(exit.no, [
      diagnostic("WB1242", { losses: lost, format: formatTitles[format] }, undefined, {
        help: "nothing was written; without `--strict` it is",
      }),
    ]);
  const out = text(options, "out") ?? "-";
  if (out === "-") await call.terminal.out(written.text);
  else await write(out, written.text);
  return exit.done;
}

/** `docs/schemas/vex-losses.schema.json` */
export function lossReport(call: Call, format: VexFormat, losses: readonly Loss[]): string {
  const document = {
    schema: "waybill/vex-losses/1",
    tool: { name: "waybill", version: call.version },
    format,
    losses: losses.map(({ field, pointer, statement, value, why, decides }) => ({
      field,
      pointer,
      ...(statement === undefined ? {} : { statement }),
      value,
      why,
      decides,
    })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

async function write(path: string, content: string): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (problem) {
    throw new Stop(exit.usage, [fileProblem(path, problem)]);
  }
}
