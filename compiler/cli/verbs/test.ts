/** `waybill test`: runs the `test` blocks of policies. */
import { stat, watch } from "node:fs/promises";
import { runTest, TestPrograms, type TestResult } from "../../../engine/decide/testing.ts";
import { renderTestsJson, renderTestsJunit, renderTestsTap, renderTestsText, type TestRun } from "../../../engine/decide/tests.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { type Coverage, runWithCoverage } from "../../analysis/coverage.ts";
import { type MutationReport, runMutation } from "../../analysis/mutation/run.ts";
import { type AnalysisTexts, coverageText, joinCoverage, joinMutation, mutationText } from "../analysis-text.ts";
import type { Call } from "../cli.ts";
import { readSettings, type Setting, settingsFor } from "../shell/config.ts";
import { exit, Stop } from "../shell/exit.ts";
import { loadProject, type Project, policyPaths } from "../shell/project.ts";
import { reportStop, tell } from "../shell/report.ts";
import { type TestGroup, testGroups, testsOf } from "../shell/test-groups.ts";
import { readInputs } from "../shell/values.ts";

type Options = Readonly<Record<string, unknown>>;

interface Opened {
  readonly project: Project;
  readonly settings: readonly Setting[];
}

/** Whose tests run. */
interface Named {
  readonly paths: readonly string[];
  readonly by: "caller" | "itself";
}

async function openTests({ paths, by }: Named, options: Options): Promise<Opened> {
  const config = await settingsFor(options, paths, by);
  const project = await loadProject(paths, config);
  const errors = project.diagnostics.filter((one) => one.level === "error");
  if (errors.length > 0)
    throw new Stop(exit.usage, [...errors, diagnostic("WB1017", { errors: errors.length }, undefined)], project.sources);
  const given = Array.isArray(options["set"]) ? options["set"].filter((item) => typeof item === "string") : [];
  const settings = [...config.inputs, ...readSettings("--set", "MODULE.NAME=VALUE", given)];
  // Said here once for all groups: a wrong setting is wrong whichever of them has the input.
  readInputs(project.program, settings);
  return { project, settings };
}

interface GroupRun {
  readonly results: readonly TestResult[];
  readonly coverage?: Coverage;
  readonly mutation?: MutationReport;
}

function runGroup(group: TestGroup, { project, settings }: Opened, options: Options, progress: (done: number) => void): GroupRun {
  const program = project.restrict(group.deciding);
  const known = new Set(program.inputs.map((input) => input.key));
  const inputs = readInputs(
    program,
    settings.filter((setting) => known.has(setting.key)),
  );
  const filter = typeof options["filter"] === "string" ? options["filter"] : undefined;
  const tests = testsOf(program, group).filter((test) => filter === undefined || test.title.includes(filter));
  const counts = (path: string): boolean => group.counted.includes(path);
  const measured = options["coverage"] === true ? runWithCoverage(program, inputs, tests, counts) : undefined;
  const programs = new TestPrograms(program, inputs);
  return {
    results: measured?.results ?? tests.map((test) => runTest(programs, test)),
    ...(measured ? { coverage: measured.coverage } : {}),
    ...(options["mutate"] === true ? { mutation: runMutation(program, inputs, tests, counts, progress) } : {}),
  };
}

async function runOnce(call: Call, tested: Named, options: Options): Promise<number> {
  const { terminal } = call;
  const opened = await openTests(tested, options);
  const { sources } = opened.project;
  let mutants = 0;
  const progress = (): void => {
    mutants += 1;
    if (terminal.progress && mutants % 20 === 0) process.stderr.write(`\r\u001b[K${mutants} mutants`);
  };
  const runs = testGroups(opened.project.modules).map((group) => runGroup(group, opened, options, progress));
  if (terminal.progress && mutants > 0) await terminal.err("\r\u001b[K");
  const results = runs.flatMap((run) => run.results);
  if (results.length === 0) {
    const named = tested.paths.map((path) => `\`${path}\``).join(", ");
    const where = typeof options["filter"] === "string" ? `${named} whose title contains \`${options["filter"]}\`` : named;
    await tell(terminal, [diagnostic("WB1026", { where }, undefined)]);
  }
  const coverage = options["coverage"] === true ? joinCoverage(runs.flatMap((run) => run.coverage ?? [])) : undefined;
  const mutation = options["mutate"] === true ? joinMutation(runs.flatMap((run) => run.mutation ?? [])) : undefined;
  const run: TestRun = { version: call.version, results, ...(coverage ? { coverage } : {}), ...(mutation ? { mutation } : {}) };
  const analysis: AnalysisTexts = { sources, width: terminal.width, colour: terminal.colourOut };
  switch (options["format"]) {
    case "json":
      await terminal.out(`${renderTestsJson(run, sources)}\n`);
      break;
    case "junit":
      await terminal.out(`${renderTestsJunit(run, sources)}\n`);
      break;
    case "tap":
      await terminal.out(`${renderTestsTap(run, sources)}\n`);
      break;
    default:
      await terminal.out(
        `${renderTestsText(run, { sources, colour: terminal.colourOut, width: terminal.width, verbose: terminal.verbose, quiet: terminal.quiet })}\n`,
      );
      if (coverage) await terminal.out(`\n${coverageText(coverage, analysis)}\n`);
      if (mutation) await terminal.out(`\n${mutationText(mutation, analysis)}\n`);
  }
  return results.every((result) => result.passed) ? exit.done : exit.no;
}

/** Runs again after a change, until it is stopped; a policy that does not compile is reported and waited for. */
async function runWatching(call: Call, tested: Named, options: Options): Promise<number> {
  const { terminal } = call;
  const round = async (): Promise<void> => {
    if (process.stdout.isTTY) await terminal.out("\u001b[2J\u001b[H");
    try {
      await runOnce(call, tested, options);
    } catch (problem) {
      if (!(problem instanceof Stop)) throw problem;
      await reportStop(problem, terminal);
    }
    if (!terminal.quiet) await terminal.err("\nwaiting for changes; Ctrl+C ends\n");
  };
  await round();
  let due: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const changed = (name: string | null): void => {
    if (name !== null && !/\.(scp|csv|toml)$/.test(name)) return;
    clearTimeout(due);
    due = setTimeout(() => {
      running = running.then(round);
    }, 100);
  };
  await Promise.all(
    tested.paths.map(async (path) => {
      const recursive = (await stat(path)).isDirectory();
      for await (const event of watch(path, { recursive })) changed(recursive ? event.filename : null);
    }),
  );
  return exit.done;
}

export async function test(call: Call, paths: readonly string[], options: Options): Promise<number> {
  const tested: Named = { paths: await policyPaths(paths, options), by: paths.length > 0 ? "caller" : "itself" };
  return options["watch"] === true ? runWatching(call, tested, options) : runOnce(call, tested, options);
}
