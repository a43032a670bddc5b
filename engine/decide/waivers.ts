/** What the waivers of a program did in the decisions of one call: which lifted something, which did not, which have ended. */
import type { Program, Waiver } from "../../language/core/ir.ts";
import type { Diagnostic } from "../../language/diagnostics/diagnostic.ts";
import { plural } from "../../language/diagnostics/render/wrap.ts";
import { diagnostic } from "../../language/diagnostics/table.ts";
import type { Decision } from "../evaluate/decision.ts";
import { rfc3339 } from "./instant.ts";

/**
 * `used`: it lifted something. `unused`: its clause was asked, and it lifted nothing. `not-asked`: no clause that was asked
 * is the one it is about. `ended`: as if it were not there.
 */
export type WaiverState = "used" | "unused" | "not-asked" | "ended";

export interface WaiverUse {
  readonly waiver: Waiver;
  readonly state: WaiverState;
  /** Members lifted, over all subjects. */
  readonly lifted: number;
  /** It is live, and ends within 30 days. */
  readonly endsSoon: boolean;
}

const day = 86_400_000_000;
/** A waiver that ends within this is said to end soon. */
const soon = 30 * day;
/** A waiver that lasts longer outlives the memory of why it was given. */
const long = 366 * day;

/** In the order of the program. `now` in microseconds. */
export function waiverUses(program: Pick<Program, "waivers">, decisions: readonly Decision[], now: number): readonly WaiverUse[] {
  const clauses = decisions.flatMap((decision) => decision.clauses).filter((clause) => clause.applies !== false);
  const asked = new Set(clauses.map((clause) => `${clause.policy}.${clause.label}`));
  const key = ({ clause, at }: Waiver): string => `${clause} ${at.path} ${at.start}`;
  const lifted = new Map<string, number>();
  for (const waiver of clauses.flatMap((clause) => clause.waivers)) lifted.set(key(waiver), (lifted.get(key(waiver)) ?? 0) + waiver.lifted);
  return program.waivers.map((waiver): WaiverUse => {
    const count = lifted.get(key(waiver)) ?? 0;
    const isLive = now < waiver.ends;
    const state = !isLive ? "ended" : count > 0 ? "used" : asked.has(waiver.clause) ? "unused" : "not-asked";
    return { waiver, state, lifted: count, endsSoon: isLive && waiver.ends - now <= soon };
  });
}

export interface WaiverCounts {
  readonly live: number;
  readonly used: number;
  readonly unused: number;
  readonly notAsked: number;
  readonly ended: number;
  readonly endingSoon: number;
}

export function waiverCounts(uses: readonly WaiverUse[]): WaiverCounts {
  const count = (state: WaiverState): number => uses.filter((use) => use.state === state).length;
  const ended = count("ended");
  return {
    live: uses.length - ended,
    used: count("used"),
    unused: count("unused"),
    notAsked: count("not-asked"),
    ended,
    endingSoon: uses.filter((use) => use.endsSoon).length,
  };
}

/** `2 live: 1 used (12 lifted), 1 unused; 1 ended; 1 ends within 30 days` */
export function waiverLine(uses: readonly WaiverUse[]): string {
  const counts = waiverCounts(uses);
  const lifted = uses.reduce((sum, use) => sum + use.lifted, 0);
  const parts = [
    counts.used > 0 ? `${counts.used} used (${lifted} lifted)` : "",
    counts.unused > 0 ? `${counts.unused} unused` : "",
    counts.notAsked > 0 ? `${counts.notAsked} not asked here` : "",
  ].filter((part) => part !== "");
  const rest = [
    counts.ended > 0 ? `${counts.ended} ended` : "",
    counts.endingSoon > 0 ? `${counts.endingSoon} ${counts.endingSoon === 1 ? "ends" : "end"} within 30 days` : "",
  ].filter((part) => part !== "");
  return [`${counts.live} live${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`, ...rest].join("; ");
}

/** What a person should look at: waivers that have ended, that last long, that lifted nothing. */
export function waiverNotes(uses: readonly WaiverUse[], now: number): readonly Diagnostic[] {
  return uses.flatMap(({ waiver, state }): readonly Diagnostic[] => {
    const { clause, at, ends } = waiver;
    if (state === "ended") return [endedNote(waiver)];
    const unused =
      state === "unused"
        ? [diagnostic("WB1298", { clause }, at, { label: "nothing here met it", help: "if what it was given for is mended, drop it" })]
        : [];
    if (ends - now <= long) return unused;
    const days = Math.floor((ends - now) / day);
    const label = `ends ${rfc3339(ends)}, in ${plural(days, "day")}`;
    return [...unused, diagnostic("WB1297", { clause, days }, at, { label, help: "give it an earlier end, and look at it again then" })];
  });
}

function endedNote({ clause, at, ends }: Waiver): Diagnostic {
  return diagnostic("WB1296", { clause, ended: rfc3339(ends) }, at, {
    label: "as if it were not there",
    help: "drop it; if it is still wanted, somebody has to approve it anew",
  });
}

/** Waivers that have ended at `now`, for whoever checks policies with a clock and decides nothing. */
export function endedWaivers(program: Pick<Program, "waivers">, now: number): readonly Diagnostic[] {
  return waiverNotes(waiverUses(program, [], now), now);
}
