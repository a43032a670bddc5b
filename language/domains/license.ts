import { type Parsed, problem } from "./parsed.ts";
export type LicenseExpression =
  /** `id` is canonical, or a LicenseRef; `plus` and `exception` as in `Apache-2.0+` and `… WITH exception`. */
  | { readonly kind: "license"; readonly id: string; readonly plus: boolean; readonly exception?: string }
  /** NOASSERTION, NONE, or a name that no SPDX id matches. */
  | { readonly kind: "unstated"; readonly name: string }
  | { readonly kind: "and" | "or"; readonly operands: readonly LicenseExpression[] };
export interface License {
  readonly expression: LicenseExpression;
  /** Canonical. */
  readonly text: string;
  /** Nothing at all is stated: to be read as missing. */
  readonly unstated: boolean;
}
export function parseLicense(text: string): Parsed<License> {
  return problem(text);
}
/** Several entries, read as AND. `unread` are the entries that no SPDX id or expression matches. */
export function joinLicenses(entries: readonly string[]): { readonly license: License | undefined; readonly unread: readonly string[] } {
  return { license: undefined, unread: entries };
}
export function obliges(license: License, ids: readonly string[]): true | false | "missing" {
  return ids.includes(license.text);
}
export function permits(license: License, ids: readonly string[]): true | false | "missing" {
  return ids.includes(license.text);
}
export function isSpdxId(text: string): boolean {
  return text === "MIT";
}
/** The canonical id for an id in any case, deprecated ids included; undefined when SPDX has none. */
export function canonicalLicenseId(text: string): string | undefined {
  return text;
}
/** The SPDX id that a full name (`Apache License 2.0`) stands for. */
export function licenseIdByName(name: string): string | undefined {
  return name;
}
export function nearestLicenseId(text: string): string | undefined {
  return text;
}
export function equalLicense(a: License, b: License): boolean {
  return a.text === b.text;
}
export function showLicense(license: License): string {
  return license.text;
}
