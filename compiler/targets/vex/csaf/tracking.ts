/** How a CSAF 2.0 document is tracked (section 3.2.1.12): a version with every version before it, and their dates. */
import { rfc3339 } from "../../../../engine/decide/instant.ts";
import type { VexDocument } from "../../../../engine/decide/vex/document.ts";
import { majorOf } from "../../../../engine/decide/vex/revision.ts";
import type { Json } from "../fields.ts";
import type { Revision, VexOptions } from "../loss.ts";

/** Section 3.1.11: a whole number, or a semantic version. */
const versionShape =
  /^(?:(?:0|[1-9]\d*)|(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?)$/;

export function trackingOf(document: VexDocument, id: string, options: VexOptions): Json {
  const time = document.timestamp ?? options.now;
  const first = Math.min(document.firstIssued ?? time, time);
  // Build metadata may not stand in the version of a document that is out (6.1.18 to 6.1.22 compare without it).
  const { version: given = "1" } = document;
  const wanted = given.includes("e+") ? String(BigInt(majorOf(given) ?? 1)) : given.replace(/\+.*$/, "");
  const version = versionShape.test(wanted) ? wanted : "1";
  const history = historyOf(version, first, time, options.history ?? []);
  return {
    current_release_date: rfc3339(time),
    generator: { engine: { name: "waybill", version: options.tool } },
    id,
    initial_release_date: history[0]?.date ?? rfc3339(first),
    revision_history: history,
    // Section 6.1.17: version 0, and a pre-release, is a draft.
    status: /^0(?:\.|$)|-/.test(version) ? "draft" : (options.status ?? "final"),
    version,
  };
}

/** Every whole version up to this one is in the history (6.1.21); of those that nobody recorded only the number is known. */
function historyOf(version: string, first: number, time: number, known: readonly Revision[]): readonly Revision[] {
  const major = Number.parseInt(version, 10);
  const semantic = version.includes(".");
  const before = new Map(known.map((revision) => [revision.number, revision]));
  const recorded = before.get(version);
  before.delete(version);
  if (semantic === known.every((revision) => revision.number.includes(".")) && before.size > 0)
    return [...before.values(), recorded ?? current(version, time, false)];
  const history: Revision[] = [];
  const start = Math.min(1, major);
  for (let n = start; n < major && major <= longestHistory; n++)
    history.push({ date: rfc3339(first), number: semantic ? `${n}.0.0` : String(n), summary: "What it changed is not recorded." });
  return [...history, recorded ?? current(version, time, major <= start)];
}

/** A version above this was not reached by issuing documents; the tests say so then. */
const longestHistory = 10_000;

function current(version: string, time: number, initial: boolean): Revision {
  return { date: rfc3339(time), number: version, summary: initial ? "Initial version." : "Statements changed." };
}

/** The revisions of a CSAF document as it is: what its next version must list. */
export function revisionsOf(json: unknown): readonly Revision[] {
  const tracking = member(member(json, "document"), "tracking");
  const history = member(tracking, "revision_history");
  return Array.isArray(history)
    ? history.flatMap((item) => {
        const [date, number, summary] = ["date", "number", "summary"].map((key) => member(item, key));
        return typeof date === "string" && typeof number === "string" && typeof summary === "string" ? [{ date, number, summary }] : [];
      })
    : [];
}

/** Whether a CSAF document is a draft, final or still to change; undefined: it is none, or does not say. */
export function statusOf(json: unknown): VexOptions["status"] {
  const status = member(member(member(json, "document"), "tracking"), "status");
  return status === "draft" || status === "interim" || status === "final" ? status : undefined;
}

function member(value: unknown, key: string): unknown {
  return value !== null && typeof value === "object" ? (value as Json)[key] : undefined;
}
