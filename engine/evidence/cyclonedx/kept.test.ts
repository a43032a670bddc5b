import { expect, it } from "vitest";
import type { DataRecord } from "../../../language/core/data.ts";
import { cyclonedx } from "./adapter.ts";

const own = (name: string, value: string) => ({ name: `waybill:vex:${name}`, value });

function read(bom: object): { readonly types: readonly string[]; readonly vex: DataRecord; readonly statement: DataRecord } {
  const json = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    serialNumber: "urn:uuid:2c385cf7-e1ee-46e9-a51c-13de1ecb380a",
    ...bom,
  };
  const { value } = cyclonedx.read(json, { name: "vex.json", digest: "", base: "" });
  const vex = value.find(({ type }) => type === "waybill.vex.Document")?.data ?? {};
  return { types: value.map(({ type }) => type), vex, statement: (vex["statements"] as readonly DataRecord[])[0] ?? {} };
}

const shop = { type: "application", "bom-ref": "shop", name: "shop", purl: "pkg:npm/shop@1.4.0" };
const about = (ref: string, more: object = {}) => ({
  id: "CVE-2026-0001",
  analysis: { state: "not_affected" },
  affects: [{ ref }],
  ...more,
});

it("takes no document for a bill of materials whose components only stand for products of statements", () => {
  const beside = { type: "library", "bom-ref": "beside", name: "beside" };
  const bom = { components: [shop, beside], vulnerabilities: [about("shop")] };
  expect(read(bom).types).toContain("waybill.sbom.Bom");
  const alone = read({ ...bom, metadata: { properties: [own("alone", "true"), own("title", "Shop"), own("role", "vendor")] } });
  expect(alone.types.filter((type) => type !== "waybill.cyclonedx.Bom")).toEqual(["waybill.vex.Document"]);
  expect(alone.vex).toMatchObject({ title: "Shop", role: "vendor" });
});

it("reads a label of OpenVEX and an end where CycloneDX has no field for them, and an end that is none as one that has passed", () => {
  const kept = (...properties: object[]) => read({ components: [shop], vulnerabilities: [about("shop", { properties })] }).statement;
  expect(kept(own("justification", "component_not_present"), own("expires", "2027-01-01T00:00:00Z"))).toMatchObject({
    justification: "component_not_present",
    expires: "2027-01-01T00:00:00Z",
  });
  expect(kept(own("expires", "never"))["expires"]).toBe("1970-01-01T00:00:00Z");
  expect(kept({ name: "other:expires", value: "2027-01-01T00:00:00Z" })["expires"]).toBeUndefined();
});

it("reads a part in a product as the product and its part, and only where the part says so", () => {
  const part = { type: "library", "bom-ref": "shop/core", name: "core", purl: "pkg:npm/core@2.0.0" };
  const whole = (properties: readonly object[]) =>
    (
      read({ components: [{ ...shop, components: [{ ...part, properties }] }], vulnerabilities: [about("shop/core")] }).statement[
        "products"
      ] as readonly DataRecord[]
    )[0];
  expect(whole([own("product", "shop")])).toMatchObject({ purl: "pkg:npm/shop@1.4.0", subcomponents: ["pkg:npm/core@2.0.0"] });
  expect(whole([])).toMatchObject({ purl: "pkg:npm/core@2.0.0", subcomponents: [] });
  expect(whole([own("product", "nowhere")])).toMatchObject({ purl: "pkg:npm/core@2.0.0", subcomponents: [] });
});

it("reads a component by the name that it has in another document", () => {
  const link = "urn:cdx:6ffac0b2-5246-4fb9-a6fe-7993041856a0/1#acme-product-2";
  const idsOf = (value: string) =>
    read({ components: [{ ...shop, properties: [own("id", value)] }], vulnerabilities: [about("shop")] }).statement["products"];
  expect(idsOf(link)).toMatchObject([{ id: link, purl: "pkg:npm/shop@1.4.0" }]);
  expect(idsOf("shop elsewhere")).toMatchObject([{ id: "urn:cdx:2c385cf7-e1ee-46e9-a51c-13de1ecb380a/1#shop" }]);
});
