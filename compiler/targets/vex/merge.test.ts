import fc from "fast-check";
import { expect, it } from "vitest";
import type { VexAssertion, VexDocument } from "../../../engine/decide/vex/document.ts";
import { documents } from "../../../test/vex/documents.ts";
import { differenceOf } from "./difference.ts";
import { mergeVex } from "./merge.ts";

const monday = 1_767_571_200_000_000;
const day = 86_400_000_000;

function statement(vulnerability: string, more: Partial<VexAssertion> = {}): VexAssertion {
  const purl = "pkg:npm/shop@1.4.0";
  return {
    vulnerability,
    aliases: [],
    status: "fixed",
    responses: [],
    products: [{ id: purl, purl, digests: [], subcomponents: [] }],
    ...more,
  };
}

function source(name: string, document: Partial<VexDocument>) {
  return {
    name,
    document: {
      format: "openvex" as const,
      id: `https://acme.example/${name}`,
      author: "Acme",
      timestamp: monday,
      version: "1",
      statements: [],
      ...document,
    },
  };
}

it("writes out the time that a statement had from its document, once for what is said twice", () => {
  const a = source("a", { statements: [statement("CVE-2026-0001")] });
  const b = source("b", { statements: [statement("CVE-2026-0001"), statement("CVE-2026-0002")], timestamp: monday });
  const { document, contradictions, authors } = mergeVex([a, b], undefined);
  expect(document).toMatchObject({ author: "Acme", timestamp: monday });
  expect(document.statements.map(({ vulnerability, timestamp }) => [vulnerability, timestamp])).toEqual([
    ["CVE-2026-0001", monday],
    ["CVE-2026-0002", monday],
  ]);
  expect([contradictions, [...authors]]).toEqual([[], []]);
});

it("leaves out what a later version of the same document no longer says", () => {
  const old = source("a", { statements: [statement("CVE-2026-0001", { status: "not_affected", justification: "component_not_present" })] });
  const next = { ...source("a", { version: "2", statements: [statement("CVE-2026-0002")] }), name: "a, later" };
  const { document, superseded } = mergeVex([next, old], undefined);
  expect(document.statements.map(({ vulnerability }) => vulnerability)).toEqual(["CVE-2026-0002"]);
  expect(superseded.map(({ source: { name }, newer }) => [name, newer.name])).toEqual([["a", "a, later"]]);
});

it("counts whole versions as numbers, and hears both of two that claim to be the same one", () => {
  const nine = source("a", { version: "9", statements: [statement("CVE-2026-0001")] });
  const ten = source("a", { version: "10", statements: [statement("CVE-2026-0002")] });
  expect(mergeVex([ten, nine], undefined).document.statements.map(({ vulnerability }) => vulnerability)).toEqual(["CVE-2026-0002"]);
  const other = source("a", { version: "10", statements: [statement("CVE-2026-0003")] });
  expect(mergeVex([ten, other], undefined).document.statements).toHaveLength(2);
});

it("brings nothing back that a version of very many digits took back, nor one that cannot be told from another", () => {
  const silent = {
    statements: [statement("CVE-2026-0001", { status: "not_affected" as const, justification: "component_not_present" as const })],
  };
  const warns = statement("CVE-2026-0002", { status: "affected" });
  const ids = (one: string, other: string): readonly string[] => {
    const sources = [source("a", { ...silent, version: one }), source("a", { version: other, statements: [warns] })];
    const merged = mergeVex(sources, undefined).document;
    expect(mergeVex(sources.toReversed(), undefined).document).toEqual(merged);
    return merged.statements.map(({ vulnerability }) => vulnerability);
  };
  expect(ids("1767225600000000", "1769904000000000")).toEqual(["CVE-2026-0002"]);
  expect(ids("1e+21", "2e+21")).toEqual(["CVE-2026-0002"]);
  for (const [one, other] of [
    ["2e+21", "2e+21"],
    ["Infinity", "Infinity"],
    ["one", "two"],
    ["1", "two"],
  ] as const) {
    expect(ids(one, other)).toEqual(["CVE-2026-0002"]);
    const sources = [source("a", { ...silent, version: one }), source("a", { version: other, statements: [warns] })];
    expect(mergeVex(sources, undefined).unclear).toHaveLength(2);
  }
  const alone = source("a", { ...silent, version: "Infinity" });
  expect(mergeVex([alone, { ...alone, name: "copy" }], undefined)).toMatchObject({
    unclear: [],
    document: { statements: [{ vulnerability: "CVE-2026-0001" }] },
  });
});

it("takes nothing back for a newer time alone, nor for a version that is not out yet", () => {
  const warns = { statements: [statement("CVE-2026-0001", { status: "affected" })] };
  const later = (version: string): ReturnType<typeof source> => source("a", { version, timestamp: monday + day });
  const statuses = (first: string, second: string): readonly string[] =>
    mergeVex([source("a", { version: first, ...warns }), later(second)], undefined).document.statements.map(({ status }) => status);
  expect(statuses("1", "1")).toEqual(["affected"]);
  expect(statuses("1.0.0", "1.0.0-rc.9")).toEqual(["affected"]);
  expect(statuses("1.0.0", "one")).toEqual(["affected"]);
  expect(statuses("1.0.0-rc.9", "1.0.0")).toEqual([]);
});

it("lists what contradicts at one time and keeps both, across aliases and across the spelling of a purl", () => {
  const a = source("a", { statements: [statement("CVE-2026-0001", { aliases: ["GHSA-aaaa-bbbb-cccc"] })] });
  const purl = "pkg:NPM/shop@1.4.0";
  const b = source("b", {
    statements: [statement("GHSA-aaaa-bbbb-cccc", { status: "affected", products: [{ id: purl, purl, digests: [], subcomponents: [] }] })],
  });
  const { document, contradictions } = mergeVex([a, b], undefined);
  expect(document.statements).toHaveLength(2);
  expect(contradictions).toEqual([
    {
      vulnerability: "GHSA-aaaa-bbbb-cccc",
      product: "pkg:npm/shop@1.4.0",
      statements: [
        { status: "affected", source: "b", pointer: undefined },
        { status: "fixed", source: "a", pointer: undefined },
      ],
    },
  ]);
  const later = { ...b, document: { ...b.document, timestamp: monday + day } };
  expect(mergeVex([a, later], undefined).contradictions).toEqual([]);
});

it("takes for one vulnerability what a third statement calls the same", () => {
  const a = source("a", { statements: [statement("CVE-2026-0001")] });
  const b = source("b", { statements: [statement("GHSA-aaaa-bbbb-cccc", { status: "affected" })] });
  const purl = "pkg:npm/other@1.0.0";
  const other = { id: purl, purl, digests: [], subcomponents: [] };
  const c = source("c", { statements: [statement("CVE-2026-0001", { aliases: ["GHSA-aaaa-bbbb-cccc"], products: [other] })] });
  expect(mergeVex([a, b], undefined).contradictions).toEqual([]);
  const { contradictions } = mergeVex([a, b, c], undefined);
  expect(contradictions.map(({ statements }) => statements.map(({ source: name }) => name))).toEqual([["b", "a"]]);
});

it("counts the statements of authors whose name is lost", () => {
  const a = source("a", { statements: [statement("CVE-2026-0001")] });
  const b = source("b", { author: "Other", statements: [statement("CVE-2026-0002"), statement("CVE-2026-0003")] });
  expect([...mergeVex([a, b], "Acme").authors]).toEqual([["Other", 2]]);
  expect(mergeVex([a, b], undefined).document.author).toBeUndefined();
});

it("comes to the same document in any order of the sources, and of what was merged before", () => {
  fc.assert(
    fc.property(fc.array(documents, { minLength: 2, maxLength: 4 }), (all) => {
      const sources = all.map((document, index) => ({ name: String(index), document }));
      const { document } = mergeVex(sources, "Acme");
      expect(mergeVex(sources.toReversed(), "Acme").document).toEqual(document);
      expect(mergeVex([{ name: "merged", document }], "Acme").document.statements).toEqual(document.statements);
    }),
    { numRuns: 200 },
  );
});

it("says what one document says otherwise: status first, then what else, and never the time alone", () => {
  const before = source("a", {
    statements: [
      statement("CVE-2026-0001", { status: "not_affected", justification: "component_not_present" }),
      statement("CVE-2026-0002"),
    ],
  }).document;
  const after = source("b", {
    statements: [statement("CVE-2026-0001", { status: "affected", action: "update" }), statement("CVE-2026-0003")],
    timestamp: monday + day,
  }).document;
  expect(differenceOf(before, after)).toEqual([
    {
      kind: "changed",
      vulnerability: "CVE-2026-0001",
      product: "pkg:npm/shop@1.4.0",
      changes: [
        { field: "action", before: undefined, after: "update" },
        { field: "justification", before: "component_not_present", after: undefined },
        { field: "status", before: "not_affected", after: "affected" },
      ],
    },
    { kind: "retracted", vulnerability: "CVE-2026-0002", product: "pkg:npm/shop@1.4.0", status: "fixed" },
    { kind: "added", vulnerability: "CVE-2026-0003", product: "pkg:npm/shop@1.4.0", status: "fixed" },
  ]);
  expect(differenceOf(before, { ...before, timestamp: monday + day })).toEqual([]);
});

it("shows ends as people read them", () => {
  const before = source("a", { statements: [statement("CVE-2026-0001", { expires: monday })] }).document;
  const after = source("a", { statements: [statement("CVE-2026-0001")] }).document;
  expect(differenceOf(before, after)).toMatchObject([
    { kind: "changed", changes: [{ field: "expires", before: "2026-01-05T00:00:00Z", after: undefined }] },
  ]);
});

it("compares what holds: the newest word about a product, whatever was said before it", () => {
  const one = statement("CVE-2026-0001", { status: "not_affected", justification: "component_not_present", timestamp: monday });
  const two = statement("CVE-2026-0001", { status: "affected", action: "update", timestamp: monday + day });
  const history = source("a", { statements: [one, two] }).document;
  expect(differenceOf(history, source("b", { statements: [two] }).document)).toEqual([]);
  expect(differenceOf(history, source("b", { statements: [one] }).document)).toHaveLength(1);
});

it("finds no difference between a document and itself, and the opposite one from the other side", () => {
  fc.assert(
    fc.property(documents, documents, (one, other) => {
      expect(differenceOf(one, one)).toEqual([]);
      const kinds = differenceOf(one, other).map(({ kind }) => (kind === "added" ? "retracted" : kind === "retracted" ? "added" : kind));
      expect(kinds.length > 0).toBe(differenceOf(other, one).length > 0);
    }),
    { numRuns: 200 },
  );
});
