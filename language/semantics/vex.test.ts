import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { compile } from "../compile.ts";
import type { Program } from "../core/ir.ts";
import type { SourceFile } from "../syntax/tree.ts";

const folder = new URL("../../policies/std/", import.meta.url);
const library = new Map<string, SourceFile>(
  readdirSync(folder).map((name) => [
    `waybill.${name.slice(0, -4)}`,
    { path: `std:${name}`, text: readFileSync(new URL(name, folder), "utf8") },
  ]),
);

function check(text: string): ReturnType<typeof compile> {
  return compile({ deciding: [{ path: "v.scp", text: `module acme.v\n${text}` }], load: (name) => library.get(name) });
}

const codes = (text: string): readonly string[] => check(text).diagnostics.map((d) => d.code);

function program(text: string): Program {
  const { value, diagnostics } = check(text);
  expect(diagnostics.map((d) => `${d.code} ${d.message}`)).toEqual([]);
  return value;
}

it("lowers nothing of a declaration that has an error", () => {
  const text = "vex v for finding in image {\n when finding.kef then fixed\n else under_investigation\n}";
  expect(check(text).value.vexes).toEqual([]);
  expect(codes(text)).toEqual(["WB0210"]);
  expect(check("vex v for finding in image {\n when finding.kev then not_affected(none_at_all)\n else fixed\n}").value.vexes).toEqual([]);
});

it("keeps what decides from resting on a claim that nobody has acknowledged", () => {
  const where = (scope: string): string => `vex v for finding in workload where ${scope} {\n else under_investigation\n}`;
  expect(codes(where('workload.labels["team"] == "shop"'))).toEqual(["WB0401"]);
  expect(codes(where('claimed(workload.labels["team"]) == "shop"'))).toEqual([]);
  const row = 'vex v for finding in workload {\n when workload.labels["team"] == "shop" then fixed\n else under_investigation\n}';
  expect(codes(row)).toEqual(["WB0401"]);
});

it("takes a finding for no word that anybody signed", () => {
  const text = `import waybill.vuln
trust release = spiffe { id: "spiffe://acme.example/release" }
function urgent(f: Verified<vuln.Finding, by release>) -> Bool = f.kev
vex v for finding in image {
  when urgent(finding) then affected("upgrade")
  else under_investigation
}`;
  expect(codes(text)).toEqual(["WB0402"]);
});

it("binds the finding as a member, beside the subject that it is in, and prints what the rows take for granted", () => {
  const { vexes } = program(`/// What we say.
vex v for finding in image where image.registry == "ghcr.io" {
  when (finding.kev otherwise false) then affected("upgrade {finding.component.name} in {image}")
  else under_investigation
}`);
  const [vex] = vexes;
  expect(vex).toMatchObject({ name: "acme.v.v", doc: "What we say.", subject: "image", finding: { name: "finding" } });
  expect(vex?.rows[0]?.condition).toMatchObject({
    kind: "otherwise",
    operand: { kind: "field", record: { kind: "local", slot: vex?.finding.slot } },
  });
  expect(vex?.scope).toMatchObject({ kind: "compare", left: { kind: "field", record: { kind: "subject", name: "image" } } });
  expect(vex?.assumptions.map((one) => one.kind)).toEqual(["otherwise"]);
  expect(vex?.rows[0]?.status).toMatchObject({
    kind: "affected",
    action: { parts: [{ text: "upgrade " }, { kind: "value" }, { text: " in " }, { kind: "value" }] },
  });
});

it("says that a scope which is constant does nothing, and that quantifiers in rows have a bound", () => {
  expect(codes("vex v for finding in image where true {\n else under_investigation\n}")).toEqual(["WB0708"]);
  const deep = `import waybill.sbom
vex v for finding in image {
  when some a in (attestation sbom.Bom claimed).components where (some b in a.dependencies where (some c in b.dependencies where c.name == finding.component.name)) then fixed
  else under_investigation
}`;
  expect(codes(deep.replace("when some", "when (some").replace(" then fixed", ") then fixed"))).toContain("WB0801");
});

it("asks in tests only what some declaration says", () => {
  const vex = 'vex v for finding in image {\n when finding.kev then fixed\n else affected("look")\n}\n';
  const test = (expectation: string): string => `${vex}test "t" {\n given finding { id: "CVE-2024-21538" }\n expect ${expectation}\n}`;
  expect(codes(test("fixed by v"))).toEqual([]);
  expect(codes(test("fixed by w"))).toEqual(["WB0208"]);
  expect(codes(test("not_affected(nowhere) by v"))).toEqual(["WB0616"]);
  expect(codes(test('affected("look at {finding.id}") by v'))).toEqual(["WB1251"]);
  expect(program(test("fixed")).tests).toMatchObject([{ subject: "image" }]);
  const both = `${vex}policy p for artifact at ci { require named: artifact.name != "" }
test "t" {
  given image { ref: "shop:1" }
  given finding { id: "CVE-2024-21538", kev: true }
  expect fixed by v
  expect allow by p.named
}`;
  expect(program(both).tests).toMatchObject([{ subject: "image", expectations: [{ by: ["acme.v.v"] }, { by: ["acme.v.p.named"] }] }]);
});
