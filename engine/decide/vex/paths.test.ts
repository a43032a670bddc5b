/** Statements about products between component and root, and BOM-Links, against a bill of materials. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DataRecord, Lack, OpenList } from "../../../language/core/data.ts";
import { joinFindings } from "../../evaluate/intrinsics/findings.ts";
import { recordOf } from "../../evaluate/intrinsics/raw.ts";
import type { VexSubject, VexVerdict } from "./decide.ts";
import { digest, finding, inCycloneDx, otherDigest, product, read, statement, vex } from "./fixtures/statements.ts";

const subject: VexSubject = { digests: [digest] };
const purl = (name: string): string => `pkg:npm/${name}@1.0.0`;

interface Bom {
  readonly root: DataRecord;
  readonly components: readonly DataRecord[];
}

/** `{ root: ["a"], a: ["c"] }`: what depends on what; every name is a component, and `root` is the root. */
function bomOf(edges: Readonly<Record<string, readonly string[]>>): Bom {
  const names = new Set([...Object.keys(edges), ...Object.values(edges).flat()]);
  const records = new Map<string, Record<string, unknown>>(
    [...names].map((name) => [name, { id: name, name, version: "1.0.0", purl: purl(name) }]),
  );
  for (const [from, to] of Object.entries(edges)) {
    const record = records.get(from);
    if (record !== undefined) record["dependencies"] = to.map((name) => records.get(name));
  }
  const all = [...records] as [string, DataRecord][];
  return {
    root: all.find(([name]) => name === "root")?.[1] ?? {},
    components: all.filter(([name]) => name !== "root").map(([, record]) => record),
  };
}

/** The finding on `c` as the join with the bill of materials gives it. */
function joined(bom: DataRecord, one: DataRecord = finding(purl("c"))): DataRecord {
  const { findings } = joinFindings(bom, { findings: [one] });
  const [first] = findings instanceof OpenList ? findings.items : findings;
  return recordOf(first) ?? {};
}

const about = (name: string, rest: DataRecord = {}): DataRecord => statement({ products: [product(purl(name), [purl("c")])], ...rest });
const cutting = (bom: Bom, names: readonly string[]): VexVerdict =>
  read([vex(...names.map((name) => about(name)))], subject, joined({ ...bom }));

describe("a finding below several parts of the product", () => {
  const both = bomOf({ root: ["a", "b"], a: ["c"], b: ["c"], c: [] });

  it("is kept where a statement speaks of one of them, and the other path is told", () => {
    expect(cutting(both, ["a"])).toMatchObject({
      kind: "kept",
      used: [],
      rejected: [
        { claim: { about: "part", product: purl("a") }, why: { kind: "another-path", path: [purl("root"), purl("b"), purl("c")] } },
      ],
    });
  });

  it("is suppressed where they speak of all", () => {
    expect(cutting(both, ["a", "b"])).toMatchObject({
      kind: "suppressed",
      used: [{ product: purl("a") }, { product: purl("b") }],
      rejected: [],
    });
  });

  it("is suppressed by one statement about several products", () => {
    const one = statement({ products: [product(purl("a"), [purl("c")]), product(purl("b"), [purl("c")])] });
    expect(read([vex(one)], subject, joined({ ...both }))).toMatchObject({ kind: "suppressed" });
    expect(read([vex(one)], subject, joined({ ...both })).used).toHaveLength(2);
  });

  it("is suppressed by a statement about the subject, the component or the root, whatever else is said of parts", () => {
    const everywhere = [
      product(digest, [purl("c")]),
      product(digest),
      product(purl("c")),
      product(purl("root"), [purl("c")]),
      product(purl("root")),
    ];
    for (const one of everywhere) {
      const verdict = read([vex(statement({ products: [one] }), about("a"))], subject, joined({ ...both }));
      expect(verdict).toMatchObject({ kind: "suppressed", used: [{ product: one["id"] }] });
    }
  });

  it("is suppressed by a statement about a whole part, where every path leads through it", () => {
    const chain = bomOf({ root: ["a"], a: ["b"], b: ["c"] });
    expect(read([vex(statement({ products: [product(purl("a"))] }))], subject, joined({ ...chain }))).toMatchObject({ kind: "suppressed" });
    expect(read([vex(statement({ products: [product(purl("a"))] }))], subject, joined({ ...both }))).toMatchObject({ kind: "kept" });
  });

  it("is kept by a warning about another version of its package that it is in, whatever else was asked", () => {
    const inner = { id: "c2", name: "c", version: "2.5.0", purl: "pkg:npm/c@2.5.0" };
    const outer = { id: "c1", name: "c", version: "1.0.0", purl: purl("c"), dependencies: [inner] };
    const bom = { root: { id: "root", name: "root", dependencies: [outer] }, components: [outer, inner] };
    const silences = statement({ products: [product(digest, [inner.purl])] });
    const warned = product("pkg:npm/c", [], { versions: "vers:npm/<2.0.0" });
    const warns = statement({ status: "affected", timestamp: "2025-02-01T00:00:00Z", products: [warned] });
    const verdict = read([vex(silences, warns)], subject, joined(bom, finding(inner.purl)));
    expect(verdict).toMatchObject({ kind: "kept", used: [{ status: "affected", about: "part" }] });
  });

  it("is kept by a warning about one part, which every other word stands against", () => {
    const warns = about("b", { status: "affected", timestamp: "2025-02-01T00:00:00Z" });
    expect(read([vex(about("a"), about("b"), warns)], subject, joined({ ...both }))).toMatchObject({
      kind: "kept",
      used: [{ status: "affected" }],
    });
    const older = about("b", { status: "affected", timestamp: "2024-02-01T00:00:00Z" });
    expect(read([vex(about("a"), about("b"), older)], subject, joined({ ...both }))).toMatchObject({ kind: "suppressed" });
  });

  it("is kept by a warning that is as new as what speaks of one part, though it is less exact", () => {
    const warns = statement({ status: "affected", timestamp: "2025-02-01T00:00:00Z", products: [product("pkg:npm/c")] });
    const said = (time: string): DataRecord[] => [
      about("a", { timestamp: "2025-03-01T00:00:00Z" }),
      about("b", { timestamp: time }),
      warns,
    ];
    expect(read([vex(...said("2025-02-01T00:00:00Z"))], subject, joined({ ...both }))).toMatchObject({
      kind: "kept",
      used: [{ status: "affected" }],
    });
    expect(read([vex(...said("2025-02-02T00:00:00Z"))], subject, joined({ ...both }))).toMatchObject({ kind: "suppressed" });
  });

  it("is suppressed only by what names its version", () => {
    const loose = statement({ products: [product("pkg:npm/a", ["pkg:npm/c"]), product("pkg:npm/b", ["pkg:npm/c"])] });
    expect(read([vex(loose)], subject, joined({ ...both }))).toMatchObject({ kind: "kept", rejected: [{ why: { kind: "unanchored" } }] });
  });

  it("is kept without a bill of materials that tells the paths", () => {
    expect(read([vex(about("a"), about("b"))], subject, finding(purl("c")))).toMatchObject({ kind: "unmentioned" });
  });
});

describe("paths", () => {
  it.each<[string, Readonly<Record<string, readonly string[]>>, readonly string[], VexVerdict["kind"]]>([
    ["through one part are cut there", { root: ["a"], a: ["c"] }, ["a"], "suppressed"],
    ["are cut where they meet", { root: ["a", "b"], a: ["m"], b: ["m"], m: ["c"] }, ["m"], "suppressed"],
    ["that are direct are cut by nothing in between", { root: ["a", "c"], a: ["c"] }, ["a"], "kept"],
    ["of a part that nothing depends on lead to the root", { root: ["a"], a: ["c"], b: ["c"] }, ["a"], "kept"],
    ["of a component that nothing depends on lead to the root", { root: ["a"], a: [], c: [] }, ["a"], "kept"],
    ["may be cut at a part that nothing depends on", { root: [], a: ["c"] }, ["a"], "suppressed"],
    ["end where parts depend on each other", { root: ["a"], a: ["b", "c"], b: ["a"] }, ["a"], "suppressed"],
    ["through parts that depend on each other are all cut", { root: ["a"], a: ["b"], b: ["a", "c"] }, ["b"], "suppressed"],
    ["around a cut in a ring stay open", { root: ["a", "b"], a: ["b", "c"], b: ["a", "c"] }, ["a"], "kept"],
    ["from a ring that nothing leads to are paths all the same", { root: ["a"], a: ["c"], x: ["y"], y: ["x", "c"] }, ["a"], "kept"],
    ["of a component that depends on itself are its own", { root: ["a"], a: ["c"], c: ["c"] }, ["a"], "suppressed"],
    ["are not cut by what the component depends on", { root: ["c"], c: ["a"] }, ["a"], "kept"],
    ["of a component that nothing depends on are cut at the root", { root: ["a"], a: [], c: [] }, ["root"], "suppressed"],
    ["are cut at the root", { root: ["a", "b"], a: ["c"], b: ["c"] }, ["root"], "suppressed"],
  ])("%s", (_name, edges, names, kind) => {
    expect(cutting(bomOf(edges), names).kind).toBe(kind);
  });

  it("are not told by a bill of materials that says it is incomplete, or cannot be read", () => {
    const bom = bomOf({ root: ["a"], a: ["c"] });
    const incomplete = { ...bom, components: new OpenList(bom.components, false, [new Lack("malformed", "1 reference leads to nothing")]) };
    expect(read([vex(about("a"))], subject, joined(incomplete))).toMatchObject({
      kind: "kept",
      rejected: [{ why: { kind: "paths-unknown" } }],
    });
    const part = bom.components.find(({ name }) => name === "a") as Record<string, unknown>;
    part["dependencies"] = new OpenList(part["dependencies"] as readonly DataRecord[], false, [new Lack("missing", "in another document")]);
    expect(read([vex(about("a"))], subject, joined({ ...bom }))).toMatchObject({
      kind: "kept",
      rejected: [{ why: { kind: "paths-unknown", detail: "in another document" } }],
    });
  });

  it("of all components that a finding cannot tell apart count", () => {
    const bom = bomOf({ root: ["a", "b"], a: ["c"] });
    const second = { id: "c2", name: "c", version: "1.0.0", purl: purl("c") };
    const b = bom.components.find(({ name }) => name === "b") as Record<string, unknown>;
    b["dependencies"] = [second];
    const twice = { ...bom, components: [...bom.components, second] };
    expect(read([vex(about("a"))], subject, joined(twice))).toMatchObject({ kind: "kept" });
    expect(read([vex(about("a"), about("b"))], subject, joined(twice))).toMatchObject({ kind: "suppressed" });
  });

  it("are cut exactly where walking each of them meets a part that is spoken of", () => {
    const names = ["a", "b", "d", "e"] as const;
    const edge = fc.tuple(fc.constantFrom("root", ...names), fc.constantFrom(...names, "c"));
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 10 }), fc.subarray([...names]), (list, cut) => {
        const edges: Record<string, string[]> = { root: [], c: [], ...Object.fromEntries(names.map((name) => [name, []])) };
        for (const [from, to] of list) edges[from]?.push(to);
        const verdict = cutting(bomOf(edges), cut);
        expect(verdict.kind === "suppressed").toBe(cut.length > 0 && allCut(edges, new Set(cut)));
      }),
      { numRuns: Number(process.env["WAYBILL_RUNS"] ?? 2000) },
    );
  });
});

/** By the definition: every simple path upwards, where what the root does not reach is as good as the root's own. */
function allCut(edges: Readonly<Record<string, readonly string[]>>, cut: ReadonlySet<string>): boolean {
  const above = (name: string): string[] => Object.keys(edges).filter((from) => edges[from]?.includes(name));
  const known = new Set(Object.keys(edges).filter((name) => name === "root" || above(name).length === 0));
  for (const name of known) for (const to of edges[name] ?? []) known.add(to);
  const walk = (path: readonly string[]): boolean => {
    const [at = ""] = path;
    if (cut.has(at)) return true;
    if (at === "root" || !known.has(at) || above(at).length === 0) return false;
    return above(at)
      .filter((name) => !path.includes(name))
      .every((name) => walk([name, ...path]));
  };
  return walk(["c"]);
}

describe("a BOM-Link", () => {
  const serial = "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79";
  const link = "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1";
  const document = otherDigest;
  const bare = { name: "lib", version: "2.0" };
  const component = inCycloneDx({ ...bare, id: "lib-2" }, document);
  const root = inCycloneDx({ id: "shop", name: "shop", version: "1.0" }, document);
  const bom = { document, serial, version: 1, root };
  const known: VexSubject = { digests: [digest], boms: [bom] };
  const on = (one: DataRecord): DataRecord => finding(undefined, { component: one });
  const says = (id: string, rest: DataRecord = {}): DataRecord => vex(statement({ products: [product(id, [], rest)] }));

  it("names a component of the bill of materials at hand", () => {
    expect(read([says(`${link}#lib-2`)], known, on(component))).toMatchObject({ kind: "suppressed", used: [{ about: "component" }] });
    expect(read([says(`${link.toUpperCase().replace("URN:CDX", "urn:cdx")}#lib%2D2`)], known, on(component))).toMatchObject({
      kind: "suppressed",
    });
    expect(read([says(`${link}#lib-3`)], known, on(component))).toMatchObject({ kind: "unmentioned" });
  });

  it("names the subject by the root, or by the document as a whole", () => {
    expect(read([says(`${link}#shop`)], known, on(component))).toMatchObject({ kind: "suppressed", used: [{ about: "subject" }] });
    expect(read([says(link)], known, on(component))).toMatchObject({ kind: "suppressed", used: [{ about: "subject" }] });
    const within = vex(statement({ products: [product(`${link}#shop`, [`${link}#lib-2`])] }));
    expect(read([within], known, on(component))).toMatchObject({ kind: "suppressed" });
  });

  it("of another version of the document, or of none at hand, is none of them", () => {
    expect(read([says("urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/2#lib-2")], known, on(component))).toMatchObject({
      kind: "unmentioned",
    });
    expect(read([says(`${link}#lib-2`)], { digests: [digest] }, on(component))).toMatchObject({ kind: "unmentioned" });
    expect(read([says(`${link}#lib-2`)], known, on(inCycloneDx({ ...bare, id: "lib-2" }, digest)))).toMatchObject({ kind: "unmentioned" });
  });

  it("of another product does not silence the same package here, but warns", () => {
    const here = on({ name: "c", purl: purl("c"), version: "1.0.0" });
    const foreign = "urn:cdx:00000000-395b-41f5-a30f-a58921a69b79/1#c";
    expect(read([says(foreign, { purl: purl("c") })], known, here)).toMatchObject({
      kind: "kept",
      rejected: [{ why: { kind: "another-bom", link: foreign.slice(0, -2) } }],
    });
    const warns = vex(statement({ status: "affected", products: [product(foreign, [], { purl: purl("c") })] }));
    expect(read([warns], known, here)).toMatchObject({ kind: "kept", used: [{ status: "affected" }] });
  });

  it("into its own document speaks of the package, unless the document is about another artifact", () => {
    const here = on({ name: "c", purl: purl("c"), version: "1.0.0" });
    const foreign = "00000000-395b-41f5-a30f-a58921a69b79";
    const own = inCycloneDx(
      {
        ...vex(
          inCycloneDx(statement({ products: [product(`urn:cdx:${foreign}/1#c`, [], { purl: purl("c") })] }), `sha256:${"c".repeat(64)}`),
        ),
        id: `urn:uuid:${foreign}`,
      },
      `sha256:${"c".repeat(64)}`,
    );
    expect(read([own], known, here)).toMatchObject({ kind: "suppressed" });
    const elsewhere = { ...known, elsewhere: new Set([`sha256:${"c".repeat(64)}`]) };
    expect(read([own], elsewhere, here)).toMatchObject({ kind: "kept", rejected: [{ why: { kind: "another-bom" } }] });
  });

  it("without a version of what it names does not suppress", () => {
    const versionless = inCycloneDx({ id: "lib-2", name: "lib" }, document);
    expect(read([says(`${link}#lib-2`)], known, on(versionless))).toMatchObject({
      kind: "kept",
      rejected: [{ why: { kind: "unanchored" } }],
    });
  });

  it("is narrowed by the versions that the statement names", () => {
    expect(read([says(`${link}#lib-2`, { version: "2.0" })], known, on(component))).toMatchObject({ kind: "suppressed" });
    expect(read([says(`${link}#lib-2`, { version: "2.1" })], known, on(component))).toMatchObject({ kind: "unmentioned" });
    expect(read([says(`${link}#lib-2`, { versions: "vers:semver/<3.0.0" })], known, on(component))).toMatchObject({ kind: "suppressed" });
    expect(read([says(`${link}#lib-2`, { versions: "vers:generic/<3.0.0" })], known, on(component))).toMatchObject({
      kind: "kept",
      used: [],
    });
  });

  it("names one of several components that a finding cannot tell apart for its own paths only", () => {
    const place = (id: string): DataRecord => inCycloneDx({ id, name: "c", version: "1.0.0", purl: purl("c") }, document);
    const [first, second] = [place("c1"), place("c2")];
    const bill = { root, components: [first, second] };
    const one = joined(bill);
    expect(read([says(`${link}#c1`)], known, one)).toMatchObject({ kind: "kept", rejected: [{ why: { kind: "another-path" } }] });
    expect(read([says(`${link}#c1`), says(`${link}#c2`)], known, one)).toMatchObject({ kind: "suppressed" });
  });

  it("that an embedded statement writes as a plain reference is one within its document", () => {
    const embedded = inCycloneDx(vex(statement({ products: [product("lib-2")] })), document);
    expect(read([embedded], known, on(component))).toMatchObject({ kind: "suppressed" });
    expect(read([inCycloneDx(vex(statement({ products: [product("lib-2")] })), digest)], known, on(component))).toMatchObject({
      kind: "unmentioned",
    });
  });
});

it("cuts thousands of paths by one statement, and no fewer than all", () => {
  const names = Array.from({ length: 3000 }, (_, n) => `p${n}`);
  const bom = bomOf({ root: names, ...Object.fromEntries(names.map((name) => [name, ["c"]])), c: [] });
  const by = (some: readonly string[]): VexVerdict =>
    read([vex(statement({ products: some.map((name) => product(purl(name), [purl("c")])) }))], subject, joined({ ...bom }));
  expect(by(names)).toMatchObject({ kind: "suppressed" });
  expect(by(names).used.length).toBe(names.length);
  const [first = "", ...others] = names;
  const open = by(others);
  expect(open.kind).toBe("kept");
  expect(open.rejected[0]?.why).toEqual({ kind: "another-path", path: [purl("root"), purl(first), purl("c")] });
});
