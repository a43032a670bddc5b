import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { VexAssertion, VexDocument, VexFormat } from "../../../engine/decide/vex/document.ts";
import { mandatoryBreaches } from "../../../engine/evidence/csaf/mandatory.ts";
import { validate } from "../../../engine/evidence/schema/validate.ts";
import { documents, hostileDocuments, plainDocuments } from "../../../test/vex/documents.ts";
import { dataOf, decisionsOf, probesOf } from "../../../test/vex/probes.ts";
import { claimsOf } from "./claims.ts";
import type { VexOptions } from "./loss.ts";
import { readBack } from "./readback.ts";
import { writeVex } from "./write.ts";

const schemas = { openvex: "openvex-0.2.0", csaf: "csaf-2.0", cyclonedx: "cyclonedx-1.6" } as const;
const formats: readonly VexFormat[] = ["openvex", "csaf", "cyclonedx"];

function uuid(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const options: VexOptions = {
  author: "Acme",
  namespace: "https://acme.example/vex",

  now: 1_790_000_000_000_000,
  tool: "1.2.3",
  uuid,
};

async function faults(value: unknown, format: VexFormat): Promise<readonly unknown[]> {
  const broken = await validate(schemas[format], value, "");
  return [...broken.map((one) => one.message), ...(format === "csaf" && broken.length === 0 ? mandatoryBreaches(value) : [])];
}

/** Claims as texts. A name counts where nothing else tells what the product is. */
function said(document: VexDocument): readonly string[] {
  const texts = claimsOf(document).map(({ fields: { name, product, ...rest } }) => {
    const identified = rest.purl ?? rest.digests ?? rest.cpe;
    return JSON.stringify(Object.entries(identified === undefined ? { name, product, ...rest } : rest).sort());
  });
  return [...new Set(texts)].sort();
}

it.each(formats)("writes %s that is valid, whatever the document says", async (format) => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(documents, hostileDocuments), async (document) => {
      const { value, losses } = writeVex(document, format, options);
      const everything =
        new Set(losses.filter(({ field }) => field === "statement").map(({ statement }) => statement)).size === document.statements.length;
      const wrong = await faults(value, format);
      if (!everything) expect(wrong).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

function isWarning(document: VexDocument, statement: number | undefined): boolean {
  const status = document.statements[statement ?? -1]?.status;
  return status === "affected" || status === "under_investigation";
}

/** Probes of a document, decided on what was written of it. */
function decided(document: VexDocument, value: unknown, format: VexFormat): ReadonlyMap<string, string> {
  return decisionsOf([dataOf(value, format)], probesOf(document), options.now + 1_000_000);
}

it.each(formats)("says in %s what it does not report lost, and never suppresses more than it was told", (format) => {
  let whole = 0;
  fc.assert(
    fc.property(fc.oneof(plainDocuments, documents), (document) => {
      const { value, losses } = writeVex(document, format, options);
      const read = readBack(value, format);
      if (read === undefined) return;
      if (losses.length === 0) {
        whole++;
        expect(said(read)).toEqual(said(document));
        for (const key of ["id", "author", "role", "title", "timestamp", "version"] as const)
          if (document[key] !== undefined) expect([document[key], `${options.namespace}#${document[key]}`]).toContain(read[key]);
      }
      // The same document in the format that can say the most is what it decides by.
      const most = writeVex(document, "cyclonedx", options);
      if (most.losses.some((loss) => loss.decides && loss.value !== "")) return;
      const before = decided(document, most.value, "cyclonedx");
      const after = decided(document, value, format);
      if (!losses.some((loss) => loss.decides && loss.value !== "")) expect(after).toEqual(before);
      // A warning about what OpenVEX cannot name is not heard there, which is reported.
      if (losses.some(({ field, decides, statement }) => decides && field === "name" && isWarning(document, statement))) return;
      for (const [probe, verdict] of after)
        if (verdict.startsWith("suppressed")) expect([probe, before.get(probe)]).toEqual([probe, verdict]);
    }),
    { numRuns: 300 },
  );
  expect(whole).toBeGreaterThan(20);
});

it.each(formats)("writes the same bytes of %s at another time of the day", (format) => {
  fc.assert(
    fc.property(documents, (document) => {
      const dated = { timestamp: 1_700_000_000_000_000, ...document };
      const later = writeVex(dated, format, { ...options, now: options.now + 5_000_000 });
      expect(JSON.stringify(later)).toBe(JSON.stringify(writeVex(dated, format, options)));
    }),
    { numRuns: 50 },
  );
});

const one = (more: Partial<VexAssertion>): VexAssertion => ({
  vulnerability: "CVE-2026-0001",
  aliases: [],
  status: "fixed",
  responses: [],
  products: [{ id: "pkg:npm/shop@1.0.0", purl: "pkg:npm/shop@1.0.0", digests: [], subcomponents: [] }],
  ...more,
});
const day = 86_400_000_000;
const written = (format: VexFormat, ...statements: readonly VexAssertion[]): VexDocument | undefined =>
  readBack(writeVex({ format: "openvex", author: "Acme", timestamp: 100 * day, version: "1", statements }, format, options).value, format);

it.each(formats)("makes nothing in %s that suppresses newer than it was, and nothing that warns older", (format) => {
  const early = written(format, one({ timestamp: 10 * day }), one({ timestamp: 20 * day, status: "not_affected" }));
  expect(early?.statements.every(({ timestamp = 0 }) => timestamp <= 20 * day)).toBe(true);
  const late = written(format, one({ timestamp: 300 * day, status: "affected" }));
  expect(late?.statements.every(({ timestamp = late.timestamp ?? 0 }) => timestamp >= 300 * day)).toBe(true);
});

it.each(["protected_at_runtime", "protected_at_perimeter", "protected_by_mitigating_control"])(
  "calls what is %s affected where the format knows no such word, and reports it",
  (ownJustification) => {
    const protectedBeside = one({ status: "not_affected", ownJustification, impact: "seccomp denies ptrace" });
    for (const format of ["openvex", "csaf"] as const) {
      const document: VexDocument = { format: "cyclonedx", author: "Acme", timestamp: day, version: "1", statements: [protectedBeside] };
      const { value, losses } = writeVex(document, format, options);
      expect(readBack(value, format)?.statements).toMatchObject([
        { status: "affected", action: `keep what protects it (${ownJustification}): seccomp denies ptrace` },
      ]);
      expect(losses.filter(({ field }) => field === "statement")).toEqual([
        expect.objectContaining({ decides: true, why: expect.stringContaining(`(${ownJustification}) is not in the product`) }),
      ]);
    }
    expect(written("cyclonedx", protectedBeside)?.statements).toMatchObject([{ status: "not_affected", ownJustification }]);
  },
);

it.each(formats)("leaves inline in %s what a deployment has at run time", (format) => {
  const statement = one({
    status: "not_affected",
    justification: "inline_mitigations_already_exist",
    ownJustification: "protected_at_runtime",
  });
  expect(written(format, statement)?.statements).toMatchObject([
    { status: "not_affected", justification: "inline_mitigations_already_exist" },
  ]);
});

it.each(formats)("says of no CVE in %s what is said of another that shares a name with it", (format) => {
  const [first, other, shared] = ["CVE-2026-0001", "CVE-2026-0002", "GHSA-xvch-5gv4-984h"];
  const products = [{ id: "pkg:npm/other@1.0.0", purl: "pkg:npm/other@1.0.0", digests: [], subcomponents: [] }];
  const read = written(
    format,
    one({ vulnerability: first, aliases: [shared] }),
    one({ vulnerability: other, aliases: [shared], status: "affected", products }),
  );
  const names = read?.statements
    .filter(({ status }) => status === "fixed")
    .flatMap(({ vulnerability, aliases }) => [vulnerability, ...aliases]);
  expect(names).toContain(first);
  expect(names).not.toContain(other);
});

it.each(formats)("leaves out of %s what suppresses by a digest that cannot be said", (format) => {
  const products = [
    {
      id: "shop",
      name: "Shop",
      purl: "pkg:npm/shop",
      versions: "vers:npm/>=1.0.0|<2.0.0",
      digests: [`sha256:${"a".repeat(64)}`],
      subcomponents: [],
    },
    { id: "blake", name: "Blake", purl: "pkg:npm/blake@1.0.0", digests: [`blake3:${"a".repeat(64)}`], subcomponents: [] },
  ];
  const read = written(format, one({ products }), one({ vulnerability: "CVE-2026-0002" }));
  for (const { products: found } of read?.statements ?? [])
    for (const { purl = "", digests } of found) expect(digests.length > 0 || !/shop$|blake/.test(purl)).toBe(true);
});
