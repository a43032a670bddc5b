/**
 * Every diagnostic of the checker, as people see it: a file holds sources and what `check` says of them. To write what
 * is said now, run with WAYBILL_GOLDEN=write and read the difference.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { sourcesOf } from "../../language/diagnostics/render/lines.ts";
import { renderText } from "../../language/diagnostics/render/text.ts";
import { table } from "../../language/diagnostics/table.ts";
import { compileFiles } from "./compile.ts";

const folder = new URL("check/", import.meta.url);
const goldens = readdirSync(folder).filter((name) => name.endsWith(".txt"));

/** The files before `=== diagnostics`, each after its `--- name` line. */
function filesOf(source: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const part of source.split(/^--- /m).slice(1)) {
    const end = part.indexOf("\n");
    files.set(part.slice(0, end), part.slice(end + 1));
  }
  return files;
}

function said(source: string): { readonly text: string; readonly codes: ReadonlySet<string> } {
  const files = filesOf(source);
  const without = /^\/\/ without: (\S+)$/m.exec(source)?.[1];
  const { diagnostics } = compileFiles(files, without);
  return {
    text: renderText(diagnostics, { sources: sourcesOf((path) => files.get(path)), colour: false, width: 120 }),
    codes: new Set(diagnostics.map((d) => d.code)),
  };
}

it.each(goldens)("says what %s expects", (name) => {
  const url = new URL(name, folder);
  const [source = "", expected = ""] = readFileSync(url, "utf8").split("=== diagnostics\n");
  const { text, codes } = said(source);
  if (process.env["WAYBILL_GOLDEN"] === "write") writeFileSync(url, `${source}=== diagnostics\n${text}`);
  else expect(text).toBe(expected);
  expect(codes).toContain(name.slice(0, 6));
});

it("offers as safe only fixes after which the diagnostic is gone", () => {
  let applied = 0;
  for (const name of goldens) {
    const [source = ""] = readFileSync(new URL(name, folder), "utf8").split("=== diagnostics\n");
    const files = filesOf(source);
    const before = compileFiles(files).diagnostics;
    for (const { fix, code } of before) {
      if (fix?.safe !== true) continue;
      const fixed = new Map(files);
      for (const { location, text } of [...fix.edits].sort((a, b) => b.location.start - a.location.start)) {
        const old = fixed.get(location.path) ?? "";
        fixed.set(location.path, old.slice(0, location.start) + text + old.slice(location.end));
      }
      const after = compileFiles(fixed).diagnostics;
      expect([name, after.filter((d) => d.code === code).length]).toEqual([name, before.filter((d) => d.code === code).length - 1]);
      applied += 1;
    }
  }
  expect(applied).toBeGreaterThan(2);
});

it("has a golden for every code of the checker", () => {
  const codes = Object.keys(table).filter((code) => /^WB0[2-8]/.test(code));
  const shown = new Set(goldens.map((name) => name.slice(0, 6)));
  expect(codes.filter((code) => !shown.has(code))).toEqual([]);
});
