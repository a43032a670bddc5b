import fc from "fast-check";
import { expect, it } from "vitest";
import type { DataRecord } from "../../../language/core/data.ts";
import type { AssessedStatus, Assessment } from "../../evaluate/assess.ts";
import { declaredStatements, together } from "./declared.ts";

const at = { path: "v.scp", start: 0, end: 0 };
const fixed: AssessedStatus = { kind: "fixed" };
const open: AssessedStatus = { kind: "under_investigation" };
const upgrade: AssessedStatus = { kind: "affected", action: "upgrade" };
const absent: AssessedStatus = { kind: "not_affected", justification: "component_not_present" };

const finding = (id: string, purl: string, more: DataRecord = {}): DataRecord => ({ id, component: { purl }, ...more });
const said = (status: AssessedStatus, of: DataRecord, declaration = "acme.v", row = 0): Assessment => ({
  declaration,
  finding: of,
  status,
  row,
  at,
  wouldBe: [],
});
const one = finding("CVE-2024-21538", "pkg:npm/cross-spawn@7.0.3");

it("never suppresses where declarations disagree, and names them", () => {
  for (const other of [open, upgrade]) {
    expect(together([said(fixed, one, "acme.a"), said(other, one, "acme.b")])).toEqual({
      status: open,
      conflict: { suppressing: "acme.a", other: "acme.b" },
    });
  }
  expect(together([said(fixed, one, "acme.a"), said(absent, one, "acme.b")])).toEqual({ status: fixed });
  expect(together([said(open, one, "acme.a"), said(upgrade, one, "acme.b")])).toEqual({ status: upgrade });
});

it("says of several findings in a component what matters most", () => {
  expect(together([said(fixed, one), said(upgrade, one), said(open, one)])).toEqual({ status: upgrade });
  expect(together([said(fixed, one), said(open, one)])).toEqual({ status: open });
  const texts = ["upgrade to 2", "upgrade to 1", "upgrade to 2"].map((action) => said({ kind: "affected", action }, one));
  expect(together(texts).status).toEqual({ kind: "affected", action: "upgrade to 1; upgrade to 2" });
});

it("makes one statement of a vulnerability that has several names, with the version in the purl", () => {
  const component = { purl: "pkg:npm/cross-spawn" };
  const alias: DataRecord = { id: "GHSA-3xgq-45jq-v275", aliases: ["CVE-2024-21538"], installed: "7.0.3", component };
  const { statements, unnamed } = declaredStatements([said(absent, alias), said(upgrade, one)], []);
  expect(unnamed).toBe(0);
  expect(statements).toMatchObject([
    {
      vulnerability: "CVE-2024-21538",
      aliases: ["GHSA-3xgq-45jq-v275"],
      component: "pkg:npm/cross-spawn@7.0.3",
      purl: "pkg:npm/cross-spawn@7.0.3",
      status: upgrade,
    },
  ]);
});

it("names a component without a purl by name and version, and passes over what has no name", () => {
  const named: DataRecord = { id: "CVE-2024-21538", component: { name: "openssl", version: "3.0.1" } };
  const { statements, unnamed } = declaredStatements(
    [said(fixed, named), said(fixed, { id: "CVE-2024-21538", component: {} }), said(fixed, { component: { name: "openssl" } })],
    [],
  );
  expect([statements.map((statement) => statement.component), unnamed]).toEqual([["openssl@3.0.1"], 2]);
});

it("knows of findings of the same of which no declaration speaks", () => {
  const elsewhere = finding("CVE-2024-21538", "pkg:npm/cross-spawn@7.0.3", { path: "tools" });
  const [alone] = declaredStatements([said(fixed, one)], [one]).statements;
  const [beside] = declaredStatements([said(fixed, one)], [one, elsewhere]).statements;
  expect([alone?.unspoken, beside?.unspoken]).toEqual([false, true]);
  expect(declaredStatements([], [one, elsewhere])).toEqual({ statements: [], unnamed: 0 });
});

it("comes to the same statements in whichever order findings and declarations come", () => {
  const findings = ["a", "b"].flatMap((name) => ["CVE-2024-1001", "CVE-2024-1002"].map((id) => finding(id, `pkg:npm/${name}@1.0.0`)));
  const assessment = fc.record({
    status: fc.constantFrom(fixed, open, upgrade, absent),
    of: fc.constantFrom(...findings),
    declaration: fc.constantFrom("acme.a", "acme.b"),
    row: fc.integer({ min: 0, max: 3 }),
  });
  const list = fc
    .array(assessment, { maxLength: 8 })
    .chain((items) => fc.tuple(fc.constant(items), fc.shuffledSubarray(items, { minLength: items.length })));
  const bare = (items: readonly { status: AssessedStatus; of: DataRecord; declaration: string; row: number }[]): unknown =>
    declaredStatements(
      items.map(({ status, of, declaration, row }) => said(status, of, declaration, row)),
      [],
    ).statements.map(({ assessments: _, ...rest }) => rest);
  fc.assert(
    fc.property(list, ([items, shuffled]) => {
      expect(bare(shuffled)).toEqual(bare(items));
    }),
    { numRuns: 500 },
  );
});
