/** `waybill vex decide`: what VEX says of findings, by whom the caller believes. */
import { createHash, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { beforeAll, describe, expect, it } from "vitest";
import { readSigningKey, type SigningKey, signStatement } from "../../../engine/trust/sign.ts";
import { folder, repository, waybill } from "./waybill.ts";

const artifact = "what was built";
const sha256 = createHash("sha256").update(artifact).digest("hex");
const now = ["--now", "2026-11-21T12:00:00Z"];

const match = (id: string, name: string, version: string, severity = "High"): object => ({
  vulnerability: {
    id,
    severity,
    dataSource: "",
    namespace: "x",
    fix: { versions: [], state: "unknown" },
    advisories: [],
    urls: [],
    cvss: [],
  },
  relatedVulnerabilities: [],
  matchDetails: [],
  artifact: {
    id,
    name,
    version,
    type: "npm",
    locations: [],
    language: "javascript",
    licenses: [],
    cpes: [],
    purl: `pkg:npm/${name}@${version}`,
    upstreams: [],
  },
});

const scan = (...matches: readonly object[]): string =>
  JSON.stringify(
    {
      matches,
      source: { type: "directory", target: "shop" },
      distro: { name: "", version: "", idLike: null },
      descriptor: { name: "grype", version: "0.80.0" },
    },
    undefined,
    2,
  );

interface Statement {
  readonly id: string;
  readonly product: string;
  readonly status?: string;
  readonly justification?: string;
  readonly timestamp?: string;
}

function vex(statements: readonly Statement[], rest: object = {}): object {
  return {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://acme.example/vex/shop",
    author: "Acme",
    timestamp: "2026-11-01T09:00:00Z",
    version: 1,
    statements: statements.map(({ id, product, status = "not_affected", justification = "vulnerable_code_not_present", timestamp }) => ({
      vulnerability: { name: id },
      products: [{ "@id": product }],
      status,
      ...(status === "not_affected" ? { justification } : {}),
      ...(status === "affected" ? { action_statement: "upgrade" } : {}),
      ...(timestamp === undefined ? {} : { timestamp }),
    })),
    ...rest,
  };
}

const left = match("CVE-2026-0001", "left", "1.0.0");
const right = match("CVE-2026-0002", "right", "2.0.0");
const aboutLeft: Statement = { id: "CVE-2026-0001", product: "pkg:npm/left@1.0.0" };

const decide = (cwd: string, ...words: readonly string[]) => waybill(["vex", "decide", ...words, ...now], { cwd });

const oneLine = (text: string): string => text.replace(/\s+/g, " ");

function counts(out: string): Readonly<Record<string, number>> {
  const { findings, suppressed, kept, conflict, unmentioned, unmatched } = JSON.parse(out).subjects[0].counts;
  return { findings, suppressed, kept, conflict, unmentioned, unmatched };
}

function schemaProblems(text: string): unknown {
  const ajv = new Ajv({ strict: false });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  const schema = JSON.parse(readFileSync(join(repository, "docs/schemas/vex-decide.schema.json"), "utf8"));
  return ajv.validate(schema, JSON.parse(text)) ? [] : ajv.errors;
}

describe("what nobody signed", () => {
  it("is believed by nobody unless it is said so", async () => {
    const cwd = await folder({ "scan.json": scan(left), "vex.json": JSON.stringify(vex([aboutLeft])) });
    const ran = await decide(cwd, "-e", "scan.json", "vex.json");
    expect([ran.code, ran.out]).toEqual([2, ""]);
    expect(ran.err).toContain("nothing says whose VEX documents are believed");
    expect(ran.err).toContain("--claimed");
    expect((await decide(cwd, "--claimed", "-p", "x.scp", "-e", "scan.json")).err).toContain("`--by` names nobody");
  });

  it("leaves a finding open, exit 1, and none, exit 0", async () => {
    const cwd = await folder({ "one.json": scan(left), "two.json": scan(left, right), "vex.json": JSON.stringify(vex([aboutLeft])) });
    const one = await decide(cwd, "--claimed", "-e", "one.json", "vex.json");
    expect([one.code, one.err]).toEqual([0, ""]);
    expect(one.out).toContain("suppressed CVE-2026-0001 in pkg:npm/left@1.0.0\n  = because: vex.json /statements/0 says not_affected");
    const two = await decide(cwd, "--claimed", "-e", "two.json", "vex.json");
    expect(two.code).toBe(1);
    expect(two.out).toContain("unmentioned CVE-2026-0002 in pkg:npm/right@2.0.0");
    expect(two.out).toContain("2 findings: 1 suppressed, 0 kept, 0 in conflict, 1 unmentioned; 1 statement, 0 matched nothing");
  });

  it("names the nearest miss of a statement that matched nothing", async () => {
    const near: readonly Statement[] = [
      { id: "CVE-2026-0001", product: "pkg:npm/left@9.0.0" },
      { id: "CVE-2026-0001", product: "pkg:npm/other@1.0.0" },
      { id: "CVE-2026-0009", product: "pkg:npm/left@1.0.0" },
    ];
    const cwd = await folder({ "scan.json": scan(left), "vex.json": JSON.stringify(vex(near)) });
    const { out, code } = await decide(cwd, "--claimed", "-e", "scan.json", "vex.json", "--format", "json");
    expect(code).toBe(1);
    expect(JSON.parse(out).subjects[0].unmatched.map((one: { nearest: string }) => one.nearest)).toEqual([
      "version",
      "product",
      "vulnerability",
    ]);
    const text = oneLine((await decide(cwd, "--claimed", "-e", "scan.json", "vex.json")).out);
    expect(text).toContain(
      "vex.json /statements/0 on CVE-2026-0001 matched nothing; nearest miss: version: it asks for 9.0.0, pkg:npm/left@1.0.0 has 1.0.0",
    );
    expect(text).toContain("no finding has CVE-2026-0009");
  });

  it("does not suppress where two say different things at the same time, nor where it is too old or not allowed", async () => {
    const cwd = await folder({
      "scan.json": scan(left),
      "both.json": JSON.stringify(vex([aboutLeft, { ...aboutLeft, status: "affected" }])),
      "vex.json": JSON.stringify(vex([aboutLeft])),
      "mitigated.json": JSON.stringify(vex([{ ...aboutLeft, timestamp: "2020-01-01T00:00:00Z" }])),
    });
    const run = async (file: string, ...more: readonly string[]) =>
      counts((await decide(cwd, "--claimed", "-e", "scan.json", file, "--format", "json", ...more)).out);
    expect(await run("both.json")).toMatchObject({ conflict: 1, suppressed: 0 });
    expect(await run("vex.json", "--max-age", "30")).toMatchObject({ suppressed: 1 });
    expect(await run("vex.json", "--max-age", "5")).toMatchObject({ suppressed: 0, kept: 1 });
    expect(await run("mitigated.json")).toMatchObject({ suppressed: 1 });
    const old = await decide(cwd, "--claimed", "-e", "scan.json", "mitigated.json", "--max-age", "365");
    expect(old.code).toBe(1);
    expect(oneLine(old.out)).toMatch(/= rejected: mitigated\.json \/statements\/0 says not_affected .*: it ended at 2020-12-31T00:00:00Z/);
    for (const days of ["0", "-1", "soon"]) expect((await decide(cwd, "--claimed", "-e", "scan.json", "--max-age", days)).code).toBe(2);
  });
});

describe("what is given", () => {
  it("needs a scan, and gives no verdict where a document is refused", async () => {
    const cwd = await folder({
      "scan.json": scan(left),
      "vex.json": JSON.stringify(vex([aboutLeft])),
      "bad.json": JSON.stringify({ ...vex([aboutLeft]), version: "x" }),
    });
    const none = await decide(cwd, "--claimed", "-s", "pkg:npm/shop", "-e", "vex.json");
    expect(none.code).toBe(2);
    expect(none.err).toContain("no scan among the evidence");
    const bad = await decide(cwd, "--claimed", "-e", "scan.json", "vex.json", "bad.json", "--format", "json");
    expect(bad.code).toBe(3);
    expect(schemaProblems(bad.out)).toEqual([]);
    expect(JSON.parse(bad.out).diagnostics).not.toEqual([]);
  });

  it("suppresses nothing while a document is refused: it may say that the finding matters", async () => {
    const cwd = await folder({
      "scan.json": scan(left),
      "vex.json": JSON.stringify(vex([aboutLeft])),
      "cut.json": JSON.stringify(vex([aboutLeft])).slice(0, -5),
    });
    const whole = await decide(cwd, "--claimed", "-e", "scan.json", "vex.json");
    expect([whole.code, whole.out]).toEqual([0, expect.stringContaining("suppressed CVE-2026-0001")]);
    const cut = await decide(cwd, "--claimed", "-e", "scan.json", "vex.json", "cut.json");
    expect(cut.code).toBe(3);
    expect(cut.out).toContain("1 finding: 0 suppressed, 1 kept");
    expect(cut.out.replaceAll(/\s+/g, " ")).toContain("could not be looked at: `cut.json` was refused");
    expect(cut.out).toContain("\nno verdict: ");
    const json = await decide(cwd, "--claimed", "-e", "scan.json", "vex.json", "cut.json", "--format", "json");
    expect(JSON.parse(json.out)).toMatchObject({ complete: false, open: true });
  });

  it("gives the same bytes for the same input, and JSON that the published schema accepts", async () => {
    const cwd = await folder({ "scan.json": scan(left, right), "vex.json": JSON.stringify(vex([aboutLeft])) });
    const run = () => decide(cwd, "--claimed", "-e", "scan.json", "vex.json", "--format", "json");
    const [first, second] = [await run(), await run()];
    expect(first.out).toBe(second.out);
    expect(schemaProblems(first.out)).toEqual([]);
    expect(JSON.parse(first.out)).toMatchObject({
      schema: "waybill/vex-decide/1",
      open: true,
      by: ["claimed"],
      time: "2026-11-21T12:00:00Z",
      subjects: [
        {
          subject: { kind: "artifact", name: "shop" },
          findings: [{ id: "CVE-2026-0001", verdict: "suppressed" }, { verdict: "unmentioned" }],
        },
      ],
    });
  });
});

describe("what somebody signed", () => {
  const policies = `module acme.trusts
trust vendor = key { file: "vendor.pub" }
trust us = key { file: "us.pub" }
`;
  let at: string;
  let keys: { readonly vendor: SigningKey; readonly us: SigningKey; readonly stranger: SigningKey };

  function key(): SigningKey {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const read = readSigningKey(String(privateKey.export({ type: "pkcs8", format: "pem" })));
    if (read.kind === "refused") throw new Error(read.problem);
    return read.key;
  }
  const about = (predicate: object): object => ({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "app.tgz", digest: { sha256 } }],
    predicateType: "https://openvex.dev/ns/v0.2.0",
    predicate,
  });

  beforeAll(async () => {
    keys = { vendor: key(), us: key(), stranger: key() };
    const silent = about(vex([aboutLeft]));
    const loud = about(vex([{ ...aboutLeft, status: "affected" }]));
    at = await folder({
      "app.tgz": artifact,
      "scan.json": scan(left),
      "p/trusts.scp": policies,
      "p/vendor.pub": keys.vendor.publicPem,
      "p/us.pub": keys.us.publicPem,
      "vendor.json": signStatement(silent, keys.vendor),
      "us.json": signStatement(loud, keys.us),
      "stranger.json": signStatement(silent, keys.stranger),
      "bare.json": JSON.stringify(vex([aboutLeft])),
    });
  });

  const signed = async (files: readonly string[], ...words: readonly string[]) => {
    const ran = await decide(at, "-s", "app.tgz", "-p", "p", "-e", "scan.json", ...files, "--format", "json", ...words);
    if (ran.code > 1) throw new Error(ran.err);
    expect(schemaProblems(ran.out)).toEqual([]);
    return { code: ran.code, counts: counts(ran.out), report: JSON.parse(ran.out) };
  };

  it("suppresses by the word of whom the caller names, and of nobody else", async () => {
    expect(await signed(["vendor.json"], "--by", "vendor")).toMatchObject({
      code: 0,
      counts: { suppressed: 1 },
      report: { by: ["acme.trusts.vendor"] },
    });
    expect(await signed(["vendor.json"], "--by", "acme.trusts.us")).toMatchObject({ code: 1, counts: { suppressed: 0 } });
    for (const file of ["stranger.json", "bare.json"]) {
      const { code, report } = await signed([file], "--by", "vendor");
      expect(code).toBe(1);
      expect(report.subjects[0].findings[0].rejected).toMatchObject([{ reason: "unsigned", by: "claimed" }]);
    }
  });

  it("lets who is named first decide", async () => {
    const files = ["vendor.json", "us.json"];
    expect(await signed(files, "--by", "vendor", "--by", "us")).toMatchObject({ code: 0, counts: { suppressed: 1 } });
    expect(await signed(files, "--by", "us", "--by", "vendor")).toMatchObject({ code: 1, counts: { kept: 1 } });
  });

  it("believes what nobody signed last, and only where it is said so", async () => {
    expect(await signed(["bare.json"], "--by", "vendor", "--claimed")).toMatchObject({
      code: 0,
      counts: { suppressed: 1 },
      report: { by: ["acme.trusts.vendor", "claimed"] },
    });
    expect(await signed(["bare.json", "us.json"], "--by", "us", "--claimed")).toMatchObject({ code: 1, counts: { kept: 1 } });
  });

  it("knows declarations by the end of their name, and advises the nearest", async () => {
    const ran = await decide(at, "-s", "app.tgz", "-p", "p", "-e", "scan.json", "--by", "vendr");
    expect([ran.code, ran.out]).toEqual([2, ""]);
    expect(ran.err).toContain("`vendr` is not a trust declaration of the policies");
    expect(ran.err).toMatch(/acme\.trusts\.vendor/);
  });
});

describe("what `gate` asks about", () => {
  const policy = `module acme.p
import waybill.vuln
policy p for artifact at ci {
  let scan = attestation vuln.Scan claimed
  forbid open: some f in scan.findings where f.severity == critical and f is not resolved by claimed else "{f.id}"
}
`;
  const gate = async (statements: readonly Statement[]) => {
    const matches = [
      match("CVE-2026-0001", "left", "1.0.0", "Critical"),
      match("CVE-2026-0001", "right", "2.0.0", "Low"),
      match("CVE-2026-0002", "right", "2.0.0", "Low"),
    ];
    const cwd = await folder({ "p.scp": policy, "scan.json": scan(...matches), "vex.json": JSON.stringify(vex(statements)) });
    const ran = await waybill(["gate", "-s", "pkg:npm/shop", "-p", "p.scp", "-e", "scan.json", "vex.json", "-f", "json", ...now], { cwd });
    const [section] = JSON.parse(ran.out).vex;
    return { code: ran.code, counts: section.counts, unmatched: section.unmatched.map((one: { pointer: string }) => one.pointer) };
  };

  it("is told, and statements about other findings are counted apart and are no misses", async () => {
    const answer = await gate([
      aboutLeft,
      { id: "CVE-2026-0001", product: "pkg:npm/right@2.0.0" },
      { id: "CVE-2026-0001", product: "pkg:npm/right@3.0.0" },
      { id: "CVE-2026-0002", product: "pkg:npm/other@1.0.0" },
      { id: "CVE-2026-0003", product: "pkg:npm/left@1.0.0" },
    ]);
    expect(answer).toEqual({
      code: 0,
      counts: { findings: 1, suppressed: 1, kept: 0, conflict: 0, unmentioned: 0, statements: 5, unmatched: 2, unasked: 1, unread: 0 },
      unmatched: ["/statements/2", "/statements/4"],
    });
  });

  it("is told where nothing was asked at all: every statement is counted", async () => {
    const answer = await gate([
      { id: "CVE-2026-0002", product: "pkg:npm/right@2.0.0" },
      { id: "CVE-2026-0004", product: "pkg:npm/right" },
    ]);
    expect(answer).toMatchObject({ code: 1, counts: { findings: 1, unmentioned: 1, statements: 2, unmatched: 1, unasked: 1 } });
  });
});
