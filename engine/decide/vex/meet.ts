/** Which statements speak of a finding, and how: as what is judged, as its component, or as a part in between. */
import { type DataRecord, origin } from "../../../language/core/data.ts";
import { purlKey } from "../../../language/domains/purl.ts";
import { textOf } from "../../evaluate/intrinsics/raw.ts";
import type { DependencyGraph, Place } from "./graph.ts";
import { Names, type VexQuestion } from "./lookup.ts";
import { type Few, fewOf } from "./order.ts";
import { bomKey, type VexProduct } from "./product.ts";
import { better, type Match, matchProduct, matchSubcomponent, type Named } from "./product-match.ts";
import { rejectionOf, silenceOf } from "./requirements.ts";
import { doubtOf, isNamed } from "./several.ts";
import type { VexStatement } from "./statement.ts";
import { type Entries, type Entry, purlNameKey, type VexIndex, whole } from "./statement-index.ts";
import type { VexRules, VexSubject } from "./subject.ts";
import type { Claim, Rejection } from "./verdict.ts";

/** A statement that speaks of a finding. */
export interface Candidate {
  readonly statement: VexStatement;
  readonly product: VexProduct;
  readonly about: Claim["about"];
  readonly specificity: number;
  /** Why it says nothing (whoever says it), or may not suppress. */
  readonly rejection: Rejection | undefined;
  /** The component in between that it speaks of; undefined: it speaks of every path. */
  readonly node: DataRecord | undefined;
  /** The same as verdicts have it. */
  readonly claim: Claim;
}

const nobody: readonly Candidate[] = [];
const none: Few = { candidates: nobody, omitted: 0, flipsAt: undefined };
const noEntries: readonly Entry[] = [];
const nowhere: ReadonlySet<DataRecord> = new Set();

/** How a statement comes to a finding. */
interface Meets extends Pick<Candidate, "about"> {
  readonly several: VexQuestion["several"];
  readonly node?: DataRecord;
}

export class Meetings {
  readonly #index: VexIndex;
  readonly #subject: VexSubject;
  readonly #rules: VexRules;
  readonly #names: Names;
  readonly #wholes = new Map<string, Few>();
  readonly #ofSubject = new Map<string, readonly Parts[]>();
  readonly #betweens = new WeakMap<object, Betweens>();
  readonly #met = new Set<VexStatement>();

  constructor(index: VexIndex, subject: VexSubject, rules: VexRules) {
    this.#index = index;
    this.#subject = subject;
    this.#rules = rules;
    this.#names = new Names(index, subject);
  }

  /** Statements that speak of some finding that was asked about. */
  get met(): ReadonlySet<VexStatement> {
    return this.#met;
  }

  /** Statements about the whole subject, whatever component a finding is on: some that decide for all, once for a vulnerability. */
  aboutSubject(vulnerability: string, several: VexQuestion["several"]): Few {
    const ids = several.find((one) => one !== undefined)?.ids;
    const question = ids === undefined ? vulnerability : JSON.stringify([vulnerability, ids]);
    const known = this.#wholes.get(question);
    if (known !== undefined) return known;
    const entries = this.#index.entries.get(vulnerability);
    const found: Candidate[] = [];
    for (const key of this.#names.subjectKeys) {
      for (const entry of entries?.get(key)?.get(whole) ?? noEntries) {
        const candidate = this.#candidate(entry, this.#matchSubject(entry.product), undefined, { about: "subject", several });
        if (candidate !== undefined) found.push(candidate);
      }
    }
    const few = found.length === 0 ? none : fewOf(found, this.#rules);
    this.#wholes.set(question, few);
    return few;
  }

  /** Statements that name the component of a finding: as a part of the subject, or as their product. */
  aboutComponent(question: VexQuestion): readonly Candidate[] {
    const keys = this.#names.keysOf(question.component, question.version, question.place);
    const found: Candidate[] = [];
    const { several } = question;
    let thing: Named | undefined;
    for (const vulnerability of question.vulnerabilities) {
      const entries = this.#index.entries.get(vulnerability);
      if (entries === undefined) continue;
      const ofSubject = this.#partsOfSubject(vulnerability, entries);
      for (const key of keys) {
        for (const entry of entries.get(key)?.get(whole) ?? noEntries) {
          thing ??= this.#names.of(question.component, question.version, question.place);
          const candidate = this.#candidate(entry, matchProduct(entry.product, thing), undefined, { about: "component", several });
          if (candidate !== undefined) found.push(candidate);
        }
        for (const parts of ofSubject) {
          for (const entry of parts.get(key) ?? noEntries) {
            thing ??= this.#names.of(question.component, question.version, question.place);
            const match = this.#matchSubject(entry.product);
            const candidate = this.#candidate(entry, match, this.#matchPart(entry, thing), { about: "subject", several });
            if (candidate !== undefined) found.push(candidate);
          }
        }
      }
      if (question.place !== undefined) found.push(...this.#inBetween(question, vulnerability, entries, keys));
    }
    return found;
  }

  /** Of each key of the subject what there is about its parts. */
  #partsOfSubject(vulnerability: string, entries: Entries): readonly Parts[] {
    let parts = this.#ofSubject.get(vulnerability);
    if (parts === undefined) {
      parts = this.#names.subjectKeys.map((key) => entries.get(key)).filter((one) => one !== undefined);
      this.#ofSubject.set(vulnerability, parts);
    }
    return parts;
  }

  /** Statements about other components of the bill of materials, by which ways lead to the finding's. */
  #inBetween(question: VexQuestion, vulnerability: string, entries: Entries, keys: readonly string[]): readonly Candidate[] {
    const { place } = question;
    if (place === undefined) return nobody;
    let betweens = this.#betweens.get(place.graph);
    if (betweens === undefined) {
      betweens = new Betweens(this.#names, place.graph);
      this.#betweens.set(place.graph, betweens);
    }
    // A link names one of several components that are alike: the finding's alone it is not.
    const met = place.isSingle ? keys : keys.filter((key) => !key.startsWith("l:"));
    if (!betweens.mayHave(vulnerability, entries, met, place)) return nobody;
    const found: Candidate[] = [];
    const below = betweens.below(vulnerability, entries);
    const named = keys.flatMap((key) => below.get(key) ?? noNodes);
    const wholes = below.get(whole) ?? noNodes;
    const instances = named.length + wholes.length === 0 ? nowhere : new Set(place.instances());
    const above = wholes.length === 0 ? undefined : place.graph.above(instances);
    const thing = this.#names.of(question.component, question.version, question.place);
    for (const { entry, node } of [...named, ...wholes]) {
      const self = instances.has(node);
      // What names a component that is the finding's alone has been met there; of several alike it is about its own.
      if (entry.subcomponent === undefined && (above?.has(node) !== true || (self && place.isSingle))) continue;
      if (this.#matchSubject(entry.product).kind === "yes") continue;
      const match = matchProduct(entry.product, this.#names.ofNode(node));
      if (self && entry.subcomponent === undefined && !(match.kind === "yes" && match.byLink)) continue;
      const candidate = this.#candidate(entry, match, entry.subcomponent === undefined ? undefined : this.#matchPart(entry, thing), {
        about: "part",
        several: question.several,
        node,
      });
      if (candidate !== undefined) found.push(candidate);
    }
    return found;
  }

  #matchSubject(product: VexProduct): Match {
    let best: Match = { kind: "no", miss: "product" };
    for (const named of this.#names.subject) best = better(best, matchProduct(product, named));
    return best;
  }

  #matchPart({ subcomponent, statement }: Entry, thing: Named): Match {
    return matchSubcomponent(subcomponent ?? "", statement.source.place, thing, this.#index.readPurl);
  }

  /** Undefined: it is about something else. */
  #candidate({ statement, product }: Entry, match: Match, part: Match | undefined, { about, several, node }: Meets): Candidate | undefined {
    if (match.kind === "no" || part?.kind === "no") return undefined;
    const anchor = match.kind === "yes" ? match.anchor : 0;
    const partAnchor = part?.kind === "yes" ? part.anchor : 0;
    const unsure = match.kind === "maybe" ? match.why : part?.kind === "maybe" ? part.why : undefined;
    const names = several[statement.tier];
    const other = names === undefined || isNamed(names, statement.ids) ? undefined : doubtOf(names, statement.ids);
    const byLink = match.kind === "yes" && match.byLink;
    const meeting = {
      doubt: unsure ?? other,
      anchored: anchor > 0 || partAnchor > 0,
      elsewhere: about === "subject" || byLink ? undefined : this.#elsewhere(statement, product),
    };
    this.#met.add(statement);
    const rejection =
      silenceOf(statement, this.#rules.now) ?? (statement.suppresses ? rejectionOf(statement, meeting, this.#rules) : undefined);
    const specificity = 5 * anchor + (part === undefined ? 0 : 1 + partAnchor);
    const { record, author, status, tier, by, time } = statement;
    const justification = statement.justification ?? statement.ownJustification;
    const claim = { record, author, status, justification, tier, by, specificity, time, about, product: product.id };
    return { statement, product, about, specificity, rejection, node, claim };
  }

  /**
   * A BOM-Link names a component as a part of one product. What is said of it there holds there: where that bill of
   * materials is not at hand, nothing tells that the product is this one. A document's own components have its context, and
   * what a document about another artifact says of components holds in that.
   */
  #elsewhere({ source, record }: VexStatement, product: VexProduct): string | undefined {
    const place = record[origin] ?? source.place;
    if (place !== undefined && this.#subject.elsewhere?.has(place.document.digest)) return product.id;
    if (product.bom === undefined || this.#names.isAtHand(product.bom)) return undefined;
    return source.id !== undefined && product.bom.startsWith(bomKey(source.id, "")) ? undefined : product.bom;
  }
}

type Parts = ReadonlyMap<string, readonly Entry[]>;

interface Between {
  readonly entry: Entry;
  readonly node: DataRecord;
}
const noNodes: readonly Between[] = [];
const packagePrefix = purlNameKey("");
/** Of keys by digest, repository and BOM-Link: what has one of the subject's is the subject, or its root. */
const subjectsOwn = ["d:", "r:", "l:"];

/** Statements whose products are components of one bill of materials. */
class Betweens {
  readonly #names: Names;
  readonly #graph: DependencyGraph;
  #isWithin: boolean | undefined;
  #nodes: Map<string, DataRecord[]> | undefined;
  readonly #below = new Map<string, ReadonlyMap<string, readonly Between[]>>();

  constructor(names: Names, graph: DependencyGraph) {
    this.#names = names;
    this.#graph = graph;
  }

  /**
   * Whether some statement about the vulnerability may name a component in between: one that is neither what is judged nor the
   * finding's own, by whose keys (`own`) it is looked up already, or a part of the own one that has its name too.
   */
  mayHave(vulnerability: string, entries: Entries, own: readonly string[], place: Place): boolean {
    if (this.#below.has(vulnerability) || entries.size > own.length + this.#names.subjectKeys.length) return true;
    for (const [key, parts] of entries) {
      if (own.includes(key)) {
        if (!this.#isOfOwn(key, own, place)) return true;
        for (const part of parts.keys()) if (own.includes(part)) return true;
      } else if (!this.#isOfSubject(key)) return true;
    }
    return false;
  }

  /** Whether no component has a key of the finding's own but those that the finding is on. */
  #isOfOwn(key: string, own: readonly string[], { graph, size }: Place): boolean {
    const name = own.find((one) => one.startsWith(packagePrefix));
    return key.startsWith(packagePrefix) && name !== undefined && graph.countOf(name.slice(packagePrefix.length)) === size;
  }

  /** Whether a key is one of what is judged, and of no component. */
  #isOfSubject(key: string): boolean {
    if (!this.#names.subjectKeys.includes(key)) return false;
    return key.startsWith(packagePrefix) ? !this.#subjectIsWithin() : subjectsOwn.some((prefix) => key.startsWith(prefix));
  }

  #subjectIsWithin(): boolean {
    this.#isWithin ??= this.#names.subject.some(({ purl }) => purl !== undefined && this.#graph.countOf(purlKey(purl)) > 0);
    return this.#isWithin;
  }

  /** By the key of the subcomponent, or `whole`. */
  below(vulnerability: string, entries: Entries): ReadonlyMap<string, readonly Between[]> {
    const made = this.#below.get(vulnerability);
    if (made !== undefined) return made;
    const found = new Map<string, Between[]>();
    for (const [key, parts] of entries) {
      const nodes = this.#nodesOf(key);
      if (nodes.length === 0) continue;
      for (const [part, list] of parts) {
        const alike = found.get(part) ?? [];
        if (alike.length === 0) found.set(part, alike);
        for (const entry of list) for (const node of nodes) alike.push({ entry, node });
      }
    }
    this.#below.set(vulnerability, found);
    return found;
  }

  #nodesOf(key: string): readonly DataRecord[] {
    if (this.#nodes === undefined) {
      this.#nodes = new Map();
      for (const component of this.#graph.components) {
        for (const own of this.#names.keysOf(component, textOf(component["version"]))) {
          const alike = this.#nodes.get(own);
          if (alike === undefined) this.#nodes.set(own, [component]);
          else alike.push(component);
        }
      }
    }
    return this.#nodes.get(key) ?? [];
  }
}
