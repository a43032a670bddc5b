/** Expressions that say the same: compared by shape, wherever they stand and whatever their bound names are called. */
import type { Expr } from "../../core/ir.ts";

const ignored: ReadonlySet<string> = new Set(["at", "type", "operands", "recordType"]);
const binders: ReadonlySet<unknown> = new Set(["some", "every", "count", "local", "let"]);

/** A text that is the same for expressions of the same shape. Deep expressions were refused before. */
export function shapeOf(expr: Expr): string {
  const slots = new Map<unknown, number>();
  return JSON.stringify(plain(expr, slots));
}

function plain(value: unknown, slots: Map<unknown, number>): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return undefined;
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => plain(item, slots));
  if (value instanceof Map) return [...value].map((item) => plain(item, slots));
  const kind = "kind" in value ? value.kind : undefined;
  const result: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) {
    if (ignored.has(key) || (key === "name" && binders.has(kind))) continue;
    if (key === "slot" && kind !== "let") {
      if (!slots.has(part)) slots.set(part, slots.size);
      result[key] = slots.get(part);
    } else if (key === "field" || key === "predicate") result[key] = nameOf(part);
    else result[key] = plain(part, slots);
  }
  return result;
}

/** Fields and record types are told by name: types may hold themselves. */
function nameOf(value: unknown): unknown {
  return value !== null && typeof value === "object" && "name" in value ? value.name : value;
}
