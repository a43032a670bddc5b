/** The licence of a component from what its document lists (design: library, "Licences"). */
import { type DataValue, Known, Lack } from "../../../language/core/data.ts";
import { entryText, joinLicenses, type LicenseEntry } from "../../../language/domains/license.ts";

/**
 * Reads the entries of one component: ids, names and expressions, taken together as AND. A document names few licences
 * and many components, so each list of entries is read once.
 */
export function licenseReader(): (entries: readonly LicenseEntry[]) => DataValue {
  const names = new Map<string, DataValue>();
  const lists = new Map<string, DataValue>();
  return (entries) => {
    const [first] = entries;
    if (first === undefined) return undefined;
    // Most components have one id, which is its own key.
    const isName = entries.length === 1 && typeof first === "string";
    const known = isName ? names : lists;
    const key = isName ? first : entries.map(keyOf).join("");
    let value = known.get(key);
    if (value === undefined) {
      value = read(entries);
      known.set(key, value);
    }
    return value;
  };
}

/** With the length, so that no text can be taken for an entry of another kind, or for several. */
function keyOf(entry: LicenseEntry): string {
  return typeof entry === "string" ? `${entry.length}:${entry}` : `${entry.kind} ${entry.text.length}:${entry.text}`;
}

/** Whether SPDX's word for it says that nothing is said. */
export function isUnstatedEntry(entry: LicenseEntry): boolean {
  const text = entryText(entry);
  return text === "NOASSERTION" || text === "NONE";
}

function read(entries: readonly LicenseEntry[]): DataValue {
  const stated = entries.filter((entry) => !isUnstatedEntry(entry));
  if (stated.length === 0) return new Lack("missing", `the document says ${entries.slice(0, 1).map(entryText).join("")}`);
  const { license, unread, unreadable } = joinLicenses(entries);
  if (license && !license.unstated) return new Known(license);
  const [broken] = unreadable;
  if (broken) return new Lack("malformed", `the licence ${quoted(broken.text)} cannot be read: ${broken.why}`);
  const names = (unread.length > 0 ? unread : stated.map(entryText)).map(quoted);
  return new Lack("missing", `no SPDX id is named ${names.join(" or ")}`);
}

function quoted(name: string): string {
  return `"${name.length > 80 ? `${name.slice(0, 77)}…` : name}"`;
}
