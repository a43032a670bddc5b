/** What one call of `vex decide` decides by, whoever is believed. */
import type { VexBelief } from "../../engine/decide/vex-reading.ts";
import type { Attested, Subject } from "../../engine/evaluate/decision.ts";
import type { Evidence } from "../../engine/evidence/evidence.ts";
import type { Trust } from "../../language/core/ir.ts";
import type { Diagnostic } from "../../language/diagnostics/diagnostic.ts";
import type { Sources } from "../../language/diagnostics/render/lines.ts";
import { diagnostic } from "../../language/diagnostics/table.ts";
import { type Options, text, texts } from "./options.ts";
import type { Document } from "./shell/evidence.ts";
import { exit, Stop } from "./shell/exit.ts";

/** One subject with what speaks of it. */
export interface AskedCase {
  readonly subject: Subject;
  readonly evidence: readonly Evidence[];
  readonly attested: readonly Attested[];
  readonly diagnostics: readonly Diagnostic[];
  /** What could not be looked at of those who are believed. */
  readonly failures: readonly Diagnostic[];
  /** The same in words; empty: there is none. */
  readonly unlooked: string;
}

export interface Asked {
  readonly cases: readonly AskedCase[];
  readonly documents: readonly Document[];
  readonly belief: VexBelief;
  readonly evidenceDigest: string;
  /** Absent: no policy was asked who is believed. */
  readonly policyDigest?: string;
  readonly sources: Sources;
}

export const dayInMicroseconds = 86_400_000_000;

export function beliefOf(by: readonly string[], trusts: readonly Trust[], now: number, options: Options): VexBelief {
  const days = text(options, "maxAge");
  if (days !== undefined && !(Number(days) > 0)) throw wrong(`\`--max-age ${days}\` is no number of days`, "write it as `--max-age 365`");
  return {
    by,
    trusts,
    claimed: options["claimed"] === true,
    now,
    ...(days === undefined ? {} : { maxAge: Number(days) * dayInMicroseconds }),
    justifications: texts(options, "allowJustification"),
  };
}

export function wrong(problem: string, help: string): Stop {
  return new Stop(exit.usage, [diagnostic("WB1000", { problem }, undefined, { help })]);
}
