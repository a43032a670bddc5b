import { expect, it } from "vitest";
import type { VexAssertion, VexDocument, VexNamedProduct } from "../../../engine/decide/vex/document.ts";
import { type AttestedSubject, ofSubjects } from "./attested.ts";

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
  [
    "that is the subject, with a CPE and parts without versions",
    product("pkg:oci/shop?repository_url=ghcr.io/acme/shop", {
      cpe: "cpe:2.3:a:acme:shop:*:*:*:*:*:*:*:*",
      subcomponents: ["pkg:npm/debug"],
    }),
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

it("says it of every subject, and of none where nothing tells them", () => {
  const other: AttestedSubject = { name: undefined, digests: [b] };
  const lodash = product("pkg:npm/lodash@4.17.20");
  expect(placed(lodash, [shop, other]).products.map(({ id }) => id)).toEqual([a, b]);
  expect(placed(lodash, [])).toEqual({ products: [], omitted: 1 });
});
