/** `waybill vex merge`: the statements of several documents in one, with what contradicts and what is lost. */
import type { VexFormat } from "../../../engine/decide/vex/document.ts";
import { object, objects } from "../../../engine/evidence/raw.ts";
import { type VexFault, validateVexValue } from "../../../engine/evidence/vex/validate.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { type Contradiction, mergeVex } from "../../targets/vex/merge.ts";
import type { Call } from "../cli.ts";
import { type Options, text } from "../options.ts";
import { exit, Stop } from "../shell/exit.ts";
import { note, tell } from "../shell/report.ts";
import { readVexFile, refuseDraft, type VexFile } from "../vex-files.ts";
import { formatTitles, nowOf, textOf, writeOut, writingOptions } from "../vex-writing.ts";

/**
 * Exit code 0; 1 where statements contradict each other and nobody said that they may, `--strict` finds a loss, what was merged
 * is not valid, or nothing can be said; 2 used wrongly; 3 a document is refused.
 */
export async function vexMerge(call: Call, paths: readonly string[], options: Options): Promise<number> {
  const format = text(options, "to") as VexFormat;
  const now = nowOf(options);
  const files: VexFile[] = [];
  for (const path of paths) files.push(await readVexFile(path, call.terminal));
  for (const file of files) refuseDraft(file);
  const { document, contradictions, superseded, unclear, authors, undated } = mergeVex(files, text(options, "author"));
  const title = formatTitles[format];
  await tell(call.terminal, [
    ...superseded.map(({ source, newer }) =>
      diagnostic(
        "WB1247",
        { name: source.name, version: source.document.version ?? "0", newer: newer.document.version ?? "0" },
        undefined,
        { notes: [`the later version is \`${newer.name}\``] },
      ),
    ),
    ...unclear.map(({ source, other }) =>
      diagnostic(
        "WB1259",
        { name: source.name, version: source.document.version ?? "0", other: other.document.version ?? "0" },
        undefined,
        {
          notes: [`the other one is \`${other.name}\``],
          help: "ask the author which of them is the later one, and merge that alone",
        },
      ),
    ),
    ...[...authors].map(([author, statements]) =>
      diagnostic("WB1248", { author, statements, format: title }, undefined, {
        help: "keep documents of several authors apart: who is believed is decided by author",
      }),
    ),
    ...contradictions.map(contradicting),
  ]);
  if (undated > 0)
    await note(
      call.terminal,
      `${undated} ${undated === 1 ? "statement has" : "statements have"} no time: what suppresses is dated as the oldest of all, the rest as the newest`,
    );
  const allowed = options["allowContradiction"] === true;
  const [first] = contradictions;
  if (!allowed && first !== undefined) {
    const notes = [`the first is about \`${first.vulnerability}\` in \`${first.product}\``, ...saidOf(first)];
    throw new Stop(exit.no, [diagnostic("WB1249", { contradictions: contradictions.length }, undefined, { notes, help: whatToDo })]);
  }
  const written = await textOf(document, format, writingOptions(call, document, options, now));
  const { errors } = await validateVexValue(written.value, "", { now });
  const faults = allowed ? errors.filter(({ code }) => code !== tie) : errors;
  if (faults.length > 0) throw new Stop(exit.no, [invalid(faults, written.value, title)]);
  const other = authors.size + undated + files.reduce((sum, { unreadable }) => sum + unreadable, 0);
  return writeOut(call, format, { ...written, other }, options);
}

const tie = "openvex-tie";
const whatToDo =
  "ask the authors which one holds, and merge without the other or with a newer one; `--allow-contradiction` writes them all, and they suppress nothing";

function contradicting(one: Contradiction): Diagnostic {
  const { vulnerability, product, statements } = one;
  const statuses = statements.map(({ status }) => status);
  return diagnostic("WB1246", { vulnerability, product, statuses }, undefined, { notes: saidOf(one) });
}

function saidOf({ statements }: Contradiction): readonly string[] {
  return statements.map(({ status, source, pointer }) => {
    const statement = pointer === undefined ? `\`${source}\`` : `\`${pointer}\` of \`${source}\``;
    return `${statement} says \`${status}\``;
  });
}

/** So many faults are told one by one. */
const told = 5;

/** What `vex validate` would say of the document. Statements that only the format makes contradict each other are named by what they say. */
function invalid(faults: readonly VexFault[], value: unknown, format: string): Diagnostic {
  const notes = faults.slice(0, told).map(({ code, pointer, message }) => (code === tie ? tied(value, pointer, message) : message));
  if (faults.length > told) notes.push(`and ${faults.length - told} more`);
  const ties = faults.every(({ code }) => code === tie);
  return diagnostic("WB1257", { format, faults: faults.length }, undefined, {
    notes,
    help: ties
      ? "merge to a format that has what tells them apart, or without one of them; `--allow-contradiction` writes them all, and they suppress nothing"
      : "`waybill vex validate` says which of the documents has it",
  });
}

function tied(value: unknown, pointer: string, message: string): string {
  const other = /`(\/statements\/\d+)`/.exec(message)?.[1] ?? "";
  return `one statement says ${saidAt(value, pointer)}, and one of the same time ${saidAt(value, other)}`;
}

function saidAt(value: unknown, pointer: string): string {
  const statement = objects(object(value)?.["statements"])[Number(pointer.slice(pointer.lastIndexOf("/") + 1))] ?? {};
  const [product] = objects(statement["products"]);
  const name = object(product?.["identifiers"])?.["purl"] ?? product?.["@id"] ?? "a product";
  return `\`${String(statement["status"])}\` of \`${String(object(statement["vulnerability"])?.["name"])}\` in \`${String(name)}\``;
}
