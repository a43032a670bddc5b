/** `waybill vex emit`: what declarations say of findings, as VEX documents that others read. */
import { createHash, generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { readSigningKey, type SigningKey, signStatement } from "../../../engine/trust/sign.ts";
import { folder, repository, waybill } from "./waybill.ts";

const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { readonly version: string };
const example = "policies/examples/exploitability";
const at = (path: string): string => readFileSync(join(repository, example, path), "utf8");
const shop = {
  "vex.scp": at("exploitability.scp"),
  "shop.cdx.json": at("shop.cdx.json"),
  "shop.trivy.json": at("shop.trivy.json"),
};
const author = ["--author", "Acme PSIRT", "--publisher-namespace", "https://acme.example"];
const emit = (...more: readonly string[]): readonly string[] => ["vex", "emit", "--policy", "vex.scp", ...more];
const evidence = ["--evidence", "shop.cdx.json", "shop.trivy.json"];
const first = ["--now", "2026-10-01T00:00:00Z"];
const later = ["--now", "2026-11-01T00:00:00Z"];

/** The reports of a scanner that found one thing in a package. */
function scan(id: string, name: string, version: string, more: object = {}): string {
  const found = { VulnerabilityID: id, PkgName: name, InstalledVersion: version, Severity: "HIGH", ...more };
  return JSON.stringify({
    SchemaVersion: 2,
    ArtifactName: "shop",
    ArtifactType: "filesystem",
    Results: [{ Target: "package-lock.json", Class: "lang-pkgs", Type: "npm", Vulnerabilities: [found] }],
  });
}

describe("`why` of a declaration", () => {
  const why = (...words: readonly string[]) => ["why", ...words, "--policy", "vex.scp", ...first];

  it("counts which row decided, and shows of each finding how the rows came about", async () => {
    const cwd = await folder(shop);
    const { code, out } = await waybill(why("exploitability", ...evidence), { cwd });
    expect(code).toBe(0);
    expect(out).toContain("examples.exploitability.exploitability speaks of 4 findings in artifact pkg:npm/shop@1.4.0 (row 1 of 5: 1, ");
    expect(out).toContain("fixed CVE-2021-23337 in pkg:npm/lodash@4.17.21, by row 2 of 5 (vex.scp:9:3)");
    expect(out).toContain("4.17.21  finding.first_fixed  vex.scp:9:29");
    expect(out).toContain("shop.trivy.json /Results/0/Vulnerabilities/1/FixedVersion finding.first_fixed is 4.17.21");
    expect(out).toContain("row 4 would say `not_affected`, which is not decided:\n  missing: finding.reachable: not stated");
  });

  it("prints JSON that the published schema accepts, of the first ten findings or of all", async () => {
    const found = Array.from({ length: 12 }, (_, i) => ({
      VulnerabilityID: `CVE-2026-${10_001 + i}`,
      PkgName: "lodash",
      PkgIdentifier: { PURL: "pkg:npm/lodash@4.17.21" },
      InstalledVersion: "4.17.21",
    }));
    const many = JSON.stringify({
      SchemaVersion: 2,
      ArtifactName: "shop",
      ArtifactType: "filesystem",
      Results: [{ Target: "package-lock.json", Class: "lang-pkgs", Type: "npm", Vulnerabilities: found }],
    });
    const cwd = await folder({ ...shop, "shop.trivy.json": many });
    const ajv = new Ajv({ strict: false });
    (addFormats as unknown as (ajv: Ajv) => void)(ajv);
    const valid = ajv.compile(JSON.parse(readFileSync(join(repository, "docs/schemas/why-vex.schema.json"), "utf8")) as object);
    for (const [more, shown] of [
      [[], 10],
      [["--verbose"], 12],
    ] as const) {
      const { code, out } = await waybill(why("examples.exploitability.exploitability", ...evidence, "--format", "json", ...more), { cwd });
      const written = JSON.parse(out) as {
        readonly declarations: readonly { readonly findings: readonly object[]; readonly omitted: number }[];
      };
      valid(written);
      expect([code, valid.errors]).toEqual([0, null]);
      expect(written.declarations.map(({ findings, omitted }) => [findings.length, omitted])).toEqual([[shown, 12 - shown]]);
    }
  });

  it("refuses a name that is none, a subject without a scan, and evidence that is broken", async () => {
    const cwd = await folder({ ...shop, "broken.json": '{ "SchemaVersion": 2, "Results": 7 }' });
    const misspelt = await waybill(why("exploitabilty", ...evidence), { cwd });
    expect([misspelt.code, misspelt.out, misspelt.err]).toEqual([2, "", expect.stringContaining("did you mean `exploitability`?")]);
    const unscanned = await waybill(why("exploitability", "--evidence", "shop.cdx.json"), { cwd });
    expect([unscanned.code, unscanned.out, unscanned.err]).toEqual([2, "", expect.stringContaining("WB1254")]);
    const broken = await waybill(why("exploitability", ...evidence, "broken.json"), { cwd });
    expect([broken.code, broken.out]).toEqual([3, ""]);
  });

  it("takes a clause of the same name for what is meant", async () => {
    const policy = 'module acme.p\npolicy exploitability for artifact at ci { require named: artifact.name != "" }\n';
    const cwd = await folder({ ...shop, "p.scp": policy });
    const clause = await waybill([...why("exploitability", ...evidence), "--policy", "p.scp"], { cwd });
    expect([clause.code, clause.out]).toEqual([0, expect.stringContaining("passed acme.p.exploitability.named")]);
    const declaration = await waybill([...why("examples.exploitability.exploitability", ...evidence), "--policy", "p.scp"], { cwd });
    expect(declaration.out).toContain("speaks of 4 findings");
  });
});

describe("refuses", () => {
  it("a subject that no declaration is about, and names the kinds that are", async () => {
    const cwd = await folder(shop);
    const { code, out, err } = await waybill(emit("--subject", "pod.yaml", ...evidence, ...author), {
      cwd: await folder({
        ...shop,
        "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: a, image: a }] }\n",
      }),
    });
    expect([code, out, err]).toEqual([2, "", expect.stringContaining("WB1252")]);
    expect(err).toContain("loaded: artifact");
    const none = await waybill(emit(...author), { cwd });
    expect([none.code, none.out]).toEqual([2, ""]);
  });

  it("to speak about a product of which no scan is there", async () => {
    const cwd = await folder(shop);
    const { code, out, err } = await waybill(emit("--evidence", "shop.cdx.json", ...author), { cwd });
    expect([code, out, err]).toEqual([2, "", expect.stringContaining("WB1254")]);
  });

  it("to say anything where evidence is broken", async () => {
    const cwd = await folder({ ...shop, "broken.json": '{ "SchemaVersion": 2, "Results": 7 }' });
    const { code, out } = await waybill(emit(...evidence, "broken.json", ...author), { cwd });
    expect([code, out]).toEqual([3, ""]);
  });

  it("to speak for nobody, and a namespace that is none", async () => {
    const cwd = await folder(shop);
    const nobody = await waybill(emit(...evidence), { cwd });
    expect([nobody.code, nobody.out, nobody.err]).toEqual([2, "", expect.stringContaining("--author")]);
    const words = emit(...evidence, "--to", "csaf", "--author", "Acme", "--publisher-namespace", "no URI");
    const unnamed = await waybill(words, { cwd });
    expect([unnamed.code, unnamed.out, unnamed.err]).toEqual([2, "", expect.stringContaining("WB1244")]);
  });

  it("to go on from a document of another format", async () => {
    const cwd = await folder(shop);
    await waybill(emit(...evidence, ...author, ...first, "--out", "shop.openvex.json"), { cwd });
    const words = emit(...evidence, ...author, "--to", "csaf", "--previous", "shop.openvex.json");
    const { code, err } = await waybill(words, { cwd });
    expect([code, err]).toEqual([2, expect.stringContaining("vex convert")]);
  });
});

describe("asked to go on from the document of another product", () => {
  it.each(["openvex", "csaf", "cyclonedx"])("refuses, as that would be taken back: %s", async (format) => {
    const cwd = await folder(shop);
    const words = (...more: readonly string[]): readonly string[] => emit(...evidence, ...author, "--to", format, ...more);
    await waybill(words(...first, "--out", "first.json"), { cwd });
    const theirs = readFileSync(join(cwd, "first.json"), "utf8").replaceAll("shop", "till");
    writeFileSync(join(cwd, "theirs.json"), theirs);
    const { code, out, err } = await waybill(words(...later, "--previous", "theirs.json"), { cwd });
    expect([code, out, err]).toEqual([2, "", expect.stringContaining("is about other products")]);
  });
});

describe("asked why", () => {
  it("prints how the rows came about, with the evidence, and writes nothing", async () => {
    const cwd = await folder(shop);
    const { code, out } = await waybill(emit(...evidence, "--why", "CVE-2024-21538"), { cwd });
    expect(code).toBe(0);
    expect(out).toContain("affected CVE-2024-21538 in pkg:npm/cross-spawn@7.0.3");
    expect(out).toContain('says affected("upgrade cross-spawn to 7.0.5 with the next release"), by row 5 of 5');
    expect(out).toContain("shop.trivy.json /Results/0/Vulnerabilities/0/Severity finding.severity is high");
    expect(out).not.toContain("esbuild");
  });

  it("knows what is not among the findings, and names the nearest", async () => {
    const cwd = await folder(shop);
    const { code, out, err } = await waybill(emit(...evidence, "--why", "CVE-2024-2153"), { cwd });
    expect([code, out, err]).toEqual([2, "", expect.stringContaining("did you mean `CVE-2024-21538`?")]);
  });
});

describe.each(["openvex", "csaf", "cyclonedx"])("as %s", (format) => {
  const words = (...more: readonly string[]): readonly string[] => emit(...evidence, ...author, "--to", format, ...more);

  it("writes what it wrote before, byte for byte, and what its own validator accepts", async () => {
    const cwd = await folder(shop);
    const { code, out } = await waybill(words(...first, "--out", "vex.json", "--report", "report.json"), { cwd });
    expect([code, out]).toEqual([0, ""]);
    const written = readFileSync(join(cwd, "vex.json"), "utf8").replaceAll(version, "VERSION");
    const golden = new URL(`../../golden/vex-emit/${format}.json`, import.meta.url);
    if (process.env["WAYBILL_GOLDEN"] === "write") writeFileSync(golden, written);
    expect(written).toBe(readFileSync(golden, "utf8"));
    const valid = await waybill(["vex", "validate", "vex.json"], { cwd });
    expect([valid.code, valid.err]).toEqual([0, ""]);
    const ajv = new Ajv({ strict: false });
    (addFormats as unknown as (ajv: Ajv) => void)(ajv);
    const validate = ajv.compile(JSON.parse(readFileSync(join(repository, "docs/schemas/vex-emit.schema.json"), "utf8")));
    const report = JSON.parse(readFileSync(join(cwd, "report.json"), "utf8"));
    expect([validate(report), validate.errors]).toEqual([true, null]);
    expect(report.statuses).toEqual({ not_affected: 1, affected: 1, fixed: 1, under_investigation: 1 });
    expect(report.wouldBe.map((row: { row: number; count: number }) => [row.row, row.count])).toEqual([
      [1, 1],
      [3, 2],
    ]);
  });

  it("issues the same again where nothing changed", async () => {
    const cwd = await folder(shop);
    await waybill(words(...first, "--out", "first.json"), { cwd });
    const { code } = await waybill(words(...later, "--previous", "first.json", "--out", "again.json"), { cwd });
    expect(code).toBe(0);
    expect(readFileSync(join(cwd, "again.json"), "utf8")).toBe(readFileSync(join(cwd, "first.json"), "utf8"));
  });

  it("counts on where something changed, and keeps the times of the rest", async () => {
    const cwd = await folder(shop);
    await waybill(words(...first, "--out", "first.json"), { cwd });
    const scanned = JSON.parse(shop["shop.trivy.json"]);
    scanned.Results[0].Vulnerabilities[2].FixedVersion = "2.0.2";
    writeFileSync(join(cwd, "shop.trivy.json"), JSON.stringify(scanned));
    const { code, err } = await waybill(words(...later, "--previous", "first.json", "--out", "second.json"), { cwd });
    expect([code, err]).toEqual([0, expect.stringContaining("version 2")]);
    const second = readFileSync(join(cwd, "second.json"), "utf8");
    expect(second).toContain("2026-11-01T00:00:00Z");
    expect(second).toContain("2026-10-01T00:00:00Z");
    expect((await waybill(["vex", "validate", "second.json"], { cwd })).code).toBe(0);
  });

  it("is believed by who reads it: what it suppresses is resolved, and nothing else is", async () => {
    const policy = `module acme.gate
import waybill.sbom, waybill.vuln
policy gate for artifact at ci {
  let found = vuln.findings(attestation sbom.Bom claimed, attestation vuln.Scan claimed)
  require open: not some f in found where f is not resolved by claimed else "open"
  forbid each: some f in found where f is not resolved by claimed else "{f.id}"
}
`;
    const cwd = await folder({ ...shop, "gate.scp": policy });
    await waybill(words(...first, "--out", "vex.json"), { cwd });
    const gate = ["gate", "--policy", "gate.scp", ...evidence, "vex.json", ...later, "--format", "json"];
    const { out } = await waybill(gate, { cwd });
    const clauses = JSON.parse(out).decisions[0].clauses as readonly { clause: string; witnesses: readonly { message: string }[] }[];
    const open = clauses.find((one) => one.clause === "each")?.witnesses.map((one) => one.message);
    expect(open).toEqual(["CVE-2024-21538", "CVE-2024-29415"]);
  });
});

describe("fails closed", () => {
  const declared = (rows: string, name = "v"): string => `vex ${name} for finding in artifact {\n${rows}\n  else under_investigation\n}\n`;
  const statuses = (out: string): readonly string[] => JSON.parse(out).statements.map((one: { status: string }) => one.status);
  const subject = ["--subject", "pkg:npm/shop@1.0.0", "--evidence", "scan.json", ...author, ...first];

  it("where a row above is not decided and would not suppress", async () => {
    const cwd = await folder({
      "vex.scp": declared('  when finding.kev then affected("upgrade")\n  when finding.severity == high then fixed'),
      "scan.json": scan("CVE-2024-21538", "cross-spawn", "7.0.3"),
    });
    const { code, out, err } = await waybill(emit(...subject), { cwd });
    expect([code, statuses(out)]).toEqual([0, ["under_investigation"]]);
    expect(err).toContain("may be affected, for want of `finding.kev`");
  });

  it("where two declarations disagree, whichever comes first", async () => {
    const [a, b] = [declared("  when finding.severity == high then fixed", "a"), declared('  when true then affected("upgrade")', "b")];
    for (const text of [`${a}\n${b}`, `${b}\n${a}`]) {
      const cwd = await folder({ "vex.scp": text, "scan.json": scan("CVE-2024-21538", "cross-spawn", "7.0.3") });
      const { code, out, err } = await waybill(emit(...subject), { cwd });
      expect([code, statuses(out), err]).toEqual([0, ["under_investigation"], expect.stringContaining("WB1253")]);
    }
  });

  it("where the product is not one in particular, unless somebody says which", async () => {
    const cwd = await folder({
      "vex.scp": declared("  when finding.severity == high then fixed"),
      "scan.json": scan("CVE-2024-21538", "cross-spawn", "7.0.3"),
    });
    const words = emit("--subject", "pkg:npm/shop", "--evidence", "scan.json", ...author, ...first);
    const { out, err } = await waybill(words, { cwd });
    expect([statuses(out), err]).toEqual([["under_investigation"], expect.stringContaining("WB1255")]);
    const { out: named } = await waybill([...words, "--product-version", "1.0.0"], { cwd });
    expect([statuses(named), named]).toEqual([["fixed"], expect.stringContaining("pkg:npm/shop@1.0.0")]);
  });

  it("where one of two findings in a component matters: the statement is about both", async () => {
    const report = JSON.parse(scan("CVE-2024-21538", "cross-spawn", "7.0.3"));
    report.Results.push({ ...report.Results[0], Target: "tools/package-lock.json" });
    const cwd = await folder({
      "vex.scp": declared('  when finding.path == "tools/package-lock.json" then fixed\n  when true then affected("upgrade")').replace(
        "\n  else under_investigation",
        "\n  else fixed",
      ),
      "scan.json": JSON.stringify(report),
    });
    const { err, out } = await waybill(emit(...subject), { cwd });
    expect([statuses(out), err]).toEqual([["affected"], expect.stringContaining("decided by")]);
  });

  it("where no declaration speaks of one of them", async () => {
    const report = JSON.parse(scan("CVE-2024-21538", "cross-spawn", "7.0.3"));
    report.Results.push({ ...report.Results[0], Target: "tools/package-lock.json" });
    const only = 'vex v for finding in artifact where finding.path != "tools/package-lock.json" {\n  else fixed\n}\n';
    const cwd = await folder({ "vex.scp": only, "scan.json": JSON.stringify(report) });
    const { err, out } = await waybill(emit(...subject), { cwd });
    expect([statuses(out), err]).toEqual([["under_investigation"], expect.stringContaining("no declaration speaks of another finding")]);
  });

  it("says nothing where there is nothing to say", async () => {
    const report = JSON.parse(scan("CVE-2024-21538", "cross-spawn", "7.0.3"));
    report.Results[0].Vulnerabilities = [];
    const cwd = await folder({ "vex.scp": declared("  when finding.kev then fixed"), "scan.json": JSON.stringify(report) });
    const { code, out, err } = await waybill(emit(...subject), { cwd });
    expect([code, out, err]).toEqual([0, "", expect.stringContaining("there are no findings")]);
  });
});

describe("a row that reads what a supplier signed", () => {
  const artifact = "what was built";
  const sha256 = createHash("sha256").update(artifact).digest("hex");
  const policy = `module acme
trust vendor = key { file: "vendor.pub" }
vex v for finding in artifact {
  when finding is resolved by vendor then not_affected(vulnerable_code_not_present, "its supplier says so")
  else under_investigation
}
`;
  const key = (): SigningKey => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const read = readSigningKey(String(privateKey.export({ type: "pkcs8", format: "pem" })));
    if (read.kind === "refused") throw new Error(read.problem);
    return read.key;
  };
  const predicate = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://vendor.example/vex/1",
    author: "Vendor",
    timestamp: "2026-09-01T09:00:00Z",
    version: 1,
    statements: [
      {
        vulnerability: { name: "CVE-2024-21538" },
        products: [{ "@id": "pkg:npm/cross-spawn@7.0.3" }],
        status: "not_affected",
        justification: "vulnerable_code_not_present",
      },
    ],
  };
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "app.tgz", digest: { sha256 } }],
    predicateType: "https://openvex.dev/ns/v0.2.0",
    predicate,
  };

  it("believes the supplier, and neither a stranger nor the same document unsigned", async () => {
    const [vendor, stranger] = [key(), key()];
    const cwd = await folder({
      "app.tgz": artifact,
      "vex.scp": policy,
      "vendor.pub": vendor.publicPem,
      "scan.json": scan("CVE-2024-21538", "cross-spawn", "7.0.3"),
      "vendor.json": signStatement(statement, vendor),
      "stranger.json": signStatement(statement, stranger),
      "bare.json": JSON.stringify(predicate),
    });
    const plan = await waybill(["check", "--plan", "vex.scp"], { cwd });
    expect(plan.out).toContain("findings in artifact, for `vex emit`\n    1. waybill.vex.Document by acme.vendor\n       for acme.v");
    const said = async (file: string): Promise<readonly unknown[]> => {
      const ran = await waybill(emit("--subject", "app.tgz", "--evidence", "scan.json", file, ...author, ...later), { cwd });
      return [ran.code, ...JSON.parse(ran.out).statements.map((one: { status: string }) => one.status)];
    };
    expect(await said("vendor.json")).toEqual([0, "not_affected"]);
    expect(await said("stranger.json")).toEqual([0, "under_investigation"]);
    expect(await said("bare.json")).toEqual([0, "under_investigation"]);
  });
});
