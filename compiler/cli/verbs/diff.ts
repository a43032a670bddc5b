/** `waybill diff`: what an edit does to decision tables, row by row, and which clauses and waivers came or went. */
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { diffDeclarations } from "../../analysis/diff/declarations.ts";
import { diffTables } from "../../analysis/diff/tables.ts";
import type { Call } from "../cli.ts";
import { type Difference, diffJson, diffText } from "../diff-text.ts";
import type { Options } from "../options.ts";
import { exit, Stop } from "../shell/exit.ts";
import { isLibrary, loadShown, type Project } from "../shell/project.ts";
import { note } from "../shell/report.ts";

/** Exit 1 where anything differs. Tests decide nothing: they are not compared. */
export async function diff(call: Call, old: string, now: string, options: Options): Promise<number> {
  const { terminal } = call;
  if (old === "-" && now === "-")
    throw new Stop(exit.usage, [diagnostic("WB1000", { problem: "only one of the two can come from stdin" }, undefined)]);
  const [before, after] = [await compiled(old, options), await compiled(now, options)];
  const found: Difference = {
    tables: diffTables(ownTables(before), ownTables(after)),
    declarations: diffDeclarations(before.modules, after.modules),
  };
  const differs = found.tables.length + found.declarations.length > 0;
  if (options["format"] === "json") await terminal.out(`${diffJson(found, before.sources, after.sources)}\n`);
  else {
    await terminal.out(`${diffText(found, before.sources, after.sources, { colour: terminal.colourOut, all: terminal.verbose })}\n`);
    if (differs)
      await note(terminal, "what a clause decides about evidence is not compared: `waybill test` and `waybill replay --policy` do that");
  }
  return differs ? exit.no : exit.done;
}

async function compiled(path: string, options: Options): Promise<Project> {
  const project = await loadShown([path], options);
  const errors = project.diagnostics.filter((one) => one.level === "error");
  if (errors.length > 0)
    throw new Stop(exit.usage, [...errors, diagnostic("WB1260", { path, errors: errors.length }, undefined)], project.sources);
  return project;
}

/** The library's tables are those of this Waybill on both sides. */
function ownTables(project: Project): Project["program"]["tables"] {
  return project.program.tables.filter((table) => !isLibrary(table.at.path));
}
