/** The result of reading a domain value from text. `problem` is read by people; `suggestion` is text to write instead. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string; readonly suggestion?: string };

/** The text was read. */
export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/**
 * The text could not be read. `problem` is lower case without a full stop and stands alone; `suggestion`, where given,
 * is the whole text that would be accepted in place of the one that was not.
 */
export function problem(text: string, suggestion?: string): Parsed<never> {
  return suggestion === undefined ? { ok: false, problem: text } : { ok: false, problem: text, suggestion };
}
