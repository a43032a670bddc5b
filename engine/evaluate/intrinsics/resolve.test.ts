import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DataRecord, Known, Lack } from "../../../language/core/data.ts";
import { parsePurl } from "../../../language/domains/purl.ts";
import { parseTime } from "../../../language/domains/time.ts";
import { type Resolution, vexReader } from "./resolve.ts";
import { indexVex } from "./vex-index.ts";
import type { VexSubject } from "./vex-product.ts";
import { unmatchedStatements } from "./vex-unmatched.ts";

const digest = `sha256:${"a".repeat(64)}`;
const otherDigest = `sha256:${"b".repeat(64)}`;
const image: VexSubject = { digests: [digest], repository: "ghcr.io/acme/shop", tag: "1.2" };
const log4j = "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1";

const at = (text: string): number => {
  const parsed = parseTime(text);
  return parsed.ok ? parsed.value : Number.NaN;
};
const now = at("2025-06-01T00:00:00Z");

const product = (id: string, subcomponents: readonly string[] = [], rest: DataRecord = {}): DataRecord => ({
  id,
  digests: [],
  subcomponents,
  ...rest,
});
const statement = (rest: DataRecord = {}): DataRecord => ({
  vulnerability: "CVE-2021-44228",
  aliases: [],
  status: "not_affected",
  timestamp: "2025-01-01T00:00:00Z",
  products: [product(digest, [log4j])],
  ...rest,
});
const vex = (...statements: readonly DataRecord[]): DataRecord => ({ author: "Acme", timestamp: "2024-01-01T00:00:00Z", statements });
const finding = (purl: string | undefined = log4j, rest: DataRecord = {}): DataRecord => ({
  id: "CVE-2021-44228",
  component: { name: "log4j-core", purl },
  ...rest,
});

function read(
  documents: readonly DataRecord[],
  subject: VexSubject = image,
  one: DataRecord = finding(),
  clock: number | undefined = now,
): Resolution {
  return vexReader(indexVex(documents), subject, clock)(one);
}

describe("a statement resolves nothing", () => {
  it.each<[string, DataRecord]>([
    ["without a product", { products: [] }],
    ["whose products are absent", { products: undefined }],
    ["about another digest", { products: [product(otherDigest, [log4j])] }],
    ["about another vulnerability", { vulnerability: "CVE-2021-45046" }],
    ["about another component", { products: [product(digest, ["pkg:maven/org.apache.logging.log4j/log4j-api@2.14.1"])] }],
    ["about another version of the component", { products: [product(digest, ["pkg:maven/org.apache.logging.log4j/log4j-core@2.17.1"])] }],
    ["with a qualifier that the component lacks", { products: [product(digest, [`${log4j}?type=jar`])] }],
    ["about a subcomponent that is no purl", { products: [product(digest, ["log4j-core"])] }],
    ["about a repository of the same name elsewhere", { products: [product("pkg:oci/shop?repository_url=evil.example/acme/shop")] }],
    ["about a repository in no registry", { products: [product("pkg:oci/shop")] }],
    ["about another tag", { products: [product("pkg:oci/shop?repository_url=ghcr.io/acme/shop&tag=1.3")] }],
    ["about one architecture of the image", { products: [product("pkg:oci/shop?repository_url=ghcr.io/acme/shop&arch=amd64")] }],
    [
      "about a version of the product that Waybill cannot read",
      { products: [product(digest, [], { id: log4j, purl: new Lack("missing", "") })] },
    ],
    [
      "with a digest that contradicts its repository",
      { products: [product("pkg:oci/shop?repository_url=ghcr.io/acme/shop", [], { digests: [otherDigest] })] },
    ],
    ["with an unknown status", { status: "resolved" }],
    ["without a status", { status: new Lack("missing", "") }],
    ["that says affected", { status: "affected" }],
    ["that says under investigation", { status: "under_investigation" }],
  ])("%s", (_name, rest) => {
    expect(read([vex(statement(rest))])).toMatchObject({ kind: "unresolved" });
  });

  it("where there is none", () => {
    expect(read([])).toEqual({ kind: "unresolved", by: [], flipsAt: undefined });
    expect(read([{ statements: new Lack("transient", "") }])).toMatchObject({ kind: "unresolved" });
  });

  it("about a subcomponent of a finding that names no purl", () => {
    expect(read([vex(statement())], image, finding("not a purl"))).toMatchObject({ kind: "unresolved" });
  });

  it("by its config digest, of an image that is known by its manifest's", () => {
    expect(read([vex(statement())], { digests: [otherDigest] })).toMatchObject({ kind: "unresolved" });
  });
});

describe("a statement resolves", () => {
  it.each<[string, DataRecord]>([
    ["by digest and subcomponent", {}],
    ["with the status fixed", { status: "fixed" }],
    ["by an alias", { vulnerability: "GHSA-jfh8-c2jp-5v3q", aliases: ["cve-2021-44228"] }],
    ["every version of a subcomponent without one", { products: [product(digest, ["pkg:maven/org.apache.logging.log4j/log4j-core"])] }],
    ["everything in a product without subcomponents", { products: [product(digest)] }],
    ["by a hash of the product", { products: [product("urn:acme:shop", [log4j], { digests: [digest] })] }],
    ["by repository", { products: [product("pkg:oci/shop?repository_url=ghcr.io%2Facme%2Fshop", [log4j])] }],
    [
      "by repository as it was written before the name was part of it",
      { products: [product("pkg:oci/shop?repository_url=ghcr.io/acme", [log4j])] },
    ],
    ["by repository and tag", { products: [product("pkg:oci/shop?repository_url=ghcr.io/acme/shop&tag=1.2", [log4j])] }],
    [
      "by repository and digest",
      { products: [product(`pkg:oci/shop@sha256%3A${"a".repeat(64)}?repository_url=ghcr.io/acme/shop`, [log4j])] },
    ],
    ["where its product is the component itself", { products: [product(log4j)] }],
    ["with a second product that does not match", { products: [product(otherDigest), product(digest)] }],
  ])("%s", (_name, rest) => {
    expect(read([vex(statement(rest))])).toMatchObject({ kind: "resolved" });
  });

  it("by the purl of an artifact, each qualifier of which it may leave out", () => {
    const purl = parsePurl("pkg:golang/example.com/shop@v1.2.3?goos=linux");
    if (!purl.ok) throw new Error(purl.problem);
    const subject = { digests: [], purl: purl.value };
    expect(read([vex(statement({ products: [product("pkg:golang/example.com/shop", [log4j])] }))], subject)).toMatchObject({
      kind: "resolved",
    });
    expect(read([vex(statement({ products: [product("pkg:golang/example.com/shop@1.2.3", [log4j])] }))], subject)).toMatchObject({
      kind: "resolved",
    });
    expect(read([vex(statement({ products: [product("pkg:golang/example.com/shop@v1.2.4", [log4j])] }))], subject)).toMatchObject({
      kind: "unresolved",
    });
  });

  it("where the product is an image of Docker Hub under either of its names", () => {
    const subject: VexSubject = { digests: [], repository: "docker.io/aquasec/trivy" };
    const id = "pkg:oci/trivy?repository_url=index.docker.io%2Faquasec%2Ftrivy";
    expect(read([vex(statement({ products: [product(id, [log4j])] }))], subject)).toMatchObject({ kind: "resolved" });
  });

  it("by aliases that three statements and the finding link", () => {
    const linked = [
      statement({ vulnerability: "A-1", aliases: ["B-1"], status: "affected", timestamp: "2024-01-01T00:00:00Z" }),
      statement({ vulnerability: "B-1", aliases: ["C-1"] }),
    ];
    expect(read([vex(...linked)], image, finding(log4j, { id: "X-1", aliases: ["A-1"] }))).toMatchObject({ kind: "resolved" });
  });
});

describe("of several statements", () => {
  const affected = (timestamp: string | undefined): DataRecord => statement({ status: "affected", timestamp });
  const resolved = (timestamp: string | undefined): DataRecord => statement({ status: "not_affected", timestamp });

  it("the newest decides, wherever it stands and by whatever name it goes", () => {
    expect(read([vex(affected("2025-02-01T00:00:00Z"), resolved("2025-01-01T00:00:00Z"))])).toMatchObject({ kind: "unresolved" });
    expect(read([vex(resolved("2025-01-01T00:00:00Z")), vex(affected("2025-02-01T00:00:00Z"))])).toMatchObject({ kind: "unresolved" });
    const renamed = statement({
      vulnerability: "GHSA-jfh8-c2jp-5v3q",
      aliases: ["CVE-2021-44228"],
      status: "affected",
      timestamp: "2025-03-01T00:00:00Z",
    });
    expect(read([vex(resolved("2025-01-01T00:00:00Z"), renamed)])).toMatchObject({ kind: "unresolved" });
    expect(read([vex(affected("2025-01-01T00:00:00Z"), resolved("2025-02-01T00:00:00Z"))])).toMatchObject({ kind: "resolved" });
  });

  it("those of one instant conflict where they differ, in whatever zone the instant is written", () => {
    const answer = read([vex(resolved("2025-01-01T00:00:00Z"), affected("2025-01-01T01:00:00+01:00"))]);
    expect(answer).toMatchObject({
      kind: "conflict",
      detail: "VEX statements of equal rank disagree: Acme says not_affected at 2025-01-01T00:00Z, Acme says affected at 2025-01-01T00:00Z",
    });
  });

  it("those of one instant that both resolve, or both do not, are no conflict", () => {
    expect(read([vex(resolved("2025-01-01T00:00:00Z"), statement({ status: "fixed" }))])).toMatchObject({ kind: "resolved" });
    expect(read([vex(affected("2025-01-01T00:00:00Z"), statement({ status: "under_investigation" }))])).toMatchObject({
      kind: "unresolved",
    });
  });

  it("one whose time cannot be read is neither older nor newer", () => {
    const timeless = { author: "Acme", statements: [affected("yesterday")] };
    expect(read([vex(resolved("2025-01-01T00:00:00Z")), timeless])).toMatchObject({ kind: "conflict" });
    expect(read([timeless])).toMatchObject({ kind: "unresolved" });
    expect(read([{ statements: [resolved(undefined)] }])).toMatchObject({ kind: "resolved" });
  });

  it("one without a time has its document's", () => {
    const older = { timestamp: "2024-01-01T00:00:00Z", statements: [affected(undefined)] };
    const newer = { timestamp: "2025-01-01T00:00:00Z", statements: [resolved(undefined)] };
    expect(read([newer, older])).toMatchObject({ kind: "resolved" });
  });
});

describe("a statement from the future", () => {
  const future = "2030-01-01T00:00:00Z";

  it("that would resolve does not yet, and says when it will", () => {
    expect(read([vex(statement({ timestamp: future }))])).toEqual({ kind: "unresolved", by: [], flipsAt: at(future) });
    expect(read([vex(statement({ timestamp: future }))], image, finding(), at(future))).toMatchObject({
      kind: "resolved",
      flipsAt: undefined,
    });
  });

  it("that does not resolve counts at once", () => {
    expect(read([vex(statement(), statement({ status: "affected", timestamp: future }))])).toMatchObject({ kind: "unresolved" });
  });

  it("counts where there is no clock", () => {
    const read = vexReader(indexVex([vex(statement({ timestamp: future }))]), image, undefined);
    expect(read(finding())).toMatchObject({ kind: "resolved" });
  });
});

describe("statements that matched nothing", () => {
  it("are told, each with what kept it from matching", () => {
    const statements = [
      statement(),
      statement({ vulnerability: "CVE-1999-0001" }),
      statement({ products: [] }),
      statement({ products: [product(otherDigest, [log4j])] }),
      statement({ products: [product(digest, ["pkg:npm/a@1"])] }),
      statement({ products: [product(digest, ["pkg:npm/a@1", "pkg:maven/org.apache.logging.log4j/log4j-core@2.0"])] }),
      statement({ products: [product(digest, [`${log4j}?type=jar`])] }),
      statement({ products: [product("pkg:oci/shop?repository_url=ghcr.io/acme/shop&tag=1.3")] }),
    ];
    const unmatched = unmatchedStatements(indexVex([vex(...statements)]), [finding()], image);
    expect(unmatched.map(({ nearest }) => nearest)).toEqual([
      "vulnerability",
      "product",
      "digest",
      "subcomponent",
      "version",
      "qualifier",
      "qualifier",
    ]);
    expect(unmatched.map(({ statement: { record } }) => statements.indexOf(record))).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("are all of them where there are no findings", () => {
    expect(unmatchedStatements(indexVex([vex(statement(), statement())]), [], image)).toHaveLength(2);
  });
});

it("reads as the definition says, whatever is stated about products, components, versions and times", () => {
  const purls = ["pkg:npm/a", "pkg:npm/a@1.0.0", "pkg:npm/a@2.0.0", "pkg:npm/b@1.0.0"] as const;
  const statements = fc.record({
    vulnerability: fc.constantFrom("CVE-2024-0001", "CVE-2024-0002"),
    status: fc.constantFrom("not_affected", "affected", "fixed", "under_investigation"),
    day: fc.constantFrom("01", "02", "03"),
    product: fc.constantFrom(digest, otherDigest, ...purls),
    subcomponents: fc.subarray([...purls], { maxLength: 2 }),
  });
  const includes = (named: string, actual: string): boolean => named === actual || actual.startsWith(`${named}@`);
  fc.assert(
    fc.property(fc.array(statements, { maxLength: 8 }), fc.constantFrom(...purls), (list, purl) => {
      const documents = [
        vex(
          ...list.map((one) =>
            statement({ ...one, timestamp: `2025-01-${one.day}T00:00:00Z`, products: [product(one.product, one.subcomponents)] }),
          ),
        ),
      ];
      const answer = read(documents, image, finding(purl, { id: "CVE-2024-0001" }));
      const matching = list.filter((one) => {
        if (one.vulnerability !== "CVE-2024-0001") return false;
        if (one.subcomponents.length === 0 && one.product.startsWith("pkg:") && includes(one.product, purl)) return true;
        return one.product === digest && (one.subcomponents.length === 0 || one.subcomponents.some((named) => includes(named, purl)));
      });
      const newest = matching
        .map((one) => one.day)
        .sort()
        .at(-1);
      const verdicts = new Set(
        matching.filter((one) => one.day === newest).map((one) => one.status === "not_affected" || one.status === "fixed"),
      );
      expect(answer.kind).toBe(verdicts.size === 2 ? "conflict" : verdicts.has(true) ? "resolved" : "unresolved");
    }),
    { numRuns: 1000 },
  );
});

describe("150,000 statements and 200,000 findings are one pass, which would not end if each were compared with each", () => {
  const count = { statements: 150_000, findings: 200_000 };
  it.each<[string, (i: number) => DataRecord, (i: number) => DataRecord]>([
    [
      "where each is about something else",
      (i) => statement({ vulnerability: `CVE-2024-${10_000 + i}` }),
      (i) => finding(log4j, { id: `CVE-2024-${10_000 + i}` }),
    ],
    ["where all are about one vulnerability in one component", () => statement(), () => finding()],
    [
      "where all are about one vulnerability in versions of one component",
      (i) => statement({ products: [product(digest, [`pkg:npm/a@1.0.${i}`])] }),
      (i) => finding(`pkg:npm/a@1.0.${i}`),
    ],
    [
      "where all are about one vulnerability in the whole product",
      () => statement({ products: [product(digest)] }),
      (i) => finding(`pkg:npm/p${i}@1.0.0`),
    ],
    [
      "where all are about one vulnerability in other products",
      (i) => statement({ products: [product(`pkg:npm/a${i}`)] }),
      (i) => finding(`pkg:npm/p${i}@1.0.0`),
    ],
  ])(
    "%s",
    (_name, statementOf, findingOf) => {
      const documents = [{ ...vex(), statements: Array.from({ length: count.statements }, (_, i) => statementOf(i)) }];
      const findings = Array.from({ length: count.findings }, (_, i) => findingOf(i));
      const index = indexVex(documents);
      const resolve = vexReader(index, image, now);
      for (const one of findings) resolve(one);
      expect(unmatchedStatements(index, findings, image).length).toBeLessThanOrEqual(count.statements);
    },
    120_000,
  );
});

describe("statements in run-time form, as tests of the language give them", () => {
  const given = (status: number, time: string): DataRecord => statement({ status: new Known(status), timestamp: new Known(at(time)) });

  it("resolve by their status, which is the place of the variant", () => {
    const kinds = [0, 1, 2, 3].map((status) => read([vex(given(status, "2025-01-01T00:00:00Z"))]).kind);
    expect(kinds).toEqual(["resolved", "unresolved", "resolved", "unresolved"]);
  });

  it("are ordered by their time", () => {
    expect(read([vex(given(0, "2025-01-01T00:00:00Z"), given(1, "2025-02-01T00:00:00Z"))])).toMatchObject({ kind: "unresolved" });
    expect(read([vex(given(0, "2025-02-01T00:00:00Z"), given(1, "2025-01-01T00:00:00Z"))])).toMatchObject({ kind: "resolved" });
  });

  it("say nothing with a status that is none", () => {
    expect(read([vex(given(4, "2025-01-01T00:00:00Z"))])).toMatchObject({ kind: "unresolved", by: [] });
    expect(read([vex(statement({ status: new Known("fixed") }))])).toMatchObject({ kind: "unresolved", by: [] });
  });
});
