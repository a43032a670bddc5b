/** `waybill vex merge`: the statements of several documents in one, with what contradicts and what is lost. */
import type { VexFormat } from "../../../engine/decide/vex/document.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { mergeVex } from "../../targets/vex/merge.ts";
import type { Call } from "../cli.ts";
import { type Options, text } from "../options.ts";
import { exit, Stop } from "../shell/exit.ts";
import { note, tell } from "../shell/report.ts";
import { readVexFile, refuseDraft, type VexFile } from "../vex-files.ts";
import { formatTitles, nowOf, textOf, writeOut, writingOptions } from "../vex-writing.ts";

/** Exit code 0; 1 where `--strict` finds a loss or a contradiction, or nothing can be said; 2 used wrongly; 3 a document is refused. */
export async function vexMerge(call: Call, paths: readonly string[], options: Options): Promise<number> {
  const format = text(options, "to") as VexFormat;
  const now = nowOf(options);
  const files: VexFile[] = [];
  for (const path of paths) files.push(await readVexFile(path, call.terminal));
  for (const file of files) refuseDraft(file);
  const { document, contradictions, superseded, authors, undated } = mergeVex(files, text(options, "author"));
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
    ...[...authors].map(([author, statements]) =>
      diagnostic("WB1248", { author, statements, format: title }, undefined, {
        help: "keep documents of several authors apart: who is believed is decided by author",
      }),
    ),
    ...contradictions.map((one) => diagnostic("WB1246", one, undefined, { help: "ask the authors: such statements suppress nothing" })),
  ]);
  if (undated > 0)
    await note(
      call.terminal,
      `${undated} ${undated === 1 ? "statement has" : "statements have"} no time: what suppresses is dated as the oldest of all, the rest as the newest`,
    );
  if (options["strict"] === true && contradictions.length > 0)
    throw new Stop(exit.no, [
      diagnostic("WB1249", { contradictions: contradictions.length }, undefined, { help: "nothing was written; without `--strict` it is" }),
    ]);
  const written = await textOf(document, format, writingOptions(call, document, options, now));
  const other = authors.size + undated + files.reduce((sum, { unreadable }) => sum + unreadable, 0);
  return writeOut(call, format, { ...written, other }, options);
}
