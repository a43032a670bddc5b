/**
 * `license.obliges(License, List<String>) -> Bool` and `license.permits(License, List<String>) -> Bool` on SPDX
 * expressions (semantics, section 4). Ids are canonicalised on both sides, so `GPL-2.0` in a list is `GPL-2.0-only`.
 */
import { canonicalLicenseId, type License, obliges, permits } from "../../../language/domains/license.ts";

/** `missing`: a licence that decides is NOASSERTION, NONE or a name that no SPDX id matches. */
export type LicenseAnswer = true | false | "missing";

/** Whether somebody who takes the work must accept one of `ids`: of alternatives, all of them; of parts, some. */
export function licenseObliges(license: License, ids: readonly string[]): LicenseAnswer {
  return obliges(license, ids.map(canonical));
}

/** Whether somebody who takes the work may keep to `ids` alone: of alternatives, some; of parts, all. */
export function licensePermits(license: License, ids: readonly string[]): LicenseAnswer {
  return permits(license, ids.map(canonical));
}

function canonical(id: string): string {
  return canonicalLicenseId(id) ?? id;
}
