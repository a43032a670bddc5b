import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string }>>;
}
interface Bom {
  readonly components: readonly { readonly purl: string }[];
}

const read = <T>(path: string): T => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")) as T;

it("lists every package of the lock file in the bill of materials that the README gates (`npm run sbom` writes it)", () => {
  const listed = new Set(read<Bom>("policies/examples/own-sbom/waybill.cdx.json").components.map(({ purl }) => purl));
  const locked = Object.entries(read<Lock>("package-lock.json").packages)
    .filter(([path]) => path !== "")
    .map(([path, { version }]) => `pkg:npm/${path.replace(/^.*node_modules\//, "").replace("@", "%40")}@${version}`);
  expect(locked.length).toBeGreaterThan(100);
  expect(locked.filter((purl) => !listed.has(purl))).toEqual([]);
});
