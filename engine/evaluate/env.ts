/** The state of one decision while it is computed. One is kept a program and reused: evaluation is synchronous. */
import type { FailedLookup, Request } from "./decision.ts";

/** A `let` that has not been evaluated in this decision. */
export const UNSET: unique symbol = Symbol("unset");

export class Env {
  /** Bound names, parameters, lets and memoised expressions, by slot. */
  readonly slots: unknown[];
  request: Request;
  point: string;
  now: number | undefined;
  /** The earliest flip of a time comparison that was read so far; Infinity: none. */
  validUntil: number;
  /** Set when the clock was needed and there is none. */
  clockMissing: boolean;
  /** What the decision rests on is kept for its explanation. */
  explains: boolean;
  /** Failed look-ups by name; undefined where there are none. */
  failed: ReadonlyMap<string, readonly FailedLookup[]> | undefined;
  /** How many members each waiver lifted, by its index in the program; filled in explanations only. */
  waived: Map<number, number> | undefined;
  /** Keys of the runtime declarations whose `denies` was true; kept only where somebody asks what a row rests on. */
  profiles: Set<string> | undefined;
  /** No `denies` is decided by its profile: what is true all the same does not rest on it. */
  blind: boolean;
  /** The runtime declaration whose profile no container of this subject is under, whatever else is known of it. */
  unconfined: string | undefined;

  constructor(slots: number, request: Request) {
    this.slots = new Array<unknown>(slots).fill(UNSET);
    this.request = request;
    this.point = request.point;
    this.now = request.now;
    this.validUntil = Number.POSITIVE_INFINITY;
    this.clockMissing = false;
    this.explains = false;
    this.failed = undefined;
    this.waived = undefined;
    this.profiles = undefined;
    this.blind = false;
    this.unconfined = undefined;
  }

  /** Prepares for the next decision; `memo` are the slots that hold values of the last one. */
  reset(request: Request, memo: readonly number[]): void {
    this.request = request;
    this.point = request.point;
    this.now = request.now;
    this.validUntil = Number.POSITIVE_INFINITY;
    this.clockMissing = false;
    this.explains = false;
    this.waived = undefined;
    this.profiles = undefined;
    this.blind = false;
    this.unconfined = undefined;
    for (const slot of memo) this.slots[slot] = UNSET;
    this.failed = request.failed.length === 0 ? undefined : byName(request.failed);
  }
}

function byName(failed: readonly FailedLookup[]): ReadonlyMap<string, readonly FailedLookup[]> {
  const names = new Map<string, FailedLookup[]>();
  for (const lookup of failed) {
    const known = names.get(lookup.name);
    if (known === undefined) names.set(lookup.name, [lookup]);
    else known.push(lookup);
  }
  return names;
}
