/**
 * What the index of statements and the caches of a decision must not change: each finding is answered as if it were the only one,
 * and as if every statement about its vulnerability were held against it.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { DataRecord } from "../../../language/core/data.ts";
import { joinFindings } from "../../evaluate/intrinsics/findings.ts";
import { membersOf, recordOf } from "../../evaluate/intrinsics/raw.ts";
import { indexVex, type VexDecider, type VexIndex, type VexSubject, type VexTier, type VexVerdict, vexDecider } from "./decide.ts";
import { digest, inCycloneDx, otherDigest, product } from "./fixtures/statements.ts";
import type { VexQuestion } from "./lookup.ts";
import { misses } from "./product-match.ts";
import { type Entries, type Entry, whole } from "./statement-index.ts";
import { nearestMisses } from "./unmatched.ts";
import type { Claim } from "./verdict.ts";

const numRuns = Number(process.env["WAYBILL_RUNS"] ?? 2000);
const serial = "3e671687-395b-41f5-a30f-a58921a69b79";
const link = (ref: string): string => `urn:cdx:${serial}/1#${ref}`;
const bomDigest = `sha256:${"1".repeat(64)}`;
const scanDigest = `sha256:${"2".repeat(64)}`;
const hash = `sha256:${"c".repeat(64)}`;

const subject: VexSubject = {
  digests: [digest],
  repository: "ghcr.io/acme/shop",
  tag: "1.2",
  boms: [
    {
      document: bomDigest,
      serial: `urn:uuid:${serial}`,
      version: 1,
      root: { id: "root", name: "shop", version: "1.0.0", purl: "pkg:npm/shop@1.0.0" },
    },
  ],
};

const purls = [
  "pkg:npm/a",
  "pkg:npm/a@1.0.0",
  "pkg:npm/a@2.0.0",
  "pkg:npm/b@1.0.0",
  "pkg:deb/debian/a@1.0.0?arch=amd64",
  "pkg:deb/debian/a@1.0.0",
] as const;
const names = [
  ...purls,
  "pkg:npm/shop",
  "pkg:npm/shop@1.0.0",
  "pkg:oci/shop?repository_url=ghcr.io/acme/shop",
  "pkg:oci/shop?repository_url=ghcr.io/acme/shop&tag=1.2",
  digest,
  otherDigest,
  hash,
  link("a"),
  link("b"),
  "a",
  "org/a",
  `urn:cdx:${serial}/1`,
] as const;
const ids = ["CVE-2024-0001", "CVE-2024-0002", "GHSA-aaaa-aaaa-aaaa"] as const;

const named: fc.Arbitrary<DataRecord> = fc
  .record({
    id: fc.constantFrom(...names),
    subcomponents: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(fc.constantFrom(...names, ""), { maxLength: 2 })),
    rest: fc.oneof(
      { weight: 4, arbitrary: fc.constant({}) },
      fc.constantFrom<DataRecord>(
        { version: "1.0.0" },
        { versions: "vers:npm/<2.0.0" },
        { versions: "vers:generic/*" },
        { name: "a", version: "1.0.0" },
        { name: "org/a", version: "1.0.0" },
        { digests: [hash] },
      ),
    ),
  })
  .map(({ id, subcomponents, rest }) => product(id, subcomponents, rest));
const statement: fc.Arbitrary<DataRecord> = fc.record({
  vulnerability: fc.constantFrom(...ids),
  aliases: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.subarray([...ids], { maxLength: 2 })),
  status: fc.constantFrom("not_affected", "not_affected", "fixed", "affected", "under_investigation"),
  justification: fc.constantFrom("component_not_present", undefined),
  timestamp: fc.constantFrom("2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z"),
  products: fc.array(named, { minLength: 1, maxLength: 3 }),
});
const document = fc
  .record({
    id: fc.constantFrom("x", "y", "z"),
    version: fc.constantFrom(1, 2),
    author: fc.constant("Acme"),
    statements: fc.array(statement, { maxLength: 5 }),
    inside: fc.boolean(),
  })
  .map(({ inside, ...data }) => (inside ? inCycloneDx(data, bomDigest) : data));
const tiers: fc.Arbitrary<readonly VexTier[]> = fc
  .array(fc.array(document, { maxLength: 3 }), { minLength: 1, maxLength: 2 })
  .map((list) => list.map((documents, tier) => ({ name: `tier ${tier}`, documents })));

const component: fc.Arbitrary<DataRecord> = fc
  .record({
    id: fc.constantFrom(undefined, "a", "b", link("a")),
    name: fc.constantFrom("a", "b"),
    group: fc.constantFrom(undefined, undefined, "org"),
    version: fc.constantFrom(undefined, "1.0.0", "2.0.0"),
    purl: fc.constantFrom(undefined, ...purls),
    hashes: fc.constantFrom(undefined, undefined, [{ algorithm: "SHA-256", value: "c".repeat(64) }]),
    from: fc.constantFrom(undefined, bomDigest, scanDigest),
  })
  .map(({ from, ...data }) => (from === undefined ? data : inCycloneDx(data, from)));
const finding: fc.Arbitrary<DataRecord> = fc.record({
  id: fc.constantFrom(...ids, "CVE-2024-0009"),
  aliases: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.subarray([...ids], { maxLength: 2 })),
  installed: fc.constantFrom(undefined, undefined, "1.0.0"),
  component,
});

/** Findings of one scan, some of them joined with a bill of materials, whose components then have places. */
const findings: fc.Arbitrary<readonly DataRecord[]> = fc
  .record({ some: fc.array(finding, { minLength: 1, maxLength: 8 }), inBom: fc.array(component, { maxLength: 4 }), join: fc.boolean() })
  .map(({ some, inBom, join }) => {
    if (!join) return some;
    const components = inBom.map((one, index) => inCycloneDx({ ...one, dependencies: inBom.slice(index + 1) }, bomDigest));
    const { findings: joined } = joinFindings(
      { root: { id: "root", dependencies: components.slice(0, 2) }, components },
      { findings: some },
    );
    return membersOf(joined, "findings").items.map((item) => recordOf(item) ?? {});
  });

const rules = { now: Date.parse("2025-06-01T00:00:00Z") * 1000 };
const deciderOf = (index: VexIndex): VexDecider => vexDecider(index, subject, rules);

/** A verdict without how its statements are listed: which of equal rank is named first, and which of several reasons against one is told. */
const told = ({ used, shadowed, rejected, ...rest }: VexVerdict): unknown => ({
  ...rest,
  used: used.map(({ tier, specificity, time, status }) => JSON.stringify([tier, specificity, time, status])).sort(),
  speaking: [...used, ...shadowed].map(recordOfClaim).sort(),
  rejected: rejected.map(({ claim }) => recordOfClaim(claim)).sort(),
});
const recordOfClaim = ({ record }: Claim): string => JSON.stringify(record);

it("answers each finding as if it were the only one, whatever was asked before", () => {
  const kinds = new Map<string, number>();
  fc.assert(
    fc.property(tiers, findings, fc.nat(), (documents, list, turn) => {
      const index = indexVex(documents);
      const decide = deciderOf(index);
      const asked = [...list.slice(turn % list.length), ...list.slice(0, turn % list.length), ...list];
      const met = new Set<number>();
      const nearest = index.statements.map(() => ({ rank: -1, details: new Set<string>() }));
      for (const one of list) {
        // Nothing is shared with the rest: the documents are indexed again.
        const own = indexVex(documents);
        const alone = deciderOf(own);
        const verdict = alone(one);
        kinds.set(verdict.kind, (kinds.get(verdict.kind) ?? 0) + 1);
        for (const [i, statement] of own.statements.entries()) if (alone.met.has(statement)) met.add(i);
        const miss = nearestMisses(own, alone.asked, subject);
        for (const [i, statement] of own.statements.entries()) {
          const found = miss(statement);
          const rank = found.nearest === "vulnerability" ? -1 : misses.indexOf(found.nearest);
          const best = nearest[i];
          if (best === undefined || rank < best.rank) continue;
          if (rank > best.rank) nearest[i] = { rank, details: new Set([found.detail]) };
          else best.details.add(found.detail);
        }
        expect(decide(one)).toEqual(verdict);
      }
      for (const one of asked) expect(decide(one)).toEqual(deciderOf(indexVex(documents))(one));
      expect(index.statements.flatMap((statement, i) => (decide.met.has(statement) ? [i] : []))).toEqual([...met].sort((a, b) => a - b));
      const miss = nearestMisses(index, decide.asked, subject);
      for (const [i, statement] of index.statements.entries()) {
        if (met.has(i)) continue;
        const found = miss(statement);
        expect(found.nearest === "vulnerability" ? -1 : misses.indexOf(found.nearest)).toBe(nearest[i]?.rank);
        expect([...(nearest[i]?.details ?? [])]).toContain(found.detail);
      }
    }),
    { numRuns },
  );
  for (const kind of ["suppressed", "kept", "unmentioned", "conflict"])
    expect([kind, (kinds.get(kind) ?? 0) > numRuns / 50]).toEqual([kind, true]);
});

/** An index that tells nothing apart by what products and parts are called: every statement about the vulnerability is held against each. */
function flat(index: VexIndex): VexIndex {
  const entries = new Map([...index.entries].map(([vulnerability, own]) => [vulnerability, everyEntry(own)]));
  return { ...index, entries, kinds: new Set(["digest", "link", "name"]) };
}

function everyEntry(entries: Entries): Entries {
  const all = new Set([...entries.values()].flatMap((parts) => [...parts.values()].flat()));
  const wholes = [...all].filter(({ subcomponent }) => subcomponent === undefined);
  const ofParts = [...all].filter(({ subcomponent }) => subcomponent !== undefined);
  const parts = new Always<readonly Entry[]>((key) => (key === whole ? wholes : ofParts));
  return new Always(() => parts);
}

/** A map with something under each key. */
class Always<T> extends Map<string, T> {
  readonly #of: (key: string) => T;
  constructor(of: (key: string) => T) {
    super();
    this.#of = of;
  }
  override get(key: string): T {
    return this.#of(key);
  }
}

it("misses no statement that is about a finding, however it names product and part", () => {
  let met = 0;
  fc.assert(
    fc.property(tiers, fc.array(finding, { minLength: 1, maxLength: 4 }), (documents, list) => {
      const index = indexVex(documents);
      const naive = flat(indexVex(documents));
      const [ours, theirs] = [deciderOf(index), deciderOf(naive)];
      for (const one of list) expect(told(ours(one))).toEqual(told(theirs(one)));
      const places = (of: VexIndex, decide: VexDecider) => of.statements.flatMap((statement, i) => (decide.met.has(statement) ? [i] : []));
      expect(places(index, ours)).toEqual(places(naive, theirs));
      met += ours.met.size;
    }),
    { numRuns: 3 * numRuns },
  );
  expect(met).toBeGreaterThan(numRuns);
});

it("remembers each question about a vulnerability once, up to twenty", () => {
  const one = (n: number): DataRecord => ({ id: "CVE-2024-0001", component: { name: "a", purl: `pkg:npm/a@${n}.0.0` } });
  const documents = [{ id: "x", statements: [{ vulnerability: "CVE-2024-0001", status: "affected", products: [product(otherDigest)] }] }];
  const decide = deciderOf(indexVex([{ name: "claimed", documents }]));
  for (let n = 0; n < 60; n++) decide(one(n % 30));
  const asked: readonly VexQuestion[] = decide.spoken(one(0)).flatMap(decide.asked);
  expect(asked.map(({ component: { purl } }) => purl)).toEqual(Array.from({ length: 20 }, (_, n) => `pkg:npm/a@${n}.0.0`));
});
