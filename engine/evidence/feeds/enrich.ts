/**
 * Puts what feeds say on the findings of scans. Pure: the same scans and feeds give the same findings.
 *
 * A feed is asked by every id that means the finding's vulnerability: its own, its aliases, and the aliases that OSV records
 * add (symmetric and transitive; never `related` or `upstream`). Scores of EPSS and the listing in KEV are facts of their
 * feeds, so a feed that is given is believed rather than the scan, except that nothing takes a listing back that a scan
 * saw; everything else fills only what the scan leaves open. A feed that is silent leaves a fact as it is: no score is
 * not 0. A feed that was named and could not be read leaves its facts transient, unless the scan's own word is final.
 */
import { type DataRecord, type DataValue, Lack, OpenList, origin, type Place } from "../../../language/core/data.ts";
import { parseAdvisory } from "../../../language/domains/advisory.ts";
import { type Purl, parsePurl, purlKey } from "../../../language/domains/purl.ts";
import { AliasClasses, idsOf } from "../../evaluate/intrinsics/aliases.ts";
import type { Evidence } from "../evidence.ts";
import { objects, text } from "../raw.ts";
import { newestScore, scoreOfVector } from "../scan/cvss.ts";
import { upgrade } from "../scan/scan.ts";
import type {
  CveFact,
  CveFeed,
  EpssFeed,
  EpssScore,
  Feed,
  FeedKind,
  KevEntry,
  KevFeed,
  OsvFeed,
  OsvHead,
  ReachabilityFeed,
  Reached,
  Requirement,
  RequirementsFeed,
} from "./feed.ts";
import { fixesFor } from "./osv-fixes.ts";
import { type Listed, recordsAbout } from "./osv-index.ts";
import { isJudged, type JudgedPrograms } from "./program.ts";

/** A feed that was named and could not be read, and why. */
export interface FeedFailure {
  readonly kind: FeedKind;
  readonly detail: string;
}

export interface Feeds {
  readonly feeds: readonly Feed[];
  readonly failed: readonly FeedFailure[];
  /** Digests of those that the project names: their word counts before that of others, however new those call themselves. */
  readonly own?: ReadonlySet<string>;
  /** Which Go programs are judged; absent: nobody says, and none is told that it does not call something. */
  readonly judged?: JudgedPrograms;
}

/** What was put on findings, and what of the feeds was not understood meanwhile. */
export interface Enriched {
  readonly evidence: readonly Evidence[];
  /** Ranges of OSV records about findings that have no meaning. */
  readonly unreadRanges: number;
}

const scanType = "waybill.vuln.Scan";

/** Every scan among the evidence with what the feeds say on its findings; the same evidence where there is nothing to say. */
export function enrich(evidence: readonly Evidence[], feeds: Feeds): Enriched {
  const scans = evidence.filter((piece) => piece.type === scanType);
  if (scans.length === 0 || (feeds.feeds.length === 0 && feeds.failed.length === 0)) return { evidence, unreadRanges: 0 };
  const enricher = new Enricher(scans.map(findingsOf), feeds);
  const enriched = evidence.map((piece) => (piece.type === scanType ? { ...piece, data: enricher.scan(piece.data) } : piece));
  return { evidence: enriched, unreadRanges: enricher.unreadRanges };
}

/** The same for findings that stand alone, as where one is what is judged. */
export function enrichFindings(findings: readonly DataRecord[], feeds: Feeds): readonly DataRecord[] {
  const enricher = new Enricher([findings], feeds);
  return findings.map((finding) => enricher.finding(finding));
}

function findingsOf({ data }: Evidence): readonly DataRecord[] {
  const list = data["findings"];
  return itemsOf(list).filter(isRecord);
}

function itemsOf(list: DataValue): readonly DataValue[] {
  if (list instanceof OpenList) return list.items;
  return Array.isArray(list) ? (list as readonly DataValue[]) : [];
}

function isRecord(value: DataValue): value is DataRecord {
  return value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Lack) && !(value instanceof OpenList);
}

/** A fact with the place where it is said. */
type Facts = Map<string, { readonly value: DataValue; readonly place: Place | undefined }>;

interface Known {
  /** Ids of CVE that mean the same. */
  readonly cves: readonly string[];
  readonly facts: Facts;
}

class Enricher {
  unreadRanges = 0;
  /** By every alias that is known, for what feeds say. */
  readonly #wide = new AliasClasses();
  /** Without records that hold two CVEs to be one, for the ids of a finding: by those, statements of others are matched. */
  readonly #narrow = new AliasClasses();
  readonly #members = new Map<string, Set<string>>();
  readonly #epss: readonly EpssFeed[];
  readonly #kev: readonly KevFeed[];
  readonly #cve = new Map<string, CveFeed>();
  /** Records that a finding may be about, each in its newest state. */
  readonly #osv: readonly Listed[];
  /** Records by class, of those that were not taken back. */
  readonly #records = new Map<string, { readonly feed: OsvFeed; readonly index: number }[]>();
  readonly #withdrawn = new Map<string, Listed>();
  readonly #reached: readonly (Reached & { readonly feed: ReachabilityFeed })[];
  readonly #required: readonly (Requirement & { readonly feed: RequirementsFeed })[];
  readonly #failed: ReadonlyMap<FeedKind, Lack>;
  readonly #kinds: ReadonlySet<FeedKind>;
  readonly #known = new Map<string, Known>();
  readonly #reads = new Map<OsvHead, ReturnType<OsvFeed["read"]>>();
  /** What any of several scans says of a vulnerability of a package: a feed that filled it in another would make them disagree. */
  readonly #said = new Map<string, Set<string>>();

  readonly #judged: JudgedPrograms;

  constructor(scans: readonly (readonly DataRecord[])[], { feeds, failed, own = nothing, judged = nobody }: Feeds) {
    this.#judged = judged;
    this.#kinds = new Set(feeds.map(({ kind }) => kind));
    this.#epss = newestFirst(
      feeds.filter((feed) => feed.kind === "epss"),
      own,
    );
    this.#kev = newestFirst(
      feeds.filter((feed) => feed.kind === "kev"),
      own,
    );
    this.#failed = new Map(failed.map(({ kind, detail }) => [kind, new Lack("transient", detail)]));
    for (const feed of feeds) {
      if (feed.kind !== "cve") continue;
      const before = this.#cve.get(feed.id);
      const [isOwn, wasOwn] = [own.has(feed.document.digest), before !== undefined && own.has(before.document.digest)];
      if (before === undefined || (isOwn === wasOwn ? (feed.updated ?? "") > (before.updated ?? "") : isOwn)) this.#cve.set(feed.id, feed);
    }
    this.#reached = feeds.flatMap((feed) => (feed.kind === "reachability" ? feed.reached.map((one) => ({ ...one, feed })) : []));
    this.#required = feeds.flatMap((feed) => (feed.kind === "requirements" ? feed.requirements.map((one) => ({ ...one, feed })) : []));
    const wanted = new Set<string>();
    for (const findings of scans) for (const finding of findings) this.#link(idsOf(finding, "id"), wanted);
    this.#osv = recordsAbout(
      wanted,
      feeds.filter((feed) => feed.kind === "osv"),
      own,
    );
    this.#linkRecords(wanted);
    for (const id of wanted) this.#member(id);
    for (const { head } of this.#osv) if (head.withdrawn === undefined) for (const id of [head.id, ...head.aliases]) this.#member(id);
    for (const { head, feed, index } of this.#osv) {
      if (head.withdrawn !== undefined) {
        this.#withdrawn.set(head.id, { head, feed, index });
        continue;
      }
      const of = this.#narrow.of(head.id);
      const listed = this.#records.get(of);
      if (listed === undefined) this.#records.set(of, [{ feed, index }]);
      else listed.push({ feed, index });
    }
    if (scans.length > 1) for (const findings of scans) for (const finding of findings) this.#listen(finding);
  }

  #listen(finding: DataRecord): void {
    const key = this.#row(finding);
    if (key === undefined) return;
    const said = this.#said.get(key) ?? new Set();
    this.#said.set(key, said);
    for (const field of sharedFields) if (field === "kev" ? finding[field] === true : !isOpen(finding[field])) said.add(field);
  }

  #row(finding: DataRecord): string | undefined {
    const [id] = idsOf(finding, "id");
    if (id === undefined) return undefined;
    const purl = purlIn(finding);
    const component = finding["component"];
    const name = purl === undefined && isRecord(component) ? component["name"] : undefined;
    return JSON.stringify([this.#wide.of(id), purl === undefined ? String(name) : purlKey(purl)]);
  }

  #read(feed: OsvFeed, index: number, head: OsvHead): ReturnType<OsvFeed["read"]> {
    if (!this.#reads.has(head)) this.#reads.set(head, feed.read(index));
    return this.#reads.get(head);
  }

  #link(ids: readonly string[], wanted: Set<string>): void {
    this.#wide.link(ids);
    this.#narrow.link(ids);
    for (const id of ids) wanted.add(id);
  }

  /** A record that was taken back says nothing of aliases either. */
  #linkRecords(wanted: Set<string>): void {
    for (const { head } of this.#osv) {
      if (head.withdrawn !== undefined || head.aliases.length === 0) continue;
      const ids = [head.id, ...head.aliases];
      this.#wide.link(ids);
      const others = new Set(ids.filter((id) => id.startsWith("CVE-")));
      if (others.size < 2) this.#narrow.link(ids);
    }
    for (const one of this.#reached) if (one.ids.some((id) => wanted.has(id))) this.#wide.link(one.ids);
  }

  #member(id: string): void {
    const of = this.#wide.of(id);
    const members = this.#members.get(of);
    if (members === undefined) this.#members.set(of, new Set([id]));
    else members.add(id);
  }

  scan(data: DataRecord): DataRecord {
    const list = data["findings"];
    const items = itemsOf(list).map((item) => (isRecord(item) ? this.finding(item) : item));
    if (list instanceof OpenList) return { ...data, findings: new OpenList(items, list.undeclared, list.lacks) };
    return Array.isArray(list) ? { ...data, findings: items } : data;
  }

  finding(finding: DataRecord): DataRecord {
    const [id, ...aliases] = idsOf(finding, "id");
    if (id === undefined) return finding;
    const { cves, facts } = this.#about(id);
    const put: Facts = new Map();
    for (const [field, fact] of facts) if (isFilled(field, finding[field], fact.value)) put.set(field, fact);
    this.#own(finding, id, aliases, put);
    const row = this.#said.size === 0 ? undefined : this.#row(finding);
    const said = (row === undefined ? undefined : this.#said.get(row)) ?? nothing;
    for (const field of said) if (field === "kev" ? put.get(field)?.value === false : isOpen(finding[field])) put.delete(field);
    this.#failures(finding, cves, said, put);
    if (put.size === 0) return finding;
    const changed: Record<string, DataValue> & DataRecord = { ...finding };
    const elsewhere: Record<string, Place> = { ...finding[origin]?.elsewhere };
    for (const [field, { value, place }] of put) {
      changed[field] = value;
      if (place !== undefined) elsewhere[field] = place;
    }
    const from = finding[origin];
    return from === undefined ? changed : { ...changed, [origin]: { ...from, elsewhere } };
  }

  /**
   * What depends on the vulnerability alone is found once for each class of ids. What is said of a CVE that a record holds to
   * be one with another of the finding's counts where it is worse, and tells nothing that is not told of the finding's own.
   */
  #about(id: string): Known {
    const of = this.#narrow.of(id);
    const before = this.#known.get(of);
    if (before !== undefined) return before;
    const named = [...(this.#members.get(this.#wide.of(id)) ?? [id])].filter((one) => /^CVE\b/i.test(one)).sort();
    const cves = named.filter((one) => parseAdvisory(one).ok);
    const own = cves.filter((one) => this.#narrow.of(one) === of);
    const facts: Facts = new Map();
    if (own.some((cve) => this.#epss.some((feed) => feed.find(cve) !== undefined))) this.#scores(cves, facts);
    this.#listing(
      cves,
      own,
      named.find((one) => !cves.includes(one)),
      facts,
    );
    this.#assessments(cves, own, facts);
    const known = { cves, facts };
    this.#known.set(of, known);
    return known;
  }

  /** The newest scores that have the CVE; of several CVEs that mean one vulnerability the highest. */
  #scores(cves: readonly string[], facts: Facts): void {
    let best: { readonly score: EpssScore; readonly feed: EpssFeed } | undefined;
    for (const cve of cves) {
      for (const feed of this.#epss) {
        const score = feed.find(cve);
        if (score === undefined) continue;
        if (best === undefined || exceeds(score.epss, best.score.epss)) best = { score, feed };
        break;
      }
    }
    if (best === undefined) return;
    const { score, feed } = best;
    const place = { document: feed.document, pointer: score.pointer };
    facts.set("epss", { value: score.epss, place });
    facts.set("epss_percentile", { value: score.percentile, place });
    facts.set("epss_model", { value: feed.model, place });
    facts.set("epss_date", { value: feed.date, place });
  }

  /**
   * Listed if any catalogue lists any of the ids; not listed, where there is a catalogue and an id that it would be under.
   * `unread`: an id of CVE that is none, under which nobody can look.
   */
  #listing(cves: readonly string[], own: readonly string[], unread: string | undefined, facts: Facts): void {
    const [newest] = this.#kev;
    if (newest === undefined) return;
    let found: { readonly entry: KevEntry; readonly feed: KevFeed } | undefined;
    for (const feed of this.#kev) {
      for (const cve of cves) {
        const entry = feed.entries.get(cve);
        if (entry !== undefined && (found === undefined || (found.feed === feed && (entry.due ?? "~") < (found.entry.due ?? "~"))))
          found = { entry, feed };
      }
    }
    if (found === undefined && unread !== undefined) {
      facts.set("kev", { value: new Lack("malformed", `\`${unread}\` is not a CVE id`), place: undefined });
      return;
    }
    if (found === undefined) {
      if (own.length === 0) return;
      facts.set("kev", { value: false, place: { document: newest.document, pointer: newest.pointer } });
      return;
    }
    const { entry, feed } = found;
    const place = { document: feed.document, pointer: entry.pointer };
    facts.set("kev", { value: true, place });
    facts.set("kev_added", { value: entry.added, place });
    facts.set("kev_due", { value: entry.due, place });
    facts.set("kev_ransomware", { value: entry.ransomware, place });
  }

  /** What CISA and the CNA say in CVE records; of several CVEs that mean one vulnerability the worse. */
  #assessments(cves: readonly string[], own: readonly string[], facts: Facts): void {
    const told = new Set(own.flatMap((cve) => (this.#cve.get(cve)?.facts ?? []).map(({ field }) => field)));
    for (const cve of cves) {
      const feed = this.#cve.get(cve);
      for (const fact of feed?.facts ?? []) {
        const isTold = told.has(fact.field) || fact.field === "kev" || fact.field === "kev_added";
        if (feed === undefined || !isTold || fact.field === "withdrawn") continue;
        const before = facts.get(fact.field);
        if (before !== undefined && !isWorse(fact.field, fact.value, before.value)) continue;
        facts.set(fact.field, { value: fact.value, place: { document: feed.document, pointer: fact.pointer } });
      }
    }
    const exploitation = facts.get("exploitation");
    // Whoever attacks has an exploit; whether others have it is not said, and the worse is taken.
    if (exploitation !== undefined) facts.set("exploit_public", { ...exploitation, value: exploitation.value !== "none" });
  }

  /** What depends on the finding itself: its aliases, its package, and whether its own advisory was taken back. */
  #own(finding: DataRecord, id: string, aliases: readonly string[], put: Facts): void {
    const taken = this.#withdrawn.get(id);
    const rejected = this.#cve.get(id)?.facts.find(({ field }) => field === "withdrawn");
    if (taken !== undefined) {
      const read = this.#read(taken.feed, taken.index, taken.head);
      const place = { document: taken.feed.document, pointer: `${read?.pointer ?? ""}/withdrawn` };
      put.set("withdrawn", { value: taken.head.withdrawn, place });
    } else if (rejected !== undefined) {
      const feed = this.#cve.get(id);
      put.set("withdrawn", { value: rejected.value, place: feed && { document: feed.document, pointer: rejected.pointer } });
    }
    const purl = this.#osv.length + this.#reached.length === 0 ? undefined : purlIn(finding);
    this.#recordsFor(finding, id, aliases, purl, put);
    if (purl !== undefined && isOpen(finding["reachable"])) this.#reach(finding, id, purl, put);
    if (isOpen(finding["required_syscalls"])) this.#require([id, ...aliases], put);
  }

  /**
   * The calls that every way needs which anybody knows of. Told by the ids of the finding and of the entry alone: that a
   * third database holds two vulnerabilities to be one must not make the one's exploit the other's.
   */
  #require(ids: readonly string[], put: Facts): void {
    const ways = this.#required.filter((one) => one.ids.some((id) => ids.includes(id)));
    const [first, ...others] = ways;
    if (first === undefined) return;
    const needed = first.syscalls.filter((name) => others.every((way) => way.syscalls.includes(name)));
    const place = { document: first.feed.document, pointer: first.pointer };
    put.set("required_syscalls", { value: needed, place });
  }

  #recordsFor(finding: DataRecord, id: string, aliases: readonly string[], purl: Purl | undefined, put: Facts): void {
    const records = this.#records.get(this.#narrow.of(id));
    if (records === undefined) return;
    const ids = new Set<string>();
    const fixed: string[] = [];
    const ranges = new Set<string>();
    let first: Place | undefined;
    let fixes: Place | undefined;
    let unread = 0;
    let cvss: { readonly value: number; readonly place: Place } | undefined;
    for (const { feed, index } of records) {
      const head = feed.records[index];
      const read = head && this.#read(feed, index, head);
      if (head === undefined || read === undefined) continue;
      first ??= { document: feed.document, pointer: read.pointer };
      const own = new Set([head.id, ...head.aliases].filter((one) => one.startsWith("CVE-")));
      for (const other of own.size < 2 ? [head.id, ...head.aliases] : [head.id]) ids.add(other);
      const scores = objects(read.record["severity"]).flatMap((rating) => {
        const score = scoreOfVector(text(rating["score"]) ?? "");
        return score === undefined ? [] : [{ ...score, rank: 0 }];
      });
      const score = newestScore(scores)?.score;
      // Of several records the highest: whoever copies an advisory must not lower it.
      if (score !== undefined && (cvss === undefined || score > cvss.value))
        cvss = { value: score, place: { document: feed.document, pointer: `${read.pointer}/severity` } };
      const found = purl === undefined ? undefined : fixesFor(read.record, purl);
      if (found === undefined) continue;
      unread += found.unread;
      fixed.push(...found.fixed);
      if (found.range !== undefined) ranges.add(found.range);
      fixes ??= { document: feed.document, pointer: `${read.pointer}${found.pointer}` };
    }
    this.unreadRanges += unread;
    if (cvss !== undefined && isOpen(finding["cvss"]) && !put.has("cvss")) put.set("cvss", cvss);
    const added = [...ids].filter((other) => other !== id && !aliases.includes(other));
    if (added.length > 0) put.set("aliases", { value: [...aliases, ...added], place: first });
    if (unread > 0) return;
    const installed = text(finding["installed"]);
    const upgradeTo = purl === undefined ? undefined : upgrade(purl.text, installed, [...new Set(fixed)]);
    if (upgradeTo !== undefined && isOpen(finding["first_fixed"])) put.set("first_fixed", { value: upgradeTo, place: fixes });
    const [range, other] = ranges;
    // Databases that disagree on what is fixed leave it open.
    if (range !== undefined && other === undefined && isOpen(finding["fixed_range"]))
      put.set("fixed_range", { value: range, place: fixes });
  }

  /** Called is called, unless in another program; that nothing calls it holds for the program and the version that were analysed alone. */
  #reach(finding: DataRecord, id: string, purl: Purl, put: Facts): void {
    if (purl.type !== "golang" || this.#reached.length === 0) return;
    // By every name for what is called; of what is not, that somebody holds two vulnerabilities to be one says nothing.
    const isAbout = ({ called, ids }: Reached): boolean => {
      const classes = called ? this.#wide : this.#narrow;
      return ids.some((other) => classes.of(other) === classes.of(id));
    };
    const module = purl.namespace === undefined ? purl.name : `${purl.namespace}/${purl.name}`;
    const version = bare(text(finding["installed"]) ?? purl.version);
    let said: (Reached & { readonly feed: ReachabilityFeed }) | undefined;
    for (const one of this.#reached) {
      if (one.module.toLowerCase() !== module.toLowerCase() || !isAbout(one)) continue;
      if (!one.called && (version === undefined || bare(one.version) !== version)) continue;
      const isIts = isJudged(one.of, this.#judged);
      if (isIts === "no" || (!one.called && isIts !== "yes")) continue;
      if (said === undefined || (one.called && !said.called)) said = one;
    }
    if (said !== undefined) put.set("reachable", { value: said.called, place: { document: said.feed.document, pointer: said.pointer } });
  }

  /** Facts that a feed might have told which could not be read: a word of the scan stays where the feed could not change it. */
  #failures(finding: DataRecord, cves: readonly string[], said: ReadonlySet<string>, put: Facts): void {
    for (const [kind, lack] of this.#failed) {
      // Without a CVE there may be one that a feed of aliases would tell.
      if ((kind === "kev" || kind === "epss") && cves.length === 0 && !this.#failed.has("osv")) continue;
      for (const field of fieldsOf[kind]) {
        const value = put.get(field)?.value ?? finding[field];
        const isFinal = field === "kev" ? value === true : kind !== "epss" && kind !== "kev" && !isOpen(value);
        if (!isFinal && !said.has(field)) put.set(field, { value: lack, place: undefined });
      }
    }
    const aliases = this.#failed.get("osv");
    if (aliases !== undefined) this.#unaliased(finding, aliases, said, put);
  }

  /** What feeds say by CVE while nobody can say which other CVEs the finding has: any of them may be worse. */
  #unaliased(finding: DataRecord, lack: Lack, said: ReadonlySet<string>, put: Facts): void {
    const isListed = (put.get("kev")?.value ?? finding["kev"]) === true;
    for (const kind of ["epss", "kev", "cve"] as const) {
      if (!this.#kinds.has(kind) || (kind === "kev" && isListed)) continue;
      for (const field of fieldsOf[kind]) {
        const isOwn = !put.has(field) && !isOpen(finding[field]);
        if (!isOwn && !said.has(field) && field !== "withdrawn") put.set(field, { value: lack, place: undefined });
      }
    }
  }
}

const nothing: ReadonlySet<string> = new Set();
const nobody: JudgedPrograms = { named: new Map(), listed: [] };

/** Facts of which the scans' own word counts where there is one. */
const sharedFields = [
  "kev",
  "exploitation",
  "exploit_public",
  "automatable",
  "technical_impact",
  "cvss",
  "first_fixed",
  "fixed_range",
  "reachable",
];

function purlIn(finding: DataRecord): Purl | undefined {
  const component = finding["component"];
  const raw = isRecord(component) ? component["purl"] : undefined;
  const purl = typeof raw === "string" ? parsePurl(raw) : undefined;
  return purl?.ok ? purl.value : undefined;
}

/** The fields of a finding that a feed may fill. */
const fieldsOf: Readonly<Record<FeedKind, readonly string[]>> = {
  epss: ["epss", "epss_percentile", "epss_model", "epss_date"],
  kev: ["kev", "kev_added", "kev_due", "kev_ransomware"],
  cve: ["exploitation", "exploit_public", "automatable", "technical_impact", "cvss", "withdrawn"],
  osv: ["first_fixed", "fixed_range", "cvss", "withdrawn"],
  reachability: ["reachable"],
  requirements: ["required_syscalls"],
};

/** Whether a feed's word goes in the place of the scan's. */
function isFilled(field: string, own: DataValue, value: DataValue): boolean {
  if (value === undefined) return false;
  if (field === "kev") return own !== true;
  return fieldsOf.epss.includes(field) || fieldsOf.kev.includes(field) || isOpen(own);
}

function isOpen(value: DataValue): boolean {
  return value === undefined || value === null || (value instanceof Lack && value.cause === "missing");
}

/** A number that cannot be read may be any. */
function exceeds(a: string | Lack, b: string | Lack): boolean {
  if (b instanceof Lack) return false;
  return a instanceof Lack || Number(a) > Number(b);
}

const grades: Readonly<Record<string, number>> = { none: 0, poc: 1, active: 2, partial: 0, total: 1 };

function isWorse(field: CveFact["field"], value: CveFact["value"], before: DataValue): boolean {
  if (before instanceof Lack) return true;
  if (field === "kev_added") return value < String(before);
  if (typeof value === "string") return (grades[value] ?? 0) > (grades[String(before)] ?? 0);
  return Number(value) > Number(before);
}

function bare(version: string | undefined): string | undefined {
  return version?.replace(/^(?:v|go)(?=\d)/, "");
}

/** The project's own before others, and each by the day that it is of; one that does not say is older than any. */
function newestFirst<F extends EpssFeed | KevFeed>(feeds: readonly F[], own: ReadonlySet<string>): readonly F[] {
  const rank = ({ document }: F): number => (own.has(document.digest) ? 0 : 1);
  return [...feeds].sort((a, b) => {
    if (rank(a) !== rank(b)) return rank(a) - rank(b);
    return (a.date ?? "") < (b.date ?? "") ? 1 : (a.date ?? "") > (b.date ?? "") ? -1 : a.document.digest < b.document.digest ? -1 : 1;
  });
}
