/** `waybill check`: parse, resolve, type-check, lint. */
import { type Diagnostic, hasErrors } from "../../../language/diagnostics/diagnostic.ts";
import { renderGithub } from "../../../language/diagnostics/render/github.ts";
import { renderJson } from "../../../language/diagnostics/render/json.ts";
import { renderSarif } from "../../../language/diagnostics/render/sarif.ts";
import { summary } from "../../../language/diagnostics/render/text.ts";
import { plural } from "../../../language/diagnostics/render/wrap.ts";
import type { Call } from "../cli.ts";
import { exit } from "../shell/exit.ts";
import { loadProject, policyPaths } from "../shell/project.ts";
import { note, tell } from "../shell/report.ts";

/** Diagnostics for people go to stderr, and stdout has one line with the answer; other formats are all on stdout. */
export async function check(call: Call, paths: readonly string[], options: Readonly<Record<string, unknown>>): Promise<number> {
  const { terminal, version } = call;
  const project = await loadProject(await policyPaths(paths));
  const diagnostics: readonly Diagnostic[] = project.diagnostics;
  const code = hasErrors(diagnostics) ? exit.no : exit.done;
  switch (options["format"]) {
    case "json":
      await terminal.out(`${renderJson(diagnostics, project.sources)}\n`);
      return code;
    case "sarif":
      await terminal.out(`${renderSarif(diagnostics, project.sources, version)}\n`);
      return code;
    case "github": {
      const text = renderGithub(diagnostics, project.sources);
      if (text !== "") await terminal.out(`${text}\n`);
      return code;
    }
    default: {
      await tell(terminal, diagnostics, project.sources);
      if (diagnostics.length > 0) await note(terminal, "");
      const first = diagnostics[0];
      if (first && terminal.verbose) await note(terminal, `\`waybill explain ${first.code}\` has the page of a code`);
      const found = summary(diagnostics);
      await terminal.out(`checked ${plural(project.files.length, "file")}: ${found === "" ? "nothing to report" : found}\n`);
      return code;
    }
  }
}
