/** `waybill vex validate`: whether VEX documents keep every rule of their format, and which they break. */
import { type VexFault, type VexValidity, validateVex } from "../../../engine/evidence/vex/validate.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { visible } from "../../../language/diagnostics/render/untrusted.ts";
import type { Call } from "../cli.ts";
import { type Options, text } from "../options.ts";
import { readClock } from "../shell/clock.ts";
import { exit, Stop } from "../shell/exit.ts";
import { readBytes } from "../shell/files.ts";

/** Exit code 0 where all are valid, 1 where one is not, 2 where one is missing; the others are answered all the same. */
export async function vexValidate(call: Call, files: readonly string[], options: Options): Promise<number> {
  const now = readClock(text(options, "now"));
  if (typeof now !== "number") throw new Stop(exit.usage, [now]);
  const missing: Diagnostic[] = [];
  let valid = true;
  for (const file of files) {
    const bytes = await bytesOf(file, missing);
    if (bytes === undefined) continue;
    const validity = await validateVex(bytes, file, { now });
    valid &&= validity.valid;
    await call.terminal.out(text(options, "format") === "json" ? lineOf(file, validity) : textOf(file, validity));
  }
  if (missing.length > 0) throw new Stop(exit.usage, missing);
  return valid ? exit.done : exit.no;
}

async function bytesOf(file: string, missing: Diagnostic[]): Promise<Uint8Array | undefined> {
  try {
    return await readBytes(file);
  } catch (problem) {
    if (!(problem instanceof Stop)) throw problem;
    missing.push(...problem.diagnostics);
    return undefined;
  }
}

/** `docs/schemas/vex-validate.schema.json` */
function lineOf(file: string, { format, valid, errors }: VexValidity): string {
  const told = errors.map(({ code, pointer, message }) => ({ code, pointer, message }));
  return `${JSON.stringify({ file, format, valid, errors: told })}\n`;
}

const titles = { openvex: "OpenVEX", csaf: "CSAF", cyclonedx: "CycloneDX" } as const;

function textOf(file: string, { format, valid, errors }: VexValidity): string {
  const kind = format === null ? "VEX" : titles[format];
  if (valid) return `${visible(file)}: valid ${kind}\n`;
  const head = `${visible(file)}: not valid ${kind}: ${errors.length} ${errors.length === 1 ? "error" : "errors"}\n`;
  return head + errors.map(told).join("");
}

function told({ code, pointer, message }: VexFault): string {
  return `  ${visible(code)} ${pointer === "" ? "the document" : visible(pointer)}: ${visible(message)}\n`;
}
