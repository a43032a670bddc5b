/**
 * When two purls name the same package at the same version. Tools write one version in several ways; the text is
 * compared after what is known to differ between them is taken away.
 */
import { type DataValue, Known } from "../../../language/core/data.ts";
import { type Purl, purlKey } from "../../../language/domains/purl.ts";
import type { PurlReader } from "./raw.ts";

/** A package as joins look it up. */
export interface PackageName {
  /** Type, namespace and name. */
  readonly name: string;
  /** The name with the version. */
  readonly key: string;
  readonly arch: string | undefined;
  readonly distro: string | undefined;
}

/**
 * The package that a purl names; `version` is used where the purl has none. Most purls of an SBOM are of a shape that is
 * canonical as it stands and has no qualifiers: their names are cut out of the text, as reading 50,000 purls in full
 * costs more than all the rest of a join.
 */
export function packageOf(raw: DataValue, version: string | undefined, readPurl: PurlReader): PackageName | undefined {
  if (typeof raw === "string") {
    const quick = quickName(raw);
    if (quick !== undefined) return quick;
  }
  const purl = readPurl(raw);
  if (purl === undefined) return undefined;
  return { name: purlKey(purl), key: packageKey(purl, version), arch: purl.qualifiers.get("arch"), distro: distroOf(purl) };
}

const canonical =
  /^pkg:(npm|golang|composer|cargo|gem|maven|pypi|nuget|deb|rpm|apk)\/((?:%40)?[a-z0-9][a-z0-9._-]*(?:\/[a-z0-9][a-z0-9._-]*)*)@([0-9A-Za-z._-]+)$/;
const withoutNamespace: ReadonlySet<string> = new Set(["cargo", "gem", "pypi"]);

/** The package of a purl with a version that is canonical as it stands; undefined: the purl is to be read in full. */
export function quickName(text: string): PackageName | undefined {
  const match = canonical.exec(text);
  if (match === null) return undefined;
  const [, type = "", path = "", version = ""] = match;
  const slash = path.lastIndexOf("/");
  if (slash < 0 ? type === "maven" : withoutNamespace.has(type)) return undefined;
  if (type === "pypi" && path.includes("_")) return undefined;
  const scoped = path.startsWith("%40");
  if (scoped && (type !== "npm" || slash < 0)) return undefined;
  const decoded = scoped ? `@${path.slice(3)}` : path;
  const name = slash < 0 ? `${type}//${decoded}` : `${type}/${decoded}`;
  return { name, key: `${name} ${versionText(type, version, undefined)}`, arch: undefined, distro: undefined };
}

/** The text of a purl in either form; undefined: none. */
export function purlText(raw: DataValue): string | undefined {
  if (typeof raw === "string") return raw;
  const value: unknown = raw instanceof Known ? raw.value : undefined;
  return value !== null && typeof value === "object" && "text" in value && typeof value.text === "string" ? value.text : undefined;
}

/** Type, namespace, name and version: an index key, in which the first space ends the name. `version` is used where the purl has none. */
export function packageKey(purl: Purl, version?: string): string {
  return `${purlKey(purl)} ${versionKey(purl, version)}`;
}

/**
 * The version as all tools would write it: Go versions without their `v`; of deb and rpm with the epoch, whether it is
 * in the version (Syft) or a qualifier (Trivy), and without an epoch of 0. "" where none is given.
 */
export function versionKey(purl: Purl, version?: string): string {
  return versionText(purl.type, purl.version ?? version ?? "", purl.qualifiers.get("epoch"));
}

function versionText(type: string, text: string, epochQualifier: string | undefined): string {
  if (type === "golang") return /^v\d/.test(text) ? text.slice(1) : text;
  if (type !== "deb" && type !== "rpm") return text;
  const written = /^(\d+):(.*)$/s.exec(text);
  const epoch = written?.[1] ?? epochQualifier ?? "0";
  const rest = written?.[2] ?? text;
  return /^0+$/.test(epoch) ? rest : `${epoch}:${rest}`;
}

/** The `distro` qualifier; Red Hat's own name for RHEL is Syft's. */
function distroOf(purl: Purl): string | undefined {
  const distro = purl.qualifiers.get("distro")?.toLowerCase();
  return distro?.startsWith("redhat-") ? `rhel-${distro.slice("redhat-".length)}` : distro;
}

/** Compared only where both sides give it. */
export function compatible(a: string | undefined, b: string | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}

/** As `compatible`; `debian-12` and `debian-12.4` are the same distribution, seen by two tools. */
export function compatibleDistro(a: string | undefined, b: string | undefined): boolean {
  return compatible(a, b) || (a ?? "").startsWith(`${b}.`) || (b ?? "").startsWith(`${a}.`);
}
