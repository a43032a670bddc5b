/** WB1220 to WB1239: VEX documents as evidence. */
import { row } from "../row.ts";

export const vexDocumentCodes = {
  WB1220: row<{ test: string; problem: string }>(
    "error",
    "CSAF document breaks a mandatory test",
    (p) => `the document breaks mandatory test ${p.test} of CSAF 2.0: ${p.problem}`,
  ),
  WB1221: row<{ category: string }>(
    "error",
    "CSAF document of a profile that is no VEX",
    (p) => `a CSAF document of category \`${p.category}\` need not say how products stand to vulnerabilities, so it is not read as VEX`,
  ),
  WB1222: row<{ id: string }>(
    "warning",
    "CSAF document is a draft",
    (p) => `CSAF document \`${p.id}\` is a draft: its issuer may yet change its mind`,
  ),
  WB1223: row<{ count: number; total: number; first: string }>(
    "warning",
    "VEX products that nothing identifies",
    (p) =>
      `${p.count} of ${p.total} products ${p.count === 1 ? "names" : "name"} no purl, digest, BOM-Link or version, so ${
        p.count === 1 ? "it matches" : "they match"
      } nothing: ${p.count === 1 ? "" : "the first is "}\`${p.first}\``,
  ),
  WB1224: row<{ count: number }>(
    "warning",
    "VEX version ranges that cannot be read",
    (p) =>
      `${p.count} version ${p.count === 1 ? "range is" : "ranges are"} not understood: whether a version lies in ${p.count === 1 ? "it" : "them"} is unknown`,
  ),
  WB1225: row<{ count: number }>(
    "note",
    "VEX versions of unknown status",
    (p) =>
      `${p.count} ${p.count === 1 ? "version or range has" : "versions or ranges have"} the status \`unknown\`: nothing is said of ${p.count === 1 ? "it" : "them"}`,
  ),
  WB1226: row<{ count: number; first: string }>(
    "note",
    "ids of a vulnerability that are no aliases",
    (p) =>
      `${p.count} ${p.count === 1 ? "id is" : "ids are"} not taken as ${p.count === 1 ? "another name" : "other names"} of a vulnerability: \`${p.first}\` names it not alone, or others as well`,
  ),
  WB1227: row<{ count: number }>(
    "warning",
    "vulnerabilities of which nothing is said",
    (p) =>
      `${p.count} ${p.count === 1 ? "vulnerability names" : "vulnerabilities name"} no product, so what is said of ${p.count === 1 ? "it" : "them"} matches nothing`,
  ),
  WB1228: row<{ count: number }>(
    "warning",
    "digests of VEX products that cannot be read",
    (p) =>
      `${p.count} ${p.count === 1 ? "digest" : "digests"} of products ${p.count === 1 ? "is" : "are"} not understood, so ${p.count === 1 ? "it matches" : "they match"} nothing`,
  ),
  WB1229: row<{ count: number; first: string }>(
    "warning",
    "purls of VEX products that cannot be read",
    (p) =>
      `${p.count} ${p.count === 1 ? "purl of a product is" : "purls of products are"} none, so ${p.count === 1 ? "it matches" : "they match"} nothing: ${p.count === 1 ? "" : "the first is "}\`${p.first}\``,
  ),
  WB1230: row<{ name: string }>(
    "error",
    "CSAF document says more of its products than is read",
    (p) => `\`${p.name}\` binds flags, threats and remediations to products more than 5,000,000 times`,
  ),
};
