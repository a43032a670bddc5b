import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect, it } from "vitest";
import { findingsPolicy, levelPolicy } from "./fixtures.ts";
import { folder, repository, waybill } from "./waybill.ts";

const broken = 'module acme.broken\n\npolicy p for image {\n  require image.registri == "x"\n}\n';

it("checks a file, a folder and stdin", async () => {
  const cwd = await folder({ "a.scp": findingsPolicy, "more/b.scp": levelPolicy, "more/notes.txt": "no policy" });
  expect(await waybill(["check", "a.scp"], { cwd })).toMatchObject({
    code: 0,
    out: "checked 1 file: nothing to report\njudges artifact at ci\n",
  });
  expect((await waybill(["check"], { cwd })).out).toContain("checked 2 files");
  expect((await waybill(["check", "-"], { cwd, stdin: findingsPolicy })).code).toBe(0);
});

it("reports an error with its place, a did-you-mean and exit 1", async () => {
  const cwd = await folder({ "p.scp": broken });
  const ran = await waybill(["check", "p.scp"], { cwd });
  expect(ran.code).toBe(1);
  expect(ran.err).toContain("p.scp:4:");
  expect(ran.err).toContain("registri");
  expect(ran.err).toContain("`registry`");
  expect(ran.out).toContain("1 error");
});

it("keeps machine formats on stdout, whole", async () => {
  const cwd = await folder({ "p.scp": broken });
  const json = await waybill(["check", "--format", "json", "p.scp"], { cwd });
  expect(json).toMatchObject({ code: 1, err: "" });
  const document = JSON.parse(json.out) as { summary: { errors: number } };
  expect(document.summary.errors).toBe(1);
  const schema = JSON.parse(readFileSync(join(repository, "docs/schemas/diagnostics.schema.json"), "utf8")) as object;
  expect(new Ajv({ strict: false }).validate(schema, document)).toBe(true);
  const sarif = JSON.parse((await waybill(["check", "--format", "sarif", "p.scp"], { cwd })).out) as { runs: { results: unknown[] }[] };
  expect(sarif.runs[0]?.results).toHaveLength(1);
  const github = await waybill(["check", "--format", "github", "p.scp"], { cwd });
  expect(github.out).toMatch(/^::error file=p\.scp,line=4,/);
});

it("finds imported modules beside the policy, and says when there is none", async () => {
  const shared = "module acme.shared\n\nlet limit = 3\n";
  const user =
    'module acme.user\n\nimport acme.shared\n\ninput level: Int = 3\npolicy p for image {\n  require level >= shared.limit else "too low"\n}\n';
  const cwd = await folder({ "shared.scp": shared, "user.scp": user });
  expect((await waybill(["check", "user.scp"], { cwd })).code).toBe(0);
  const alone = await folder({ "user.scp": user });
  const ran = await waybill(["check", "user.scp"], { cwd: alone });
  expect(ran.code).toBe(1);
  expect(ran.err).toContain("acme.shared");
});

it("checks what waybill.toml names, from a folder below it", async () => {
  const cwd = await folder({ "waybill.toml": 'policy = ["rules"]\n', "rules/a.scp": findingsPolicy, "src/x.txt": "" });
  expect((await waybill(["check"], { cwd: join(cwd, "src") })).out).toContain("checked 1 file");
});

it.each([
  ['# ours\npolic = ["x"]\n', "did you mean `policy`?", "2:1", 'polic = ["x"]'],
  ['[inputs]\n"a" = 1\npolicy = yes\n', "not valid TOML", "3:10", "policy = yes"],
  ["\n\npolicy = 3\n", "is not a path or a list of paths", "3:1", "policy = 3"],
  ["[inputs]\nx = [1]\n", "is not a single value", "2:1", "x = [1]"],
  ['given = "yes"\r\n', "is not a table", "1:1", 'given = "yes"'],
  ['[inputs]\n"é" = 1\n"b" = tru\n', "not valid TOML", "3:7", '"b" = tru'],
])("refuses the waybill.toml %j, and shows where", async (text, said, place, line) => {
  const cwd = await folder({ "waybill.toml": text, "a.scp": findingsPolicy });
  const ran = await waybill(["check"], { cwd });
  expect(ran.code).toBe(2);
  expect(ran.err).toContain(said);
  expect(ran.err).toContain(` --> waybill.toml:${place}\n`);
  expect(ran.err).toContain(`| ${line}\n`);
});

it("refuses a waybill.toml that is no file, and does not wait for it", async () => {
  const cwd = await folder({ "a.scp": findingsPolicy });
  execFileSync("mkfifo", [join(cwd, "waybill.toml")]);
  const pipe = await waybill(["check"], { cwd });
  expect(pipe.code).toBe(2);
  expect(pipe.err).toContain("`waybill.toml` cannot be read: it is not a regular file");
  const other = await folder({ "waybill.toml/a.scp": findingsPolicy });
  expect((await waybill(["check"], { cwd: other })).err).toContain("cannot be read: it is a folder");
});

it("says with --verbose what each clause may cost at most", async () => {
  const cwd = await folder({ "a.scp": findingsPolicy });
  expect((await waybill(["check", "-v", "a.scp"], { cwd })).out).toMatch(/acme\.findings\.fixable\.critical: at most [\d,]+ steps/);
});
