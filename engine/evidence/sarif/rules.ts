/** Which rule a SARIF result is of (SARIF, sections 3.27.5 to 3.27.7 and 3.52). */
import { type Json, object, objects, text } from "../raw.ts";

export interface Rules {
  /** The rule's descriptor; undefined where the log has none. */
  readonly find: (result: Json) => Json | undefined;
}

/** The rules of a run's driver and extensions; ids are indexed once. */
export function rulesOf(run: Json): Rules {
  const tool = object(run["tool"]) ?? {};
  const driver = objects(object(tool["driver"])?.["rules"]);
  const extensions = objects(tool["extensions"]).map((extension) => objects(extension["rules"]));
  const byId = new Map<string, Json>();
  for (const rule of [driver, ...extensions].flat()) {
    const id = text(rule["id"]);
    if (id !== undefined && !byId.has(id)) byId.set(id, rule);
  }
  return {
    find(result) {
      const reference = object(result["rule"]) ?? {};
      const component = object(reference["toolComponent"])?.["index"];
      const index = reference["index"] ?? result["ruleIndex"];
      const rules = typeof component === "number" && component >= 0 ? (extensions[component] ?? []) : driver;
      const id = ruleId(result);
      const rule = typeof index === "number" && index >= 0 ? rules[index] : undefined;
      if (rule !== undefined && (id === undefined || related(id, text(rule["id"])))) return rule;
      return id === undefined ? undefined : (byId.get(id) ?? byId.get(parent(id)));
    },
  };
}

/** As the result itself names its rule. */
export function ruleId(result: Json): string | undefined {
  return text(result["ruleId"]) ?? text(object(result["rule"])?.["id"]);
}

/** `CA1000/1` is a result of rule `CA1000`. */
function parent(id: string): string {
  const slash = id.lastIndexOf("/");
  return slash < 0 ? id : id.slice(0, slash);
}

function related(id: string, rule: string | undefined): boolean {
  return rule === undefined || id === rule || id.startsWith(`${rule}/`);
}
