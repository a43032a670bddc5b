/** Feeds: fetched by `feeds update` alone, cited in decisions, kept in records. */
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { tar } from "../../evidence/tar.ts";
import { zip } from "../../evidence/zip.ts";
import { grype } from "./fixtures.ts";
import { folder, type Ran, repository, waybill } from "./waybill.ts";

/** What VEX says of the findings of one subject. */
interface Section {
  readonly counts: object;
  readonly findings: readonly object[];
}

const now = ["--now", "2026-11-21T12:00:00Z"];
const ajv = new Ajv({ strict: false });
addFormats.default(ajv);
const valid = ajv.compile(JSON.parse(readFileSync(join(repository, "docs/schemas/feeds.schema.json"), "utf8")));
const decisionValid = ajv.compile(JSON.parse(readFileSync(join(repository, "docs/schemas/gate.schema.json"), "utf8")));

let server: Server;
let base: string;
let files: Map<string, Buffer>;
let requests: number;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests += 1;
    const body = files.get(request.url ?? "");
    if (request.url === "/cut.csv.gz") {
      response.writeHead(200, { "content-length": 100, etag: '"1"' });
      // Whoever reads must have had the time to: what is on its way when a connection ends is lost.
      response.write("0123456789", () => setTimeout(() => response.socket?.end(), 1000));
    } else if (body === undefined) response.writeHead(404).end();
    else response.end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

beforeEach(() => {
  requests = 0;
  files = new Map([
    [
      "/epss.csv.gz",
      gzipSync(`#model_version:v2025.03.14,score_date:2026-11-20T00:00:00+0000\ncve,epss,percentile\nCVE-2024-21538,0.97,0.999\n`),
    ],
    ["/kev.json", Buffer.from(catalogue)],
    ["/osv.zip", zipped({ "GHSA-3xgq-45jj-v275.json": JSON.stringify(osv) })],
  ]);
});

const catalogue = JSON.stringify({
  catalogVersion: "2026.11.20",
  dateReleased: "2026-11-20T15:00:00.0000Z",
  count: 1,
  vulnerabilities: [{ cveID: "CVE-2021-44228", dateAdded: "2021-12-10", dueDate: "2021-12-24" }],
});

const osv = {
  schema_version: "1.6.0",
  id: "GHSA-3xgq-45jj-v275",
  modified: "2026-11-01T00:00:00Z",
  aliases: ["CVE-2024-21538"],
  affected: [
    { package: { ecosystem: "npm", name: "cross-spawn" }, ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "9.9.9" }] }] },
  ],
};

const cve = (exploitation: string): string =>
  JSON.stringify({
    dataType: "CVE_RECORD",
    dataVersion: "5.1",
    cveMetadata: { cveId: "CVE-2024-21538", state: "PUBLISHED", dateUpdated: "2026-11-02T10:00:00.000Z" },
    containers: {
      cna: {},
      adp: [
        {
          providerMetadata: { shortName: "CISA-ADP" },
          metrics: [
            { other: { type: "ssvc", content: { options: [{ Exploitation: exploitation }, { Automatable: "yes" }], version: "2.0.3" } } },
          ],
        },
      ],
    },
  });

/** An archive of files by their names. */
function zipped(entries: Readonly<Record<string, string>>): Buffer {
  return zip(...Object.entries(entries).map(([name, text]) => ({ name, text })));
}

const policy = `module acme.risk

import waybill.vuln

policy risk for artifact at ci {
  let scan = attestation vuln.Scan claimed
  forbid likely: some f in scan.findings where f.epss >= 0.9
    else "{f.id} is likely to be exploited ({f.epss} by {f.epss_model})"
  forbid listed: some f in scan.findings where f.kev
    else "{f.id} is listed"
  forbid automatable: some f in scan.findings where f.automatable and f.exploitation >= poc
    else "{f.id} is attacked by machines"
  forbid fixable: some f in scan.findings where known(f.first_fixed)
    else "{f.id} is fixed in {f.first_fixed}"
}
`;

const scan = grype([{ id: "GHSA-3xgq-45jj-v275", severity: "High" }]);

const toml = (feeds: string): string => `policy = "risk.scp"\n\n[feeds]\ncache = "cache"\n${feeds}\n`;

const project = (feeds: string, more: Readonly<Record<string, string | Uint8Array>> = {}): Promise<string> =>
  folder({ "risk.scp": policy, "scan.json": scan, "waybill.toml": toml(feeds), ...more });

/** A project whose clauses hang on EPSS and KEV alone. */
const ofFeeds = (feeds: string): Promise<string> =>
  project(feeds, {
    "kev.json": catalogue,
    "scan.json": grype([{ id: "CVE-2024-21538", severity: "High" }]),
    "risk.scp": policy.slice(0, policy.indexOf("  forbid automatable")).concat("}\n"),
  });

const gate = (cwd: string, ...more: readonly string[]): Promise<Ran> =>
  waybill(["gate", "--subject", "pkg:npm/shop", "--evidence", "scan.json", "--format", "json", ...now, ...more], { cwd });

interface Answered {
  readonly evidence: readonly { readonly document: string; readonly digest: string }[];
  readonly evidenceDigest: string;
  readonly decisions: readonly {
    readonly clauses: readonly {
      readonly clause: string;
      readonly outcome: string;
      readonly causes: readonly string[];
      readonly message: string;
      readonly witnesses: readonly {
        readonly citations: readonly { readonly document: string; readonly pointer: string; readonly path: string }[];
      }[];
    }[];
  }[];
}

function answered(ran: Ran): Answered {
  const json: unknown = JSON.parse(ran.out);
  expect(decisionValid(json), JSON.stringify(decisionValid.errors)).toBe(true);
  return json as Answered;
}

const outcomes = (ran: Ran): Readonly<Record<string, readonly [string, ...string[]]>> =>
  Object.fromEntries(answered(ran).decisions.flatMap(({ clauses }) => clauses.map((one) => [one.clause, [one.outcome, ...one.causes]])));

describe("a decision", () => {
  it("reads nothing from the network: what was not fetched is a look-up that failed", async () => {
    const cwd = await ofFeeds(`epss = "${base}/epss.csv.gz"\nkev = "${base}/kev.json"`);
    const ran = await gate(cwd);
    expect([ran.code, requests]).toEqual([3, 0]);
    expect(outcomes(ran)).toMatchObject({ likely: ["undecided", "transient"], listed: ["undecided", "transient"] });
    expect(ran.out).toContain("waybill feeds update");
  });

  it("cites the feed that was fetched, by document and line, and asks nobody", async () => {
    const cwd = await project(`epss = "${base}/epss.csv.gz"\nosv = "${base}/osv.zip"\nkev = "${base}/kev.json"`);
    expect((await waybill(["feeds", "update"], { cwd })).code).toBe(0);
    const fetched = requests;
    const ran = await gate(cwd);
    expect([ran.code, requests]).toEqual([1, fetched]);
    const { evidence, decisions } = answered(ran);
    expect(evidence.map(({ document }) => document)).toEqual(["scan.json", `${base}/epss.csv.gz`, `${base}/osv.zip`, `${base}/kev.json`]);
    const clauses = new Map(decisions[0]?.clauses.map((one) => [one.clause, one]));
    expect(clauses.get("likely")?.message).toBe("GHSA-3xgq-45jj-v275 is likely to be exploited (0.97 by v2025.03.14)");
    expect(clauses.get("likely")?.witnesses[0]?.citations).toMatchObject([
      { document: `${base}/epss.csv.gz`, pointer: "#L3", path: "f.epss" },
    ]);
    expect(clauses.get("fixable")?.message).toBe("GHSA-3xgq-45jj-v275 is fixed in 9.9.9");
    expect(clauses.get("listed")?.outcome).toBe("passed");
  });

  it("by another state of a feed is another decision", async () => {
    const cwd = await project('epss = "epss.csv"', { "epss.csv": "cve,epss\nCVE-2024-21538,0.1\n" });
    const before = answered(await gate(cwd)).evidenceDigest;
    writeFileSync(join(cwd, "epss.csv"), "cve,epss\nCVE-2024-21538,0.2\n");
    const after = answered(await gate(cwd)).evidenceDigest;
    rmSync(join(cwd, "epss.csv"));
    expect(new Set([before, after, answered(await gate(cwd)).evidenceDigest]).size).toBe(3);
  });

  it("refuses what was changed in the cache since it was fetched", async () => {
    const cwd = await ofFeeds(`epss = "${base}/epss.csv.gz"\nkev = "kev.json"`);
    await waybill(["feeds", "update"], { cwd });
    const blobs = join(cwd, "cache", "blobs", "sha256");
    for (const name of readdirSync(blobs)) writeFileSync(join(blobs, name), gzipSync("cve,epss\nCVE-2024-21538,0.0001\n"));
    const ran = await gate(cwd);
    expect(ran.code).toBe(3);
    expect(ran.out).toContain("is not what was fetched");
    expect((await waybill(["feeds", "list"], { cwd })).code).toBe(1);
  });

  it("by a feed that is cut in half, or is another than it is given as, is none", async () => {
    const table = "cve,epss,percentile\nCVE-2024-21538,0.1,0.2\nCVE-2024-21539,0.1";
    expect((await gate(await project('epss = "epss.csv"', { "epss.csv": table }))).code).toBe(3);
    expect((await gate(await project('epss = "kev.json"', { "kev.json": catalogue }))).code).toBe(3);
    const half = zipped({ "a.json": JSON.stringify(osv) }).subarray(0, 80);
    expect((await gate(await project('osv = "osv.zip"', { "osv.zip": half }))).code).toBe(3);
  });

  it("takes feeds among the evidence without a word in waybill.toml", async () => {
    const cwd = await project("", { "kev.json": catalogue.replace("CVE-2021-44228", "CVE-2024-21538"), "osv.json": JSON.stringify(osv) });
    const ran = await gate(cwd, "--evidence", "kev.json", "osv.json");
    expect(outcomes(ran)["listed"]).toEqual(["violated"]);
  });

  it("may ask how old a feed is", async () => {
    const cwd = await project(`epss = "${base}/epss.csv.gz"`, {
      "risk.scp": `module acme.fresh

import waybill.deadline, waybill.feed

policy fresh for artifact at ci {
  let scores = attestation feed.Epss claimed
  forbid stale: deadline.passed({ start: scores.date, days: 3 })
    else "the scores are of {scores.date}"
}
`,
    });
    expect((await gate(cwd)).code).toBe(3);
    await waybill(["feeds", "update"], { cwd });
    expect((await gate(cwd)).code).toBe(0);
    expect(await gate(cwd, "--now", "2026-11-28T00:00:00Z")).toMatchObject({ code: 1, out: expect.stringContaining("#L1") });
  });

  it("is not touched by the waybill.toml of somebody else's project", async () => {
    const cwd = await project('kev = "kev.json"', {
      "kev.json": catalogue,
      "scan.json": grype([{ id: "CVE-2024-21538", severity: "High" }]),
    });
    expect(outcomes(await gate(cwd))["listed"]).toEqual(["passed"]);
    const other = await folder({ "p.scp": policy });
    const ran = await gate(cwd, "--policy", join(other, "p.scp"));
    expect(outcomes(ran)["listed"]).toEqual(["undecided", "missing"]);
  });

  it("is not touched by the waybill.toml of a checkout in which the policies are checked out, unless that names them itself", async () => {
    const cwd = await project('kev = "kev.json"', {
      "kev.json": catalogue,
      "scan.json": grype([{ id: "CVE-2024-21538", severity: "High" }]),
      "trusted/.git/HEAD": "",
      "trusted/policies/p.scp": policy,
    });
    const ran = await gate(cwd, "--policy", join("trusted", "policies"));
    expect(outcomes(ran)["listed"]).toEqual(["undecided", "missing"]);
    writeFileSync(join(cwd, "waybill.toml"), toml('kev = "kev.json"').replace("risk.scp", "trusted/policies"));
    expect(outcomes(await gate(cwd))["listed"]).toEqual(["passed"]);
  });

  it("reads of a folder of CVE records those that findings are about", async () => {
    const cwd = await project('cve = "cves"\nosv = "osv.json"', {
      "osv.json": JSON.stringify(osv),
      "cves/2024/21xxx/CVE-2024-21538.json": cve("poc"),
      "cves/2024/21xxx/CVE-2024-21539.json": "not a record",
    });
    const ran = await gate(cwd);
    expect(outcomes(ran)["automatable"]).toEqual(["violated"]);
    expect(answered(ran).evidence.map(({ document }) => document)).toContain(join("cves", "2024", "21xxx", "CVE-2024-21538.json"));
  });
});

describe("a repository of VEX documents", () => {
  const vex = (status: string): string =>
    JSON.stringify({
      "@context": "https://openvex.dev/ns/v0.2.0",
      "@id": "https://acme.example/vex/1",
      author: "acme",
      timestamp: "2026-01-01T00:00:00Z",
      version: 1,
      statements: [
        {
          vulnerability: { name: "CVE-2024-21538" },
          products: [{ "@id": "pkg:npm/cross-spawn@7.0.3" }],
          status,
          ...(status === "not_affected" ? { justification: "vulnerable_code_not_present" } : { action_statement: "update" }),
        },
      ],
    });
  const index = (location: string): string =>
    JSON.stringify({ updated_at: "2026-01-01T00:00:00Z", packages: [{ id: "pkg:npm/cross-spawn", location }] });
  const resolving = `module acme.risk

import waybill.vuln

policy risk for artifact at ci {
  let scan = attestation vuln.Scan claimed
  forbid open: some f in scan.findings where not (f is resolved by claimed)
}
`;
  const repositoryOf = (vexFolder: Readonly<Record<string, string>>, more: string): Promise<string> =>
    folder({
      "risk.scp": resolving,
      "scan.json": grype([{ id: "CVE-2024-21538", severity: "High" }]),
      "waybill.toml": toml(more),
      ...Object.fromEntries(Object.entries(vexFolder).map(([name, text]) => [`vex/${name}`, text])),
    });

  it("counts by the documents that its index lists", async () => {
    const listed = {
      "index.json": index("pkg/cross-spawn/vex.json"),
      "pkg/cross-spawn/vex.json": vex("affected"),
      "old/vex.json": vex("not_affected"),
    };
    const cwd = await repositoryOf(listed, 'vex = "vex"');
    const ran = await gate(cwd);
    expect(answered(ran).evidence.map(({ document }) => document)).toEqual(["scan.json", join("vex", "pkg", "cross-spawn", "vex.json")]);
    writeFileSync(join(cwd, "vex.zip"), zipped(listed));
    writeFileSync(join(cwd, "waybill.toml"), toml('vex = "vex.zip"'));
    expect(answered(await gate(cwd)).evidence.map(({ document }) => document)).toEqual(["scan.json", "vex.zip#pkg/cross-spawn/vex.json"]);
    writeFileSync(join(cwd, "vex.tar.gz"), gzipSync(tar(...Object.entries(listed).map(([name, text]) => ({ name, text })))));
    writeFileSync(join(cwd, "waybill.toml"), toml('vex = "vex.tar.gz"'));
    const packed = await gate(cwd, "--record", "record");
    expect(answered(packed).evidence.map(({ document }) => document)).toEqual(["scan.json", "vex.tar.gz#pkg/cross-spawn/vex.json"]);
    expect(await waybill(["replay", "record"], { cwd })).toMatchObject({ code: 0 });
  });

  it("without an index counts by every VEX document in it, and passes over others with a word, on replay too", async () => {
    const mixed = { "a.json": vex("not_affected"), "manifest.json": '{"sources":[]}' };
    const cwd = await repositoryOf(mixed, 'vex = "vex"');
    const ran = await gate(cwd, "--record", "record");
    expect([ran.code, ran.out.includes("WB0911")]).toEqual([0, true]);
    expect((await waybill(["replay", "record"], { cwd })).code).toBe(0);
    writeFileSync(join(cwd, "vex.zip"), zipped(mixed));
    writeFileSync(join(cwd, "waybill.toml"), toml('vex = "vex.zip"'));
    expect(await gate(cwd)).toMatchObject({ code: 0, out: expect.stringContaining("WB0911") });
  });

  it("speaks in `vex decide` of a finding under the CVE that OSV knows it by", async () => {
    const cwd = await repositoryOf({ "a.json": vex("not_affected") }, 'vex = "vex"');
    writeFileSync(join(cwd, "scan.json"), scan);
    writeFileSync(join(cwd, "osv.json"), JSON.stringify(osv));
    const named = ["--config", "waybill.toml", ...now];
    const decide = () => waybill(["vex", "decide", "--subject", "pkg:npm/shop", "--evidence", "scan.json", "--claimed", ...named], { cwd });
    expect((await decide()).code).toBe(1);
    writeFileSync(join(cwd, "waybill.toml"), toml('vex = "vex"\nosv = "osv.json"'));
    expect(await decide()).toMatchObject({ code: 0, out: expect.stringContaining("1 suppressed") });
    writeFileSync(join(cwd, "waybill.toml"), toml('vex = "gone"'));
    expect((await decide()).code).toBe(3);
  });

  it("suppresses nothing while OSV, which could make its statements speak of a finding under another name, cannot be looked at", async () => {
    const cwd = await repositoryOf({ "a.json": vex("not_affected") }, 'vex = "vex"');
    expect((await gate(cwd)).code).toBe(0);
    writeFileSync(join(cwd, "waybill.toml"), toml('vex = "vex"\nosv = "gone.zip"'));
    const ran = await gate(cwd);
    expect([ran.code, ran.out.includes("WB1277")]).toEqual([3, true]);
    const words = ["--subject", "pkg:npm/shop", "--evidence", "scan.json", "--config", "waybill.toml", ...now];
    for (const settings of ['vex = "vex"\nosv = "gone.zip"', 'vex = ["vex", "gone.zip"]']) {
      writeFileSync(join(cwd, "waybill.toml"), toml(settings));
      const decided = await waybill(["vex", "decide", ...words, "--claimed", "--format", "json"], { cwd });
      const answer = JSON.parse(decided.out) as { open: boolean; complete: boolean; subjects: readonly Section[] };
      expect([decided.code, answer.complete, answer.open]).toEqual([3, false, true]);
      // `gate` tells the same of the finding, though its clause is not decided.
      const judged = (JSON.parse((await gate(cwd)).out) as { vex: readonly Section[] }).vex;
      for (const [section] of [answer.subjects, judged]) {
        expect(section?.counts).toMatchObject({ findings: 1, suppressed: 0, kept: 1, unasked: 0 });
        expect(section?.findings[0]).toMatchObject({
          verdict: "kept",
          used: [],
          rejected: [
            {
              reason: "unlooked",
              detail: expect.stringContaining("what may say otherwise could not be looked at: `gone.zip` is not there"),
            },
          ],
        });
      }
    }
  });

  it("whose index lists what is not there, or is outside, could not be looked at", async () => {
    for (const location of ["pkg/gone.json", "../scan.json"]) {
      const ran = await gate(await repositoryOf({ "index.json": index(location) }, 'vex = "vex"'));
      expect([ran.code, ran.out.includes("WB1277")]).toEqual([3, true]);
    }
  });
});

describe("a record", () => {
  it("keeps the feeds, and is replayed to the same bytes where there are none", async () => {
    const cwd = await project(`epss = "${base}/epss.csv.gz"\nosv = "${base}/osv.zip"\ncve = "cves"\nkev = "${base}/gone.json"`, {
      "cves/CVE-2024-21538.json": cve("none"),
    });
    expect((await waybill(["feeds", "update"], { cwd })).code).toBe(3);
    const ran = await gate(cwd, "--record", "record");
    const elsewhere = await folder({});
    cpSync(join(cwd, "record"), join(elsewhere, "record"), { recursive: true });
    rmSync(cwd, { recursive: true });
    const replayed = await waybill(["replay", "record", "--format", "json"], { cwd: elsewhere });
    expect(replayed.err).toContain("reproduced byte for byte");
    expect([replayed.code, replayed.out]).toEqual([0, ran.out]);
    expect(outcomes(ran)).toMatchObject({ likely: ["violated"], listed: ["undecided", "transient"], automatable: ["passed"] });
    const path = join(elsewhere, "record", "record.json");
    const written = readFileSync(path, "utf8");
    for (const [before, after] of [
      ['"kind": "osv"', '"kind": "nvd"'],
      ['"unread": [', '"unread": [3, '],
      ['"found": false', '"found": 0'],
    ] as const) {
      expect(written).toContain(before);
      writeFileSync(path, written.replace(before, after));
      expect((await waybill(["replay", "record"], { cwd: elsewhere })).code).toBe(3);
    }
  });
});

describe("eval", () => {
  it("puts feeds on what each request of a stream judges, and reads them once", async () => {
    const cwd = await project(`epss = "${base}/epss.csv.gz"\nosv = "osv.json"\nkev = "${base}/kev.json"`, {
      "osv.json": JSON.stringify(osv),
    });
    await waybill(["feeds", "update", "epss"], { cwd });
    const request = JSON.stringify({ at: "ci", subject: { kind: "artifact", object: "pkg:npm/shop" }, evidence: ["scan.json"] });
    const ran = await waybill(["eval", "--batch", ...now], { cwd, stdin: `${request}\n${request}\n` });
    const lines = ran.out.trim().split("\n");
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      const { clauses } = JSON.parse(line) as { clauses: readonly { clause: string; outcome: string; causes: readonly string[] }[] };
      expect(Object.fromEntries(clauses.map(({ clause, outcome, causes }) => [clause, [outcome, ...causes]]))).toMatchObject({
        likely: ["violated"],
        listed: ["undecided", "transient"],
      });
    }
    expect(ran.err).toContain("WB1277");
  });
});

it("puts feeds on a finding that is judged itself", async () => {
  const cwd = await folder({
    "own.scp": `module acme.own

import waybill.vuln

policy own for finding {
  forbid attacked: finding.exploitation == active
  forbid listed: finding.kev
}
`,
    "waybill.toml": 'policy = "own.scp"\n[feeds]\ncve = "cves"\nkev = "kev.json"\n',
    "cves/CVE-2024-21538.json": cve("active"),
    "kev.json": catalogue,
  });
  const finding = { id: "CVE-2024-21538", component: { name: "cross-spawn", purl: "pkg:npm/cross-spawn@7.0.3" } };
  const stdin = `${JSON.stringify({ subject: { kind: "finding", object: finding } })}\n`;
  const ran = await waybill(["eval", "--batch", ...now], { cwd, stdin });
  const { clauses } = JSON.parse(ran.out) as { clauses: readonly { clause: string; outcome: string }[] };
  expect(clauses.map(({ clause, outcome }) => [clause, outcome])).toEqual([
    ["attacked", "violated"],
    ["listed", "passed"],
  ]);
});

describe("feeds update", () => {
  it("says what it fetched, as text and by its schema", async () => {
    const cwd = await project(
      `epss = "${base}/epss.csv.gz"\nkev = [{ url = "${base}/gone.json" }, "kev.json"]\nosv = { url = "${base}/epss.csv.gz" }`,
      {
        "kev.json": catalogue,
      },
    );
    const ran = await waybill(["feeds", "update", "--format", "json"], { cwd });
    const json: unknown = JSON.parse(ran.out);
    expect(valid(json), JSON.stringify(valid.errors)).toBe(true);
    expect(json).toMatchObject({
      cache: "cache",
      feeds: [
        { feed: "epss", outcome: "updated", says: "v2025.03.14, of 2026-11-20, scores 1" },
        { feed: "kev", outcome: "failed", problem: "the server answered 404" },
        { feed: "osv", outcome: "refused" },
      ],
    });
    expect(ran.code).toBe(1);
    const text = await waybill(["feeds", "update", "epss"], { cwd });
    expect([text.code, text.out]).toEqual([0, expect.stringMatching(/^unchanged epss http:.*: sha256:[0-9a-f]{64}, \d+ bytes, v2025/)]);
    const listed = await waybill(["feeds", "status", "--format", "json"], { cwd });
    expect(valid(JSON.parse(listed.out)), JSON.stringify(valid.errors)).toBe(true);
    expect(JSON.parse(listed.out)).toMatchObject({
      feeds: [{ outcome: "fetched" }, { outcome: "absent" }, { outcome: "file" }, { outcome: "fetched" }],
    });
  });

  it("says that what was fetched is kept only where something was", async () => {
    const cwd = await project(`epss = "${base}/cut.csv.gz"\nkev = "${base}/gone.json"`);
    const ran = await waybill(["feeds", "update", "--attempts", "1"], { cwd });
    expect(ran.code).toBe(3);
    expect(ran.err.replaceAll(/\s+/g, " ")).toMatch(/cut\.csv\.gz.*again: the 10 bytes that were fetched so far are kept/);
    expect(ran.err.match(/kept/g)).toHaveLength(1);
  });

  it("is used wrongly offline, without feeds, with a feed that there is not, and beside another update", async () => {
    const cwd = await project(`epss = "${base}/epss.csv.gz"`);
    expect((await waybill(["feeds", "update", "--offline"], { cwd })).code).toBe(2);
    expect((await waybill(["feeds", "update", "nvd"], { cwd })).code).toBe(2);
    expect((await waybill(["feeds", "update", "--attempts", "no"], { cwd })).code).toBe(2);
    expect((await waybill(["feeds", "update"], { cwd: await folder({}) })).code).toBe(2);
    mkdirSync(join(cwd, "cache"), { recursive: true });
    writeFileSync(join(cwd, "cache", "update.lock"), String(process.pid));
    expect((await waybill(["feeds", "update"], { cwd })).code).toBe(2);
    writeFileSync(join(cwd, "cache", "update.lock"), "999999999");
    expect((await waybill(["feeds", "update"], { cwd })).code).toBe(0);
    expect(requests).toBe(1);
  });

  it("keeps what the user fetched in the user's cache, where the project names no other", async () => {
    const cwd = await folder({
      "risk.scp": policy,
      "scan.json": scan,
      "waybill.toml": `policy = "risk.scp"\n[feeds]\nkev = "${base}/kev.json"\n`,
    });
    const env = { XDG_CACHE_HOME: join(cwd, "home") };
    await waybill(["feeds", "update"], { cwd, env });
    expect(readdirSync(join(cwd, "home", "waybill", "feeds", "blobs", "sha256"))).toHaveLength(1);
    renameSync(join(cwd, "home"), join(cwd, "gone"));
    expect((await waybill(["feeds", "list"], { cwd, env })).code).toBe(1);
  });

  it.each([
    ["feeds = 3", "is not a table"],
    ["[feeds]\nnvd = 'x'", "is no feed"],
    ["[feeds]\nepss = 3", "is not a path, a URL or a table with one"],
    ["[feeds]\nepss = 'ftp://x.example/a'", "is neither a path nor an https or http URL"],
    ["[feeds]\nepss = { url = 'x.csv' }", "has a `url` that is none"],
    ["[feeds]\nepss = { url = 'https://x.example/a', sha256 = 'abc' }", "is not 64 hexadecimal digits"],
    ["[feeds]\nepss = { path = 'a', checksum = 'https://x.example/a' }", "beside a `url`"],
    ["[feeds]\nepss = 'https://user:secret@x.example/a'", "is neither a path nor an https or http URL"],
    ["[feeds]\ncache = 3", "is not a path"],
  ])("refuses %j in waybill.toml", async (text, problem) => {
    const ran = await waybill(["feeds", "list"], { cwd: await folder({ "waybill.toml": `${text}\n` }) });
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining(problem)]);
  });
});
