import fc from "fast-check";
import { expect, it } from "vitest";
import { vexSubjectOf } from "../../../engine/decide/vex/about.ts";
import { indexVex, vexDecider } from "../../../engine/decide/vex/decide.ts";
import type { VexAssertion, VexDocument, VexNamedProduct } from "../../../engine/decide/vex/document.ts";
import { admitValue } from "../../../engine/evidence/door.ts";
import type { Evidence } from "../../../engine/evidence/evidence.ts";
import type { DataRecord } from "../../../language/core/data.ts";
import { type AttestedSubject, ofSubjects } from "./attested.ts";
import { documentOf } from "./read.ts";
import { writeVex } from "./write.ts";

const [a, b] = ["a", "b"].map((letter) => `sha256:${letter.repeat(64)}`) as [string, string];
const shop: AttestedSubject = { name: "ghcr.io/acme/shop", digests: [a] };

const product = (purl: string, more: Partial<VexNamedProduct> = {}): VexNamedProduct => ({
  id: purl,
  ...(purl.startsWith("pkg:") ? { purl } : {}),
  digests: [],
  subcomponents: [],
  ...more,
});
function said(products: readonly VexNamedProduct[], more: Partial<VexAssertion> = {}): VexDocument {
  const statement: VexAssertion = { vulnerability: "CVE-2026-0001", aliases: [], status: "fixed", responses: [], products, ...more };
  return { format: "openvex", statements: [statement] };
}
const placed = (one: VexNamedProduct, subjects: readonly AttestedSubject[] = [shop]) => {
  const { document, omitted } = ofSubjects(said([one]), subjects);
  return { products: document.statements.flatMap(({ products }) => products), omitted };
};
const whole = (...subcomponents: readonly string[]): VexNamedProduct => ({ id: a, name: "ghcr.io/acme/shop", digests: [a], subcomponents });

it.each<[string, VexNamedProduct, VexNamedProduct]>([
  ["a component by its purl", product("pkg:npm/lodash@4.17.20"), whole("pkg:npm/lodash@4.17.20")],
  ["a component at the version of the statement", product("pkg:npm/lodash", { version: "4.17.20" }), whole("pkg:npm/lodash@4.17.20")],
  ["a component by its digest, whatever its purl", product("pkg:npm/lodash@4.17.20", { digests: [b] }), whole(b)],
  ["another image, as a part", product(`pkg:oci/base@${b}?repository_url=ghcr.io/acme/base`), whole(b)],
  [
    "a component by its CPE",
    product("lodash", { cpe: "cpe:2.3:a:lodash:lodash:4.17.20:*:*:*:*:*:*:*" }),
    whole("cpe:2.3:a:lodash:lodash:4.17.20:*:*:*:*:*:*:*"),
  ],
  [
    "the subject by the name that the attestation gives it, of which parts have versions",
    product("pkg:oci/shop?repository_url=ghcr.io/acme/shop", { subcomponents: ["pkg:npm/lodash@4.17.20", "pkg:npm/debug"] }),
    whole("pkg:npm/lodash@4.17.20"),
  ],
  [
    "the subject by its digest and the purl of a package, by the digest alone",
    product("pkg:npm/shop@1.0.0", { digests: [a], subcomponents: ["pkg:npm/lodash@4.17.20"] }),
    whole("pkg:npm/lodash@4.17.20"),
  ],
])("says of the subject what suppresses for %s", (_what, given, expected) => {
  expect(placed(given)).toEqual({ products: [expected], omitted: 0 });
});

it.each<[string, VexNamedProduct]>([
  ["the subject by its digest", product(a, { digests: [a], subcomponents: ["pkg:npm/lodash@4.17.20"] })],
  ["the subject by the digest in its purl", product(`pkg:oci/shop@${a}?repository_url=ghcr.io/acme/shop`)],
  ["a part of a bill of materials", product("urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#c", { purl: "pkg:npm/lodash@4.17.20" })],
  ["what has no version", product("pkg:npm/lodash")],
  ["what has no version, nor its parts", product("pkg:oci/shop?repository_url=ghcr.io/acme/shop", { subcomponents: ["pkg:npm/lodash"] })],
  [
    "the subject, beside a CPE, and parts without versions",
    product("pkg:oci/shop?repository_url=ghcr.io/acme/shop", {
      cpe: "cpe:2.3:a:acme:shop:1:*:*:*:*:*:*:*",
      subcomponents: ["pkg:npm/debug"],
    }),
  ],
  ["what nothing matches", product("https://acme.example/shop", { subcomponents: ["pkg:npm/lodash@4.17.20"] })],
])("leaves as it is what names %s", (_what, given) => {
  expect(placed(given)).toEqual({ products: [given], omitted: 0 });
});

it.each<[string, VexNamedProduct]>([
  ["at a range", product("pkg:npm/lodash", { versions: "vers:npm/<5.0.0" })],
  ["with parts of its own", product("pkg:npm/express@4.18.0", { subcomponents: ["pkg:npm/accepts@1.3.8"] })],
  [
    "with versioned parts, and another name than the subject",
    product("pkg:oci/other?repository_url=ghcr.io/acme/other", { subcomponents: ["pkg:npm/accepts@1.3.8"] }),
  ],
  [
    "at another tag of the subject",
    product("pkg:oci/shop?repository_url=ghcr.io/acme/shop&tag=2", { subcomponents: ["pkg:npm/accepts@1.3.8"] }),
  ],
  ["by name and version", product("lodash", { name: "lodash", version: "4.17.20" })],
  ["at two versions", product("pkg:npm/lodash@4.17.20", { version: "4.17.21" })],
])("leaves out what suppresses for a product %s, and keeps what warns", (_what, given) => {
  expect(placed(given)).toEqual({ products: [], omitted: 1 });
  const warning = ofSubjects(said([given], { status: "affected" }), [shop]);
  expect(warning).toEqual({ document: said([given], { status: "affected" }), omitted: 0 });
});

it("keeps what warns about a component everywhere, and says it of the subject too", () => {
  const lodash = product("pkg:npm/lodash@4.17.20");
  const { document } = ofSubjects(said([lodash], { status: "under_investigation" }), [shop]);
  expect(document.statements[0]?.products).toEqual([lodash, whole("pkg:npm/lodash@4.17.20")]);
});

it("leaves out what an older warning is heard before, and would not be heard before any more", () => {
  const newer = said([product("pkg:npm/lodash@4.17.20")], { timestamp: 20 }).statements;
  const older = (of: VexNamedProduct) => said([of], { status: "affected", timestamp: 10 }).statements;
  const omittedBeside = (of: VexNamedProduct) => ofSubjects({ format: "openvex", statements: [...older(of), ...newer] }, [shop]).omitted;
  expect(omittedBeside(whole("pkg:npm/lodash"))).toBe(1);
  expect(omittedBeside(product("pkg:npm/lodash@4.17.20"))).toBe(0);
});

it("says it of every subject, and of none where nothing tells them", () => {
  const other: AttestedSubject = { name: undefined, digests: [b] };
  const lodash = product("pkg:npm/lodash@4.17.20");
  expect(placed(lodash, [shop, other]).products.map(({ id }) => id)).toEqual([a, b]);
  expect(placed(lodash, [])).toEqual({ products: [], omitted: 1 });
});

const purlsOf = {
  lodash: "pkg:npm/lodash@4.17.20",
  plain: "pkg:npm/lodash",
  accepts: "pkg:npm/accepts@1.3.8",
  image: "pkg:oci/shop?repository_url=ghcr.io/acme/shop",
  tagged: "pkg:oci/shop?repository_url=ghcr.io/acme/shop&tag=1",
  other: "pkg:oci/other?repository_url=ghcr.io/acme/other",
  exact: `pkg:oci/shop@${a}?repository_url=ghcr.io/acme/shop`,
};
const hashed = { "@id": purlsOf.lodash, hashes: { "sha-256": "c".repeat(64) } };
const named = fc.record(
  {
    "@id": fc.constantFrom(...Object.values(purlsOf), "https://acme.example/shop"),
    identifiers: fc.constant({ cpe23: "cpe:2.3:a:lodash:lodash:4.17.20:*:*:*:*:*:*:*" }),
    hashes: fc.constantFrom("a", "b").map((letter) => ({ "sha-256": letter.repeat(64) })),
    subcomponents: fc
      .uniqueArray(fc.constantFrom(purlsOf.lodash, purlsOf.plain, purlsOf.accepts), { minLength: 1, maxLength: 2 })
      .map((all) => all.map((purl) => ({ "@id": purl }))),
  },
  { requiredKeys: ["@id"] },
);
const claims = fc.record({
  vulnerability: fc.constant({ name: "CVE-2026-0001" }),
  timestamp: fc.constantFrom("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
  products: fc.array(fc.oneof({ weight: 9, arbitrary: named }, fc.constant(hashed)), { maxLength: 2 }),
  status: fc.constantFrom("fixed", "under_investigation"),
});

it("makes nothing suppress, in any format, that did not where it was attested", async () => {
  const components: readonly DataRecord[] = [
    { name: "lodash", version: "4.17.20", purl: purlsOf.lodash },
    { name: "lodash", version: "4.17.20", purl: purlsOf.lodash, hashes: [{ algorithm: "sha256", value: "c".repeat(64) }] },
    { name: "lodash", version: "4.17.20", purl: purlsOf.lodash, cpes: ["cpe:2.3:a:lodash:lodash:4.17.20:*:*:*:*:*:*:*"] },
    { name: "accepts", version: "1.3.8", purl: purlsOf.accepts },
    { name: "debug", version: "1.0.0", purl: "pkg:npm/debug@1.0.0" },
  ];
  const images = [a, b].map((digest) => ({
    kind: "image",
    name: `ghcr.io/acme/shop:1@${digest}`,
    digest,
    data: { ref: `ghcr.io/acme/shop:1@${digest}`, repository: "ghcr.io/acme/shop" },
  }));
  const suppressed = (evidence: readonly Evidence[]): ReadonlySet<string> => {
    const documents = evidence.filter(({ type }) => type === "waybill.vex.Document").map(({ data }) => data);
    const index = indexVex([{ name: "claimed", documents, trusted: true }]);
    const found = images.flatMap((image) => {
      const decide = vexDecider(index, vexSubjectOf(image, evidence), { now: 1_800_000_000_000_000 });
      return components.flatMap((component, at) =>
        decide({ id: "CVE-2026-0001", aliases: [], component }).kind === "suppressed" ? [`${at} in ${image.digest}`] : [],
      );
    });
    return new Set(found);
  };
  const admitted = async (json: unknown): Promise<readonly Evidence[]> =>
    (await admitValue(json, { name: "vex.json", digest: `sha256:${"0".repeat(64)}`, base: "" })).value;
  let here = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(claims, { minLength: 1, maxLength: 3 }),
      fc.constantFrom("ghcr.io/acme/shop", "shop.tar"),
      async (statements, name) => {
        const evidence = await admitted({
          _type: "https://in-toto.io/Statement/v1",
          subject: [{ name, digest: { sha256: "a".repeat(64) } }],
          predicateType: "https://openvex.dev/ns",
          predicate: {
            "@context": "https://openvex.dev/ns/v0.2.0",
            "@id": "https://acme.example/1",
            author: "Acme",
            timestamp: "2026-01-01T00:00:00Z",
            version: 1,
            statements,
          },
        });
        const before = suppressed(evidence);
        const { document } = ofSubjects(documentOf(evidence[0]?.data ?? {}, "openvex"), [{ name, digests: [a] }]);
        for (const format of ["openvex", "csaf", "cyclonedx"] as const) {
          const options = {
            namespace: "https://acme.example",
            now: 0,
            tool: "1",
            uuid: () => "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
          };
          const { value, losses } = writeVex(document, format, options);
          // CSAF has the newest of several statements about one product: that a warning is lost is reported.
          if (losses.some(({ field, statement }) => field === "statement" && document.statements[statement ?? -1]?.status !== "fixed"))
            continue;
          for (const one of suppressed(await admitted(value))) {
            here++;
            expect([format, ...before]).toContain(one);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(here).toBeGreaterThan(100);
});
