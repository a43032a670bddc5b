/** Results of `test` blocks as text, JSON, JUnit and TAP 14. */
import type { Location } from "../../language/diagnostics/diagnostic.ts";
import { excerpt, gutterWidth, type Mark } from "../../language/diagnostics/render/excerpt.ts";
import { jsonLocation } from "../../language/diagnostics/render/json.ts";
import type { Sources } from "../../language/diagnostics/render/lines.ts";
import { ansi, type Palette, plain } from "../../language/diagnostics/render/palette.ts";
import { place } from "../../language/diagnostics/render/text.ts";
import { visible } from "../../language/diagnostics/render/untrusted.ts";
import { junitXml } from "./junit.ts";
import type { TestFailure, TestResult } from "./testing.ts";

/** A run; `coverage` and `mutation` go into JSON as they are. */
export interface TestRun {
  readonly version: string;
  readonly results: readonly TestResult[];
  readonly coverage?: object;
  readonly mutation?: object;
}

export interface TestTextOptions {
  readonly sources: Sources;
  readonly colour: boolean;
  readonly width: number;
  readonly verbose: boolean;
  readonly quiet: boolean;
}

function tally(run: TestRun): { readonly passed: number; readonly failed: number } {
  const passed = run.results.filter((result) => result.passed).length;
  return { passed, failed: run.results.length - passed };
}

function byPath(run: TestRun): readonly (readonly [string, readonly TestResult[]])[] {
  return [...Map.groupBy(run.results, (result) => result.test.at.path)];
}

function failureText(failure: TestFailure, options: TestTextOptions, palette: Palette): string {
  const lines = options.sources(failure.at.path);
  const end = lines?.text.indexOf("\n", failure.at.start) ?? -1;
  const mark: Mark = { start: failure.at.start, end: end < 0 ? failure.at.end : Math.min(failure.at.end, end), primary: true };
  const gutter = lines ? gutterWidth(lines, [mark]) : 1;
  const pad = " ".repeat(gutter);
  const out = [
    `${palette.error("failed")}: ${palette.strong(visible(failure.message))}`,
    `${pad}${palette.faint("-->")} ${place(failure.at, options.sources)}`,
  ];
  if (lines)
    out.push(
      ...excerpt(lines, [mark], gutter, { primary: palette.error, secondary: palette.note, gutter: palette.faint, width: options.width }),
    );
  if (failure.expected !== undefined) out.push(`${pad} ${palette.faint("=")} ${palette.strong("expected:")} ${visible(failure.expected)}`);
  if (failure.found !== undefined) out.push(`${pad} ${palette.faint("=")} ${palette.strong("   found:")} ${visible(failure.found)}`);
  return out.map((line) => `       ${line}`).join("\n");
}

/** A line a test below its file, failures with their place; with `quiet` only what failed; the tally last. */
export function renderTestsText(run: TestRun, options: TestTextOptions): string {
  const palette = options.colour ? ansi : plain;
  const out: string[] = [];
  for (const [path, results] of byPath(run)) {
    const shown = options.quiet ? results.filter((result) => !result.passed) : results;
    if (shown.length === 0) continue;
    out.push(palette.strong(visible(path)));
    for (const result of shown) {
      out.push(`  ${result.passed ? palette.good("ok  ") : palette.error("FAIL")} ${visible(result.test.title)}`);
      for (const failure of result.failures) out.push(failureText(failure, options, palette));
    }
  }
  const { passed, failed } = tally(run);
  if (out.length > 0) out.push("");
  out.push(`${palette.good(`${passed} passed`)}, ${failed > 0 ? palette.error(`${failed} failed`) : "0 failed"}`);
  return out.join("\n");
}

/** The document that `test --format json` prints: `docs/schemas/tests.schema.json`. */
export function renderTestsJson(run: TestRun, sources: Sources): string {
  const located = (at: Location): object => jsonLocation(at, sources);
  const tests = run.results.map(({ test, passed, failures, decisions }) => ({
    title: test.title,
    module: test.module,
    location: located(test.at),
    passed,
    points: decisions.map((decision) => ({ point: decision.point, effect: decision.effect })),
    failures: failures.map(({ at, ...rest }) => ({ ...rest, location: located(at) })),
  }));
  const { coverage, mutation } = run;
  const document = {
    schema: "waybill/tests/1",
    tool: { name: "waybill", version: run.version },
    tests,
    summary: tally(run),
    ...(coverage ? { coverage } : {}),
    ...(mutation ? { mutation } : {}),
  };
  return JSON.stringify(document, undefined, 2);
}

function failureLines(result: TestResult, sources: Sources): readonly string[] {
  return result.failures.map((failure) => {
    const expected = failure.expected === undefined ? "" : `; expected ${failure.expected}`;
    const found = failure.found === undefined ? "" : `; found ${failure.found}`;
    return `${place(failure.at, sources)}: ${failure.message}${expected}${found}`;
  });
}

export function renderTestsJunit(run: TestRun, sources: Sources): string {
  const suites = byPath(run).map(([path, results]) => ({
    name: path,
    cases: results.map((result) => {
      const base = { className: result.test.module === "" ? path : result.test.module, name: result.test.title };
      if (result.passed) return base;
      const lines = failureLines(result, sources);
      return { ...base, problem: { kind: "failure" as const, type: "expectation", message: lines[0] ?? "failed", text: lines.join("\n") } };
    }),
  }));
  return junitXml("waybill test", suites);
}

/** TAP 14: a description may hold no line break, and `#` would begin a directive. */
export function renderTestsTap(run: TestRun, sources: Sources): string {
  const out = ["TAP version 14", `1..${run.results.length}`];
  for (const [i, result] of run.results.entries()) {
    const title = visible(result.test.title).replaceAll("\\", "\\\\").replaceAll("#", "\\#");
    out.push(`${result.passed ? "ok" : "not ok"} ${i + 1} - ${title}`);
    if (result.passed) continue;
    out.push("  ---");
    const lines = failureLines(result, sources);
    out.push(
      `  message: ${JSON.stringify(visible(lines[0] ?? "failed"))}`,
      `  at: ${JSON.stringify(place(result.test.at, sources))}`,
      "  failures:",
    );
    out.push(...lines.map((line) => `    - ${JSON.stringify(visible(line))}`), "  ...");
  }
  return out.join("\n");
}
