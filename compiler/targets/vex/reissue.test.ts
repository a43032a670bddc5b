import fc from "fast-check";
import { expect, it } from "vitest";
import type { VexAssertion, VexDocument } from "../../../engine/decide/vex/document.ts";
import { mandatoryBreaches } from "../../../engine/evidence/csaf/mandatory.ts";
import { documents } from "../../../test/vex/documents.ts";
import { revisionsOf, statusOf } from "./csaf/tracking.ts";
import { readBack } from "./readback.ts";
import { reissue } from "./reissue.ts";
import { writeVex } from "./write.ts";

const day = 86_400_000_000;
const monday = 1_767_571_200_000_000;
const options = {
  now: monday,
  tool: "1.0.0",
  namespace: "https://acme.example",
  uuid: () => "urn:uuid:2c385cf7-e1ee-46e9-a51c-13de1ecb380a",
};

function statement(vulnerability: string, more: Partial<VexAssertion> = {}): VexAssertion {
  const purl = "pkg:npm/shop@1.4.0";
  return {
    vulnerability,
    aliases: [],
    status: "under_investigation",
    responses: [],
    products: [{ id: purl, purl, digests: [], subcomponents: [] }],
    ...more,
  };
}

function document(...statements: readonly VexAssertion[]): VexDocument {
  return { format: "openvex", id: "https://acme.example/vex/1", author: "Acme", statements };
}

it("issues the first version now, with the time of every statement written out", () => {
  expect(reissue(undefined, document(statement("CVE-2026-0001")), monday)).toMatchObject({
    version: "1",
    timestamp: monday,
    firstIssued: monday,
    statements: [{ timestamp: monday }],
  });
});

it("changes nothing where nothing changed, whenever it is asked", () => {
  const first = reissue(undefined, document(statement("CVE-2026-0001"), statement("CVE-2026-0002")), monday);
  const again = reissue(first, document(statement("CVE-2026-0002"), statement("CVE-2026-0001")), monday + 9 * day);
  expect(again).toEqual(first);
});

it("keeps the times of what stays, dates what is new, and says since when a changed word has been there", () => {
  const first = reissue(undefined, document(statement("CVE-2026-0001"), statement("CVE-2026-0002")), monday);
  const fixed = statement("CVE-2026-0002", { status: "fixed" });
  const second = reissue(first, document(statement("CVE-2026-0001"), fixed, statement("CVE-2026-0003")), monday + day);
  expect(second).toMatchObject({ id: first.id, version: "2", timestamp: monday + day, firstIssued: monday });
  expect(second.statements.map(({ vulnerability, timestamp, firstIssued }) => [vulnerability, timestamp, firstIssued])).toEqual([
    ["CVE-2026-0001", monday, undefined],
    ["CVE-2026-0002", monday + day, monday],
    ["CVE-2026-0003", monday + day, monday + day],
  ]);
});

it("grows the version where a statement is taken back, and where only the title is another", () => {
  const first = reissue(undefined, document(statement("CVE-2026-0001"), statement("CVE-2026-0002")), monday);
  const less = reissue(first, document(statement("CVE-2026-0001")), monday + day);
  expect(less).toMatchObject({ version: "2", timestamp: monday + day, statements: [{ timestamp: monday }] });
  expect(reissue(less, { ...document(statement("CVE-2026-0001")), title: "Shop" }, monday + 2 * day)).toMatchObject({
    version: "3",
    title: "Shop",
    timestamp: monday + 2 * day,
    statements: [{ timestamp: monday }],
  });
});

it("gives statements the explicit time that they had by inheritance (OpenVEX, updating)", () => {
  const inherited: VexDocument = { ...document(statement("CVE-2026-0001")), timestamp: monday, version: "4" };
  const next = reissue(inherited, document(statement("CVE-2026-0001"), statement("CVE-2026-0009")), monday + day);
  expect(next).toMatchObject({ version: "5", timestamp: monday + day });
  expect(next.statements.map(({ timestamp }) => timestamp)).toEqual([monday, monday + day]);
});

it("dates no version before the one that it follows, whatever the clock says", () => {
  const first = reissue(undefined, document(statement("CVE-2026-0001")), monday);
  const second = reissue(first, document(statement("CVE-2026-0002")), monday - day);
  expect(second).toMatchObject({ version: "2", timestamp: monday, statements: [{ timestamp: monday }] });
  const json = writeVex(first, "csaf", options).value;
  expect(mandatoryBreaches(writeVex(second, "csaf", { ...options, history: revisionsOf(json) }).value)).toEqual([]);
});

it("keeps of a CSAF document what its history says of each version, and how settled it is", () => {
  const history = [
    { date: "2026-01-01T00:00:00Z", number: "1", summary: "First draft." },
    { date: "2026-01-05T00:00:00Z", number: "2", summary: "Shop 1.4 was assessed." },
  ];
  const { value } = writeVex({ ...document(statement("CVE-2026-0001")), timestamp: monday, version: "2" }, "csaf", {
    ...options,
    history,
    status: "interim",
  });
  expect(mandatoryBreaches(value)).toEqual([]);
  expect(revisionsOf(value)).toEqual(history);
  expect(statusOf(value)).toBe("interim");
});

it("reads a semantic version on to its next major one", () => {
  const previous: VexDocument = { ...document(statement("CVE-2026-0001")), timestamp: monday, version: "1.4.2" };
  expect(reissue(previous, document(statement("CVE-2026-0002")), monday + day).version).toBe("2.0.0");
});

it("writes a CSAF history that has every version, each with its own date, and passes the mandatory tests", () => {
  let previous: VexDocument | undefined;
  let json: unknown;
  for (let version = 1; version <= 4; version++) {
    const statements = Array.from({ length: version }, (_, n) => statement(`CVE-2026-000${n + 1}`));
    const next = reissue(previous, document(...statements), monday + version * day);
    json = writeVex(next, "csaf", { ...options, history: revisionsOf(json) }).value;
    expect(mandatoryBreaches(json)).toEqual([]);
    previous = next;
  }
  expect(revisionsOf(json).map(({ number, date }) => `${number} ${date}`)).toEqual([
    "1 2026-01-06T00:00:00Z",
    "2 2026-01-07T00:00:00Z",
    "3 2026-01-08T00:00:00Z",
    "4 2026-01-09T00:00:00Z",
  ]);
  expect(json).toMatchObject({
    document: { tracking: { initial_release_date: "2026-01-06T00:00:00Z", current_release_date: "2026-01-09T00:00:00Z" } },
  });
});

it.each(["openvex", "csaf", "cyclonedx"] as const)("gives the same bytes of %s from what was written and read again", (format) => {
  const said = document(statement("CVE-2026-0001"), statement("CVE-2026-0002", { status: "fixed" }));
  let json = writeVex(reissue(undefined, said, monday), format, options).value;
  // What the format makes of the new statements is what can be compared with what it made of the old ones.
  const next = (what: VexDocument, time: number): unknown => {
    const previous = readBack(json, format) as VexDocument;
    const { statements } = readBack(writeVex({ ...what, id: previous.id as string }, format, options).value, format) as VexDocument;
    const untimed = { format, statements: statements.map(({ timestamp: _, firstIssued: __, ...rest }) => rest) };
    const issued = reissue(previous, untimed, time);
    return writeVex(issued, format, { ...options, now: time, history: revisionsOf(json) }).value;
  };
  expect(next(said, monday + day)).toEqual(json);
  expect(JSON.stringify(next(said, monday + day))).toBe(JSON.stringify(json));
  json = next(document(...said.statements, statement("CVE-2026-0003")), monday + day);
  expect(readBack(json, format)).toMatchObject({ version: "2", timestamp: monday + day });
  expect(JSON.stringify(next(document(...said.statements, statement("CVE-2026-0003")), monday + 5 * day))).toBe(JSON.stringify(json));
  if (format !== "csaf")
    expect(readBack(json, format)?.statements.map(({ timestamp }) => timestamp)).toEqual([monday, monday, monday + day]);
});

it("is the same again for any document, and grows by one for any change", () => {
  fc.assert(
    fc.property(documents, documents, (one, other) => {
      const first = reissue(undefined, { ...one, version: "1" }, monday);
      expect(reissue(first, one, monday + day)).toEqual({ ...first, format: one.format });
      const untimed = other.statements.map(({ timestamp: _, ...rest }) => rest);
      const second = reissue(first, { ...one, statements: [...one.statements, ...untimed] }, monday + day);
      expect(second.version).toBe("2");
      expect(second.statements.slice(0, one.statements.length).map(({ timestamp }) => timestamp)).toEqual(
        first.statements.map(({ timestamp }) => timestamp),
      );
    }),
    { numRuns: 200 },
  );
});
