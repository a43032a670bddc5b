/** The licence of a component from what its document lists (design: library, "Licences"). */
import { type DataValue, Known, Lack } from "../../../language/core/data.ts";
import { joinLicenses } from "../../../language/domains/license.ts";

/**
 * Reads the entries of one component: ids, names and expressions, taken together as AND. A document names few licences
 * and many components, so each list of entries is read once.
 */
export function licenseReader(): (entries: readonly string[]) => DataValue {
  const known = new Map<string, DataValue>();
  return (entries) => {
    if (entries.length === 0) return undefined;
    const key = entries.join("\n");
    let value = known.get(key);
    if (value === undefined) {
      value = read(entries);
      known.set(key, value);
    }
    return value;
  };
}

function read(entries: readonly string[]): DataValue {
  const stated = entries.filter((entry) => entry !== "NOASSERTION" && entry !== "NONE");
  if (stated.length === 0) return new Lack("missing", `the document says ${entries[0]}`);
  const { license, unread } = joinLicenses(entries);
  if (license && !license.unstated) return new Known(license);
  const names = (unread.length > 0 ? unread : stated).map((name) => `"${name.length > 80 ? `${name.slice(0, 77)}…` : name}"`);
  return new Lack("missing", `no SPDX id is named ${names.join(" or ")}`);
}
