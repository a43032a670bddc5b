/**
 * What VEX says of a finding: an algebra over the statements that speak of it (semantics, section 10).
 *
 * Statements are ordered by tier of trust, specificity and time. Of the first tier that says anything the first statement
 * decides, and where it suppresses, none that is as new or newer may say otherwise: the order and the newest have to agree.
 * Statements of equal rank that contradict each other are a conflict, which never suppresses. A statement about a product
 * between component and root holds for the paths through it; a finding is suppressed where every path is cut.
 */
import type { DataRecord } from "../../../language/core/data.ts";
import { purlText } from "../../evaluate/intrinsics/package-key.ts";
import type { Place } from "./graph.ts";
import { keyOfQuestion, questionOf, type Spoken, spokenReader, type VexQuestion } from "./lookup.ts";
import { type Candidate, Meetings } from "./meet.ts";
import { within } from "./nested.ts";
import { earliest, type Few, fewOf, inOrder, nameOf, newestFirst, onePerStatement, overrules, rank } from "./order.ts";
import type { VexStatement } from "./statement.ts";
import type { VexIndex } from "./statement-index.ts";
import type { VexRules, VexSubject } from "./subject.ts";
import type { Claim, RejectedClaim, Rejection, VexVerdict } from "./verdict.ts";

export type { VexStatement, VexTier } from "./statement.ts";
export { indexVex, type VexIndex } from "./statement-index.ts";
export { allowedJustifications, type VexRules, type VexSubject } from "./subject.ts";
export type { Claim, VexVerdict } from "./verdict.ts";

const unmentioned: VexVerdict = {
  kind: "unmentioned",
  status: undefined,
  used: [],
  shadowed: [],
  rejected: [],
  flipsAt: undefined,
};

/** Reads what the statements say of findings (`waybill.vuln.Finding`). */
export interface VexDecider {
  (finding: DataRecord): VexVerdict;
  /** Statements that spoke of some finding that was asked about: verdicts do not list them all where they are very many. */
  readonly met: ReadonlySet<VexStatement>;
  /** The vulnerabilities of a finding that some statement is about, as `vulnerabilitiesOfStatement` names them. */
  readonly spoken: (finding: DataRecord) => readonly string[];
  /** What was asked about a vulnerability: the first few questions, each once. */
  readonly asked: (vulnerability: string) => readonly VexQuestion[];
}

/**
 * A reader of what the statements say of findings (`waybill.vuln.Finding`) of one subject. Findings that ask the same
 * share their verdict. What `vuln.findings` joined knows its place among the dependencies; without it, only statements
 * about the subject or the component itself suppress.
 */
export function vexDecider(index: VexIndex, subject: VexSubject, rules: VexRules): VexDecider {
  const meetings = new Meetings(index, subject, rules);
  const spokenOf = spokenReader(index);
  const answers = new Map<Spoken, Map<string | number, Map<string, VexVerdict>>>();
  const wholes = new Map<Spoken, VexVerdict>();
  const asked = new Map<string, VexQuestion[]>();
  const identities = new Map<DataRecord, number>();
  // From 1: in the key of a question 0 stands for no component.
  let identified = 1;
  const identity = (record: DataRecord): number => {
    let known = identities.get(record);
    if (known === undefined) {
      known = identified++;
      identities.set(record, known);
    }
    return known;
  };
  const answerTo = (question: VexQuestion, spoken: Spoken): VexVerdict => {
    for (const vulnerability of question.vulnerabilities) {
      const before = asked.get(vulnerability);
      if (before === undefined) asked.set(vulnerability, [question]);
      else if (before.length < mostAsked) before.push(question);
    }
    const own = fewOf(meetings.aboutComponent(question), rules);
    const known = own.candidates.length === 0 ? wholes.get(spoken) : undefined;
    if (known !== undefined) return known;
    const about = question.vulnerabilities.map((one) => meetings.aboutSubject(one, question.several));
    const answer = verdictOf([...about, own], question.place);
    if (own.candidates.length === 0) wholes.set(spoken, answer);
    return answer;
  };
  const decider = (finding: DataRecord): VexVerdict => {
    const spoken = spokenOf(finding);
    if (spoken === undefined) return unmentioned;
    const question = questionOf(finding, spoken);
    const { component, place } = question;
    const alike = within(within(answers, spoken), place === undefined ? (purlText(component["purl"]) ?? "") : identity(component));
    const key = keyOfQuestion(index, question, identity);
    let answer = alike.get(key);
    if (answer === undefined) {
      answer = answerTo(question, spoken);
      alike.set(key, answer);
    }
    return answer;
  };
  return Object.assign(decider, {
    met: meetings.met,
    spoken: (finding: DataRecord) => spokenOf(finding)?.vulnerabilities ?? nobody,
    asked: (vulnerability: string) => asked.get(vulnerability) ?? nothing,
  });
}

/** Questions about one vulnerability that are remembered: those that a statement which met none is compared with. */
const mostAsked = 20;
const nobody: readonly string[] = [];
const nothing: readonly VexQuestion[] = [];

/** Decides by the statements that speak of one finding. */
function verdictOf(lists: readonly Few[], place: Place | undefined): VexVerdict {
  const met = lists.flatMap((list) => list.candidates);
  if (met.length === 0) return unmentioned;
  const [only] = met;
  if (met.length === 1 && only !== undefined && only.node === undefined) return ofOne(only, earliest(lists.map((list) => list.flipsAt)));
  const omitted = lists.reduce((sum, list) => sum + list.omitted, 0);
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
    if (why !== undefined) rejected.push({ claim: candidate.claim, why });
    else if (!told.has(candidate.statement)) {
      told.add(candidate.statement);
      shadowed.push(candidate.claim);
    }
  }
  return {
    kind: decided.kind,
    status: decided.kind === "conflict" ? undefined : used[0]?.statement.status,
    used: used.map(({ claim }) => claim),
    shadowed,
    rejected,
    flipsAt: earliest(lists.map((list) => list.flipsAt)),
    ...(omitted === 0 ? {} : { omitted }),
  };
}

const none: readonly never[] = [];

/** What most findings that VEX speaks of have: one statement about every path. */
function ofOne(candidate: Candidate, flipsAt: number | undefined): VexVerdict {
  const { rejection, statement, claim } = candidate;
  if (rejection !== undefined) {
    return { kind: "kept", status: undefined, used: none, shadowed: none, rejected: [{ claim, why: rejection }], flipsAt };
  }
  const kind = statement.suppresses ? "suppressed" : "kept";
  return { kind, status: statement.status, used: [claim], shadowed: none, rejected: none, flipsAt };
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

/** The first statements, in their order, that cut every path together; undefined: all of them leave one open. */
function cutAll(cutting: readonly Candidate[], place: Place | undefined): readonly Candidate[] | undefined {
  const everywhere = cutting.find(({ node }) => node === undefined);
  const parts = firstOfEachNode(everywhere === undefined ? cutting : cutting.slice(0, cutting.indexOf(everywhere)));
  const first = parts.length === 0 || place === undefined || place.graph.unsettled !== undefined ? undefined : shortest(parts, place);
  return first ?? (everywhere === undefined ? undefined : [everywhere]);
}

function firstOfEachNode(parts: readonly Candidate[]): readonly Candidate[] {
  const seen = new Set<DataRecord | undefined>();
  return parts.filter(({ node }) => !seen.has(node) && seen.add(node));
}

/** The first of the parts that cut every path together, without those that the others make needless. More parts never leave more open. */
function shortest(parts: readonly Candidate[], place: Place): readonly Candidate[] | undefined {
  const cuts = (some: readonly Candidate[]): boolean => {
    const nodes = new Set(some.map(({ node }) => node).filter((node) => node !== undefined));
    return place.graph.wayAround(place.instances(), nodes) === undefined;
  };
  if (!cuts(parts)) return undefined;
  let [least, most] = [1, parts.length];
  while (least < most) {
    const middle = Math.floor((least + most) / 2);
    if (cuts(parts.slice(0, middle))) most = middle;
    else least = middle + 1;
  }
  let kept = parts.slice(0, least);
  // Of very many it is not found out which of them could be left out: for a hostile graph it would take minutes.
  if (kept.length > mostWeighed) return kept;
  for (const one of kept.toReversed()) {
    const others = kept.filter((other) => other !== one);
    if (others.length > 0 && cuts(others)) kept = others;
  }
  return kept;
}

const mostWeighed = 50;

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
