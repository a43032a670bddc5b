/** Runs the commands of a `console` block, in a folder that holds the files the document has named so far. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Fence } from "./markdown.ts";

const main = fileURLToPath(new URL("../../compiler/cli/main.ts", import.meta.url));

interface Ran {
  readonly output: string;
  readonly code: number;
}

function call(words: readonly string[], cwd: string, input: string | undefined): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [main, ...words],
      { cwd, env: { PATH: process.env["PATH"] ?? "", NO_COLOR: "1", COLUMNS: "120" } },
      (problem, out, err) => {
        const code = typeof problem?.code === "number" ? problem.code : 0;
        resolve({ output: `${out}${err}`, code });
      },
    );
    child.stdin?.end(input ?? "");
  });
}

/** Words of a command line; `"…"` and `'…'` hold one word. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}

const squeezed = (text: string): string => text.replace(/\s+/g, " ").trim();

/** What is not as the block says: each line must be in the output, in order; `[exit 1]` is the exit code, else 0. */
export async function consoleProblems(fence: Fence, files: ReadonlyMap<string, string | Uint8Array>): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "literate-"));
  try {
    for (const [name, text] of files) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    const problems: string[] = [];
    const lines = fence.text.split("\n").slice(0, -1);
    for (let i = 0; i < lines.length; ) {
      const [, command, input] = /^\$ waybill (.*?)(?: < (\S+))?$/.exec(lines[i] ?? "") ?? [];
      if (command === undefined) return [`${fence.path}:${fence.line + 1 + i}: a command begins with \`$ waybill\``];
      const start = i;
      for (i += 1; i < lines.length && !(lines[i] ?? "").startsWith("$ "); ) i += 1;
      const given = input === undefined ? undefined : String(files.get(input) ?? "");
      const ran = await call(wordsOf(command), folder, given);
      problems.push(...differences(fence, lines, start, i, ran));
    }
    return problems;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function differences(fence: Fence, lines: readonly string[], start: number, end: number, ran: Ran): readonly string[] {
  const at = (index: number): string => `${fence.path}:${fence.line + 1 + index}`;
  const output = ran.output.split("\n").map(squeezed);
  const problems: string[] = [];
  let from = 0;
  let code = 0;
  for (let i = start + 1; i < end; i += 1) {
    const line = squeezed(lines[i] ?? "");
    const exit = /^\[exit (\d+)\]$/.exec(line)?.[1];
    if (exit !== undefined) code = Number(exit);
    if (exit !== undefined || line === "" || line === "…") continue;
    const found = output.findIndex((one, index) => index >= from && one.includes(line));
    if (found < 0) problems.push(`${at(i)}: not in the output after line ${from}: \`${line}\`\n${ran.output}`);
    else from = found + 1;
  }
  if (ran.code !== code) problems.push(`${at(start)}: exit code ${ran.code}\n${ran.output}`);
  return problems;
}
