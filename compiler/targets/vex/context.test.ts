import { expect, it } from "vitest";
import type { VexAssertion, VexDocument, VexFormat } from "../../../engine/decide/vex/document.ts";
import { admitValue } from "../../../engine/evidence/door.ts";
import { inContext } from "./context.ts";
import { modelOf } from "./read.ts";

const digest = "b".repeat(64);
const bom = (about: object, rest: object = {}): object => ({
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  serialNumber: "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
  version: 1,
  metadata: { timestamp: "2026-01-01T00:00:00Z", ...about },
  components: [
    { type: "library", name: "lodash", version: "4.17.20", purl: "pkg:npm/lodash@4.17.20", "bom-ref": "l" },
    { type: "library", name: "core", version: "1.0", "bom-ref": "c" },
  ],
  vulnerabilities: [{ id: "CVE-2026-0001", analysis: { state: "not_affected" }, affects: [{ ref: "l" }, { ref: "c" }] }],
  ...rest,
});
const root = {
  component: { type: "container", name: "shop", version: "1", "bom-ref": "root", hashes: [{ alg: "SHA-256", content: digest }] },
};

async function read(json: object): Promise<VexDocument> {
  const { value } = await admitValue(json, { name: "bom.json", digest: `sha256:${"0".repeat(64)}`, base: "" });
  const of = (type: string) => value.find((one) => one.type === type);
  const bill = of("waybill.sbom.Bom");
  const { document } = modelOf(of("waybill.vex.Document")?.data ?? {}, "cyclonedx" as VexFormat);
  return bill === undefined ? document : inContext(document, bill);
}

const productsOf = (document: VexDocument): VexAssertion["products"] => document.statements.flatMap(({ products }) => products);

it("takes components of a bill of materials for parts of what it describes", async () => {
  const found = productsOf(await read(bom(root)));
  expect(found.map(({ digests, subcomponents }) => [digests, subcomponents])).toEqual([
    [[`sha256:${digest}`], ["pkg:npm/lodash@4.17.20"]],
    [[`sha256:${digest}`], ["core"]],
  ]);
});

it("leaves out what suppresses for a range of a part, which has no place beside it, and keeps what warns", async () => {
  const affects = [{ ref: "l", versions: [{ range: "vers:npm/>=4.0.0|<5.0.0" }] }];
  const of = (state: string): object => bom(root, { vulnerabilities: [{ id: "CVE-2026-0001", analysis: { state }, affects }] });
  expect((await read(of("not_affected"))).statements).toEqual([]);
  expect(productsOf(await read(of("exploitable")))).toMatchObject([{ purl: "pkg:npm/lodash", versions: "vers:npm/>=4.0.0|<5.0.0" }]);
});

it("leaves what is said of the root, of components of other documents, and in a document that says no digest", async () => {
  const elsewhere = "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#c1";
  const vulnerabilities = [{ id: "CVE-2026-0001", analysis: { state: "resolved" }, affects: [{ ref: "root" }, { ref: elsewhere }] }];
  expect(productsOf(await read(bom(root, { vulnerabilities }))).map(({ subcomponents }) => subcomponents)).toEqual([[], []]);
  const nameless = { component: { ...root.component, hashes: undefined } };
  for (const about of [{}, nameless])
    expect(productsOf(await read(bom(about)))).toMatchObject([{ purl: "pkg:npm/lodash@4.17.20", subcomponents: [] }, { name: "core" }]);
});
