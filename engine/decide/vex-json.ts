/** VEX verdicts as JSON: what `vex decide` prints (docs/schemas/vex-decide.schema.json) and `vex` of `gate` (gate.schema.json). */
import type { DataRecord } from "../../language/core/data.ts";
import { textOf } from "../evaluate/intrinsics/raw.ts";
import { rfc3339 } from "./instant.ts";
import type { Claim } from "./vex/verdict.ts";
import { namedFinding, standing, type VexFinding, type VexReport, type VexUnmatched, vexCounts } from "./vex-report.ts";
import { rejectionText } from "./vex-words.ts";

export function jsonClaim(claim: Claim): object {
  const { about, author, by, justification, product, record, specificity, status, tier, time } = claim;
  const impact = textOf(record["impact"]);
  return {
    ...standing(record),
    vulnerability: textOf(record["vulnerability"]) ?? "",
    status,
    ...(justification === undefined ? {} : { justification }),
    ...(impact === undefined ? {} : { impact }),
    about,
    product,
    ...(author === undefined ? {} : { author }),
    by,
    tier,
    specificity,
    ...(time === undefined ? {} : { time: rfc3339(time) }),
  };
}

/** A record's own id, product and place are what a reader joins by, so they come first. */
export function jsonVexFinding({ finding, verdict }: VexFinding): object {
  const { kind, status, used, shadowed, rejected, omitted, flipsAt } = verdict;
  return {
    ...namedFinding(finding),
    ...standing(finding),
    verdict: kind,
    ...(status === undefined ? {} : { status }),
    used: used.map(jsonClaim),
    shadowed: shadowed.map(jsonClaim),
    rejected: rejected.map(({ claim, why }) => ({ ...jsonClaim(claim), reason: why.kind, detail: rejectionText(why) })),
    ...(omitted === undefined ? {} : { omitted }),
    ...(flipsAt === undefined ? {} : { flipsAt: rfc3339(flipsAt) }),
  };
}

export function jsonUnmatched({ record, miss }: VexUnmatched): object {
  return { ...standing(record), vulnerability: textOf(record["vulnerability"]) ?? "", status: statusOf(record), ...miss() };
}

function statusOf(record: DataRecord): string {
  return textOf(record["status"]) ?? "";
}

/** Everything but the findings, which are many. */
export function jsonVexHead(report: VexReport): object {
  const { subject, by, findings, statements, unasked, unmatched, unread } = report;
  return {
    subject: { kind: subject.kind, name: subject.name, ...(subject.digest === undefined ? {} : { digest: subject.digest }) },
    by,
    counts: { findings: findings.length, ...vexCounts(findings), statements, unmatched: unmatched.length, unasked, unread: unread.length },
  };
}

/** Beside a decision: findings that no statement speaks of are counted there, and its clauses say the rest. */
export function jsonVex(report: VexReport): object {
  const spoken = report.findings.filter(({ verdict }) => verdict.kind !== "unmentioned");
  return {
    ...jsonVexHead(report),
    findings: spoken.map(jsonVexFinding),
    unmatched: report.unmatched.map(jsonUnmatched),
    unread: report.unread.map(standing),
  };
}

/**
 * The document that `vex decide --format json` prints, in pieces, so that 20,000 findings are never one text. `rest` is
 * what stands beside the subjects: time, evidence, digests, diagnostics.
 */
export function* vexDocument(reports: readonly VexReport[], rest: Readonly<Record<string, unknown>>): Generator<string> {
  const head = { schema: "waybill/vex-decide/1", ...rest };
  const text = JSON.stringify(head, undefined, 2);
  yield `${text.slice(0, -2)},\n  "subjects": [`;
  for (const [index, report] of reports.entries()) {
    yield `${index === 0 ? "" : ","}\n    ${JSON.stringify(jsonVexHead(report)).slice(0, -1)},\n      "findings": [`;
    yield* list(report.findings, jsonVexFinding);
    yield `],\n      "unmatched": [`;
    yield* list(report.unmatched, jsonUnmatched);
    yield `],\n      "unread": [`;
    yield* list(report.unread, standing);
    yield "]}";
  }
  yield `${reports.length === 0 ? "" : "\n  "}]\n}\n`;
}

/** Lines are handed on together: a piece for each would cost more than the text. */
const together = 200;

function* list<T>(items: readonly T[], json: (item: T) => object): Generator<string> {
  for (let at = 0; at < items.length; at += together) {
    const lines = items
      .slice(at, at + together)
      .map((item, index) => `${at + index === 0 ? "" : ","}\n        ${JSON.stringify(json(item))}`);
    yield lines.join("");
  }
  if (items.length > 0) yield "\n      ";
}
