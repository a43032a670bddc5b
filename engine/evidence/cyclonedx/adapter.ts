/** CycloneDX 1.2 to 1.7, JSON (ECMA-424). */
import type { Result } from "../../../language/diagnostics/diagnostic.ts";
import type { Adapter, Evidence, SchemaChoice } from "../evidence.ts";
import { shown } from "../fault.ts";

const schemas = {
  "1.2": "cyclonedx-1.2",
  "1.3": "cyclonedx-1.3",
  "1.4": "cyclonedx-1.4",
  "1.5": "cyclonedx-1.5",
  "1.6": "cyclonedx-1.6",
  "1.7": "cyclonedx-1.7",
} as const;

export const cyclonedx: Adapter = {
  format: "cyclonedx",
  title: "CycloneDX JSON 1.2 to 1.7",
  detect: (json) => isObject(json) && ("bomFormat" in json || String(json["$schema"]).includes("cyclonedx.org/schema/bom")),
  schema(json): SchemaChoice {
    const version = isObject(json) ? json["specVersion"] : undefined;
    if (typeof version === "string" && Object.hasOwn(schemas, version))
      return { kind: "schema", schema: schemas[version as keyof typeof schemas] };
    return {
      kind: "unsupported",
      pointer: "/specVersion",
      found: typeof version === "string" ? version : shown(version),
      supported: Object.keys(schemas),
    };
  },
  read: (): Result<readonly Evidence[]> => ({ value: [], diagnostics: [] }),
};

function isObject(json: unknown): json is Record<string, unknown> {
  return json !== null && typeof json === "object" && !Array.isArray(json);
}
