import { describe, expect, it } from "vitest";
import { type DataRecord, Known, Lack } from "../../../language/core/data.ts";
import { parsePurl } from "../../../language/domains/purl.ts";
import { type VexSubject, vexDecider } from "./decide.ts";
import {
  at,
  digest,
  finding,
  image,
  indexed,
  log4j,
  now,
  otherDigest,
  product,
  read,
  statement,
  unmatchedStatements,
  vex,
} from "./fixtures/statements.ts";

describe("a statement suppresses nothing", () => {
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
    expect(read([vex(statement(rest))]).kind).not.toBe("suppressed");
  });

  it("where there is none", () => {
    const nothing = { kind: "unmentioned", status: undefined, used: [], shadowed: [], rejected: [], flipsAt: undefined };
    expect(read([])).toEqual(nothing);
    expect(read([{ statements: new Lack("transient", "") }])).toEqual(nothing);
  });

  it("about a subcomponent of a finding that names no purl", () => {
    expect(read([vex(statement())], image, finding("not a purl"))).toMatchObject({ kind: "unmentioned" });
  });

  it("by its config digest, of an image that is known by its manifest's", () => {
    expect(read([vex(statement())], { digests: [otherDigest] })).toMatchObject({ kind: "unmentioned" });
  });
});

describe("a statement suppresses", () => {
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
    expect(read([vex(statement(rest))])).toMatchObject({ kind: "suppressed" });
  });

  it("by the purl of an artifact, each qualifier of which it may leave out", () => {
    const purl = parsePurl("pkg:golang/example.com/shop@v1.2.3?goos=linux");
    if (!purl.ok) throw new Error(purl.problem);
    const subject = { digests: [], purl: purl.value };
    expect(read([vex(statement({ products: [product("pkg:golang/example.com/shop", [log4j])] }))], subject)).toMatchObject({
      kind: "suppressed",
    });
    expect(read([vex(statement({ products: [product("pkg:golang/example.com/shop@1.2.3", [log4j])] }))], subject)).toMatchObject({
      kind: "suppressed",
    });
    expect(read([vex(statement({ products: [product("pkg:golang/example.com/shop@v1.2.4", [log4j])] }))], subject)).toMatchObject({
      kind: "unmentioned",
    });
  });

  it("where the product is an image of Docker Hub under either of its names", () => {
    const subject: VexSubject = { digests: [], repository: "docker.io/aquasec/trivy" };
    const id = "pkg:oci/trivy?repository_url=index.docker.io%2Faquasec%2Ftrivy";
    expect(read([vex(statement({ products: [product(id, [log4j])] }))], subject)).toMatchObject({ kind: "suppressed" });
  });

  it("by aliases that three statements and the finding link", () => {
    const linked = [
      statement({ vulnerability: "A-1", aliases: ["B-1"], status: "affected", timestamp: "2024-01-01T00:00:00Z" }),
      statement({ vulnerability: "B-1", aliases: ["C-1"] }),
    ];
    expect(read([vex(...linked)], image, finding(log4j, { id: "X-1", aliases: ["A-1"] }))).toMatchObject({ kind: "suppressed" });
  });
});

describe("of several statements", () => {
  const affected = (timestamp: string | undefined): DataRecord => statement({ status: "affected", timestamp });
  const resolved = (timestamp: string | undefined): DataRecord => statement({ status: "not_affected", timestamp });

  it("the newest decides, wherever it stands and by whatever name it goes", () => {
    expect(read([vex(affected("2025-02-01T00:00:00Z"), resolved("2025-01-01T00:00:00Z"))])).toMatchObject({ kind: "kept" });
    expect(read([vex(resolved("2025-01-01T00:00:00Z")), vex(affected("2025-02-01T00:00:00Z"))])).toMatchObject({ kind: "kept" });
    const renamed = statement({
      vulnerability: "GHSA-jfh8-c2jp-5v3q",
      aliases: ["CVE-2021-44228"],
      status: "affected",
      timestamp: "2025-03-01T00:00:00Z",
    });
    expect(read([vex(resolved("2025-01-01T00:00:00Z"), renamed)])).toMatchObject({ kind: "kept" });
    expect(read([vex(affected("2025-01-01T00:00:00Z"), resolved("2025-02-01T00:00:00Z"))])).toMatchObject({ kind: "suppressed" });
  });

  it("those of one instant conflict where they differ, in whatever zone the instant is written", () => {
    const answer = read([vex(resolved("2025-01-01T00:00:00Z"), affected("2025-01-01T01:00:00+01:00"))]);
    expect(answer).toMatchObject({ kind: "conflict", status: undefined, rejected: [], shadowed: [] });
    expect(new Set(answer.used.map(({ status }) => status))).toEqual(new Set(["not_affected", "affected"]));
  });

  it("those of one instant that both resolve, or both do not, are no conflict", () => {
    expect(read([vex(resolved("2025-01-01T00:00:00Z"), statement({ status: "fixed" }))])).toMatchObject({ kind: "suppressed" });
    expect(read([vex(affected("2025-01-01T00:00:00Z"), statement({ status: "under_investigation" }))])).toMatchObject({
      kind: "kept",
    });
  });

  it("one whose time cannot be read is neither older nor newer, so it keeps what others suppress", () => {
    const timeless = { author: "Acme", statements: [affected("yesterday")] };
    expect(read([vex(resolved("2025-01-01T00:00:00Z")), timeless])).toMatchObject({ kind: "kept", used: [{ status: "affected" }] });
    expect(read([{ statements: [resolved(undefined), affected(undefined)] }])).toMatchObject({ kind: "conflict" });
    expect(read([{ statements: [resolved(undefined)] }, vex(affected("2020-01-01T00:00:00Z"))])).toMatchObject({ kind: "kept" });
    expect(read([timeless])).toMatchObject({ kind: "kept" });
    expect(read([{ statements: [resolved(undefined)] }])).toMatchObject({ kind: "suppressed" });
  });

  it("one without a time has its document's", () => {
    const older = { timestamp: "2024-01-01T00:00:00Z", statements: [affected(undefined)] };
    const newer = { timestamp: "2025-01-01T00:00:00Z", statements: [resolved(undefined)] };
    expect(read([newer, older])).toMatchObject({ kind: "suppressed" });
  });
});

describe("a statement from the future", () => {
  const future = "2030-01-01T00:00:00Z";

  it("that would resolve does not yet, and says when it will", () => {
    const early = read([vex(statement({ timestamp: future }))]);
    expect(early).toMatchObject({
      kind: "kept",
      used: [],
      flipsAt: at(future),
      rejected: [{ why: { kind: "not-yet", from: at(future) } }],
    });
    expect(read([vex(statement({ timestamp: future }))], image, finding(), { now: at(future) })).toMatchObject({
      kind: "suppressed",
      flipsAt: undefined,
    });
  });

  it("that does not resolve counts at once", () => {
    expect(read([vex(statement(), statement({ status: "affected", timestamp: future }))])).toMatchObject({ kind: "kept" });
  });

  it("counts where there is no clock", () => {
    expect(read([vex(statement({ timestamp: future }))], image, finding(), {})).toMatchObject({ kind: "suppressed" });
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
      statement({ products: [product(digest, [`${log4j}?type=war`])] }),
      statement({ products: [product("pkg:oci/shop?repository_url=ghcr.io/acme/shop&tag=1.3")] }),
    ];
    const typed = finding(`${log4j}?type=jar`);
    const unmatched = unmatchedStatements(indexed(vex(...statements)), [typed], image);
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
    expect(unmatched.map(({ detail }) => detail)).toEqual([
      "no finding has CVE-1999-0001",
      "it names no product",
      `digest: the product is ${otherDigest}`,
      "no finding is in pkg:npm/a@1",
      `version: it asks for 2.0, ${log4j}?type=jar has 2.14.1`,
      `qualifier type: it asks for war, ${log4j}?type=jar has jar`,
      "qualifier: the product is pkg:oci/shop?repository_url=ghcr.io/acme/shop&tag=1.3",
    ]);
  });

  it("are all of them where there are no findings", () => {
    expect(unmatchedStatements(indexed(vex(statement(), statement())), [], image)).toHaveLength(2);
  });
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
      "where half are about one vulnerability in the whole product, and half in versions of one component",
      (i) => statement({ products: [product(digest, i % 2 === 0 ? [] : [`pkg:npm/a@1.0.${i}`])] }),
      (i) => finding(`pkg:npm/a@1.0.${i}`),
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
      const index = indexed(...documents);
      const resolve = vexDecider(index, image, { now });
      for (const one of findings) resolve(one);
      expect(unmatchedStatements(index, findings, image).length).toBeLessThanOrEqual(count.statements);
    },
    120_000,
  );
});

it("silences no finding on a component without a digest by what it said of one with it, of the same purl", () => {
  const core = "pkg:npm/core";
  const hashed = finding(undefined, { component: { name: "core", purl: core, hashes: [{ algorithm: "SHA-256", value: "c".repeat(64) }] } });
  const bare = finding(core, { component: { name: "core", purl: core } });
  const named = product(core, [], { digests: [`sha256:${"c".repeat(64)}`] });
  const decide = vexDecider(indexed(vex(statement({ products: [named] }))), image, { now });
  expect([hashed, bare].map((one) => decide(one).kind)).toEqual(["suppressed", "kept"]);
});

describe("statements in run-time form, as tests of the language give them", () => {
  const given = (status: number, time: string): DataRecord => statement({ status: new Known(status), timestamp: new Known(at(time)) });

  it("resolve by their status, which is the place of the variant", () => {
    const kinds = [0, 1, 2, 3].map((status) => read([vex(given(status, "2025-01-01T00:00:00Z"))]).kind);
    expect(kinds).toEqual(["suppressed", "kept", "suppressed", "kept"]);
  });

  it("are ordered by their time", () => {
    expect(read([vex(given(0, "2025-01-01T00:00:00Z"), given(1, "2025-02-01T00:00:00Z"))])).toMatchObject({ kind: "kept" });
    expect(read([vex(given(0, "2025-02-01T00:00:00Z"), given(1, "2025-01-01T00:00:00Z"))])).toMatchObject({ kind: "suppressed" });
  });

  it("say nothing with a status that is none", () => {
    expect(read([vex(given(4, "2025-01-01T00:00:00Z"))])).toMatchObject({ kind: "unmentioned" });
    expect(read([vex(statement({ status: new Known("fixed") }))])).toMatchObject({ kind: "unmentioned" });
  });
});
