/** What CycloneDX asks of VEX beside its shape, and what makes a document one. */
import { type Json, object, objects, text } from "../raw.ts";
import type { VexFault } from "../vex/fault.ts";
import { readVersions } from "../vex/versions.ts";
import { cyclonedx } from "./adapter.ts";

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
        const versions = range === undefined ? undefined : readVersions(range);
        if (versions?.ok !== false) continue;
        const pointer = `/vulnerabilities/${index}/affects/${place}/versions/${entry}/range`;
        faults.push({ code: "cyclonedx-range", pointer, message: versions.problem });
      }
  return faults;
}
