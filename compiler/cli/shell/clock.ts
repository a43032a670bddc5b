/** The one place that reads the clock: for a decision once a call, and printed in it. */
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { parseTime } from "../../../language/domains/time.ts";

/** Microseconds since the epoch: `--now`, else the clock. */
export function readClock(now: string | undefined): number | Diagnostic {
  if (now === undefined) return Date.now() * 1000;
  const time = parseTime(now);
  if (time.ok) return time.value;
  return diagnostic("WB1014", { value: now }, undefined, { help: "write it as `--now 2026-11-21T12:00:00Z`" });
}

/** What services are asked by: a token and a certificate are good now, whatever time is decided at. */
export function wallClock(): Date {
  return new Date();
}
