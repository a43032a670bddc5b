/**
 * Reading parsed JSON without trusting its shape. Schemas say what a document must be, but not for what a version of a
 * format does not know, so that adapters ask here instead of casting.
 */

export type Json = Readonly<Record<string, unknown>>;

export function object(value: unknown): Json | undefined {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Json) : undefined;
}

/** The items of a list, by index; what is no object is an empty one. A value that is no list has no items. */
export function objects(value: unknown): readonly Json[] {
  if (!Array.isArray(value)) return [];
  for (const item of value) if (object(item) === undefined) return value.map((one) => object(one) ?? {});
  return value as readonly Json[];
}

/** Text that says something. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function texts(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  for (const item of value) if (typeof item !== "string") return value.filter((one) => typeof one === "string");
  return value as readonly string[];
}

/** Several texts as one; undefined where there is none. */
export function joined(parts: readonly (string | undefined)[], separator: string): string | undefined {
  const given = parts.filter((part) => part !== undefined);
  return given.length > 0 ? given.join(separator) : undefined;
}

class Dictionary {}
Object.setPrototypeOf(Dictionary.prototype, null);
Reflect.deleteProperty(Dictionary.prototype, "constructor");

/**
 * An empty map by name that inherits nothing, so that `constructor` and `__proto__` are names like any other. Made by a
 * constructor because V8 keeps objects without a prototype as hash tables, which are slow to make.
 */
export function dictionary<T>(): Record<string, T> {
  return new Dictionary() as Record<string, T>;
}
