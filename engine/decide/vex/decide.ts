/**
 * What VEX says of a finding: an algebra over the statements that speak of it (semantics, section 10).
 *
 * Statements are ordered by tier of trust, specificity and time. Of the first tier that says anything the first statement
 * decides, and where it suppresses, none that is as new or newer may say otherwise: the order and the newest have to agree.
 * Statements of equal rank that contradict each other are a conflict, which never suppresses. A statement about a product
 * between component and root holds for the paths through it; a finding is suppressed where every path is cut.
 */
import { type DataRecord, origin } from "../../../language/core/data.ts";
import { textOf } from "../../evaluate/intrinsics/raw.ts";
import type { Place } from "./graph.ts";
import { keyOfQuestion, questionOf, type VexIndex } from "./lookup.ts";
import { type Candidate, Meetings } from "./meet.ts";
import { endOf } from "./requirements.ts";
import { compareRevisions } from "./statement.ts";
import type { VexRules, VexSubject } from "./subject.ts";
import type { Claim, RejectedClaim, Rejection, VexVerdict } from "./verdict.ts";

export { indexVex, type VexIndex } from "./lookup.ts";
export type { VexStatement, VexTier } from "./statement.ts";
export { allowedJustifications, type VexBom, type VexRules, type VexSubject } from "./subject.ts";
export type { Claim, RejectedClaim, Rejection, VexVerdict } from "./verdict.ts";

const unmentioned: VexVerdict = {
  kind: "unmentioned",
  status: undefined,
  used: [],
  shadowed: [],
  rejected: [],
  flipsAt: undefined,
};

/**
 * A reader of what the statements say of findings (`waybill.vuln.Finding`) of one subject. Findings that ask the same
 * share their verdict. What `vuln.findings` joined knows its place among the dependencies; without it, only statements
 * about the subject or the component itself suppress.
 */
export function vexDecider(index: VexIndex, subject: VexSubject, rules: VexRules): (finding: DataRecord) => VexVerdict {
  const meetings = new Meetings(index, subject, rules);
  const answers = new Map<string, VexVerdict>();
  const wholes = new Map<string, VexVerdict>();
  const identities = new WeakMap<DataRecord, number>();
  let identified = 0;
  const identity = (record: DataRecord): number => {
    let known = identities.get(record);
    if (known === undefined) {
      known = identified++;
      identities.set(record, known);
    }
    return known;
  };
  return (finding) => {
    const question = questionOf(index, finding);
    if (question === undefined) return unmentioned;
    const key = keyOfQuestion(index, question, identity);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const own = meetings.aboutComponent(question);
    const all = question.vulnerabilities.join(" ");
    let answer = own.length === 0 ? wholes.get(all) : undefined;
    if (answer === undefined) {
      answer = verdictOf([...question.vulnerabilities.flatMap((one) => meetings.aboutSubject(one)), ...own], question.place, rules);
      if (own.length === 0) wholes.set(all, answer);
    }
    answers.set(key, answer);
    return answer;
  };
}

/** Decides by the statements that speak of one finding. */
function verdictOf(met: readonly Candidate[], place: Place | undefined, rules: VexRules): VexVerdict {
  if (met.length === 0) return unmentioned;
  const candidates = met.length === 1 ? met : onePerStatement(met).sort(inOrder);
  const decided = decide(candidates, place);
  const { used, rejections } = decided;
  const decisive = new Set(used);
  const told = new Set(used.map(({ statement }) => statement));
  const shadowed: Claim[] = [];
  const rejected: RejectedClaim[] = [];
  for (const candidate of candidates) {
    if (decisive.has(candidate)) continue;
    const why = candidate.rejection ?? rejections.get(candidate);
    if (why !== undefined) rejected.push({ claim: claimOf(candidate), why });
    else if (!told.has(candidate.statement)) {
      told.add(candidate.statement);
      shadowed.push(claimOf(candidate));
    }
  }
  return {
    kind: decided.kind,
    status: decided.kind === "conflict" ? undefined : used[0]?.statement.status,
    used: used.map(claimOf),
    shadowed,
    rejected,
    flipsAt: flipsAt(candidates, rules),
  };
}

interface Decided {
  readonly kind: "suppressed" | "kept" | "conflict";
  readonly used: readonly Candidate[];
  /** Of statements that cut only some of the paths. */
  readonly rejections: ReadonlyMap<Candidate, Rejection>;
}

/** `candidates` are in order. */
function decide(candidates: readonly Candidate[], place: Place | undefined): Decided {
  const speaking = candidates.filter(({ rejection }) => rejection === undefined);
  let cuts: readonly Candidate[] = [];
  for (let start = 0; start < speaking.length; ) {
    const tier = speaking[start]?.statement.tier;
    let end = start;
    while (end < speaking.length && speaking[end]?.statement.tier === tier) end++;
    const said = speaking.slice(start, end);
    start = end;
    const warning = said.filter(({ statement }) => !statement.suppresses);
    const against = contradiction(said, warning);
    if (against !== undefined) return { ...against, rejections: new Map() };
    const cutting = said.filter((one) => one.statement.suppresses && warning.every((other) => overrules(one, other)));
    const enough = cutAll([...cuts, ...cutting], place);
    if (enough !== undefined) return { kind: "suppressed", used: enough, rejections: new Map() };
    cuts = [...cuts, ...cutting];
    if (warning.length > 0) return { kind: "kept", used: warning.slice(0, 1), rejections: uncut(cuts, place) };
  }
  return { kind: "kept", used: [], rejections: uncut(cuts, place) };
}

/** Why the statements of a tier keep a finding; undefined: the first of them suppresses, and no newer one says otherwise. */
function contradiction(said: readonly Candidate[], warning: readonly Candidate[]): Pick<Decided, "kind" | "used"> | undefined {
  const [first] = said;
  const [warns] = warning;
  if (first === undefined || warns === undefined) return undefined;
  const leading = said.filter((one) => rank(one, first) === 0);
  const silencing = leading.filter(({ statement }) => statement.suppresses);
  if (silencing.length === 0) return { kind: "kept", used: [warns] };
  const since = first.statement.time;
  const newer = warning.filter(({ statement: { time } }) => time === undefined || since === undefined || time >= since);
  const sameRank = newer.filter((one) => leading.includes(one));
  const otherRank = newer.filter((one) => !leading.includes(one));
  if (otherRank.length > 0) return { kind: "kept", used: [...otherRank, ...sameRank].sort(newestFirst).slice(0, 1) };
  return sameRank.length > 0 ? { kind: "conflict", used: leading } : undefined;
}

function newestFirst(a: Candidate, b: Candidate): number {
  return (b.statement.time ?? Number.POSITIVE_INFINITY) - (a.statement.time ?? Number.POSITIVE_INFINITY) || inOrder(a, b);
}

/** A statement that suppresses stands against one that does not where it comes first and is newer. */
function overrules(one: Candidate, other: Candidate): boolean {
  const [time, since] = [one.statement.time, other.statement.time];
  return time !== undefined && since !== undefined && time > since && rank(one, other) < 0;
}

/** The first statements, in their order, that cut every path together; undefined: all of them leave one open. */
function cutAll(cutting: readonly Candidate[], place: Place | undefined): readonly Candidate[] | undefined {
  const everywhere = cutting.find(({ node }) => node === undefined);
  const parts = everywhere === undefined ? cutting : cutting.slice(0, cutting.indexOf(everywhere));
  const cut = new Set<DataRecord>();
  const taken: Candidate[] = [];
  for (const one of parts) {
    if (one.node === undefined || place === undefined || place.graph.unsettled !== undefined) break;
    if (cut.has(one.node)) continue;
    cut.add(one.node);
    taken.push(one);
    if (place.graph.wayAround(place.instances(), cut) === undefined) return needed(taken, place);
  }
  return everywhere === undefined ? undefined : [everywhere];
}

/** Without those that cut what the others cut already. */
function needed(taken: readonly Candidate[], place: Place): readonly Candidate[] {
  let kept = taken;
  for (const one of taken.toReversed()) {
    const others = kept.filter((other) => other !== one);
    if (others.length === 0) continue;
    const cut = new Set(others.map(({ node }) => node).filter((node) => node !== undefined));
    if (place.graph.wayAround(place.instances(), cut) === undefined) kept = others;
  }
  return kept;
}

/** Why statements about parts in between do not suppress: the path that they leave open. */
function uncut(cuts: readonly Candidate[], place: Place | undefined): ReadonlyMap<Candidate, Rejection> {
  if (cuts.length === 0 || place === undefined) return new Map();
  const detail = place.graph.unsettled;
  const nodes = cuts.map(({ node }) => node).filter((node) => node !== undefined);
  const around = detail === undefined ? place.graph.wayAround(place.instances(), new Set(nodes)) : undefined;
  const why: Rejection =
    detail !== undefined ? { kind: "paths-unknown", detail } : { kind: "another-path", path: (around ?? []).map(nameOf) };
  return new Map(cuts.map((one) => [one, why]));
}

function nameOf(component: DataRecord): string {
  return textOf(component["purl"]) ?? textOf(component["name"]) ?? textOf(component["id"]) ?? "a component";
}

/** By tier, specificity and time: less than 0 where `a` comes first, 0 for equal rank. */
function rank(a: Candidate, b: Candidate): number {
  const [left, right] = [a.statement, b.statement];
  if (left.tier !== right.tier) return left.tier - right.tier;
  if (a.specificity !== b.specificity) return b.specificity - a.specificity;
  if (left.time === right.time) return 0;
  if (left.time === undefined || right.time === undefined) return left.time === undefined ? 1 : -1;
  return right.time - left.time;
}

/** By rank, then version of the document, then content: total but for what is said twice in the same words. */
function inOrder(a: Candidate, b: Candidate): number {
  const ranked = rank(a, b);
  if (ranked !== 0) return ranked;
  const [left, right] = [a.statement.source, b.statement.source];
  const versions = left.id === right.id ? compareRevisions(right.version ?? "", left.version ?? "") : 0;
  if (versions !== 0) return versions;
  const [text, other] = [contentOf(a), contentOf(b)];
  return text < other ? -1 : text > other ? 1 : 0;
}

const contents = new WeakMap<Candidate, string>();

/** What a statement says and where, as a text that two that differ do not share. */
function contentOf(candidate: Candidate): string {
  const known = contents.get(candidate);
  if (known !== undefined) return known;
  const { statement, product, about, node } = candidate;
  const { source, record, products } = statement;
  const { products: _, ...own } = record;
  const text = JSON.stringify([
    [statement.author, statement.status, own, products.map(({ id }) => id).sort()],
    [product.id, product.purl?.text, product.versions, product.digests, product.subcomponents],
    [about, node === undefined ? undefined : nameOf(node), node?.["id"]],
    [source.id, source.version, record[origin]?.document.digest, record[origin]?.document.name, record[origin]?.pointer],
  ]);
  contents.set(candidate, text);
  return text;
}

/** Of the ways in which a statement meets a finding the one that counts most; of parts in between, each. */
function onePerStatement(met: readonly Candidate[]): Candidate[] {
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

function claimOf({ statement, specificity, about, product }: Candidate): Claim {
  return {
    record: statement.record,
    author: statement.author,
    status: statement.status,
    justification: statement.justification ?? statement.ownJustification,
    tier: statement.tier,
    by: statement.by,
    specificity,
    time: statement.time,
    about,
    product: product.id,
  };
}

/** The next instant from which another statement may decide: one begins, one ends, or a document is superseded. */
function flipsAt(candidates: readonly Candidate[], { now, maxAge }: VexRules): number | undefined {
  if (now === undefined) return undefined;
  let next = Number.POSITIVE_INFINITY;
  const consider = (time: number | undefined): void => {
    if (time !== undefined && time > now && time < next) next = time;
  };
  for (const { statement } of candidates) {
    if (!statement.trusted) continue;
    consider(statement.source.superseded?.from);
    if (!statement.suppresses) continue;
    consider(statement.time);
    consider(endOf(statement, maxAge));
  }
  return next === Number.POSITIVE_INFINITY ? undefined : next;
}
