/**
 * WB09xx: evidence documents. WB0900 to WB0929 reading and schemas, WB0930 to WB0932 SBOMs, WB0933 to WB0949 predicates of attestations, WB0950 to WB0969 scans and
 * VEX, WB0970 to WB0989 Kubernetes manifests.
 */
import { row } from "../row.ts";

const bytes = (n: number): string =>
  n >= 1_000_000 ? `${Math.round(n / 100_000) / 10} MB` : n >= 1_000 ? `${Math.round(n / 100) / 10} kB` : `${n} bytes`;
const at = (pointer: string): string => (pointer === "" ? "the document" : `\`${pointer}\``);

export const evidenceCodes = {
  WB0900: row<{ name: string }>("error", "evidence file is empty", (p) => `\`${p.name}\` is empty`),
  WB0901: row<{ name: string; looks: string }>(
    "error",
    "evidence file is not text",
    (p) => `\`${p.name}\` is not JSON or YAML: it looks like ${p.looks}`,
  ),
  WB0902: row<{ name: string; offset: number }>(
    "error",
    "evidence file is not UTF-8",
    (p) => `\`${p.name}\` is not UTF-8: byte ${p.offset} starts no valid character`,
  ),
  WB0903: row<{ name: string; size: number; limit: number }>(
    "error",
    "evidence file is too large",
    (p) => `\`${p.name}\` is ${bytes(p.size)}, more than the limit of ${bytes(p.limit)}`,
  ),
  WB0904: row<{ name: string; limit: number }>(
    "error",
    "evidence is nested too deeply",
    (p) => `\`${p.name}\` is nested more than ${p.limit} levels deep`,
  ),
  WB0905: row<{ problem: string; line: number; column: number }>(
    "error",
    "evidence is not valid JSON",
    (p) => `not valid JSON: ${p.problem} at ${p.line}:${p.column}`,
  ),
  WB0906: row<{ key: string; line: number }>(
    "error",
    "key given twice in one object",
    (p) => `key \`${p.key}\` is given twice in one object, again on line ${p.line}`,
  ),
  WB0907: row<{ number: string; line: number }>(
    "error",
    "number cannot be read exactly",
    (p) => `number \`${p.number}\` on line ${p.line} has more digits than can be read exactly`,
  ),
  WB0908: row<{ line: number; column: number }>(
    "error",
    "half of a surrogate pair in a string",
    (p) => `a string holds half of a surrogate pair at ${p.line}:${p.column}`,
  ),
  WB0909: row<{ problem: string; line: number; column: number }>(
    "error",
    "evidence is not valid YAML",
    (p) => `not valid YAML: ${p.problem} at ${p.line}:${p.column}`,
  ),
  WB0910: row<{ name: string; problem: string }>("error", "YAML is larger than it looks", (p) => `\`${p.name}\` is refused: ${p.problem}`),
  WB0911: row<{ name: string }>("error", "unknown evidence format", (p) => `cannot tell the format of \`${p.name}\``),
  WB0912: row<{ format: string; version: string }>(
    "error",
    "unsupported version of an evidence format",
    (p) => `version \`${p.version}\` is not supported: Waybill reads ${p.format}`,
  ),
  WB0913: row<{ pointer: string; problem: string }>("error", "evidence breaks its schema", (p) => `${at(p.pointer)} ${p.problem}`),
  WB0914: row<{ more: number; what: string }>("error", "more errors of the same document", (p) => `${p.more} more ${p.what}`),
  WB0915: row<{ problem: string }>("error", "attestation cannot be unwrapped", (p) => `attestation cannot be read: ${p.problem}`),
  WB0930: row<{ reference: string; from: string }>(
    "warning",
    "reference to a component that is not in the SBOM",
    (p) => `${p.from} refers to \`${p.reference}\`, which is not in the document`,
  ),
  WB0931: row<{ id: string; first: string }>(
    "error",
    "two elements share one id",
    (p) => `id \`${p.id}\` is used twice; first by \`${p.first}\``,
  ),
  WB0932: row<{ more: number }>(
    "warning",
    "more references to components that are not in the SBOM",
    (p) => `${p.more} more references lead nowhere`,
  ),
  WB0933: row<{ predicateType: string; format: string; found: string }>(
    "error",
    "predicate is not of the type that its statement names",
    (p) => `predicate type \`${p.predicateType}\` means ${p.format}, and the predicate is ${p.found}`,
  ),
  WB0934: row<{ predicateType: string; format: string; found: string }>(
    "error",
    "predicate is of another version than its statement names",
    (p) => `predicate type \`${p.predicateType}\` names a version of ${p.format}, and the predicate is of version ${p.found}`,
  ),
  WB0950: row<{ tool: string; count: number }>(
    "note",
    "rows that the scanner was told to ignore",
    (p) => `${p.tool} was told to ignore ${p.count} ${p.count === 1 ? "match" : "matches"}: not read as findings`,
  ),
  WB0951: row<{ count: number }>(
    "note",
    "withdrawn advisories",
    (p) => `${p.count} ${p.count === 1 ? "advisory was" : "advisories were"} withdrawn by their database: not read as findings`,
  ),
  WB0952: row<{ count: number; kind: string }>(
    "note",
    "results that report no problem",
    (p) => `${p.count} ${p.count === 1 ? "result" : "results"} of kind \`${p.kind}\` report no problem: not read as findings`,
  ),
  WB0953: row<{ vulnerability: string }>(
    "warning",
    "VEX statement without product",
    (p) => `the statement about \`${p.vulnerability}\` names no product, so it matches nothing`,
  ),
  WB0954: row<{ id: string }>(
    "warning",
    "VEX product that cannot be matched",
    (p) => `product \`${p.id}\` is neither a purl nor a digest nor a CPE, so it matches nothing`,
  ),
  WB0955: row<{ more: number }>(
    "warning",
    "more VEX statements that match nothing",
    (p) => `${p.more} more statements or products match nothing`,
  ),
};
