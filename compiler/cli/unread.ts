/** Which fields of evidence a call need not read. */

/** Fields of components that policies seldom ask for, and that cost much in a product of 50,000 components. */
const seldom = ["properties"] as const;

/**
 * Those of them that no text of the policies names: what reads a field names it, and the functions of the standard library
 * read none of these.
 */
export function unreadFields(policies: Iterable<string>): ReadonlySet<string> {
  const texts = [...policies];
  return new Set(seldom.filter((field) => !texts.some((text) => text.includes(field))));
}
