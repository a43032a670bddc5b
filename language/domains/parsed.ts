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
 * is the whole text that would be accepted in place of the one that was not. Quoted text of more than 200 characters is cut.
 */
export function problem(text: string, suggestion?: string): Parsed<never> {
  const short = text.length > longest ? text.replace(quotation, (_, quoted: string) => `\`${quoted.slice(0, longest)}…\``) : text;
  return suggestion === undefined ? { ok: false, problem: short } : { ok: false, problem: short, suggestion };
}

/** The result without a suggestion that `read` would not accept either. */
export function checked<T>(result: Parsed<T>, read: (text: string) => Parsed<T>): Parsed<T> {
  if (result.ok || result.suggestion === undefined || read(result.suggestion).ok) return result;
  return { ok: false, problem: result.problem };
}

const longest = 200;
const quotation = /`([^`]{201,})`/g;
