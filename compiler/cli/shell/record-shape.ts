/** Reads JSON of a record: each reader gives what was asked for, or stops with what is there instead. */

export type Json = Readonly<Record<string, unknown>>;

/** A part of a record that is not what it has to be; the message is the end of a sentence. */
export class Misshapen extends Error {}

/** The object that a text of JSON is. */
export function parsed(text: string, what: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Misshapen(`${what} is not JSON`);
  }
  return objectOf(value, what);
}

export function objectOf(value: unknown, what: string): Json {
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Misshapen(`${what} is not an object`);
  return value as Json;
}

/** A list of objects. */
export function listOf(value: unknown, what: string): readonly Json[] {
  return anyListOf(value, what).map((item) => objectOf(item, `an entry of \`${what}\``));
}

export function textsOf(value: unknown, what: string): readonly string[] {
  return anyListOf(value, what).map((item) => textOf(item, what));
}

function anyListOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Misshapen(`\`${what}\` is not a list`);
  return value;
}

export function textOf(value: unknown, what: string): string {
  if (typeof value !== "string") throw new Misshapen(`\`${what}\` is not a text`);
  return value;
}

/** One of the names, which are the keys. */
export function oneOf<T extends string>(names: Readonly<Record<T, true>>, value: unknown, what: string): T {
  if (typeof value !== "string" || !Object.hasOwn(names, value))
    throw new Misshapen(`\`${what}\` is none of ${Object.keys(names).join(", ")}`);
  return value as T;
}

/** A whole number that counts something. */
export function countOf(value: unknown, what: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw new Misshapen(`\`${what}\` is not a count`);
  return value;
}

export function booleanOf(value: unknown, what: string): boolean {
  if (typeof value !== "boolean") throw new Misshapen(`\`${what}\` is not a boolean`);
  return value;
}

/** The field as `{ [name]: … }` where it is there, to be spread: what is absent stays absent. */
export function optional<K extends string, T>(from: Json, name: K, read: (value: unknown, what: string) => T): { readonly [key in K]?: T } {
  return from[name] === undefined ? {} : ({ [name]: read(from[name], name) } as { readonly [key in K]: T });
}
