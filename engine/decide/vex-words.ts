/** VEX verdicts in words. */
import { textOf } from "../evaluate/intrinsics/raw.ts";
import { rfc3339 } from "./instant.ts";
import type { Claim, Rejection } from "./vex/verdict.ts";
import { standing, type VexCounts, type VexKind, type VexReport, type VexUnmatched, vexCounts } from "./vex-report.ts";

/** Why a statement that speaks of a finding may not suppress it. */
export function rejectionText(why: Rejection): string {
  switch (why.kind) {
    case "unsigned":
      return "nobody who is believed signed it";
    case "not-yet":
      return `it holds only from ${rfc3339(why.from)} on`;
    case "expired":
      return `it ended at ${rfc3339(why.since)}`;
    case "draft":
      return "its document is a draft";
    case "unanchored":
      return "it names no version and no digest, so it would hold for ever";
    case "no-justification":
      return "it gives no justification";
    case "justification":
      return `the justification \`${why.found}\` is not among those allowed`;
    case "version-unknown":
      return `whether it is about this cannot be told: ${why.detail}`;
    case "another-path":
      return `another path leads to the component: ${why.path.join(" > ")}`;
    case "paths-unknown":
      return `which paths lead to the component cannot be told: ${why.detail}`;
    case "another-bom":
      return `it is about a part of something else than what is judged: \`${why.link}\``;
    case "undated":
      return "it has no time, and only so old a statement may count";
    case "superseded":
      return `version ${why.version} of its document is at hand`;
    case "version-unclear":
      return `version ${why.version} of its document is at hand, and which of them is the later one cannot be told`;
    case "unlooked":
      return `what may say otherwise could not be looked at: ${why.detail}`;
  }
}

/** `not_affected (vulnerable_code_not_present)` */
export function claimStatus(claim: Claim): string {
  return claim.justification === undefined ? claim.status : `${claim.status} (${claim.justification})`;
}

/** `acme.openvex.json /statements/3` */
export function claimPlace(claim: Claim): string {
  const { document, pointer } = standing(claim.record);
  return pointer === "" ? document : `${document} ${pointer}`;
}

/** `says not_affected (…), by Acme, believed as claimed, 2026-11-01T09:00:00Z` */
export function claimText(claim: Claim): string {
  const author = claim.author === undefined ? "" : `, by ${claim.author}`;
  const time = claim.time === undefined ? ", without a time" : `, ${rfc3339(claim.time)}`;
  return `says ${claimStatus(claim)}${author}, believed as ${claim.by}${time}`;
}

/** Why a finding may be passed over, for formats that have one text for it. */
export function suppressionText(claim: Claim): string {
  const impact = textOf(claim.record["impact"]);
  return `${claimPlace(claim)} ${claimText(claim)}${impact === undefined ? "" : `: ${impact}`}`;
}

const kindWords: Readonly<Record<VexKind, string>> = {
  conflict: "in conflict",
  kept: "kept",
  unmentioned: "unmentioned",
  suppressed: "suppressed",
};

export function kindWord(kind: VexKind): string {
  return kindWords[kind];
}

/** `327 findings: 3 suppressed, 1 kept, 0 in conflict, 323 unmentioned` */
export function countsText(findings: number, counts: VexCounts): string {
  const parts = (["suppressed", "kept", "conflict", "unmentioned"] as const).map((kind) => `${counts[kind]} ${kindWords[kind]}`);
  return `${findings} ${findings === 1 ? "finding" : "findings"}: ${parts.join(", ")}`;
}

/** The counts of a report in one line, for formats that have no place for more. */
export function vexLine(report: VexReport): string {
  const { findings, statements, unmatched, unasked, unread, subject, by } = report;
  const other = unasked === 0 ? "" : `, ${unasked} about what no clause asked about`;
  const silent = unread.length === 0 ? "" : `, ${unread.length} that cannot be read`;
  const matched = `${statements} ${statements === 1 ? "statement" : "statements"}, ${unmatched.length} of them matched nothing${other}${silent}`;
  return `VEX by ${by.join(", ")} on ${subject.name}: ${countsText(findings.length, vexCounts(findings))}; ${matched}`;
}

/** `no finding has CVE-2026-1`, or `nearest miss: qualifier distro: it asks for debian-12, … has debian-11` */
export function missText({ miss }: VexUnmatched): string {
  const { nearest, detail } = miss();
  return nearest === "vulnerability" ? detail : `nearest miss: ${detail}`;
}
