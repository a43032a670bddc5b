import { expect, it } from "vitest";
import type { VexDocument } from "../../../engine/decide/vex/document.ts";
import { lossesBetween } from "./readback.ts";

function product(purl: string) {
  return { id: purl, purl, digests: [], subcomponents: [] };
}

/** Statements about one vulnerability that all name one product, and each one of its own. */
function shared(count: number): VexDocument {
  return {
    format: "openvex",
    id: "urn:acme:shared",
    author: "Acme",
    timestamp: 1_767_571_200_000_000,
    version: "1",
    statements: Array.from({ length: count }, (_, i) => ({
      vulnerability: "CVE-2026-0001",
      aliases: [],
      status: "not_affected",
      justification: "component_not_present",
      responses: [],
      products: [product("pkg:npm/a@1.0.0"), product(`pkg:npm/z@${i}`)],
    })),
  };
}

it("compares 60,000 statements that share a product in one pass, which would not end if each were compared with each", () => {
  const document = shared(60_000);
  expect(lossesBetween(document, document, "cyclonedx")).toEqual([]);
  const last = document.statements.length - 1;
  const cut = { ...document, statements: document.statements.slice(0, last) };
  expect(lossesBetween(document, cut, "cyclonedx").map(({ field, pointer }) => [field, pointer])).toEqual([
    ["statement", `/statements/${last}/products/1`],
  ]);
}, 120_000);
