/** JSON under construction. */
export type Json = { [key: string]: unknown };

/** The fields that have a value. */
export function given(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
