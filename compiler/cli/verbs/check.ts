/** `waybill check`: parse, resolve, type-check, lint. */
import { type ClauseCost, clauseCosts } from "../../../language/compile.ts";
import type { Program } from "../../../language/core/ir.ts";
import { type Diagnostic, hasErrors } from "../../../language/diagnostics/diagnostic.ts";
import { renderGithub } from "../../../language/diagnostics/render/github.ts";
import { type CheckedScope, type Judged, renderJson } from "../../../language/diagnostics/render/json.ts";
import { renderSarif } from "../../../language/diagnostics/render/sarif.ts";
import { summary } from "../../../language/diagnostics/render/text.ts";
import { plural } from "../../../language/diagnostics/render/wrap.ts";
import type { Call } from "../cli.ts";
import { exit, Stop } from "../shell/exit.ts";
import { loadShown, policyPaths } from "../shell/project.ts";
import { note, tell } from "../shell/report.ts";

/** Diagnostics for people go to stderr, and stdout has one line with the answer; other formats are all on stdout. */
export async function check(call: Call, paths: readonly string[], options: Readonly<Record<string, unknown>>): Promise<number> {
  const { terminal, version } = call;
  const project = await loadShown(await policyPaths(paths, options), options, paths.length > 0 ? "caller" : "itself");
  const diagnostics: readonly Diagnostic[] = [...project.diagnostics, ...(await inTime(project.program, options["now"]))];
  const code = hasErrors(diagnostics) ? exit.no : exit.done;
  const plan = options["plan"] === true ? await import("../plan-text.ts") : undefined;
  switch (options["format"]) {
    case "json":
      await terminal.out(
        `${renderJson(diagnostics, project.sources, { ...scopeOf(project.program), ...(plan ? { plan: plan.planJson(project.program) } : {}) })}\n`,
      );
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
      await terminal.out(`${judgesText(judged(project.program))}\n`);
      const vexed = [...new Set(project.program.vexes.map((vex) => vex.subject))].sort();
      if (vexed.length > 0) await terminal.out(`says of findings in ${vexed.join(", ")} what they mean: \`waybill vex emit\`\n`);
      if (plan) await terminal.out(`${plan.planText(project.program)}\n`);
      if (terminal.verbose) for (const cost of clauseCosts(project.program)) await terminal.out(`${costText(cost)}\n`);
      return code;
    }
  }
}

/** What a clock adds, where one is given: `check` itself has none, so that it says the same tomorrow. */
async function inTime(program: Program, now: unknown): Promise<readonly Diagnostic[]> {
  if (typeof now !== "string") return [];
  const { readClock } = await import("../shell/clock.ts");
  const time = readClock(now);
  if (typeof time !== "number") throw new Stop(exit.usage, [time]);
  const { endedWaivers } = await import("../../../engine/decide/waivers.ts");
  return endedWaivers(program, time);
}

/** The kinds that the policies speak about, and where; whatever else there is stays out of scope (semantics, section 2). */
function judged(program: Program): readonly Judged[] {
  return [...Map.groupBy(program.policies, (policy) => policy.subject)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, policies]) => {
      const everywhere = policies.some((policy) => policy.points === undefined);
      return { kind, points: everywhere ? null : [...new Set(policies.flatMap((policy) => policy.points ?? []))].sort() };
    });
}

/** What the policies are about and the worst that each clause may cost, for machines. */
function scopeOf(program: Program): CheckedScope {
  return {
    judges: judged(program),
    costs: clauseCosts(program).map(({ policy, label, bound }) => ({ policy, clause: label ?? null, steps: bound })),
  };
}

function costText({ policy, label, bound }: ClauseCost): string {
  const steps = String(Math.ceil(bound)).replace(/\B(?=(\d{3})+$)/g, ",");
  return `  ${policy}${label === undefined ? "" : `.${label}`}: at most ${steps} steps`;
}

function judgesText(kinds: readonly Judged[]): string {
  if (kinds.length === 0) return "judges nothing: there is no policy";
  return `judges ${kinds.map(({ kind, points }) => `${kind} at ${points === null ? "every point" : points.join(", ")}`).join("; ")}`;
}
