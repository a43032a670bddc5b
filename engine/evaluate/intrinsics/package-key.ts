/**
 * When two purls name the same package at the same version. Tools write one version in several ways; the text is
 * compared after what is known to differ between them is taken away.
 */
import { type Purl, purlKey } from "../../../language/domains/purl.ts";

/** Type, namespace, name and version: an index key. `version` is used where the purl has none. */
export function packageKey(purl: Purl, version?: string): string {
  return `${purlKey(purl)} ${versionKey(purl, version)}`;
}

/**
 * The version as all tools would write it: Go versions without their `v`; of deb and rpm with the epoch, whether it is
 * in the version (Syft) or a qualifier (Trivy), and without an epoch of 0. "" where none is given.
 */
export function versionKey(purl: Purl, version?: string): string {
  const text = purl.version ?? version ?? "";
  if (purl.type === "golang") return /^v\d/.test(text) ? text.slice(1) : text;
  if (purl.type !== "deb" && purl.type !== "rpm") return text;
  const written = /^(\d+):(.*)$/s.exec(text);
  const epoch = written?.[1] ?? purl.qualifiers.get("epoch") ?? "0";
  const rest = written?.[2] ?? text;
  return /^0+$/.test(epoch) ? rest : `${epoch}:${rest}`;
}

/** The `distro` qualifier; Red Hat's own name for RHEL is Syft's. */
export function distroOf(purl: Purl): string | undefined {
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
