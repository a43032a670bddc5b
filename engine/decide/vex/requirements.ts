/** What a statement must have to suppress a finding; a statement that lacks any of it is told with the reason. */
import type { VexStatement } from "./statement.ts";
import { allowedJustifications, type VexRules } from "./subject.ts";
import type { Rejection } from "./verdict.ts";

/** How a statement met a finding, as far as its requirements go. */
export interface Meeting {
  /** Why it may be about something else; undefined: it is about this. */
  readonly doubt: string | undefined;
  /** It names a version, a range that ends, or a digest: of the product, or of the component in it. */
  readonly anchored: boolean;
  /** The bill of materials, not at hand, whose component it speaks of; undefined: of none. */
  readonly elsewhere: string | undefined;
}

/** Why the statement says nothing at all: nobody who is believed says it, or does still. */
export function silenceOf(statement: VexStatement, now: number | undefined): Rejection | undefined {
  if (!statement.trusted) return { kind: "unsigned" };
  const { superseded } = statement.source;
  if (superseded === undefined) return undefined;
  // A later version that is yet to come takes back what silences at once, and what warns only when it is there.
  const gone = statement.suppresses || now === undefined || superseded.from <= now;
  return gone ? { kind: "superseded", version: superseded.by } : undefined;
}

/** Why a suppressing statement may not suppress; undefined: nothing but the paths is left to ask. */
export function rejectionOf(statement: VexStatement, meeting: Meeting, rules: VexRules): Rejection | undefined {
  const { now, maxAge } = rules;
  const { time } = statement;
  if (now !== undefined) {
    if (time !== undefined && time > now) return { kind: "not-yet", from: time };
    const end = endOf(statement, maxAge);
    if (end !== undefined && end <= now) return { kind: "expired", since: end };
    if (time === undefined && maxAge !== undefined) return { kind: "undated" };
  }
  if (statement.source.draft) return { kind: "draft" };
  if (statement.source.unclear !== undefined) return { kind: "version-unclear", version: statement.source.unclear };
  if (meeting.elsewhere !== undefined) return { kind: "another-bom", link: meeting.elsewhere };
  if (meeting.doubt !== undefined) return { kind: "version-unknown", detail: meeting.doubt };
  if (!meeting.anchored) return { kind: "unanchored" };
  return statement.status === "not_affected" ? justificationOf(statement, rules.allowed ?? allowedJustifications) : undefined;
}

/** When a statement ends to suppress; undefined: never. */
export function endOf({ time, expires }: VexStatement, maxAge: number | undefined): number | undefined {
  const old = time === undefined || maxAge === undefined ? undefined : time + maxAge;
  if (old === undefined || expires === undefined) return old ?? expires;
  return Math.min(old, expires);
}

/** A label of OpenVEX, or CycloneDX's own word where no label means the same; a false positive needs no other. */
function justificationOf(statement: VexStatement, allowed: ReadonlySet<string>): Rejection | undefined {
  const { justification, ownJustification, state } = statement;
  const found = justification ?? ownJustification;
  if (found === undefined) return state === "false_positive" && allowed.has(state) ? undefined : { kind: "no-justification" };
  return allowed.has(found) || (ownJustification !== undefined && allowed.has(ownJustification))
    ? undefined
    : { kind: "justification", found: ownJustification ?? found };
}
