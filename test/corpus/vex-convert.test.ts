/**
 * The VEX use cases of CycloneDX, those that CISA collected, as CycloneDX publishes them, and documents of others: converted to each format and
 * back they decide the same wherever nothing is reported lost, what is reported is right, and everything that is written
 * holds against its official schema and tests.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { claimsOf } from "../../compiler/targets/vex/claims.ts";
import { documentOf } from "../../compiler/targets/vex/read.ts";
import { readBack } from "../../compiler/targets/vex/readback.ts";
import { type Loss, type VexOptions, writeVex } from "../../compiler/targets/vex/write.ts";
import type { VexDocument, VexFormat } from "../../engine/decide/vex/document.ts";
import { mandatoryBreaches } from "../../engine/evidence/csaf/mandatory.ts";
import { cyclonedx } from "../../engine/evidence/cyclonedx/adapter.ts";
import { validate } from "../../engine/evidence/schema/validate.ts";
import type { DataRecord } from "../../language/core/data.ts";
import { dataOf, decisionsOf, type Probe, probesOf } from "../vex/probes.ts";

const corpus = new URL("../../../shared/corpus/", import.meta.url);
const at = (path: string): URL => new URL(path, corpus);
const there = existsSync(at("cyclonedx/vex/Use-Cases"));
const why = there ? "" : " (skipped: no corpus beside the checkout)";

const formats: readonly VexFormat[] = ["openvex", "csaf", "cyclonedx"];
const now = Date.UTC(2026, 10, 21) * 1000;

function uuid(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** What the sources lack and targets need. */
const options: VexOptions = { author: "Acme Inc", namespace: "https://acme.example", now, tool: "0.0.0", uuid };

const schemas = { openvex: "openvex-0.2.0", csaf: "csaf-2.0", cyclonedx: "cyclonedx-1.6" } as const;

/** The specification's own schema of OpenVEX, beside ours. */
function openvexSchema(): (json: unknown) => unknown {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: unknown) => void)(ajv);
  ajv.addFormat("iri", (text: string) => /^[a-z][a-z0-9+.-]*:\S+$/i.test(text));
  const check = ajv.compile(JSON.parse(readFileSync(at("openvex-spec/openvex_json_schema.json"), "utf8")) as object);
  return (json) => (check(json) ? [] : check.errors);
}

async function expectValid(value: unknown, format: VexFormat): Promise<void> {
  expect((await validate(schemas[format], value, "")).map((one) => one.message)).toEqual([]);
  if (format === "csaf") expect(mandatoryBreaches(value)).toEqual([]);
  if (format === "openvex") expect(openvexSchema()(value)).toEqual([]);
}

function modelOf(path: string): VexDocument {
  const json = JSON.parse(readFileSync(at(path), "utf8")) as Record<string, unknown>;
  const format: VexFormat = "@context" in json ? "openvex" : "bomFormat" in json ? "cyclonedx" : "csaf";
  return documentOf(dataOf(json, format), format);
}

/** `versions × 3`, those on which a decision rests with a `!`. */
function summary(losses: readonly Loss[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { field, decides } of losses)
    counts.set(`${field}${decides ? "!" : ""}`, (counts.get(`${field}${decides ? "!" : ""}`) ?? 0) + 1);
  return [...counts].map(([field, count]) => `${field} × ${count}`).sort();
}

/**
 * What the conversion of each case of CycloneDX's own loses. Its products have a name and a version and no purl, which OpenVEX cannot say;
 * four cases are about ranges, three have no time, and one is about every product there is.
 */
const expected: Readonly<Record<number, Readonly<Record<VexFormat, readonly string[]>>>> = {
  1: { openvex: ["name! × 1", "responses × 1"], csaf: [], cyclonedx: [] },
  2: { openvex: ["name! × 1", "responses × 1"], csaf: [], cyclonedx: [] },
  3: { openvex: ["name! × 1"], csaf: [], cyclonedx: [] },
  4: { openvex: ["statement! × 1"], csaf: [], cyclonedx: [] },
  5: { openvex: ["name! × 1", "statement! × 1", "versions! × 1"], csaf: ["responses × 1"], cyclonedx: [] },
  6: { openvex: ["responses × 1", "timestamp! × 1"], csaf: ["timestamp! × 1"], cyclonedx: ["timestamp! × 1"] },
  7: { openvex: ["statement! × 1"], csaf: ["statement! × 1"], cyclonedx: [] },
  8: { openvex: ["name! × 1", "responses × 1", "statement! × 3"], csaf: [], cyclonedx: [] },
  9: { openvex: ["responses × 19", "timestamp! × 19"], csaf: ["timestamp! × 19"], cyclonedx: ["timestamp! × 19"] },
  10: { openvex: ["name! × 13", "responses × 1"], csaf: [], cyclonedx: [] },
  11: { openvex: ["name! × 19", "responses × 19"], csaf: [], cyclonedx: [] },
  12: { openvex: ["name! × 2", "responses × 2", "statement! × 1"], csaf: ["statement! × 1"], cyclonedx: [] },
  13: {
    openvex: ["responses × 1", "timestamp! × 2"],
    csaf: ["notes × 1", "responses × 1", "timestamp! × 2"],
    cyclonedx: ["timestamp! × 2"],
  },
};

/**
 * The same of CISA's use cases, eight of its nine. Products have a name, or are named by the bill of materials that describes
 * them, and none has a purl; ranges are of no ecosystem. The eighth says twice of one product that it is not affected, and
 * of one version that it is not affected and fixed: CSAF has one status for it.
 */
const expectedOfCisa: Readonly<Record<string, Readonly<Record<VexFormat, readonly string[]>>>> = {
  "Case-1/vex-affected.json": { openvex: ["name! × 1", "responses × 1"], csaf: [], cyclonedx: [] },
  "Case-1/vex-fixed.json": { openvex: ["name! × 1"], csaf: [], cyclonedx: [] },
  "Case-1/vex-not_affected.json": { openvex: ["name! × 1", "responses × 1"], csaf: [], cyclonedx: [] },
  "Case-1/vex-under_investigation.json": { openvex: ["name! × 1"], csaf: [], cyclonedx: [] },
  "Case-2/vex.json": { openvex: ["name! × 19"], csaf: [], cyclonedx: [] },
  "Case-3/vex.json": { openvex: ["name! × 19"], csaf: ["responses × 5"], cyclonedx: [] },
  "Case-4/vex.json": { openvex: ["name! × 3", "responses × 1", "versions! × 1"], csaf: [], cyclonedx: [] },
  "Case-5/vex.json": { openvex: ["name! × 1"], csaf: [], cyclonedx: [] },
  "Case-6/vex.json": { openvex: ["name! × 5", "responses × 2", "statement! × 2", "versions! × 1"], csaf: ["notes × 1"], cyclonedx: [] },
  "Case-7/vex.json": {
    openvex: ["product_version! × 1", "responses × 1", "statement! × 8", "timestamp! × 1", "versions! × 1"],
    csaf: ["notes × 4", "timestamp! × 4"],
    cyclonedx: ["timestamp! × 4"],
  },
  "Case-8/vex.json": {
    openvex: ["product_version! × 2", "responses × 2", "statement! × 20", "timestamp! × 2", "versions! × 2"],
    csaf: ["notes × 7", "statement! × 2", "timestamp! × 7"],
    cyclonedx: ["timestamp! × 8"],
  },
};

/** Converts a CycloneDX document to each format and back; the losses of each way there, by format. */
async function converted(path: string, more: readonly Probe[] = []): Promise<Readonly<Record<string, readonly string[]>>> {
  const original = JSON.parse(readFileSync(at(path), "utf8")) as unknown;
  const document = modelOf(path);
  const probes = [...probesOf(document), ...more];
  const before = decisionsOf([dataOf(original, "cyclonedx")], probes, now);
  const found: Record<string, readonly string[]> = {};
  for (const format of formats) {
    const { value, losses } = writeVex(document, format, options);
    found[format] = summary(losses);
    // Where there is nothing that the format can say there is no document, and `vex convert` says so.
    if (isNothingLeft(document, losses)) continue;
    await expectValid(value, format);
    const after = decisionsOf([dataOf(value, format)], probes, now);
    expectNoMore(after, before, losses);
    // And back: nothing that was said there is lost on the way home, and it decides as it did there.
    const read = readBack(value, format) as VexDocument;
    const back = writeVex(read, "cyclonedx", options);
    await expectValid(back.value, "cyclonedx");
    expect(back.losses.filter(decisive)).toEqual([]);
    expect(decisionsOf([dataOf(back.value, "cyclonedx")], probes, now)).toEqual(after);
  }
  return found;
}

describe.skipIf(!there)(`CycloneDX use cases${why}`, () => {
  it.each(Object.keys(expected).map(Number))(
    "case %i loses what its formats cannot say, and decides the same otherwise",
    async (number) => {
      expect(await converted(`cyclonedx/vex/Use-Cases/Case-${number}/vex.json`)).toEqual(expected[number]);
    },
  );
});

describe.skipIf(!there)(`CISA use cases${why}`, () => {
  const folder = "cyclonedx/vex/CISA-Use-Cases/";

  it("are all here: CycloneDX has no document for the ninth", () => {
    const documents = (readdirSync(at(folder), { recursive: true }) as string[]).filter((name) => /(?:^|\/)vex.*\.json$/.test(name));
    expect(documents.sort()).toEqual(Object.keys(expectedOfCisa).sort());
  });

  it.each(Object.keys(expectedOfCisa))("%s loses what its formats cannot say, and decides the same otherwise", async (name) => {
    const path = `${folder}${name}`;
    const asked = bills(path.replace(/[^/]+$/, "")).flatMap((bill) => probesOf(modelOf(path)).map((probe) => inBill(probe, bill)));
    expect(await converted(path, asked)).toEqual(expectedOfCisa[name]);
  });

  it.each(["Case-7", "Case-8"])("%s speaks of the two bills of materials beside it, and leaves open what its ranges may mean", (name) => {
    const path = `${folder}${name}/vex.json`;
    const document = modelOf(path);
    const links = bills(`${folder}${name}/`).map(
      ({ serial, version, root }) => `${serial.replace("urn:uuid:", "urn:cdx:")}/${version}#${String(root["id"])}`,
    );
    expect(links).toHaveLength(2);
    const named = new Set(document.statements.flatMap(({ products }) => products.map(({ id }) => id)));
    expect([...named].sort()).toEqual([...links].sort());
    const original = dataOf(JSON.parse(readFileSync(at(path), "utf8")), "cyclonedx");
    const verdicts = bills(`${folder}${name}/`).flatMap((bill) => [
      ...decisionsOf(
        [original],
        probesOf(document).map((probe) => inBill(probe, bill)),
        now,
      ).values(),
    ]);
    // Versions that are not affected stand beside ranges that are, and a range of `generic` may contain any version.
    expect(new Set(verdicts)).toEqual(new Set(["kept affected"]));
  });
});

interface Bill {
  readonly serial: string;
  readonly version: number;
  readonly root: DataRecord;
}

/** The bills of materials in a folder. */
function bills(folder: string): readonly Bill[] {
  return readdirSync(at(folder))
    .filter((name) => name.startsWith("bom"))
    .map((name) => {
      const json = JSON.parse(readFileSync(at(`${folder}${name}`), "utf8")) as { readonly serialNumber: string; readonly version: number };
      const { value } = cyclonedx.read(json, { name, digest: `sha256:${"c".repeat(64)}`, base: "" });
      const root = value.find(({ type }) => type === "waybill.sbom.Bom")?.data["root"] as DataRecord;
      return { serial: json.serialNumber, version: json.version, root };
    });
}

/** The question asked of what a bill describes, in the version that the question is about. */
function inBill(probe: Probe, { serial, version, root }: Bill): Probe {
  const asked = probe.subject.boms?.[0];
  const document = `sha256:${"c".repeat(64)}`;
  const boms = [{ document, serial, version, root: { ...root, version: root["version"] ?? asked?.root?.["version"] } }];
  return { ...probe, name: `${probe.name} by ${serial}`, subject: { digests: [], boms } };
}

describe.skipIf(!there)(`documents of others${why}`, () => {
  const examples = [
    "openvex-spec/example-01.json",
    "openvex-spec/example-02.json",
    "openvex-spec/example-03.json",
    "cyclonedx/vex/vex.json",
  ];
  const hub = there
    ? readdirSync(at("vexhub/"))
        .map((name) => `vexhub/${name}`)
        .filter((path) => readFileSync(at(path), "utf8").includes("https://openvex.dev/ns"))
    : [];

  it.each([...examples, ...hub])("%s comes back from every format as it was, or says what was lost", async (path) => {
    const original = JSON.parse(readFileSync(at(path), "utf8")) as object;
    const document = modelOf(path);
    // A probe for each of thousands of statements would say the same again and again.
    const some = { ...document, statements: document.statements.slice(0, 40) };
    const probes = probesOf(some);
    const before = decisionsOf([dataOf(original, document.format)], probes, now);
    for (const format of formats) {
      const { value, losses } = writeVex(document, format, options);
      await expectValid(value, format);
      const after = decisionsOf([dataOf(value, format)], probes, now);
      expectNoMore(after, before, losses);
      const read = readBack(value, format) as VexDocument;
      const back = writeVex(read, document.format, options);
      await expectValid(back.value, document.format);
      if (!losses.some(decisive) && !back.losses.some(decisive))
        expect(said(modelFrom(back.value, document.format), document)).toEqual(said(document, document));
    }
  });

  it("loses of the hub's documents little: the names of documents, and in CSAF what is said twice", () => {
    const lost = new Set<string>();
    for (const path of hub) {
      const document = modelOf(path);
      for (const format of formats) for (const { field } of writeVex(document, format, options).losses) lost.add(`${format} ${field}`);
    }
    // Some of them speak twice of the same product and part, under two names of the vulnerability: CSAF has it once.
    expect([...lost].sort()).toEqual(["csaf statement", "csaf vulnerability", "cyclonedx id"]);
  });
});

describe.skipIf(!there)(`a supplier who takes a word back${why}`, () => {
  const product = { id: "pkg:npm/shop@1.4.0", purl: "pkg:npm/shop@1.4.0", digests: [], subcomponents: [] };
  const common = { vulnerability: "CVE-2026-0001", aliases: [], responses: [], products: [product] };
  const first = Date.UTC(2026, 0, 1) * 1000;
  const second = Date.UTC(2026, 5, 1) * 1000;
  const retraction: VexDocument = {
    format: "openvex",
    id: "https://acme.example/vex/1",
    author: "Acme Inc",
    timestamp: second,
    version: "2",
    statements: [
      { ...common, status: "not_affected", justification: "vulnerable_code_not_present", timestamp: first },
      { ...common, status: "affected", action: "update to 1.4.1", timestamp: second },
    ],
  };
  const verdict = (value: unknown, format: VexFormat, at: number): readonly string[] => [
    ...new Set(
      [...decisionsOf([dataOf(value, format)], probesOf(retraction), at)]
        .filter(([probe]) => probe.includes("1.4.0"))
        .map(([, said]) => said),
    ),
  ];

  it.each(formats.flatMap((from) => formats.map((to) => [from, to] as const)))(
    "is not suppressed in %s, nor in the %s made of it",
    async (from, to) => {
      const written = writeVex(retraction, from, options);
      await expectValid(written.value, from);
      expect(verdict(written.value, from, now)).toEqual(["kept affected"]);
      const converted = writeVex(readBack(written.value, from) as VexDocument, to, options);
      await expectValid(converted.value, to);
      expect(verdict(converted.value, to, now)).toEqual(["kept affected"]);
    },
  );

  it("keeps both words in OpenVEX and CycloneDX; CSAF has one status for a product, and says that it forgets the older", () => {
    expect(writeVex(retraction, "openvex", options).losses).toEqual([]);
    expect(writeVex(retraction, "cyclonedx", options).losses.map(({ field }) => field)).toEqual(["id"]);
    const { losses } = writeVex(retraction, "csaf", options);
    expect(losses.map(({ field, pointer }) => [field, pointer])).toContainEqual(["statement", "/statements/0/products/0"]);
  });
});

function modelFrom(value: unknown, format: VexFormat): VexDocument {
  return documentOf(dataOf(value, format), format);
}

/** What a document says, claim by claim, whatever the order. A time is nothing that a document without one says. */
function said(document: VexDocument, original: VexDocument): readonly string[] {
  const timed = original.timestamp !== undefined;
  const fieldsOf = (fields: object) => Object.entries(fields).filter(([field]) => told.has(field) && (timed || field !== "timestamp"));
  return [...new Set(claimsOf(document).map(({ fields }) => JSON.stringify(fieldsOf(fields).sort())))].sort();
}

type Decisions = ReturnType<typeof decisionsOf>;

/** The same is decided where nothing decisive was lost, and never more is suppressed. */
function expectNoMore(after: Decisions, before: Decisions, losses: readonly Loss[]): void {
  if (!losses.some(decisive)) expect(after).toEqual(before);
  for (const [probe, verdict] of after) if (verdict.startsWith("suppressed")) expect([probe, before.get(probe)]).toEqual([probe, verdict]);
}

/** What no conversion that lost nothing decisive may change. */
const told: ReadonlySet<string> = new Set([
  "vulnerability",
  "status",
  "justification",
  "purl",
  "digests",
  "subcomponents",
  "versions",
  "expires",
  "timestamp",
]);

/** Whether no statement is left in what was written. */
function isNothingLeft(document: VexDocument, losses: readonly Loss[]): boolean {
  const all = document.statements.reduce((sum, { products }) => sum + Math.max(1, products.length), 0);
  return losses.filter(({ field }) => field === "statement").length === all;
}

/** A time that was missing is now or never. */
function decisive({ field, decides, value }: Loss): boolean {
  return decides && !(field === "timestamp" && value === "");
}
