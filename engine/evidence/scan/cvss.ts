/** CVSS base scores: which one of several a finding has, and the score of a vector. */
import calculator from "ae-cvss-calculator";
import { Lack } from "../../../language/core/data.ts";
import { cacheOf } from "../../../language/domains/cache.ts";
import { parseVector } from "./cvss-vector.ts";

export interface Score {
  /** 2, 3, 3.1 or 4. */
  readonly version: number;
  readonly score: number;
  /** Of scores of one version the ones of least rank count: the source that the scanner itself went by first. */
  readonly rank: number;
}

/**
 * The base score of the newest CVSS version given, by the source of least rank; of several sources of equal rank the
 * highest, so that the order of a list decides nothing. Scores outside 0 to 10 are none.
 */
export function newestScore(scores: readonly Score[]): Score | undefined {
  let best: Score | undefined;
  for (const score of scores) if (score.score >= 0 && score.score <= 10 && (best === undefined || precedes(score, best))) best = score;
  return best;
}

function precedes(a: Score, b: Score): boolean {
  if (a.version !== b.version) return a.version > b.version;
  if (a.rank !== b.rank) return a.rank < b.rank;
  return a.score > b.score;
}

/** `3.1`, `3.0`, `2.0`, `4.0` as a number; undefined for versions that do not exist. */
export function versionNumber(text: string): number | undefined {
  const version = Number(text);
  return [2, 3, 3.1, 4].includes(version) ? version : undefined;
}

interface BaseScores {
  readonly base?: unknown;
  /** Version 4: without threat and environmental metrics. */
  readonly baseMetricsOnly?: unknown;
}

/** The base score of a vector, without what was added about time and place; undefined where it is no vector, or lacks a base metric. */
export function scoreOfVector(text: string): { readonly version: number; readonly score: number } | undefined {
  const vector = parseVector(text);
  const score = vector === undefined ? undefined : baseScores.of(vector.base);
  return vector === undefined || score === undefined ? undefined : { version: vector.version, score };
}

/** Scores of version 4 are a search among vectors, and a report repeats the few that its advisories have. */
const baseScores = cacheOf(4096, (base: string): number | undefined => {
  const scores = (calculator.fromVector(base) as { calculateScores(): BaseScores } | null)?.calculateScores();
  const score = scores?.baseMetricsOnly ?? scores?.base;
  return typeof score === "number" && Number.isFinite(score) ? score : undefined;
});

/** What is known of a score whose vector cannot be read: nothing, and certainly not 0. */
export function noVector(text: string): Lack {
  return new Lack("malformed", `\`${text.length > 80 ? `${text.slice(0, 79)}…` : text}\` is no CVSS vector`);
}
