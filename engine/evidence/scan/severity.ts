/** Severities as scanners write them, in the words of the language: `negligible < low < medium < high < critical`. */
import { Lack } from "../../../language/core/data.ts";

export type SeverityName = "negligible" | "low" | "medium" | "high" | "critical";

const names: ReadonlyMap<string, SeverityName> = new Map([
  ["negligible", "negligible"],
  ["none", "negligible"],
  ["low", "low"],
  ["medium", "medium"],
  ["moderate", "medium"],
  ["high", "high"],
  ["important", "high"],
  ["critical", "critical"],
]);

/** A severity by name, in any case; missing for `UNKNOWN`, for nothing, and for a word that means none of the five. */
export function severityNamed(text: string | undefined): SeverityName | Lack {
  if (text === undefined || text === "") return unrated;
  return names.get(text.toLowerCase()) ?? new Lack("missing", `the report says its severity is \`${text}\``);
}

export const unrated = new Lack("missing", "the report gives it no severity");

/** The qualitative rating of a base score (CVSS v3.1, section 5; v4.0, section 6; v2 by the ranges of the NVD). */
export function severityOfScore(score: number, version: number): SeverityName {
  if (version < 3) return score >= 7 ? "high" : score >= 4 ? "medium" : "low";
  if (score >= 9) return "critical";
  if (score >= 7) return "high";
  if (score >= 4) return "medium";
  return score > 0 ? "low" : "negligible";
}
