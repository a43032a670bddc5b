/** The order of the statements that speak of a finding, and which of very many have to be looked at. */
import { type DataRecord, origin } from "../../../language/core/data.ts";
import { textOf } from "../../evaluate/intrinsics/raw.ts";
import type { Candidate } from "./meet.ts";
import { endOf } from "./requirements.ts";
import { compareRevisions } from "./revision.ts";
import type { VexStatement } from "./statement.ts";
import type { VexRules } from "./subject.ts";

/** By tier, specificity and time: less than 0 where `a` comes first, 0 for equal rank. */
export function rank(a: Candidate, b: Candidate): number {
  const [left, right] = [a.statement, b.statement];
  if (left.tier !== right.tier) return left.tier - right.tier;
  if (a.specificity !== b.specificity) return b.specificity - a.specificity;
  if (left.time === right.time) return 0;
  if (left.time === undefined || right.time === undefined) return left.time === undefined ? 1 : -1;
  return right.time - left.time;
}

/** By rank, then version of the document, then content: total but for what is said twice in the same words. */
export function inOrder(a: Candidate, b: Candidate): number {
  const ranked = rank(a, b);
  if (ranked !== 0) return ranked;
  const [left, right] = [a.statement.source, b.statement.source];
  const versions = left.id === right.id ? (compareRevisions(right.version ?? "", left.version ?? "") ?? 0) : 0;
  if (versions !== 0) return versions;
  if (a.statement !== b.statement) {
    const saying = compareText(sayingOf(a.statement), sayingOf(b.statement));
    if (saying !== 0) return saying;
  }
  return compareText(meetingOf(a), meetingOf(b));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const sayings = new WeakMap<VexStatement, string>();

/** What a statement says and where, as a text that two that differ do not share. Made once: one may name thousands of products. */
function sayingOf(statement: VexStatement): string {
  const known = sayings.get(statement);
  if (known !== undefined) return known;
  const { source, record, products } = statement;
  const { products: _, ...own } = record;
  const text = JSON.stringify([
    [statement.author, statement.status, own, products.map(({ id }) => id).sort()],
    [source.id, source.version, record[origin]?.document.digest, record[origin]?.document.name, record[origin]?.pointer],
  ]);
  sayings.set(statement, text);
  return text;
}

const meetings = new WeakMap<Candidate, string>();

/** By which of its products it speaks of the finding, and how. */
function meetingOf(candidate: Candidate): string {
  const known = meetings.get(candidate);
  if (known !== undefined) return known;
  const { product, about, node } = candidate;
  const text = JSON.stringify([
    [product.id, product.purl?.text, product.versions, product.digests, product.subcomponents],
    [about, node === undefined ? undefined : nameOf(node), node?.["id"]],
  ]);
  meetings.set(candidate, text);
  return text;
}

export function nameOf(component: DataRecord): string {
  return textOf(component["purl"]) ?? textOf(component["name"]) ?? textOf(component["id"]) ?? "a component";
}

/** A statement that suppresses stands against one that does not where it comes first and is newer. */
export function overrules(one: Candidate, other: Candidate): boolean {
  const [time, since] = [one.statement.time, other.statement.time];
  return time !== undefined && since !== undefined && time > since && rank(one, other) < 0;
}

export function newestFirst(a: Candidate, b: Candidate): number {
  return byTime(a, b) || inOrder(a, b);
}

/** The newest first; what has no time may be newer than all. */
function byTime(a: Candidate, b: Candidate): number {
  const [time, other] = [a.statement.time ?? Number.POSITIVE_INFINITY, b.statement.time ?? Number.POSITIVE_INFINITY];
  return time === other ? 0 : other - time;
}

/** Of the ways in which a statement meets a finding the one that counts most; of parts in between, each. */
export function onePerStatement(met: readonly Candidate[]): Candidate[] {
  const best = new Map<Candidate["statement"], Candidate[]>();
  for (const candidate of met) {
    const known = best.get(candidate.statement);
    if (known === undefined) best.set(candidate.statement, [candidate]);
    else known.push(candidate);
  }
  const chosen: Candidate[] = [];
  for (const ways of best.values()) chosen.push(...waysThatCount(ways));
  return chosen;
}

function waysThatCount(ways: readonly Candidate[]): readonly Candidate[] {
  if (ways.length === 1) return ways;
  const sorted = ways.toSorted(inOrder);
  const passing = sorted.filter(({ rejection }) => rejection === undefined);
  if (passing.length === 0 || passing[0]?.statement.suppresses === false) return (passing.length === 0 ? sorted : passing).slice(0, 1);
  const everywhere = passing.find(({ node }) => node === undefined);
  if (everywhere !== undefined) return [everywhere];
  const nodes = new Set<DataRecord | undefined>();
  return passing.filter(({ node }) => !nodes.has(node) && nodes.add(node));
}

/** Of more statements about one finding only a few are looked at. */
const many = 500;
/** So many of these are listed though they decide nothing. */
const listed = 20;

/** Some of the statements that decide as all do, and how many are left out. */
export interface Few {
  readonly candidates: readonly Candidate[];
  readonly omitted: number;
  /** Of all of them. */
  readonly flipsAt: number | undefined;
}

/**
 * Of very many statements those that decide, and a few others to be listed: without it 15,000 statements
 * about a whole product would be looked through for each of 20,000 findings in it. Of each tier these decide: the first that suppresses, the
 * first and the last that does not, and the newest that does not, the least specific of several; and all about parts in between.
 */
export function fewOf(met: readonly Candidate[], rules: VexRules): Few {
  const next = flipsAt(met, rules);
  if (met.length <= many) return { candidates: met, omitted: 0, flipsAt: next };
  const all = onePerStatement(met).sort(inOrder);
  const kept = new Set<Candidate>(all.filter(({ node }) => node !== undefined));
  const speaking = all.filter(({ node, rejection }) => node === undefined && rejection === undefined);
  for (const tier of new Set(speaking.map(({ statement }) => statement.tier))) {
    const own = speaking.filter(({ statement }) => statement.tier === tier);
    const warning = own.filter(({ statement }) => !statement.suppresses);
    const newest = warning.toSorted((a, b) => byTime(a, b) || inOrder(b, a))[0];
    for (const one of [own.find(({ statement }) => statement.suppresses), warning[0], warning.at(-1), newest])
      if (one !== undefined) kept.add(one);
  }
  for (const one of all.slice(0, listed)) kept.add(one);
  return { candidates: [...kept], omitted: all.length - kept.size, flipsAt: next };
}

/** The next instant from which another statement may decide: one begins, one ends, or a document is superseded. */
function flipsAt(candidates: readonly Candidate[], { now, maxAge }: VexRules): number | undefined {
  if (now === undefined) return undefined;
  const times: (number | undefined)[] = [];
  const consider = (time: number | undefined): void => {
    if (time !== undefined && time > now) times.push(time);
  };
  for (const { statement } of candidates) {
    if (!statement.trusted) continue;
    consider(statement.source.superseded?.from);
    if (!statement.suppresses) continue;
    consider(statement.time);
    consider(endOf(statement, maxAge));
  }
  return earliest(times);
}

export function earliest(times: readonly (number | undefined)[]): number | undefined {
  let first: number | undefined;
  for (const time of times) if (time !== undefined && (first === undefined || time < first)) first = time;
  return first;
}
