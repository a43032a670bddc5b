/** `waybill explain`: the page of a diagnostic. */
import type { Row } from "../../../language/diagnostics/row.ts";
import { diagnostic, table } from "../../../language/diagnostics/table.ts";
import { nearest } from "../../../language/domains/near.ts";
import type { Call } from "../cli.ts";
import { exit, Stop } from "../shell/exit.ts";

const rows: Readonly<Record<string, Row<never>>> = table;

/** What each block of codes is about, and where its rules are written. */
const blocks: readonly { readonly from: number; readonly part: string; readonly text: string }[] = [
  {
    from: 100,
    part: "syntax",
    text: "The text is not a sentence of the language. `language/README.md` has the grammar; the parser goes on after the error, so other errors in the file are real.",
  },
  {
    from: 200,
    part: "modules and names",
    text: "A name is not declared, is declared twice, or is not visible here. Imports form a graph without cycles; `import waybill.vuln` brings `vuln.` names.",
  },
  {
    from: 300,
    part: "types and literals",
    text: "A value does not have the type that its place needs. Literals of domain types (versions, purls, licences, networks, patterns) are read when they are compiled.",
  },
  {
    from: 400,
    part: "trust and unknowns",
    text: "A fact that nobody signed stands where it would decide, or a fact that may be unknown is treated as known. `claimed(…)`, `known(…)`, `closed(…)` and `otherwise` say what is meant.",
  },
  {
    from: 500,
    part: "tables",
    text: "A decision table does not decide every combination, has a row that never decides, or is not monotone though it says so.",
  },
  { from: 600, part: "policies, waivers and tests", text: "A clause, waiver, exemption or test does not fit the policy that it is about." },
  { from: 700, part: "lints", text: "The policy is valid, and probably not what was meant." },
  {
    from: 800,
    part: "cost",
    text: "The worst case of the policy is above its bound. Every policy ends; this is about how much it may cost.",
  },
  {
    from: 900,
    part: "evidence documents",
    text: "A document was not read as evidence. A document counts as a whole or not at all, so that a broken one can never allow.",
  },
  { from: 1000, part: "the command line", text: "The call was wrong, or a file could not be read. Exit code 2 unless it says otherwise." },
];

/** The message with its parameters named, where it can be built without values. */
function shape(row: Row<never>): string | undefined {
  const named = new Proxy({}, { get: (_, name) => `‹${String(name)}›` });
  try {
    return row.message(named as never);
  } catch {
    return undefined;
  }
}

function page(code: string, row: Row<never>): string {
  const number = Number(code.slice(2));
  const block = blocks.findLast((one) => one.from <= number);
  const message = shape(row);
  return [
    `${code}: ${row.title}`,
    "",
    `  level    ${row.level}`,
    `  part     ${block?.part ?? "waybill"}`,
    ...(message === undefined ? [] : [`  message  ${message}`]),
    "",
    block?.text ?? "",
    ...(row.level === "warning" ? ["", "A warning does not change the exit code."] : []),
  ].join("\n");
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
