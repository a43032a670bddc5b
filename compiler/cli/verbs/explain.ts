/** `waybill explain`: the page of a diagnostic. */
import type { Row } from "../../../language/diagnostics/row.ts";
import { diagnostic, table } from "../../../language/diagnostics/table.ts";
import { nearest } from "../../../language/domains/near.ts";
import { pages } from "../../bundle/generated/pages.js";
import type { Call } from "../cli.ts";
import { exit, Stop } from "../shell/exit.ts";

const rows: Readonly<Record<string, Row<never>>> = table;

/** The page, with what the table knows put under its title. A code without a page has its title and its message. */
function page(code: string, row: Row<never>): string {
  const written = Object.hasOwn(pages, code) ? pages[code] : undefined;
  const [title = "", ...rest] = written === undefined ? [`# ${code}: ${row.title}`] : written.trimEnd().split("\n");
  const message = shape(row);
  const facts = [`level: ${row.level}`, ...(message === undefined ? [] : [`message: ${message}`])];
  return [title.replace(/^# /, ""), "", ...facts, ...shown(rest)].join("\n");
}

/** Markdown as a terminal shows it: a fence becomes a line that says what follows, and what it holds is set in. */
function shown(markdown: readonly string[]): readonly string[] {
  let fenced = false;
  return markdown.flatMap((line) => {
    const fence = /^```(\w*) *(.*)$/.exec(line);
    if (fence === null) return fenced && line !== "" ? [`    ${line}`] : [line];
    fenced = !fenced;
    return fenced ? [introduced(fence[1] ?? "", fence[2] ?? ""), ""] : [];
  });
}

function introduced(language: string, words: string): string {
  if (language === "console") return "for example:";
  if (language === "toml") return "with";
  const subject = /\bin policy for (\w+)/.exec(words)?.[1];
  const inside = subject !== undefined ? `, in a policy for ${subject}` : /\bin policy\b/.test(words) ? ", in a policy" : "";
  return /\berror\b/.test(words) ? `this gives it${inside}:` : `like this${inside}:`;
}

/** The message with its parameters named, where it can be built without values. */
function shape(row: Row<never>): string | undefined {
  const named = new Proxy({}, { get: (_, name) => `‹${String(name)}›` });
  try {
    return row.message(named as never);
  } catch {
    return undefined;
  }
}

export async function explain(call: Call, code: string | undefined): Promise<number> {
  if (code === undefined) {
    const lines = Object.entries(rows)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, row]) => `${name}  ${row.level.padEnd(7)}  ${row.title}`);
    await call.terminal.out(`${lines.join("\n")}\n`);
    return exit.done;
  }
  const asked = /^\d{1,4}$/.test(code) ? `WB${code.padStart(4, "0")}` : code.toUpperCase();
  const row = Object.hasOwn(rows, asked) ? rows[asked] : undefined;
  if (!row) {
    const near = nearest(asked, Object.keys(rows));
    const help = near === undefined ? "`waybill explain` lists every code" : `did you mean \`${near}\`?`;
    throw new Stop(exit.usage, [diagnostic("WB1018", { code }, undefined, { help })]);
  }
  await call.terminal.out(`${page(asked, row)}\n`);
  return exit.done;
}
