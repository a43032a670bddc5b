import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { expect, it } from "vitest";
import { findingsPolicy, grype, levelPolicy, licencesPolicy, namespacePolicy, pod, podsPolicy, sbom } from "./fixtures.ts";
import { folder, repository, waybill } from "./waybill.ts";

const now = ["--now", "2026-11-21T12:00:00Z"];
const clean = sbom([{ name: "left", version: "1.0.0", license: "MIT" }]);
const copyleft = sbom([
  { name: "left", version: "1.0.0", license: "MIT" },
  { name: "gpl", version: "2.0.0", license: "GPL-2.0" },
]);
const unlicensed = sbom([
  { name: "left", version: "1.0.0", license: "MIT" },
  { name: "bare", version: "1.0.0" },
  { name: "naked", version: "3.0.0" },
]);

it("allows a clean SBOM, and prints what the decision assumes", async () => {
  const cwd = await folder({ "p.scp": licencesPolicy, "bom.json": clean });
  const ran = await waybill(["gate", "-p", "p.scp", "-e", "bom.json", ...now], { cwd });
  expect(ran.code).toBe(0);
  expect(ran.out).toContain("allow artifact pkg:npm/shop@1.0.0 at ci");
  expect(ran.out).toContain("assumes that this is the whole list: closed(");
  expect(ran.out).toContain("2026-11-21T12:00:00Z");
});

it("denies with the policy's line and the evidence's line, exit 1", async () => {
  const cwd = await folder({ "p.scp": licencesPolicy, "bom.json": copyleft });
  const ran = await waybill(["gate", "-p", "p.scp", "-e", "bom.json"], { cwd });
  expect(ran.code).toBe(1);
  expect(ran.out).toContain("pkg:npm/gpl@2.0.0 is licensed GPL-2.0-only");
  expect(ran.out).toMatch(/--> p\.scp:7:3/);
  const line = copyleft.split("\n").findIndex((text) => text.includes('"GPL-2.0"')) + 1;
  expect(ran.out).toMatch(/--> bom\.json:\d+:\d+ \/components\/1/);
  expect(line).toBeGreaterThan(1);
  expect(ran.out).toContain("deny artifact pkg:npm/shop@1.0.0");
});

it("warns with counts and names where licences are missing, exit 0", async () => {
  const cwd = await folder({ "p.scp": licencesPolicy, "bom.json": unlicensed });
  const ran = await waybill(["gate", "-p", "p.scp", "-e", "bom.json"], { cwd });
  expect(ran.code).toBe(0);
  expect(ran.out).toContain("undecided[acme.licences.licences.copyleft]");
  expect(ran.out).toContain("2 of 3");
  expect(ran.out).toContain("warn artifact");
});

it("denies without the evidence that the policy reads, and says what to attach", async () => {
  const cwd = await folder({ "p.scp": findingsPolicy, "bom.json": clean });
  const ran = await waybill(["gate", "-p", "p.scp", "-e", "bom.json"], { cwd });
  expect(ran.code).toBe(1);
  expect(ran.out).toContain("undecided[acme.findings.fixable.critical]");
  expect(ran.out).toContain("missing");
});

it("decides findings of a scan: a fix makes the difference", async () => {
  const fixed = grype([{ id: "CVE-2024-21538", severity: "Critical", fix: "7.0.5" }]);
  const open = grype([{ id: "CVE-2024-21538", severity: "Critical" }]);
  const cwd = await folder({ "p.scp": findingsPolicy, "fixed.json": fixed, "open.json": open });
  const words = (file: string) => ["gate", "pkg:npm/shop@1.0.0", "-p", "p.scp", "-e", file];
  const denied = await waybill(words("fixed.json"), { cwd });
  expect(denied.code).toBe(1);
  expect(denied.out).toContain("CVE-2024-21538: upgrade to 7.0.5");
  expect((await waybill(words("open.json"), { cwd })).code).toBe(0);
});

it("offers code to paste where a severity is not known", async () => {
  const cwd = await folder({ "p.scp": findingsPolicy, "s.json": grype([{ id: "CVE-2024-21538", severity: "Unknown", fix: "7.0.5" }]) });
  const ran = await waybill(["gate", "pkg:npm/shop", "-p", "p.scp", "-e", "s.json"], { cwd });
  expect(ran.code).toBe(1);
  expect(ran.out).toContain("f.severity otherwise");
});

it("judges each workload of a manifest, and says how many", async () => {
  const cwd = await folder({ "p.scp": podsPolicy, "pods.yaml": `${pod(false)}---\n${pod(true)}` });
  const ran = await waybill(["gate", "--subject", "pods.yaml", "-p", "p.scp"], { cwd });
  expect(ran.code).toBe(1);
  expect(ran.out).toContain("web is privileged");
  expect(ran.out).toMatch(/--> pods\.yaml:2\d:/);
  expect(ran.out).toContain("2 subjects: deny 1, allow 1");
});

it("asks for a fact that only the caller knows, and takes it", async () => {
  const cwd = await folder({ "p.scp": namespacePolicy });
  const bare = await waybill(["gate", "nginx:1", "-p", "p.scp"], { cwd });
  expect(bare.code).toBe(2);
  expect(bare.err).toContain("--given image.namespace=");
  const given = await waybill(["gate", "nginx:1", "-p", "p.scp", "--given", "image.namespace=prod"], { cwd });
  expect(given.code).toBe(1);
  expect(given.out).toContain("is not ours");
  const ours = await waybill(["gate", "registry.acme.example/x:1", "-p", "p.scp", "--given", "image.namespace=prod"], { cwd });
  expect(ours.code).toBe(0);
  const wrong = await waybill(["gate", "nginx:1", "-p", "p.scp", "--given", "image.namespce=prod"], { cwd });
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain("did you mean `image.namespace`?");
});

it("says which kinds are loaded when nobody speaks about the subject", async () => {
  const cwd = await folder({ "p.scp": podsPolicy });
  const ran = await waybill(["gate", "nginx:1", "-p", "p.scp"], { cwd });
  expect(ran.code).toBe(2);
  expect(ran.err).toContain("no policy that was loaded speaks about `image` at `ci`; loaded: `workload`");
});

it("reads inputs by their type, from the command line before waybill.toml, and puts them into the digest", async () => {
  const cwd = await folder({ "p.scp": levelPolicy, "waybill.toml": '[inputs]\n"acme.level.level" = 2\n' });
  const run = (...words: string[]) => waybill(["gate", "nginx:1", "-p", "p.scp", "--format", "json", ...now, ...words], { cwd });
  const digest = (out: string): string => (JSON.parse(out) as { policyDigest: string }).policyDigest;
  const two = await run();
  expect(two.code).toBe(1);
  expect(two.out).toContain("the level is 2");
  const four = await run("--set", "acme.level.level=4");
  expect(four.code).toBe(0);
  expect(digest(four.out)).not.toBe(digest(two.out));
  const bad = await run("--set", "acme.level.level=many");
  expect(bad.code).toBe(2);
  expect(bad.err).toContain("`many` is not a value of input `acme.level.level`, which is an `Int`");
  const unknown = await run("--set", "acme.level.levl=1");
  expect(unknown.code).toBe(2);
  expect(unknown.err).toContain("did you mean `acme.level.level`?");
});

it("gives the same bytes for the same policy, evidence and time", async () => {
  const cwd = await folder({ "p.scp": licencesPolicy, "bom.json": copyleft });
  const words = ["gate", "-p", "p.scp", "-e", "bom.json", "--format", "json", ...now];
  const [first, second] = [await waybill(words, { cwd }), await waybill(words, { cwd })];
  expect(first.out).toBe(second.out);
  const document = JSON.parse(first.out) as { effect: string };
  const ajv = new Ajv({ strict: false });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  ajv.validate(JSON.parse(readFileSync(join(repository, "docs/schemas/gate.schema.json"), "utf8")) as object, document);
  expect(ajv.errors).toBe(null);
  expect(document.effect).toBe("deny");
});

it.each([
  ["sarif", /"version": "2\.1\.0"/],
  ["junit", /<failure type="violated"/],
  ["github", /^::error file=p\.scp,line=7/],
  ["gitlab", /"severity": "critical"/],
  ["markdown", /^## Waybill: deny/],
])("writes %s with the exit code of the verdict", async (format, expected) => {
  const cwd = await folder({ "p.scp": licencesPolicy, "bom.json": copyleft });
  const ran = await waybill(["gate", "-p", "p.scp", "-e", "bom.json", "--format", format], { cwd });
  expect(ran.code).toBe(1);
  expect(ran.out).toMatch(expected);
  expect(ran.err).toBe("");
});

it("explains one clause, live and from a decision on file", async () => {
  const cwd = await folder({ "p.scp": licencesPolicy, "bom.json": copyleft });
  const live = await waybill(["why", "licences.copyleft", "-p", "p.scp", "-e", "bom.json"], { cwd });
  expect(live.code).toBe(0);
  expect(live.out).toContain("how it came about");
  expect(live.out).toContain("GPL-2.0");
  const decision = await waybill(["gate", "-p", "p.scp", "-e", "bom.json", "--format", "json"], { cwd });
  const stored = await folder({ "d.json": decision.out });
  const filed = await waybill(["why", "copyleft", "--decision", "d.json"], { cwd: stored });
  expect(filed.code).toBe(0);
  expect(filed.out).toContain("violated[acme.licences.licences.copyleft]");
  const wrong = await waybill(["why", "licences.copylft", "-p", "p.scp", "-e", "bom.json"], { cwd });
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain("did you mean `licences.copyleft`?");
});

it("binds evidence by digest: a document about another digest counts for nothing", async () => {
  const digest = "a".repeat(64);
  const other = JSON.parse(clean) as { metadata: { component: { hashes?: unknown } } };
  other.metadata.component.hashes = [{ alg: "SHA-256", content: "b".repeat(64) }];
  const cwd = await folder({ "p.scp": licencesPolicy, "bom.json": JSON.stringify(other) });
  const ran = await waybill(["gate", `sha256:${digest}`, "-p", "p.scp", "-e", "bom.json"], { cwd });
  expect(ran.err).toContain("names digests, and none is that of");
  expect(ran.out).not.toContain("allow artifact");
});

it("takes the digest of a scan for the same reference by tag, and for no other", async () => {
  const scan = JSON.parse(grype([{ id: "CVE-2024-21538", severity: "Critical" }])) as { source: unknown };
  const target = {
    userInput: "ghcr.io/acme/shop:1",
    imageID: `sha256:${"c".repeat(64)}`,
    manifestDigest: `sha256:${"d".repeat(64)}`,
    repoDigests: [],
  };
  scan.source = { type: "image", target };
  const cwd = await folder({ "p.scp": findingsPolicy, "scan.json": JSON.stringify(scan) });
  const same = await waybill(["gate", "ghcr.io/acme/shop:1", "-p", "p.scp", "-e", "scan.json"], { cwd });
  expect(same.err).toContain("was named without a digest");
  expect(same.code).toBe(0);
  const other = await waybill(["gate", "ghcr.io/acme/other:1", "-p", "p.scp", "-e", "scan.json"], { cwd });
  expect(other.err).toContain("and none is that of");
  expect(other.code).toBe(1);
});

it("shows the value of the subject that a clause without a message rests on, and its outcome once", async () => {
  const policy = 'module a.b\npolicy p for image { require ok: image.tag == "v1" }\n';
  const cwd = await folder({ "p.scp": policy });
  const words = ["gate", "registry.acme.example/shop:v2", "-p", "p.scp"];
  const ran = await waybill(words, { cwd });
  expect(ran.code).toBe(1);
  expect(ran.out).toContain('violated[a.b.p.ok]: require ok: image.tag == "v1"');
  expect(ran.out).toContain("= because: `image.tag` is v2");
  for (const format of ["json", "sarif", "junit", "github", "gitlab", "markdown"])
    expect([format, (await waybill([...words, "--format", format], { cwd })).out]).toEqual([
      format,
      expect.stringMatching(/image\.tag`? is v2|"value": "v2"/),
    ]);
  const json = JSON.parse((await waybill([...words, "--format", "json"], { cwd })).out);
  expect(json.decisions[0].clauses[0].witnesses).toEqual([{ citations: [], facts: [{ path: "image.tag", value: "v2" }] }]);
  const ajv = new Ajv({ strict: false });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  expect(ajv.validate(JSON.parse(readFileSync(join(repository, "docs/schemas/gate.schema.json"), "utf8")), json)).toBe(true);
});

it("reads a folder of evidence, and passes over what is none; a broken document in it is refused", async () => {
  const cwd = await folder({ "p.scp": licencesPolicy, "e/bom.json": clean, "e/settings.json": '{"theme": "dark"}' });
  const words = ["gate", "-p", "p.scp", "-e", "e"];
  const ran = await waybill(words, { cwd });
  expect(ran.code).toBe(0);
  expect(ran.err).toMatch(/warning\[WB0911\]/);
  expect(ran.out).not.toContain("WB0911");
  expect((await waybill([...words, "--quiet"], { cwd })).err).toBe("");
  const json = await waybill([...words, "--format", "json"], { cwd });
  expect([json.err, json.out]).toEqual(["", expect.stringContaining("WB0911")]);
  expect((await waybill([...words, "e/settings.json"], { cwd })).code).toBe(3);
  const broken = await folder({ "p.scp": licencesPolicy, "e/bom.json": clean, "e/other.json": clean.replace('"library"', "3") });
  expect((await waybill(words, { cwd: broken })).code).toBe(3);
});

it("takes from the caller only what a subject cannot say itself", async () => {
  const policy = 'module a.b\npolicy p for image { require ours: image.registry == "registry.acme.example" }\n';
  const cwd = await folder({ "p.scp": policy });
  for (const fact of [
    "image.registry=registry.acme.example",
    "image.ref=registry.acme.example/x",
    `image.digest=sha256:${"a".repeat(64)}`,
  ]) {
    const ran = await waybill(["gate", "evil.example/x", "-p", "p.scp", "--given", fact], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.err).toContain("that can be given");
  }
});
