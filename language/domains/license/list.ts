/** The SPDX licence list: ids, exceptions, what deprecated ids became, and ids by full name. */
import exceptionIds from "spdx-exceptions/index.json" with { type: "json" };
import deprecatedIds from "spdx-license-ids/deprecated.json" with { type: "json" };
import currentIds from "spdx-license-ids/index.json" with { type: "json" };
import names from "spdx-license-list/spdx.json" with { type: "json" };
import { nearest } from "../near.ts";

/** The families whose plain ids were deprecated in favour of `-only` and `-or-later` (SPDX licence list 3.0). */
const gnu = /^(?:AGPL-[13]\.0|GFDL-1\.[123]|GPL-[123]\.0|LGPL-(?:2\.0|2\.1|3\.0))$/;

/** The other deprecated ids, by the expression that the list names in their place. */
const replaced: ReadonlyMap<string, string> = new Map([
  ["BSD-2-Clause-FreeBSD", "BSD-2-Clause-Views"],
  ["BSD-2-Clause-NetBSD", "BSD-2-Clause"],
  ["GPL-2.0-with-GCC-exception", "GPL-2.0-only WITH GCC-exception-2.0"],
  ["GPL-2.0-with-autoconf-exception", "GPL-2.0-only WITH Autoconf-exception-2.0"],
  ["GPL-2.0-with-bison-exception", "GPL-2.0-only WITH Bison-exception-2.2"],
  ["GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0"],
  ["GPL-2.0-with-font-exception", "GPL-2.0-only WITH Font-exception-2.0"],
  ["GPL-3.0-with-GCC-exception", "GPL-3.0-only WITH GCC-exception-3.1"],
  ["GPL-3.0-with-autoconf-exception", "GPL-3.0-only WITH Autoconf-exception-3.0"],
  ["Nunit", "zlib-acknowledgement"],
  ["StandardML-NJ", "SMLNJ"],
  ["bzip2-1.0.5", "bzip2-1.0.6"],
  ["eCos-2.0", "GPL-2.0-or-later WITH eCos-exception-2.0"],
  ["wxWindows", "LGPL-2.0-or-later WITH WxWindows-exception-3.1"],
]);

/** Made when the first id is looked up: most calls speak of no licence. */
let idsInAnyCase: ReadonlyMap<string, string> | undefined;
let exceptionsInAnyCase: ReadonlyMap<string, string> | undefined;

function listedId(text: string): string | undefined {
  idsInAnyCase ??= new Map([...deprecatedIds, ...currentIds].map((id) => [id.toLowerCase(), id]));
  return idsInAnyCase.get(text.toLowerCase());
}

/**
 * What an id in any case stands for (SPDX 2.3, annex D: ids are matched without regard to case): an id, or an expression
 * where a deprecated id became one; `GPL-2.0` is `GPL-2.0-only`, `GPL-2.0+` is `GPL-2.0-or-later`. The `+` of other ids
 * stays. Undefined: SPDX has no such id.
 */
export function canonicalLicenseId(text: string): string | undefined {
  const plus = text.endsWith("+");
  const listed = listedId(plus ? text.slice(0, -1) : text);
  if (listed === undefined) return undefined;
  if (gnu.test(listed)) return `${listed}-${plus ? "or-later" : "only"}`;
  if (!plus) return replaced.get(listed) ?? listed;
  if (/-or-later$/.test(listed)) return listed;
  if (/-only$/.test(listed)) return listed.replace(/-only$/, "-or-later");
  const base = replaced.get(listed) ?? listed;
  return base.includes("-only WITH ") ? base.replace("-only WITH ", "-or-later WITH ") : base.includes(" ") ? base : `${base}+`;
}

/** The canonical id of an exception in any case; undefined: SPDX has none. */
export function canonicalExceptionId(text: string): string | undefined {
  exceptionsInAnyCase ??= new Map([
    ...exceptionIds.map((id): [string, string] => [id.toLowerCase(), id]),
    ["nokia-qt-exception-1.1", "Qt-LGPL-exception-1.1"],
  ]);
  return exceptionsInAnyCase.get(text.toLowerCase());
}

/** Whether SPDX lists the id, deprecated ones included, in exactly this case. */
export function isSpdxId(text: string): boolean {
  return listedId(text) === text || (text.endsWith("+") && isSpdxId(text.slice(0, -1)));
}

/** Whether the id is listed and deprecated; `canonicalLicenseId` says what to write instead. */
export function isDeprecatedLicenseId(text: string): boolean {
  return isSpdxId(text) && canonicalLicenseId(text) !== text;
}

/** The listed id, not a deprecated one, that a misspelt one most likely meant. */
export function nearestLicenseId(text: string): string | undefined {
  const joined = text.trim().replace(/\s+/g, "-");
  return licenseIdByName(text) ?? canonicalLicenseId(joined) ?? nearest(joined, currentIds);
}

/** The exception that a misspelt one most likely meant. */
export function nearestExceptionId(text: string): string | undefined {
  return nearest(text, exceptionIds);
}

let byName: ReadonlyMap<string, string> | undefined;

/**
 * The canonical id or expression that a full name stands for: `Apache License 2.0`, `The MIT License`, `Apache License,
 * Version 2.0`. Case, quotes, commas, a leading "the" and the word "version" do not count; nothing else is guessed.
 */
export function licenseIdByName(name: string): string | undefined {
  byName ??= indexNames();
  const found = byName.get(plainName(name));
  return found === "" ? undefined : found;
}

/** A plain name that two different ids have stands for none: "". */
function indexNames(): ReadonlyMap<string, string> {
  const index = new Map<string, string>();
  for (const [id, { name }] of Object.entries(names)) {
    const canonical = canonicalLicenseId(id);
    const plain = plainName(name);
    if (canonical !== undefined) index.set(plain, (index.get(plain) ?? canonical) === canonical ? canonical : "");
  }
  return index;
}

function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/["'“”,]/g, " ")
    .replace(/\bversion\b/g, " ")
    .replace(/\bv\.?\s?(?=\d)/g, "")
    .replace(/\blicence\b/g, "license")
    .trim()
    .replace(/^the /, "")
    .replace(/\s+/g, " ");
}
