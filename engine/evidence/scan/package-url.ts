/** Purls for packages of which a report gives type, name and version apart. */
import { buildPurl } from "../../../language/domains/purl.ts";

/**
 * The purl of a package as its type writes names: `group:artifact` of Maven, `@scope/name` of npm, the path of a Go
 * module. Undefined where no purl can be made of it.
 */
export function packageUrl(
  type: string,
  fullName: string,
  version: string | undefined,
  qualifiers: Readonly<Record<string, string>> = {},
  distribution?: string,
): string | undefined {
  const { namespace, name } = split(type, fullName, distribution);
  if (name === "") return undefined;
  const purl = buildPurl({ type, namespace, name, version: version === "" ? undefined : version, qualifiers });
  return purl.ok ? purl.value.text : undefined;
}

/** Types whose names hold their namespace, and what parts the two. */
const separators: ReadonlyMap<string, string> = new Map([
  ["maven", ":"],
  ["npm", "/"],
  ["golang", "/"],
  ["composer", "/"],
  ["swift", "/"],
  ["github", "/"],
  ["githubactions", "/"],
]);

function split(
  type: string,
  fullName: string,
  distribution: string | undefined,
): { readonly namespace: string | undefined; readonly name: string } {
  if (distribution !== undefined) return { namespace: distribution, name: fullName };
  const separator = separators.get(type);
  const at = separator === undefined ? -1 : fullName.lastIndexOf(separator);
  if (at <= 0) return { namespace: undefined, name: fullName };
  return { namespace: fullName.slice(0, at).replaceAll(":", "/"), name: fullName.slice(at + 1) };
}
