import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect, it } from "vitest";
import { folder, repository, waybill } from "./waybill.ts";

const priority = (row: string, rest = ""): string => `module acme.risk

enum Exploitation { none < poc < active }
enum Priority { defer < scheduled < immediate }

table priority(exploitation: Exploitation, exposed: Bool) -> Priority monotone {
  | active | true -> immediate
${row}
  | none   | _    -> defer
}
${rest}`;

const old = priority("  | >= poc | _    -> scheduled");
const files = {
  "old/risk.scp": old,
  "new/risk.scp": priority(
    "  | active | _    -> scheduled\n  | poc    | true -> scheduled\n  | poc    | _    -> defer",
    "\nlet limit = 3\n",
  ),
  "rewritten.scp": priority("  | poc, active | _ -> scheduled // the same"),
  "broken.scp": "table t(a: Bool) -> Bool {\n  | true -> true\n}\n",
};

it.each([
  [["diff", "old"], "WB1000", "`new`"],
  [["diff", "-", "-"], "WB1000", "stdin"],
  [["diff", "old", "gone"], "WB1001", "`gone`"],
  [["diff", "old", "broken.scp"], "WB1260", "`broken.scp` has 1 error"],
  [["diff", "old", "new", "--format", "sarif"], "WB1000", "sarif"],
])("is used wrongly with %j: exit 2", async (words, code, said) => {
  const { code: exit, err } = await waybill(words, { cwd: await folder(files) });
  expect([exit, err]).toEqual([2, expect.stringContaining(code)]);
  expect(err).toContain(said);
});

it("finds no difference in a table that decides the same: exit 0", async () => {
  const cwd = await folder(files);
  expect(await waybill(["diff", "old", "rewritten.scp"], { cwd })).toMatchObject({
    code: 0,
    out: expect.stringContaining("no difference"),
  });
});

it("says which rows an edit relaxes, and what else came: exit 1", async () => {
  const cwd = await folder(files);
  const { code, out } = await waybill(["diff", "old", "new"], { cwd });
  expect(code).toBe(1);
  expect(out.split("\n")).toEqual([
    "table acme.risk.priority: relaxes 1 of 6 rows (new/risk.scp:6:7)",
    "  relaxes exploitation poc, exposed false: scheduled -> defer (old/risk.scp:8:3 -> new/risk.scp:10:3)",
    "let acme.risk.limit added (new/risk.scp:14:1)",
    "",
  ]);
});

it("compares with what comes from stdin", async () => {
  const cwd = await folder(files);
  expect(await waybill(["diff", "-", "new"], { cwd, stdin: old })).toMatchObject({
    code: 1,
    out: expect.stringContaining("relaxes 1 of 6 rows"),
  });
});

it("compares rows of files beside the policies, found from where each policy stands", async () => {
  const policy = `module acme.due

enum Due { upgrade < _14_days < _3_days }

table due(in_kev: Bool, exposed: Bool) -> Due monotone from "tables/due.csv"
`;
  const csv = (outcome: string): string =>
    `row,In KEV v1.0.0,Exposed v1.0.0,Due v1.0.0\n0,no,no,upgrade\n1,yes,no,14 days\n2,no,yes,upgrade\n3,yes,yes,${outcome}\n`;
  const cwd = await folder({
    "old/due.scp": policy,
    "old/tables/due.csv": csv("3 days"),
    "new/due.scp": policy,
    "new/tables/due.csv": csv("14 days"),
    "wrong/due.scp": policy,
    "wrong/tables/due.csv": csv("3 weeks"),
  });
  const { code, out } = await waybill(["diff", "old", "new"], { cwd });
  expect([code, out]).toEqual([1, expect.stringContaining("table acme.due.due: relaxes 1 of 4 rows")]);
  expect(out).toContain("relaxes in_kev true, exposed true: _3_days -> _14_days");
  const wrong = await waybill(["check", "wrong"], { cwd });
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining("`3 weeks` in column `Due v1.0.0` is not one of")]);
});

it("prints what its schema says, and the same bytes every time", async () => {
  const cwd = await folder(files);
  const words = ["diff", "--format", "json", "new", "old"];
  const [first, second] = [await waybill(words, { cwd }), await waybill(words, { cwd })];
  expect([first.code, second.out]).toEqual([1, first.out]);
  const validate = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(join(repository, "docs/schemas/diff.schema.json"), "utf8")));
  const document: unknown = JSON.parse(first.out);
  expect([validate(document), validate.errors]).toEqual([true, null]);
  expect(document).toMatchObject({ differs: true, tables: [{ rows: 6, relaxed: [], tightened: [{ old: "defer", new: "scheduled" }] }] });
  const same = await waybill(["diff", "--format", "json", "old", "old"], { cwd });
  expect([same.code, JSON.parse(same.out)]).toEqual([0, expect.objectContaining({ differs: false, tables: [], declarations: [] })]);
});

it("compares what a named file imports from its project too: exit 1", async () => {
  const policy = `module acme.p

import acme.more, waybill.vuln

policy p for artifact at ci {
  let scan = attestation vuln.Scan claimed
  forbid bad: some f in scan.findings where more.bad(f.kev)
}
`;
  const more = (body: string): string => `module acme.more\n\nfunction bad(kev: Bool) -> Bool = ${body}\n`;
  const cwd = await folder({ "old/p.scp": policy, "old/more.scp": more("kev"), "new/p.scp": policy, "new/more.scp": more("false") });
  const ran = await waybill(["diff", "old/p.scp", "new/p.scp"], { cwd });
  expect(ran).toMatchObject({ code: 1, out: expect.stringContaining("function acme.more.bad changed") });
});
