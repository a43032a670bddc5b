/** Names that differ stay apart, whatever characters they have: what is remembered of one is not said of another. */
import { describe, expect, it } from "vitest";
import type { DataRecord } from "../../../language/core/data.ts";
import { indexVex, vexDecider } from "./decide.ts";
import { finding, indexed, now, product, read, statement, unmatchedStatements, vex } from "./fixtures/statements.ts";
import type { VexSubject } from "./subject.ts";

const app: VexSubject = { digests: [] };
const a = "pkg:npm/a@1.0.0";
const quiet = statement({ products: [product(a, [], { purl: a })] });
const affected = (rest: DataRecord): DataRecord =>
  statement({
    status: "affected",
    justification: undefined,
    timestamp: "2025-02-01T00:00:00Z",
    products: [product(a, [], { purl: a })],
    ...rest,
  });

describe("a warning is heard, whatever stands before it", () => {
  const other = statement({ products: [product("pkg:npm/zzz@1.0.0")] });
  it.each<[string, DataRecord, DataRecord]>([
    [
      "a vulnerability whose name reads as a list of names",
      { ...other, vulnerability: "CVE-2021-44228\nGHSA-aaaa-bbbb-cccc" },
      affected({ aliases: ["GHSA-aaaa-bbbb-cccc"] }),
    ],
    [
      "a product whose id reads as a purl and an id",
      statement({ vulnerability: "CVE-2021-1", products: [product(`${a} urn:y@2`, [], { purl: `${a} urn:y@2` })] }),
      affected({ products: [product("urn:y@2", [], { purl: a })] }),
    ],
    [
      "a product whose id reads as the JSON of both",
      statement({ vulnerability: "CVE-2021-1", products: [product(JSON.stringify([a, "urn:y@2"]))] }),
      affected({ products: [product("urn:y@2", [], { purl: a })] }),
    ],
  ])("%s", (_name, odd, warning) => {
    for (const documents of [
      [vex(odd), vex(warning), vex(quiet)],
      [vex(warning), vex(odd), vex(quiet)],
    ])
      expect(read(documents, app, finding(a)).kind).toBe("kept");
  });
});

it("a product of an odd id is not another's purl, though that was read first", () => {
  const first = affected({ vulnerability: "CVE-2021-1", products: [product("urn:y@2", [], { purl: a })] });
  const odd = statement({ products: [product(`${a} urn:y@2`, [], { purl: `${a} urn:y@2` })] });
  expect(read([vex(first), vex(odd)], app, finding(a)).kind).toBe("unmentioned");
});

it("a vulnerability whose name begins with the number of a tier is not the other's of that tier", () => {
  const index = indexVex([
    { name: "first", documents: [] },
    { name: "second", documents: [vex(quiet)] },
  ]);
  const decide = vexDecider(index, app, { now });
  expect(decide(finding(a)).kind).toBe("suppressed");
  expect(decide({ ...finding(a), id: "1 CVE-2021-44228" }).kind).toBe("unmentioned");
});

it("many lists of aliases of one id are told apart, and those that are equal share what they mean", () => {
  const said = (alias: string): DataRecord => ({
    ...affected({ aliases: [alias] }),
    products: [product(`pkg:npm/${alias.toLowerCase()}@1.0.0`)],
  });
  const documents = Array.from({ length: 40 }, (_, index) => vex(said(`GHSA-AAAA-BBBB-${1000 + index}`)));
  const decide = vexDecider(indexed(...documents), app, { now });
  for (let index = 0; index < 40; index++) {
    const alias = `GHSA-AAAA-BBBB-${1000 + index}`;
    expect(decide({ ...finding(`pkg:npm/${alias.toLowerCase()}@1.0.0`), aliases: [alias] }).kind).toBe("kept");
  }
});

it("tells the nearest miss of a statement about very many products in one pass, which would take a minute if each named them all", () => {
  const products = Array.from({ length: 40_000 }, (_, index) => product(`pkg:npm/a@2.0.${index}`));
  const [miss] = unmatchedStatements(indexed(vex(affected({ products }))), [finding(a)], app);
  expect(miss?.nearest).toBe("version");
});
