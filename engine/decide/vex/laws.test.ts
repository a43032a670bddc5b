/** The laws of the algebra, on random documents, and a naive reading of its rules that has to agree with it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DataRecord } from "../../../language/core/data.ts";
import { allowedJustifications, type Claim, indexVex, type VexSubject, type VexTier, type VexVerdict, vexDecider } from "./decide.ts";
import { digest, finding, otherDigest, product } from "./fixtures/statements.ts";

const numRuns = Number(process.env["WAYBILL_RUNS"] ?? 2000);
/** A CPE that says one version, and no more. */
const cpe = (vendor: string, name: string, version = "1.0.0"): string => `cpe:2.3:a:${vendor}:${name}:${version}:*:*:*:*:*:*:*`;
const ours = cpe("acme", "shop");
const guessed = cpe("c", "c");
const root = { document: `sha256:${"1".repeat(64)}`, root: { name: "shop", cpe: ours } };
const subject: VexSubject = { digests: [digest], boms: [root] };
const component = "pkg:npm/c@1.0.0";
const asked = finding(component, {
  ...{ id: "CVE-2024-0001", aliases: ["GHSA-aaaa-aaaa-aaaa"] },
  component: { name: "c", purl: component, cpe: guessed },
});
const now = 100;
const maxAge = 60;

/** A statement of a few values that meet often; times are microseconds, so that they can be counted on fingers. */
interface Said {
  readonly vulnerability: string;
  readonly aliases: readonly string[];
  readonly status: "not_affected" | "affected" | "fixed" | "under_investigation";
  readonly justification: string | undefined;
  readonly time: number | undefined;
  readonly expires: number | undefined;
  readonly products: readonly Named[];
}
interface Named {
  readonly id: string;
  readonly subcomponents: readonly string[];
}
interface Paper {
  readonly tier: number;
  readonly id: string;
  readonly version: number;
  readonly time: number | undefined;
  readonly statements: readonly Said[];
}

const wide = [cpe("acme", "shop", "*"), cpe("*", "shop"), cpe("c", "c", "1.*"), "cpe:/"] as const;
const others = [cpe("acme", "shop", "2.0.0"), cpe("other", "shop"), cpe("c", "c", "2.0.0")] as const;
const names = [
  digest,
  otherDigest,
  component,
  "pkg:npm/c",
  "pkg:npm/c@2.0.0",
  "pkg:npm/d@1.0.0",
  ours,
  guessed,
  ...wide,
  ...others,
] as const;
const parts = [component, "pkg:npm/c", "pkg:npm/c@2.0.0", "pkg:npm/d@1.0.0", guessed, cpe("c", "c", "*"), cpe("c", "c", "2.0.0")] as const;
const times = fc.option(fc.constantFrom(10, 50, 60, 90, 120), { nil: undefined, freq: 6 });
const named: fc.Arbitrary<Named> = fc.record({
  id: fc.oneof(
    { weight: 3, arbitrary: fc.constant(digest) },
    { weight: 1, arbitrary: fc.constantFrom(component, ours) },
    { weight: 2, arbitrary: fc.constantFrom(...names) },
  ),
  subcomponents: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.subarray([...parts], { maxLength: 2 }) }),
});
const said: fc.Arbitrary<Said> = fc.record({
  vulnerability: fc.constantFrom("CVE-2024-0001", "CVE-2024-0001", "GHSA-aaaa-aaaa-aaaa", "CVE-2024-0002", "CVE-2024-0003"),
  aliases: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    fc.subarray(["CVE-2024-0001", "CVE-2024-0002", "CVE-2024-0003"], { maxLength: 2 }),
  ),
  status: fc.constantFrom("not_affected", "not_affected", "fixed", "affected", "under_investigation"),
  justification: fc.constantFrom("component_not_present", "component_not_present", "protected_at_perimeter", undefined),
  time: times,
  expires: fc.option(fc.constantFrom(80, 100, 110), { nil: undefined, freq: 3 }),
  products: fc.array(named, { maxLength: 2 }),
});
const paper: fc.Arbitrary<Paper> = fc.record({
  tier: fc.nat(2),
  id: fc.constantFrom("a", "b", "c", "d"),
  version: fc.constantFrom(1, 2),
  time: times,
  statements: fc.array(said, { maxLength: 3 }),
});
const papers = fc.array(paper, { maxLength: 5 });

function dataOf({ id, version, time, statements }: Paper): DataRecord {
  return {
    id,
    version,
    author: "Acme",
    timestamp: dated(time),
    statements: statements.map((one) => ({
      ...one,
      timestamp: dated(one.time),
      expires: dated(one.expires),
      products: one.products.map((each) => product(each.id, each.subcomponents)),
    })),
  };
}

/** A time as a document writes it. */
function dated(microseconds: number | undefined): string | undefined {
  return microseconds === undefined ? undefined : `1970-01-01T00:00:00.${String(microseconds).padStart(6, "0")}Z`;
}

function tiersOf(list: readonly Paper[]): readonly VexTier[] {
  return [0, 1, 2].map((tier) => ({ name: `tier ${tier}`, documents: list.filter((one) => one.tier === tier).map(dataOf) }));
}

const decided = (list: readonly Paper[]): VexVerdict => vexDecider(indexVex(tiersOf(list)), subject, { now, maxAge })(asked);

/** What a verdict says, without where its statements stand. */
const told = ({ kind, status, used, shadowed, rejected, flipsAt }: VexVerdict): unknown => ({
  kind,
  status,
  flipsAt,
  used: used.map(words),
  shadowed: shadowed.map(words),
  rejected: rejected.map(({ claim, why }) => [words(claim), why]).map((one) => JSON.stringify(one)),
});
const words = ({ record, ...claim }: Claim): string => JSON.stringify([claim, record["expires"]]);

describe("whatever documents say", () => {
  it("the order of statements, documents and products never matters", () => {
    fc.assert(
      fc.property(
        papers.chain((list) => fc.tuple(fc.constant(list), shuffled(list))),
        ([list, other]) => {
          expect(told(decided(other))).toEqual(told(decided(list)));
        },
      ),
      { numRuns },
    );
  });

  it("a document of a lower tier changes nothing of what a higher tier says", () => {
    let spoken = 0;
    fc.assert(
      fc.property(papers, paper, (list, added) => {
        const before = decided(list);
        const lowest = Math.max(...before.used.map(({ tier }) => tier));
        if (before.used.length === 0 || added.tier <= lowest) return;
        spoken++;
        const after = decided([...list, added]);
        expect([after.kind, after.status, after.used.map(words)]).toEqual([before.kind, before.status, before.used.map(words)]);
      }),
      { numRuns },
    );
    expect(spoken).toBeGreaterThan(numRuns / 20);
  });

  it("statements about other vulnerabilities and products change nothing", () => {
    const noise = fc.record({
      ...{ tier: fc.nat(2), version: fc.constant(1), time: times, id: fc.constant("noise") },
      statements: fc.array(
        fc.oneof(
          said.map((one) => ({ ...one, vulnerability: "CVE-2023-0002", aliases: ["CVE-2023-0003"] })),
          said.map((one) => ({ ...one, aliases: [], products: [{ id: otherDigest, subcomponents: [] }] })),
          said.map((one) => ({ ...one, aliases: [], products: others.map((id) => ({ id, subcomponents: [] })) })),
          said.map((one) => ({ ...one, aliases: [], products: [{ id: digest, subcomponents: ["pkg:npm/d@1.0.0", "pkg:npm/c@2.0.0"] }] })),
          said.map((one) => ({ ...one, aliases: [], products: [] })),
        ),
        { maxLength: 4 },
      ),
    });
    fc.assert(
      fc.property(papers, noise, (list, added) => {
        expect(told(decided([...list, added]))).toEqual(told(decided(list)));
      }),
      { numRuns },
    );
  });

  it("a later word of the most trusted that it matters keeps the finding", () => {
    fc.assert(
      fc.property(
        papers,
        fc.constantFrom(digest, component, ours, guessed, ...wide),
        fc.constantFrom("affected", "under_investigation"),
        (list, id, status) => {
          const later: Said = {
            vulnerability: "CVE-2024-0001",
            aliases: [],
            status,
            justification: undefined,
            time: 130,
            expires: undefined,
            products: [{ id, subcomponents: [] }],
          };
          const verdict = decided([...list, { tier: 0, id: "retraction", version: 1, time: 130, statements: [later] }]);
          expect(verdict.kind).not.toBe("suppressed");
        },
      ),
      { numRuns },
    );
  });

  it("a later version of every document, without its statements, leaves nothing that suppresses", () => {
    let silenced = 0;
    fc.assert(
      fc.property(papers, (list) => {
        if (decided(list).kind === "suppressed") silenced++;
        const emptied = list.map((one): Paper => ({ ...one, tier: 0, version: 3, statements: [] }));
        const verdict = decided([...list, ...emptied]);
        expect(verdict.kind).not.toBe("suppressed");
        expect(verdict.rejected.filter(({ why }) => why.kind !== "superseded" && why.kind !== "not-yet")).toEqual([]);
      }),
      { numRuns },
    );
    expect(silenced).toBeGreaterThan(numRuns / 50);
  });

  it("statements of equal rank that contradict each other never suppress", () => {
    fc.assert(
      fc.property(
        said,
        fc.array(
          paper.map((one) => ({ ...one, tier: 1 + (one.tier % 2) })),
          { maxLength: 3 },
        ),
        (one, others) => {
          const both = (["not_affected", "affected"] as const).map((status) => ({
            ...one,
            status,
            vulnerability: "CVE-2024-0001",
            expires: undefined,
          }));
          const verdict = decided([...others, { tier: 0, id: "x", version: 1, time: undefined, statements: both }]);
          if (verdict.used.some(({ tier }) => tier === 0)) expect(verdict.kind).not.toBe("suppressed");
          else expect(waysTo(one)).toEqual([]);
        },
      ),
      { numRuns },
    );
  });

  it("every statement that is used to suppress has all that it needs, and none of it can be taken away", () => {
    let suppressed = 0;
    fc.assert(
      fc.property(papers, (list) => {
        const verdict = decided(list);
        if (verdict.kind !== "suppressed") return;
        suppressed++;
        for (const { status, time, record, justification, product: id } of verdict.used) {
          expect(["not_affected", "fixed"]).toContain(status);
          expect(time === undefined || time > now || time + maxAge <= now).toBe(false);
          expect(record["expires"] === undefined || String(record["expires"]) > (dated(now) ?? "")).toBe(true);
          if (status === "not_affected") expect(allowedJustifications.has(justification ?? "")).toBe(true);
          expect(`${id} ${JSON.stringify(record["products"])}`).toMatch(/sha256|[@:]1\.0\.0/);
        }
        for (const wound of wounds) {
          const wounded = list.map((one) => ({ ...one, statements: one.statements.map(wound) }));
          expect(decided(wounded).kind).not.toBe("suppressed");
        }
      }),
      { numRuns },
    );
    expect(suppressed).toBeGreaterThan(numRuns / 50);
  });

  it("a naive reading of the rules agrees", () => {
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(papers, (list) => {
        const verdict = decided(list);
        kinds.set(verdict.kind, (kinds.get(verdict.kind) ?? 0) + 1);
        expect(verdict.kind).toBe(naive(list));
      }),
      { numRuns: 3 * numRuns },
    );
    for (const kind of ["suppressed", "kept", "unmentioned", "conflict"]) expect(kinds.get(kind) ?? 0).toBeGreaterThan(numRuns / 200);
  });
});

it("says the same of what is said five hundred times, and lists some of it", () => {
  let omitted = 0;
  const close = fc.record({
    vulnerability: fc.constant("CVE-2024-0001"),
    aliases: fc.constant([]),
    status: fc.constantFrom("not_affected", "affected"),
    justification: fc.constant("component_not_present"),
    time: fc.constantFrom(50, 60, undefined),
    expires: fc.constant(undefined),
    products: fc.constantFrom(
      [{ id: digest, subcomponents: [] }],
      [{ id: component, subcomponents: [] }],
      [{ id: "pkg:npm/c", subcomponents: [] }],
    ),
  });
  const alike = fc
    .array(close, { minLength: 2, maxLength: 5 })
    .map((statements) => [{ tier: 0, id: "a", version: 1, time: undefined, statements }]);
  fc.assert(
    fc.property(fc.oneof(papers, { weight: 3, arbitrary: alike }), (list: readonly Paper[]) => {
      const copies = list.map((one) => ({ ...one, statements: Array.from({ length: 400 }, () => one.statements).flat() }));
      const [once, often] = [decided(list), decided(copies)];
      if ((often.omitted ?? 0) > 0) omitted++;
      expect([often.kind, often.status, often.flipsAt]).toEqual([once.kind, once.status, once.flipsAt]);
      const listed = often.used.length + often.shadowed.length + often.rejected.length;
      expect(listed + (often.omitted ?? 0)).toBeGreaterThanOrEqual(400 * (once.used.length + once.shadowed.length + once.rejected.length));
    }),
    { numRuns: 500 },
  );
  expect(omitted).toBeGreaterThan(20);
});

it("finds the one warning that counts among a thousand that do not", () => {
  const one = (status: Said["status"], id: string, time: number | undefined): Said => ({
    ...{ vulnerability: "CVE-2024-0001", aliases: [], status, justification: "component_not_present", time, expires: undefined },
    products: [{ id, subcomponents: id === digest ? [component] : [] }],
  });
  const often = (said: Said): readonly Said[] => Array.from({ length: 300 }, () => said);
  const kindOf = (...statements: readonly Said[]): string =>
    vexDecider(indexVex(tiersOf([{ tier: 0, id: "a", version: 1, time: undefined, statements }])), subject, {})(asked).kind;
  const equal = [...often(one("not_affected", digest, 50)), ...often(one("affected", digest, 50))];
  expect(kindOf(...equal)).toBe("conflict");
  const asNew = one("affected", component, 50);
  expect(kindOf(...equal, asNew)).toBe("kept");
  expect(kindOf(...equal, asNew, one("affected", "pkg:npm/c", 40))).toBe("kept");
  const timeless = [...often(one("not_affected", digest, undefined)), ...often(one("affected", digest, undefined))];
  expect(kindOf(...timeless)).toBe("conflict");
  expect(kindOf(...timeless, one("affected", component, 50))).toBe("kept");
});

/** Each takes one thing away that a statement needs to suppress. */
const wounds: readonly ((one: Said) => Said)[] = [
  (one) => ({ ...one, status: "under_investigation" }),
  (one) => ({ ...one, time: 101 }),
  (one) => ({ ...one, time: now - maxAge }),
  (one) => ({ ...one, expires: now }),
  (one) => ({ ...one, status: "not_affected", justification: undefined }),
  (one) => ({ ...one, status: "not_affected", justification: "protected_at_perimeter" }),
  (one) => ({ ...one, products: one.products.map(() => ({ id: "pkg:npm/c", subcomponents: [] })) }),
  ...[guessed, ...wide].map(
    (id) =>
      (one: Said): Said => ({ ...one, products: one.products.map(() => ({ id, subcomponents: [] })) }),
  ),
];

function shuffled(list: readonly Paper[]): fc.Arbitrary<readonly Paper[]> {
  const mixed = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
    fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });
  const mixedSaid = (one: Said): fc.Arbitrary<Said> => mixed(one.products).map((products) => ({ ...one, products }));
  const mixedPaper = (one: Paper): fc.Arbitrary<Paper> =>
    fc.tuple(...one.statements.map(mixedSaid)).chain((statements) => mixed(statements).map((all) => ({ ...one, statements: all })));
  return fc.tuple(...list.map(mixedPaper)).chain(mixed);
}

// The rules again, as the decisions say them, with nothing shared with the product but the data.

interface Voice {
  readonly tier: number;
  /** The product's place and the component's: digest 3, version 2, nothing 0; 0, or 1 more than that. */
  readonly exact: readonly [number, number];
  readonly time: number | undefined;
  readonly silences: boolean;
}

function naive(list: readonly Paper[]): VexVerdict["kind"] {
  const all = list.flatMap((document) => {
    const ids = idsFor(document.tier, list);
    return document.statements.filter((one) => speaks(one, ids)).map((one) => ({ document, one }));
  });
  if (all.length === 0) return "unmentioned";
  const voices = all.flatMap(({ document, one }): readonly Voice[] => {
    const silences = one.status === "not_affected" || one.status === "fixed";
    if (isSuperseded(document, silences, list)) return [];
    const time = one.time ?? document.time;
    if (silences && (!mayCount(one, time) || !isOfNoOther(one))) return [];
    const ways = one.products
      .filter(({ id }) => !silences || !isOpen(id))
      .flatMap((product) => waysOf(product, silences))
      .filter(([whole, part]) => !silences || whole > 0 || part > 1);
    const [best] = ways.sort(([a, b], [c, d]) => c - a || d - b);
    return best === undefined ? [] : [{ tier: document.tier, exact: best, time, silences }];
  });
  const tier = Math.min(...voices.map((voice) => voice.tier));
  const first = voices.filter((voice) => voice.tier === tier);
  if (first.length === 0) return "kept";
  const top = first.filter((voice) => first.every((other) => compare(voice, other) <= 0));
  const warning = first.filter((voice) => !voice.silences);
  const since = top[0]?.time;
  if (!top.some((voice) => voice.silences)) return "kept";
  const asNew = warning.filter(({ time }) => time === undefined || since === undefined || time >= since);
  if (asNew.some((voice) => !top.includes(voice))) return "kept";
  return top.some((voice) => !voice.silences) ? "conflict" : "suppressed";
}

/** Less than 0: `a` comes before `b`. */
function compare(a: Voice, b: Voice): number {
  const left = [...a.exact, a.time ?? -1];
  const right = [...b.exact, b.time ?? -1];
  for (const [place, value] of left.entries()) if (value !== right[place]) return (right[place] ?? 0) - value;
  return 0;
}

/** What means the same as the finding's ids, by the words of those who are trusted no less. */
function idsFor(tier: number, list: readonly Paper[]): ReadonlySet<string> {
  const believed = list.filter((one) => one.tier <= tier && !list.some((other) => isLater(other, one)));
  const lists = believed.flatMap(({ statements }) => statements.map(({ vulnerability, aliases }) => [vulnerability, ...aliases]));
  const found = new Set(["CVE-2024-0001", "GHSA-aaaa-aaaa-aaaa"]);
  for (let size = 0; size < found.size; ) {
    size = found.size;
    for (const ids of lists) if (ids.some((id) => found.has(id))) for (const id of ids) found.add(id);
  }
  return found;
}

function speaks(one: Said, ids: ReadonlySet<string>): boolean {
  return [one.vulnerability, ...one.aliases].some((id) => ids.has(id)) && waysTo(one).length > 0;
}

/** Whoever names CVEs and not this one silences nothing here, whatever others say of aliases. */
function isOfNoOther({ vulnerability, aliases }: Said): boolean {
  const cves = [vulnerability, ...aliases].filter((id) => id.startsWith("CVE-"));
  return cves.length === 0 || cves.includes("CVE-2024-0001");
}

function waysTo({ products }: Said): readonly (readonly [number, number])[] {
  return products.flatMap((product) => waysOf(product));
}

function waysOf({ id, subcomponents }: Named, silences = false): readonly (readonly [number, number])[] {
  const judged = new Map([[digest, 3], [ours, 2], ...wide.filter((one) => one !== cpe("c", "c", "1.*")).map((one) => [one, 0] as const)]);
  const exact = new Map([
    [component, 2],
    ["pkg:npm/c", 0],
    // What a scanner guesses, and what says no version, may be the component: for what warns.
    ...(silences ? [] : [guessed, cpe("c", "c", "*"), cpe("c", "c", "1.*"), "cpe:/"].map((one) => [one, 0] as const)),
  ]);
  const whole = judged.get(id);
  if (subcomponents.length === 0) return whole !== undefined ? [[whole, 0]] : exact.has(id) ? [[exact.get(id) ?? 0, 0]] : [];
  if (whole === undefined) return [];
  return subcomponents.flatMap((name) => (exact.has(name) ? [[whole, 1 + (exact.get(name) ?? 0)] as const] : []));
}

/** Whether a name says too little to silence, whatever part it is said of. */
function isOpen(id: string): boolean {
  return (wide as readonly string[]).includes(id);
}

function mayCount({ status, justification, expires }: Said, time: number | undefined): boolean {
  if (time === undefined || time > now || time + maxAge <= now) return false;
  if (expires !== undefined && expires <= now) return false;
  return status === "fixed" || justification === "component_not_present";
}

function isLater(other: Paper, document: Paper): boolean {
  return other.id === document.id && other.version > document.version && other.tier <= document.tier;
}

function isSuperseded(document: Paper, silences: boolean, list: readonly Paper[]): boolean {
  return list.some((other) => isLater(other, document) && (silences || (other.time ?? 0) <= now));
}
