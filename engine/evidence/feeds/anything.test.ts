/** Feeds are written by others: whatever stands in one, it is read or refused, and what is read can be put on findings. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { enrich } from "./enrich.ts";
import { cveOf, epssTable, kev, listed, read, scanOf } from "./fixtures.ts";

const vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const bases: readonly unknown[] = [
  { status: "OK", total: 1, data: [{ cve: "CVE-2024-0001", epss: "0.9", percentile: "0.99", date: "2026-11-20" }] },
  kev(listed("CVE-2024-0001"), listed("CVE-2024-0002")),
  cveOf("CVE-2024-0001", [{ Exploitation: "poc" }, { Automatable: "yes" }], {}, { metrics: [{ cvssV3_1: { vectorString: vector } }] }),
  {
    schema_version: "1.6.0",
    id: "GHSA-jfh8-c2jp-5v3q",
    modified: "2026-11-01T00:00:00Z",
    aliases: ["CVE-2024-0001"],
    severity: [{ type: "CVSS_V3", score: vector }],
    affected: [
      { package: { ecosystem: "npm", name: "left-pad" }, ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "1.2.0" }] }] },
    ],
  },
  [
    { config: { protocol_version: "v1.0.0", scan_level: "symbol" } },
    { osv: { id: "GO-2024-0001", aliases: ["CVE-2024-0001"] } },
    { finding: { osv: "GO-2024-0001", trace: [{ module: "left-pad", version: "v1.1.0", function: "F" }] } },
  ],
];

const strange = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom("CVE-2024-0001", "__proto__", "constructor", "NaN", "-1", "2026-13-45", "\u0000", "1e400", -1, 1e308, [], {}, null),
);

/** The value with one part of it exchanged, removed or named otherwise. */
function changed(value: unknown, path: readonly number[], by: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || value === null || typeof value !== "object") return by;
  if (Array.isArray(value)) {
    if (value.length === 0) return [by];
    const at = step % value.length;
    return value.map((one, index) => (index === at ? changed(one, rest, by) : one));
  }
  const keys = Object.keys(value);
  const key = keys[step % Math.max(keys.length, 1)];
  if (key === undefined) return by;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, name === key ? changed(one, rest, by) : one]));
}

const scan = scanOf(
  "scan.json",
  { id: "CVE-2024-0001", purl: "pkg:npm/left-pad@1.1.0", installed: "1.1.0" },
  { id: "GHSA-jfh8-c2jp-5v3q", purl: "pkg:golang/left-pad@v1.1.0", installed: "v1.1.0" },
);

async function survives(text: string): Promise<void> {
  const { value } = await read(text);
  const feeds = value.flatMap(({ feed }) => (feed === undefined ? [] : [feed]));
  const { evidence } = enrich([scan], { feeds, failed: [{ kind: "kev", detail: "gone" }] });
  expect(evidence[0]?.data["findings"]).toHaveLength(2);
}

it("reads or refuses a feed of which a part was exchanged", async () => {
  const path = fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 7 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...bases), path, strange, async (base, where, by) => {
      const json = changed(base, where, by);
      await survives(Array.isArray(json) ? json.map((one) => JSON.stringify(one)).join("\n") : JSON.stringify(json));
    }),
    { numRuns: 1000 },
  );
});

it("reads or refuses a table of which some bytes were exchanged or cut off", async () => {
  const table = epssTable("CVE-2024-0001,0.5,0.9", "CVE-2024-0002,0.25,0.5");
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: table.length }), fc.string({ maxLength: 5 }), fc.nat({ max: 8 }), async (at, by, length) => {
      await survives(`${table.slice(0, at)}${by}${table.slice(at + length)}`);
    }),
    { numRuns: 1000 },
  );
});
