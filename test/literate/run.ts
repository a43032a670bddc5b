/** Runs an example: compiles it, formats it, runs its tests, and says in words what is not as the document says. */
import { posix } from "node:path";
import { collectLibrary } from "../../compiler/bundle/library.ts";
import { withProfiles } from "../../compiler/cli/shell/profiles.ts";
import { runTest, TestPrograms } from "../../engine/decide/testing.ts";
import type { Decision } from "../../engine/evaluate/evaluate.ts";
import { type Compiled, compile } from "../../language/compile.ts";
import type { Diagnostic, Result } from "../../language/diagnostics/diagnostic.ts";
import { formatSource } from "../../language/syntax/format.ts";
import type { Module, SourceFile } from "../../language/syntax/tree.ts";
import type { Example, ExampleFile, Truth } from "./example.ts";

const texts = await collectLibrary();
const library = new Map<string, SourceFile>();
for (const [path, text] of Object.entries(texts)) {
  const name = path.endsWith(".scp") ? moduleName(text) : undefined;
  if (name !== undefined && !library.has(name)) library.set(name, { path, text });
}
const parsed = new Map<string, Result<Module>>();

function moduleName(text: string): string | undefined {
  return /^(?:\s|\/\/[^\n]*\n)*module\s+([A-Za-z_][\w.]*)/.exec(text)?.[1];
}

/** What is wrong with the example, a sentence each, beginning with `FILE:LINE`; empty: it holds. */
export function problemsOf(example: Example): readonly string[] {
  const compiled = compileExample(example);
  const problems = [...diagnosticProblems(example, compiled.diagnostics), ...(example.formatted ? formatProblems(example) : [])];
  if (!example.expectsErrors && problems.length === 0) problems.push(...testProblems(example, compiled));
  return problems;
}

export function compileExample(example: Example): Compiled {
  const sources = example.files.filter((file) => file.path.endsWith(".scp"));
  const own = new Map(sources.map((file) => [moduleName(file.text), file]));
  const compiled = compile({
    deciding: sources,
    load: (name) => own.get(name) ?? library.get(name),
    file: (path, from) => fileBeside(example, path, from),
    known: [...library.keys()],
    parsed,
  });
  return { ...compiled, value: withProfiles(compiled.value) };
}

function fileBeside(example: Example, path: string, from: string): string | undefined {
  const whole = posix.join(posix.dirname(from), path);
  return example.files.find((file) => file.path === whole)?.text ?? texts[whole];
}

function place(example: Example, line: number | undefined): string {
  return `${example.fence.path}:${line ?? example.fence.line}`;
}

/** The line of the document on which an offset of one of the example's files stands. */
function lineAt(file: ExampleFile | undefined, offset: number): number | undefined {
  const index = (file?.text.slice(0, offset).split("\n").length ?? 1) - 1;
  return file?.lines[index] ?? (index >= (file?.lines.length ?? 0) ? file?.lines.findLast((line) => line !== undefined) : undefined);
}

interface Found {
  readonly diagnostic: Diagnostic;
  readonly line: number | undefined;
}

function diagnosticProblems(example: Example, diagnostics: readonly Diagnostic[]): string[] {
  const found: readonly Found[] = diagnostics.map((diagnostic) => {
    const file = example.files.find((one) => one.path === diagnostic.location?.path);
    return { diagnostic, line: diagnostic.location === undefined ? undefined : lineAt(file, diagnostic.location.start) };
  });
  const told = (one: Found): string => `${one.diagnostic.level}: ${one.diagnostic.code} ${one.diagnostic.message}`;
  const concerns = (one: Found): boolean =>
    example.expectsErrors
      ? one.line !== undefined || example.kind === "module"
      : one.diagnostic.level === "error" || (one.diagnostic.level === "warning" && one.line !== undefined && example.kind !== "expr");
  const left = found.filter(concerns);
  const problems: string[] = [];
  for (const expected of example.markers) {
    const index = left.findIndex(
      ({ diagnostic, line }) =>
        line === expected.line &&
        diagnostic.code === expected.code &&
        diagnostic.level === expected.level &&
        diagnostic.message.includes(expected.text),
    );
    if (index >= 0) left.splice(index, 1);
    else problems.push(`${place(example, expected.line)}: no ${expected.level} ${expected.code} \`${expected.text}\` here`);
  }
  if (example.expectsErrors && example.markers.length === 0) problems.push(`${place(example, undefined)}: an error block without a marker`);
  return [...problems, ...left.map((one) => `${place(example, one.line)}: ${told(one)}`)];
}

function formatProblems(example: Example): readonly string[] {
  return example.files
    .filter((file) => file.path.endsWith(".scp"))
    .flatMap((file) => {
      const { value } = formatSource(file);
      if (value === undefined || value === file.text) return [];
      const [was, now] = [file.text.split("\n"), value.split("\n")];
      const first = was.findIndex((line, index) => line !== now[index]);
      const line = file.lines[first] ?? file.lines.findLast((one) => one !== undefined);
      return [`${place(example, line)}: not formatted: \`waybill fmt\` writes \`${now[first] ?? ""}\``];
    });
}

function testProblems(example: Example, compiled: Compiled): readonly string[] {
  const programs = new TestPrograms(compiled.value);
  return compiled.value.tests.flatMap((test) => {
    const result = runTest(programs, test);
    if (example.kind === "expr") {
      const [decision] = result.decisions;
      if (decision === undefined) return [`${place(example, undefined)}: ${result.failures.map((one) => one.message).join("; ")}`];
      return example.truths.flatMap((truth) => truthProblem(example, truth, decision));
    }
    return result.failures.map((failure) => {
      const file = example.files.find((one) => one.path === failure.at.path);
      const said = `expected ${failure.expected ?? "?"}, found ${failure.found ?? "?"}`;
      return `${place(example, lineAt(file, failure.at.start))}: test "${test.title}": ${failure.message}: ${said}`;
    });
  });
}

function truthProblem(example: Example, truth: Truth, decision: Decision): readonly string[] {
  const clause = decision.clauses.find((one) => one.label === truth.label);
  const words = { passed: "true", violated: "false", undecided: "unknown" } as const;
  const found = clause === undefined ? "nothing" : words[clause.outcome];
  const causes = [...(clause?.causes ?? [])].sort().join(", ");
  if (found === truth.outcome && causes === [...truth.causes].sort().join(", ")) return [];
  return [`${place(example, truth.line)}: comes to ${found}${causes === "" ? "" : `: ${causes}`}`];
}
