/** How old trusted roots are. A root says when its keys begin to be valid, and nothing else about its own age. */
import type { TrustRoot } from "./root.ts";

const day = 86_400_000_000;

/** Sigstore adds a log or an authority about once a year: a root without anything newer than this has missed one. */
export const alarmAfterDays = 540;

/** Whole days since the newest key of the root began to be valid, at `now` (microseconds since the epoch). */
export function ageInDays(root: TrustRoot, now: number): number {
  return Math.max(0, Math.floor((now - root.newest) / day));
}

/** Roots that are older than `days`. */
export function olderThan(roots: readonly TrustRoot[], now: number, days: number): readonly TrustRoot[] {
  return roots.filter((root) => ageInDays(root, now) > days);
}
