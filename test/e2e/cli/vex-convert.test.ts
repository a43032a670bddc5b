import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { afterAll, expect, it } from "vitest";
import { repository, waybill } from "./waybill.ts";

const golden = new URL("../../golden/vex-convert/", import.meta.url);
const source = readFileSync(new URL("source.json", golden), "utf8");
const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { version: string };
const cwd = mkdtempSync(join(tmpdir(), "waybill-vex-"));
afterAll(() => rmSync(cwd, { recursive: true }));

function put(name: string, content: unknown): string {
  writeFileSync(join(cwd, name), typeof content === "string" ? content : JSON.stringify(content));
  return name;
}

const read = (name: string): string => readFileSync(join(cwd, name), "utf8");

/** What `docs/schemas` says against a document. */
function against(schema: string, json: unknown): unknown {
  const ajv = new Ajv({ strict: false });
  ajv.validate(JSON.parse(readFileSync(join(repository, `docs/schemas/${schema}.schema.json`), "utf8")) as object, json);
  return ajv.errors;
}

function openvex(id: string, statements: readonly object[], more: object = {}): object {
  return {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": `https://acme.example/vex/${id}`,
    author: "Acme",
    timestamp: "2026-01-01T00:00:00Z",
    version: 1,
    statements,
    ...more,
  };
}

const product = { "@id": "pkg:npm/shop@1.4.0" };
const suppressed = {
  vulnerability: { name: "CVE-2024-21538" },
  products: [product],
  status: "not_affected",
  justification: "vulnerable_code_not_present",
};
const affected = {
  vulnerability: { name: "CVE-2024-21538" },
  products: [product],
  status: "affected",
  action_statement: "update to 1.4.1",
};

it.each([
  [["convert", "--to", "csaf"], "missing required argument"],
  [["convert", "a.json"], "required option `--to"],
  [["convert", "a.json", "--to", "spdx"], "choices are openvex"],
  [["convert", "nowhere.json", "--to", "csaf"], "nowhere.json"],
  [["convert", "broken.json", "--to", "csaf"], "broken.json"],
  [["convert", "plain.json", "--to", "csaf"], "--publisher-namespace https://acme.example"],
  [["convert", "plain.json", "--to", "csaf", "--publisher-namespace", "acme"], "does not allow `acme` as a namespace"],
  [["convert", "plain.json", "--to", "csaf", "--publisher-namespace", "https://acme.example", "--now", "tomorrow"], "tomorrow"],
  [["merge", "--to", "csaf"], "missing required argument"],
  [["diff", "plain.json"], "missing required argument"],
])("refuses %j, says what to do, and writes nothing", async (words, said) => {
  put("plain.json", openvex("1", [suppressed]));
  put("broken.json", openvex("1", [{ ...suppressed, status: "unaffected" }]));
  const { code, out, err } = await waybill(["vex", ...words], { cwd });
  expect(err).toContain(said);
  expect([code, out]).toEqual([words.includes("broken.json") ? 3 : 2, ""]);
});

it.each(["openvex", "csaf", "cyclonedx"])(
  "writes %s as the golden has it, with what is lost, and the same again at any time",
  async (format) => {
    put("source.json", source);
    const words = [
      "vex",
      "convert",
      "source.json",
      "--to",
      format,
      "--publisher-namespace",
      "https://acme.example",
      "--loss-report",
      "losses.json",
    ];
    const { code, out, err } = await waybill([...words, "--out", "out.json"], { cwd, env: { COLUMNS: "120" } });
    expect([code, out]).toEqual([0, ""]);
    const losses = JSON.parse(read("losses.json"));
    expect(against("vex-losses", losses)).toBe(null);
    const written = `${read("out.json").replaceAll(version, "VERSION")}`;
    const said = losses.losses
      .map(
        (loss: { field: string; pointer: string; value: string; why: string; decides: boolean }) =>
          `${loss.decides ? "!" : " "} ${loss.pointer} ${JSON.stringify(loss.value)}\n    ${loss.why}\n`,
      )
      .join("");
    for (const [name, text] of [
      [`${format}.json`, written],
      [`${format}.losses.txt`, said],
    ] as const) {
      const url = new URL(name, golden);
      if (process.env["WAYBILL_GOLDEN"] === "write") writeFileSync(url, text);
      expect(text).toBe(readFileSync(url, "utf8"));
    }
    expect(err.match(/warning\[WB1241\]/g)?.length ?? 0).toBe(
      new Set(losses.losses.map((loss: { field: string; why: string }) => `${loss.field} ${loss.why}`)).size,
    );
    expect((await waybill([...words, "--now", "2031-01-01T00:00:00Z"], { cwd })).out).toBe(read("out.json"));
    expect((await waybill(["vex", "validate", "out.json"], { cwd })).code).toBe(0);
  },
);

it("writes nothing with --strict where something is lost, and says in the report what", async () => {
  put("source.json", source);
  const strict = ["vex", "convert", "source.json", "--strict", "--out", "strict.json", "--loss-report", "strict-losses.json"];
  const { code, out, err } = await waybill([...strict, "--to", "openvex"], { cwd });
  expect([code, out]).toEqual([1, ""]);
  expect(err).toContain("error[WB1242]");
  expect(() => read("strict.json")).toThrow();
  expect(JSON.parse(read("strict-losses.json")).losses.length).toBeGreaterThan(0);
  expect(await waybill([...strict, "--to", "cyclonedx", "--quiet"], { cwd })).toEqual({ code: 0, out: "", err: "" });
  expect(JSON.parse(read("strict.json")).serialNumber).toBe("urn:uuid:7f1f5b7e-6d5a-4c5e-9a53-0f6d5f0c9a11");
});

it("decides by somebody's CycloneDX VEX that lists its products as before when it went through each format", async () => {
  put(
    "gate.scp",
    "module g\nimport waybill.vuln\npolicy g for artifact at ci {\n  let scan = attestation vuln.Scan claimed\n  forbid open: some f in scan.findings where f is not resolved by claimed\n}\n",
  );
  const purl = "pkg:maven/org.acme/core@1.14";
  const vulnerability = { VulnerabilityID: "CVE-2018-1324", PkgName: "core", InstalledVersion: "1.14", PkgIdentifier: { PURL: purl } };
  put("scan.json", {
    SchemaVersion: 2,
    ArtifactName: "app",
    ArtifactType: "filesystem",
    Results: [{ Target: "x", Class: "lang-pkgs", Type: "jar", Vulnerabilities: [{ ...vulnerability, Severity: "HIGH" }] }],
  });
  put("theirs.json", {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    serialNumber: "urn:uuid:11111111-1111-4111-8111-111111111111",
    version: 1,
    metadata: { timestamp: "2026-11-01T00:00:00Z", authors: [{ name: "Acme" }] },
    components: [{ type: "library", "bom-ref": "c", group: "org.acme", name: "core", version: "1.14", purl }],
    vulnerabilities: [
      { id: "CVE-2018-1324", analysis: { state: "not_affected", justification: "code_not_reachable" }, affects: [{ ref: "c" }] },
      { id: "CVE-2018-9999", analysis: { state: "exploitable" }, affects: [{ ref: "c" }] },
    ],
  });
  const gate = (vex: string) =>
    waybill(["gate", "app", "--policy", "gate.scp", "--evidence", "scan.json", vex, "--now", "2026-11-20T00:00:00Z"], { cwd });
  const first = await gate("theirs.json");
  expect([first.code, first.out]).toEqual([0, expect.stringContaining("1 finding: 1 suppressed")]);
  for (const format of ["openvex", "csaf", "cyclonedx"]) {
    const words = ["--publisher-namespace", "https://acme.example", "--quiet"];
    expect((await waybill(["vex", "convert", "theirs.json", "--to", format, ...words, "--out", "there.json"], { cwd })).code).toBe(0);
    expect((await waybill(["vex", "convert", "there.json", "--to", "cyclonedx", ...words, "--out", "back.json"], { cwd })).code).toBe(0);
    for (const vex of ["there.json", "back.json"]) {
      const { code, out } = await gate(vex);
      expect([format, vex, code, out]).toEqual([format, vex, 0, expect.stringContaining("1 finding: 1 suppressed")]);
    }
  }
});

const digestOf = (letter: string): string => letter.repeat(64);
const attested = (predicate: object, predicateType = "https://openvex.dev/ns/v0.2.0"): object => ({
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ name: "ghcr.io/acme/shop", digest: { sha256: digestOf("a") } }],
  predicateType,
  predicate,
});
const enveloped = (statement: object): object => ({
  payloadType: "application/vnd.in-toto+json",
  payload: Buffer.from(JSON.stringify(statement)).toString("base64"),
  signatures: [{ sig: "AAAA" }],
});

it("reads a document from stdin and from inside an attestation", async () => {
  const bare = openvex("1", [
    { ...suppressed, products: [{ "@id": `pkg:oci/shop@sha256:${digestOf("a")}?repository_url=ghcr.io/acme/shop` }] },
  ]);
  const direct = await waybill(["vex", "convert", "-", "--to", "cyclonedx"], { cwd, stdin: JSON.stringify(bare) });
  expect(direct.code).toBe(0);
  for (const wrapped of [attested(bare), enveloped(attested(bare))])
    expect((await waybill(["vex", "convert", "-", "--to", "cyclonedx"], { cwd, stdin: JSON.stringify(wrapped) })).out).toBe(direct.out);
});

it.each(["convert", "merge"])("%s: what names no product is about the subjects of the attestation around it", async (verb) => {
  const bare = openvex("1", [{ ...suppressed, products: undefined }]);
  for (const wrapped of [attested(bare), enveloped(attested(bare)), { dsseEnvelope: enveloped(attested(bare)) }]) {
    put("attested.json", wrapped);
    const { code, out } = await waybill(["vex", verb, "attested.json", "--to", "openvex"], { cwd });
    expect(code).toBe(0);
    const { statements } = JSON.parse(put("out.json", out) && out) as { statements: readonly object[] };
    expect(statements).toMatchObject([{ products: [{ "@id": `sha256:${digestOf("a")}`, hashes: { "sha-256": digestOf("a") } }] }]);
    expect((await waybill(["vex", "validate", "out.json"], { cwd })).code).toBe(0);
  }
});

it("suppresses in no other image what an attestation says of components of one", async () => {
  const purl = "pkg:npm/cross-spawn@7.0.3";
  const bare = openvex("1", [
    { ...suppressed, products: [{ "@id": purl }] },
    { ...suppressed, vulnerability: { name: "CVE-2024-0002" }, products: [{ "@id": "pkg:npm/x@1.0.0", subcomponents: [{ "@id": purl }] }] },
  ]);
  put("attested.json", enveloped(attested(bare)));
  put("scan.json", {
    SchemaVersion: 2,
    ArtifactName: "shop",
    ArtifactType: "filesystem",
    Results: [
      {
        Target: "x",
        Class: "lang-pkgs",
        Type: "npm",
        Vulnerabilities: [
          {
            VulnerabilityID: "CVE-2024-21538",
            PkgName: "cross-spawn",
            InstalledVersion: "7.0.3",
            PkgIdentifier: { PURL: purl },
            Severity: "HIGH",
          },
        ],
      },
    ],
  });
  const decide = async (letter: string, vex: string): Promise<string> => {
    const image = `ghcr.io/acme/shop@sha256:${digestOf(letter)}`;
    const words = ["vex", "decide", image, "--claimed", "--offline", "--now", "2026-11-20T00:00:00Z", "--format", "json"];
    const { out } = await waybill([...words, "--evidence", "scan.json", vex], { cwd });
    return (JSON.parse(out) as { subjects: readonly { findings: readonly { verdict: string }[] }[] }).subjects
      .flatMap(({ findings }) => findings.map(({ verdict }) => verdict))
      .join();
  };
  expect([await decide("a", "attested.json"), await decide("b", "attested.json")]).toEqual(["suppressed", "kept"]);
  for (const format of ["openvex", "csaf", "cyclonedx"]) {
    const words = ["vex", "convert", "attested.json", "--to", format, "--publisher-namespace", "https://acme.example"];
    const { code, out, err } = await waybill(words, { cwd });
    expect([code, err]).toEqual([0, expect.stringContaining("warning[WB1258]: 1 product of `attested.json` is left out")]);
    put("bound.json", out);
    expect([format, await decide("a", "bound.json")]).toEqual([format, "suppressed"]);
    expect([format, await decide("b", "bound.json")]).not.toEqual([format, "suppressed"]);
    expect((await waybill([...words, "--strict"], { cwd })).code).toBe(1);
  }
});

it("keeps a draft a draft that stands in an attestation, and the revisions of a document", async () => {
  const csaf = JSON.parse(readFileSync(new URL("csaf.json", golden), "utf8")) as { document: { tracking: { status: string } } };
  const type = "https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json";
  for (const status of ["draft", "interim"]) {
    csaf.document.tracking.status = status;
    put("attested.json", enveloped(attested(csaf, type)));
    const { code, out } = await waybill(["vex", "convert", "attested.json", "--to", "csaf"], { cwd });
    expect([code, JSON.parse(out)]).toEqual([
      0,
      expect.objectContaining({ document: expect.objectContaining({ tracking: expect.objectContaining({ status }) }) }),
    ]);
  }
});

it("merges documents of three formats to the same bytes in any order, and finds them again by diff", async () => {
  put("a.json", openvex("1", [suppressed]));
  put("b.json", source);
  const to = ["--to", "openvex", "--author", "Acme", "--id", "https://acme.example/vex/all"];
  await waybill(["vex", "convert", "a.json", "--to", "csaf", "--publisher-namespace", "https://acme.example", "--out", "a.csaf.json"], {
    cwd,
  });
  const one = await waybill(["vex", "merge", "a.json", "b.json", "a.csaf.json", ...to], { cwd });
  const other = await waybill(["vex", "merge", "a.csaf.json", "b.json", "a.json", ...to], { cwd });
  expect(one.code).toBe(0);
  expect(other.out).toBe(one.out);
  expect(one.err).toContain("warning[WB1248]");
  const merged = JSON.parse(put("merged.json", one.out) && one.out);
  expect(
    merged.statements.filter((found: { vulnerability: { name: string } }) => found.vulnerability.name === "CVE-2024-21538"),
  ).toHaveLength(2);
  const diff = await waybill(["vex", "diff", "a.json", "a.csaf.json"], { cwd });
  expect(diff).toMatchObject({ code: 0, out: "they say the same\n" });
});

it("writes no document of statements that contradict each other, names both, and does where that is asked for", async () => {
  put("yes.json", openvex("1", [suppressed]));
  put("no.json", openvex("2", [{ ...affected, vulnerability: { name: "CVE-2026-0001" } }, affected]));
  const words = ["vex", "merge", "yes.json", "no.json", "--publisher-namespace", "https://acme.example", "--to"];
  for (const format of ["openvex", "csaf", "cyclonedx"]) {
    const { code, out, err } = await waybill([...words, format, "--out", "refused.json"], { cwd, env: { COLUMNS: "200" } });
    expect([code, out]).toEqual([1, ""]);
    expect(() => read("refused.json")).toThrow();
    expect(err).toContain("warning[WB1246]: statements of one time contradict each other about `CVE-2024-21538`");
    expect(err).toContain("`/statements/0` of `yes.json` says `not_affected`");
    expect(err).toContain("`/statements/1` of `no.json` says `affected`");
    expect(err).toContain("error[WB1249]: 1 contradiction is among the statements, and nothing was written");
    expect(err).toContain("`--allow-contradiction`");
  }
  const asked = [...words, "openvex", "--allow-contradiction"];
  const kept = await waybill([...asked, "--strict", "--quiet"], { cwd });
  expect([kept.code, JSON.parse(kept.out).statements.length]).toEqual([0, 3]);
  expect((await waybill(asked, { cwd })).err).toContain("warning[WB1246]");
  const csaf = await waybill([...words, "csaf", "--allow-contradiction"], { cwd });
  expect(Object.keys(JSON.parse(csaf.out).vulnerabilities[0].product_status)).toEqual(["known_affected"]);
  expect(csaf.err).toContain("CSAF does not say a statement");
});

it("finds contradictions by what third statements call the same, and those that only the format makes", async () => {
  put("yes.json", openvex("1", [suppressed]));
  put("no.json", openvex("2", [{ ...affected, vulnerability: { name: "GHSA-3xgq-45jq-v275" } }]));
  const both = { name: "CVE-2024-21538", aliases: ["GHSA-3xgq-45jq-v275"] };
  put("names.json", openvex("3", [{ ...affected, vulnerability: both, products: [{ "@id": "pkg:npm/cross-spawn@7.0.3" }] }]));
  const named = await waybill(["vex", "merge", "yes.json", "no.json", "names.json", "--to", "openvex"], { cwd });
  expect([named.code, named.out, named.err]).toEqual([1, "", expect.stringContaining("error[WB1249]")]);
  // Of two ranges of one product OpenVEX makes the same product.
  const ranged = (serial: string, state: string, range: string) => ({
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${serial.repeat(8)}-1111-4111-8111-111111111111`,
    version: 1,
    metadata: { timestamp: "2026-01-01T00:00:00Z", authors: [{ name: "Acme" }] },
    components: [{ type: "library", "bom-ref": "c", name: "shop", purl: "pkg:npm/shop" }],
    vulnerabilities: [{ id: "CVE-2024-21538", analysis: { state }, affects: [{ ref: "c", versions: [{ range }] }] }],
  });
  put("low.json", ranged("1", "exploitable", "vers:npm/<2.0.0"));
  put("high.json", ranged("2", "in_triage", "vers:npm/>=2.0.0"));
  const words = ["vex", "merge", "low.json", "high.json", "--to"];
  const blurred = await waybill([...words, "openvex"], { cwd, env: { COLUMNS: "200" } });
  expect([blurred.code, blurred.out]).toEqual([1, ""]);
  expect(blurred.err).toContain("error[WB1257]: what was merged is not valid OpenVEX");
  const flat = blurred.err.replaceAll(/\s+/g, " ");
  expect(flat).toContain("says `under_investigation` of `CVE-2024-21538` in `pkg:npm/shop`, and one of the same time `affected` of");
  expect((await waybill([...words, "openvex", "--allow-contradiction"], { cwd })).code).toBe(0);
  expect((await waybill([...words, "cyclonedx"], { cwd })).code).toBe(0);
});

it("merges nothing that `vex validate` would refuse", async () => {
  put("odd.json", openvex("1", [{ ...suppressed, timestamp: "2027-01-01T00:00:00Z" }]));
  const merge = (...more: readonly string[]) => waybill(["vex", "merge", "odd.json", "--to", "openvex", ...more], { cwd });
  for (const more of [[], ["--allow-contradiction"]]) {
    const { code, out, err } = await merge("--now", "2026-11-21T00:00:00Z", ...more);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain("error[WB1257]");
    expect(err).toContain("`2027-01-01T00:00:00Z` is in the future");
  }
  expect((await merge("--now", "2027-01-02T00:00:00Z")).code).toBe(0);
});

it("says by diff what was changed, added and taken back, in text and in JSON", async () => {
  const other = { ...suppressed, vulnerability: { name: "CVE-2026-0001" } };
  const more = { ...suppressed, vulnerability: { name: "CVE-2026-0002" } };
  put("before.json", openvex("1", [suppressed, other]));
  put("after.json", openvex("1", [affected, more], { version: 2, timestamp: "2026-02-01T00:00:00Z" }));
  const text = await waybill(["vex", "diff", "before.json", "after.json"], { cwd });
  expect(text.code).toBe(1);
  expect(
    text.out,
  ).toBe(`~ CVE-2024-21538 pkg:npm/shop@1.4.0: not_affected -> affected; action none -> "update to 1.4.1"; justification "vulnerable_code_not_present" -> none
- CVE-2026-0001 pkg:npm/shop@1.4.0: retracted, not_affected
+ CVE-2026-0002 pkg:npm/shop@1.4.0: added, not_affected
1 changed, 1 added, 1 retracted
`);
  const json = await waybill(["vex", "diff", "before.json", "after.json", "--format", "json"], { cwd });
  expect(against("vex-diff", JSON.parse(json.out))).toBe(null);
  expect(JSON.parse(json.out)).toMatchObject({ same: false, changes: [{ kind: "changed" }, { kind: "retracted" }, { kind: "added" }] });
});

it("keeps a draft a draft, and writes none where nobody could tell that it is one", async () => {
  const csaf = JSON.parse(readFileSync(new URL("csaf.json", golden), "utf8")) as { document: { tracking: { status: string } } };
  csaf.document.tracking.status = "draft";
  put("draft.json", csaf);
  for (const words of [
    ["convert", "draft.json", "--to", "openvex"],
    ["convert", "draft.json", "--to", "cyclonedx"],
    ["merge", "draft.json", "--to", "csaf"],
  ]) {
    const refused = await waybill(["vex", ...words, "--out", "written.json"], { cwd });
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("is a draft")]);
    expect(() => read("written.json")).toThrow();
  }
  const kept = await waybill(["vex", "convert", "draft.json", "--to", "csaf", "--out", "kept.json"], { cwd });
  expect(kept.code).toBe(0);
  expect(JSON.parse(read("kept.json"))).toMatchObject({ document: { tracking: { status: "draft" } } });
});
