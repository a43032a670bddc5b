/** What CycloneDX asks of VEX beside its shape, and what makes a document one. */
import { splitVers, syntaxProblem } from "../../../language/domains/range/vers.ts";
import { compareVersions, versionOf } from "../../../language/domains/version.ts";
import { type Json, object, objects, text } from "../raw.ts";
import type { VexFault } from "../vex/fault.ts";
import { readVersions } from "../vex/versions.ts";
import { cyclonedx } from "./adapter.ts";
import { elementOf } from "./links.ts";

const referenceCodes: ReadonlySet<string> = new Set(["WB0930", "WB0931", "WB0932"]);

/** Every breach, by pointers relative to the document. */
export function cyclonedxFaults(bom: Json): readonly VexFault[] {
  const faults: VexFault[] = [];
  const vulnerabilities = objects(bom["vulnerabilities"]);
  if (!vulnerabilities.some((one) => object(one["analysis"]) !== undefined))
    faults.push({ code: "no-vex", pointer: "", message: "no vulnerability has an `analysis`, so the document is no VEX" });
  const read = cyclonedx.read(bom, { name: "", digest: "", base: "" });
  for (const { code, pointer = "", message } of read.diagnostics)
    if (referenceCodes.has(code)) faults.push({ code: "cyclonedx-reference", pointer, message });
  for (const [index, vulnerability] of vulnerabilities.entries())
    for (const [place, affected] of objects(vulnerability["affects"]).entries())
      for (const [entry, version] of objects(affected["versions"]).entries()) {
        const range = text(version["range"]);
        const message = range === undefined ? undefined : rangeProblem(range);
        if (message === undefined) continue;
        faults.push({ code: "cyclonedx-range", pointer: `/vulnerabilities/${index}/affects/${place}/versions/${entry}/range`, message });
      }
  return faults;
}

/**
 * Ranges are VERS strings whose versions rise. That a bound is none of the ecosystem's versions, or that bounds do not
 * alternate (`vers:semver/<2.6.7.5`, `vers:semver/2.9.0|<2.9.5`, in a document of CycloneDX's own), makes the document no
 * less valid: no version is known to lie in such a range.
 */
function rangeProblem(range: string): string | undefined {
  const read = readVersions(range);
  if (read.ok) return undefined;
  const vers = splitVers(range);
  if (vers === undefined || vers.type !== vers.type.toLowerCase()) return read.problem;
  const wrong = syntaxProblem(vers.constraints);
  if (wrong !== undefined) return wrong;
  const bounds = vers.constraints.split("|").map((constraint) => versionOf(vers.ecosystem, elementOf(constraint.replace(/^[!<>=]+/, ""))));
  return bounds.some((bound, index) => index > 0 && (compareVersions(bounds[index - 1] ?? bound, bound) ?? -1) >= 0)
    ? read.problem
    : undefined;
}
