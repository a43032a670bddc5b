/** `waybill test`: runs the `test` blocks of policies. */
import { stat, watch } from "node:fs/promises";
import { runTest, TestPrograms } from "../../../engine/decide/testing.ts";
import { renderTestsJson, renderTestsJunit, renderTestsTap, renderTestsText, type TestRun } from "../../../engine/decide/tests.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { runWithCoverage } from "../../analysis/coverage.ts";
import { runMutation } from "../../analysis/mutation/run.ts";
import { type AnalysisTexts, coverageText, mutationText } from "../analysis-text.ts";
import type { Call } from "../cli.ts";
import { readConfig, readSettings } from "../shell/config.ts";
import { exit, Stop } from "../shell/exit.ts";
import { loadProject, type Project, policyPaths } from "../shell/project.ts";
import { reportStop, tell } from "../shell/report.ts";
import { readInputs } from "../shell/values.ts";

type Options = Readonly<Record<string, unknown>>;

async function openTests(
  paths: readonly string[],
  options: Options,
): Promise<{ readonly project: Project; readonly inputs: ReturnType<typeof readInputs> }> {
  const project = await loadProject(paths);
  const errors = project.diagnostics.filter((one) => one.level === "error");
  if (errors.length > 0)
    throw new Stop(exit.usage, [...errors, diagnostic("WB1017", { errors: errors.length }, undefined)], project.sources);
  const config = await readConfig();
  const given = Array.isArray(options["set"]) ? options["set"].filter((item) => typeof item === "string") : [];
  return { project, inputs: readInputs(project.program, [...config.inputs, ...readSettings("--set", "MODULE.NAME=VALUE", given)]) };
}

async function runOnce(call: Call, paths: readonly string[], options: Options): Promise<number> {
  const { terminal } = call;
  const { project, inputs } = await openTests(paths, options);
  const { program, sources } = project;
  const filter = typeof options["filter"] === "string" ? options["filter"] : undefined;
  const tests = program.tests.filter((test) => filter === undefined || test.title.includes(filter));
  if (tests.length === 0) {
    const where =
      filter === undefined
        ? paths.map((path) => `\`${path}\``).join(", ")
        : `${paths.map((path) => `\`${path}\``).join(", ")} whose title contains \`${filter}\``;
    await tell(terminal, [diagnostic("WB1026", { where }, undefined)]);
  }
  const own = new Set(project.files);
  const counts = (path: string): boolean => own.has(path);
  const measured = options["coverage"] === true ? runWithCoverage(program, inputs, tests, counts) : undefined;
  const programs = new TestPrograms(program, inputs);
  const results = measured?.results ?? tests.map((test) => runTest(programs, test));
  const mutation =
    options["mutate"] === true
      ? runMutation(program, inputs, tests, counts, (done) => {
          if (terminal.progress) process.stderr.write(`\r\u001b[K${done} mutants`);
        })
      : undefined;
  if (mutation && terminal.progress) await terminal.err("\r\u001b[K");
  const run: TestRun = {
    version: call.version,
    results,
    ...(measured ? { coverage: measured.coverage } : {}),
    ...(mutation ? { mutation } : {}),
  };
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
      if (measured) await terminal.out(`\n${coverageText(measured.coverage, analysis)}\n`);
      if (mutation) await terminal.out(`\n${mutationText(mutation, analysis)}\n`);
  }
  return results.every((result) => result.passed) ? exit.done : exit.no;
}

/** Runs again after a change, until it is stopped; a policy that does not compile is reported and waited for. */
async function runWatching(call: Call, paths: readonly string[], options: Options): Promise<number> {
  const { terminal } = call;
  const round = async (): Promise<void> => {
    if (process.stdout.isTTY) await terminal.out("\u001b[2J\u001b[H");
    try {
      await runOnce(call, paths, options);
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
    paths.map(async (path) => {
      const recursive = (await stat(path)).isDirectory();
      for await (const event of watch(path, { recursive })) changed(recursive ? event.filename : null);
    }),
  );
  return exit.done;
}

export async function test(call: Call, paths: readonly string[], options: Options): Promise<number> {
  const named = await policyPaths(paths);
  return options["watch"] === true ? runWatching(call, named, options) : runOnce(call, named, options);
}
