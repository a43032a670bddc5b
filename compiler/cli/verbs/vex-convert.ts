/** `waybill vex convert`: one VEX document in another format, with what that format cannot say. */
import type { VexFormat } from "../../../engine/decide/vex/document.ts";
import { revisionsOf, statusOf } from "../../targets/vex/csaf/tracking.ts";
import type { Call } from "../cli.ts";
import { type Options, text } from "../options.ts";
import { readVexFile, refuseDraft } from "../vex-files.ts";
import { nowOf, textOf, writeOut, writingOptions } from "../vex-writing.ts";

/** Exit code 0; 1 where `--strict` finds a loss or nothing can be said; 2 where something is missing; 3 where the document is refused. */
export async function vexConvert(call: Call, path: string, options: Options): Promise<number> {
  const format = text(options, "to") as VexFormat;
  const now = nowOf(options);
  const file = await readVexFile(path, call.terminal);
  if (format !== "csaf") refuseDraft(file);
  const { document, unreadable, json } = file;
  const written = await textOf(document, format, {
    ...writingOptions(call, document, options, now),
    history: revisionsOf(json),
    status: file.draft ? "draft" : statusOf(json),
  });
  return writeOut(call, format, { ...written, other: unreadable }, options);
}
