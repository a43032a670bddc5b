/** `waybill fmt`: formats in place. */

import { writeFile } from "node:fs/promises";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { hasErrors } from "../../../language/diagnostics/diagnostic.ts";
import { sourcesOf } from "../../../language/diagnostics/render/lines.ts";
import { visible } from "../../../language/diagnostics/render/untrusted.ts";
import { plural } from "../../../language/diagnostics/render/wrap.ts";
import { formatSource } from "../../../language/syntax/format.ts";
import type { Call } from "../cli.ts";
import { exit, Stop } from "../shell/exit.ts";
import { fileProblem, readPolicies } from "../shell/files.ts";
import { policyPaths } from "../shell/project.ts";
import { note, tell } from "../shell/report.ts";

/** A file with syntax errors is reported and left as it is; the others are formatted all the same. */
export async function fmt(call: Call, paths: readonly string[], options: Readonly<Record<string, unknown>>): Promise<number> {
  const { terminal } = call;
  const checkOnly = options["check"] === true;
  const read = await readPolicies(await policyPaths(paths, options));
  const diagnostics: Diagnostic[] = [...read.diagnostics];
  const changed: string[] = [];
  for (const source of read.sources) {
    const result = formatSource(source);
    const text = result.value;
    if (text === undefined) {
      diagnostics.push(...result.diagnostics.filter((one) => one.level === "error"));
      continue;
    }
    const differs = text !== source.text;
    if (differs) changed.push(source.path);
    if (checkOnly) continue;
    if (source.path === "stdin") await terminal.out(text);
    else if (differs) await writeFile(source.path, text).catch((problem: unknown) => stop(source.path, problem));
  }
  const texts = new Map(read.sources.map((source) => [source.path, source.text]));
  await tell(
    terminal,
    diagnostics,
    sourcesOf((path) => texts.get(path)),
  );
  if (checkOnly) for (const path of changed) await terminal.out(`${visible(path)}\n`);
  const same = read.sources.length - changed.length;
  if (!paths.includes("-"))
    await note(
      terminal,
      `${plural(changed.length, "file")} ${checkOnly ? "not formatted" : "formatted"}, ${same} left as ${same === 1 ? "it was" : "they were"}`,
    );
  return hasErrors(diagnostics) || (checkOnly && changed.length > 0) ? exit.no : exit.done;
}

function stop(path: string, problem: unknown): never {
  throw new Stop(exit.usage, [fileProblem(path, problem)]);
}
