import { execFileSync } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { expect, it } from "vitest";
import { licencesPolicy, namespacePolicy, podsPolicy, sbom } from "./fixtures.ts";
import { folder, repository, waybill } from "./waybill.ts";

const podRequest = (id: string, privileged: boolean) => ({
  id,
  at: "admission",
  subject: {
    kind: "workload",
    object: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: id },
      spec: { containers: [{ name: "web", image: "nginx", securityContext: { privileged } }] },
    },
  },
  time: "2026-01-01T00:00:00Z",
});

interface Answer {
  readonly id?: string;
  readonly effect: string;
  readonly reason?: string;
  readonly clauses?: readonly { readonly outcome: string; readonly span: string; readonly message?: string }[];
  readonly missing?: readonly unknown[];
  readonly error?: { readonly code: string; readonly message: string };
}

const answers = (out: string): readonly Answer[] =>
  out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Answer);

async function batch(policy: string, lines: readonly string[], ...words: string[]) {
  const cwd = await folder({ "p.scp": policy });
  return waybill(["eval", "-p", "p.scp", "--batch", ...words], { cwd, stdin: lines.join("\n") });
}

it("answers a stream line by line, in order, and goes on after a bad line", async () => {
  const lines = [
    JSON.stringify(podRequest("a", true)),
    "{broken",
    JSON.stringify(podRequest("b", false)),
    "",
    "[]",
    JSON.stringify({ id: "c" }),
  ];
  const ran = await batch(podsPolicy, lines);
  expect(ran.code).toBe(0);
  const all = answers(ran.out);
  expect(all.map((one) => one.effect)).toEqual(["deny", "error", "allow", "error", "error"]);
  expect(all.map((one) => one.id)).toEqual(["a", undefined, "b", undefined, "c"]);
  expect(all[0]?.clauses?.[0]).toMatchObject({ outcome: "violated", message: "web is privileged", span: "p.scp:4:3" });
  expect(all[1]?.error?.message).toContain("JSON");
});

it("writes answers that the published schema accepts", async () => {
  const ran = await batch(podsPolicy, [JSON.stringify(podRequest("a", true)), "nonsense"]);
  const ajv = new Ajv({ strict: false });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(join(repository, "docs/schemas/answer.schema.json"), "utf8")) as object);
  for (const answer of answers(ran.out)) {
    validate(answer);
    expect(validate.errors).toBe(null);
  }
  const request = ajv.compile(JSON.parse(readFileSync(join(repository, "docs/schemas/request.schema.json"), "utf8")) as object);
  expect(request(podRequest("a", true))).toBe(true);
});

const vexPolicy = `module acme.vexed
import waybill.vuln
policy vexed for artifact at ci {
  let scan = attestation vuln.Scan claimed
  forbid severe: some f in scan.findings where f.severity >= high and not f is resolved by claimed
}
`;

it("says what VEX said of findings as `gate` does, of one request and not of a stream", async () => {
  const purl = "pkg:npm/left-pad@1.3.0";
  const scan = { SchemaVersion: 2, ArtifactName: "shop", ArtifactType: "filesystem", Results: [] as object[] };
  const found = (id: string) => ({
    VulnerabilityID: id,
    PkgName: "left-pad",
    PkgIdentifier: { PURL: purl },
    InstalledVersion: "1.3.0",
    Severity: "HIGH",
  });
  scan.Results.push({
    Target: "package-lock.json",
    Class: "lang-pkgs",
    Type: "npm",
    Vulnerabilities: [found("CVE-2026-10001"), found("CVE-2026-10002")],
  });
  const statement = (name: string, more: object) => ({ vulnerability: { name }, products: [{ "@id": purl }], ...more });
  const vex = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://acme.example/vex/1",
    author: "Acme",
    timestamp: "2026-01-01T00:00:00Z",
    version: 1,
    statements: [
      statement("CVE-2026-10001", { status: "not_affected", justification: "vulnerable_code_not_present" }),
      statement("CVE-2026-10002", { status: "affected", action_statement: "wait" }),
    ],
  };
  const cwd = await folder({ "p.scp": vexPolicy, "scan.json": JSON.stringify(scan), "vex.json": JSON.stringify(vex) });
  const subject = { kind: "artifact", object: "pkg:npm/shop@1.0.0" };
  const request = JSON.stringify({ at: "ci", subject, evidence: ["scan.json", "vex.json"], time: "2026-02-01T00:00:00Z" });
  const words = ["-p", "p.scp"];
  const ran = await waybill(["eval", ...words], { cwd, stdin: request });
  const gate = await waybill(
    ["gate", ...words, "-s", subject.object, "-e", "scan.json", "vex.json", "--now", "2026-02-01T00:00:00Z", "--format", "json"],
    { cwd },
  );
  const answer = JSON.parse(ran.out) as { readonly vex: readonly { readonly counts: object; readonly findings: readonly object[] }[] };
  expect(answer.vex).toEqual((JSON.parse(gate.out) as typeof answer).vex);
  expect(answer.vex).toMatchObject([
    {
      by: ["claimed"],
      findings: [
        { id: "CVE-2026-10001", verdict: "suppressed" },
        { id: "CVE-2026-10002", verdict: "kept" },
      ],
    },
  ]);
  const ajv = new Ajv({ strict: false });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(join(repository, "docs/schemas/answer.schema.json"), "utf8")) as object);
  validate(answer);
  expect(validate.errors).toBe(null);
  const stream = await waybill(["eval", ...words, "--batch"], { cwd, stdin: request });
  const { vex: _, ...rest } = JSON.parse(ran.out) as Readonly<Record<string, unknown>>;
  expect(JSON.parse(stream.out)).toEqual(rest);
  const effect = await waybill(["eval", ...words, "--effects-only"], { cwd, stdin: request });
  expect(JSON.parse(effect.out)).toEqual({ effect: "deny", reason: "violated" });
});

it("leaves clauses out with --effects-only", async () => {
  const ran = await batch(podsPolicy, [JSON.stringify(podRequest("a", true))], "--effects-only");
  expect(answers(ran.out)).toEqual([{ id: "a", effect: "deny", reason: "violated" }]);
});

it("names the kinds loaded when nobody speaks about the subject, and a header's missing fact", async () => {
  const image = (id: string, object: unknown) => JSON.stringify({ id, at: "ci", subject: { kind: "image", object } });
  const ran = await batch(namespacePolicy, [
    image("a", "nginx"),
    image("b", { ref: "nginx", namespace: "prod" }),
    JSON.stringify({ subject: { kind: "workflow", object: { jobs: [] } } }),
  ]);
  const [a, b, c] = answers(ran.out);
  expect(a?.error).toMatchObject({ code: "not-given" });
  expect(b).toMatchObject({ effect: "deny", reason: "violated" });
  expect(c?.error?.code).toBe("no-policy");
  expect(c?.error?.message).toContain("image at admission, ci");
});

it("reads evidence by path below its root, and inline", async () => {
  const clean = sbom([{ name: "a", version: "1.0.0", license: "MIT" }]);
  const cwd = await folder({ "p.scp": licencesPolicy, "data/bom.json": clean, "secret.json": clean });
  symlinkSync(join(cwd, "secret.json"), join(cwd, "data/link.json"));
  const request = (evidence: readonly unknown[]) =>
    JSON.stringify({ at: "ci", subject: { kind: "artifact", object: "pkg:npm/shop@1.0.0" }, evidence });
  const lines = [
    request(["bom.json"]),
    request([{ inline: JSON.parse(clean) as unknown }]),
    request(["../secret.json"]),
    request(["link.json"]),
    request([join(cwd, "secret.json")]),
    request(["nowhere.json"]),
    request([{ inline: { bomFormat: "CycloneDX", specVersion: "1.6", components: 3 } }]),
    request([]),
  ];
  const ran = await waybill(["eval", "-p", "p.scp", "--batch", "--evidence-root", "data"], { cwd, stdin: lines.join("\n") });
  const all = answers(ran.out);
  expect(all.map((one) => one.effect)).toEqual(["allow", "allow", "error", "error", "error", "error", "deny", "warn"]);
  for (const refused of all.slice(2, 5)) expect(refused.error?.message).toContain("outside the evidence root");
  expect(all[5]?.error?.message).toBe("`nowhere.json` does not exist");
  expect(all[6]).toMatchObject({ reason: "fault", error: { code: "evidence" } });
  expect(all[7]).toMatchObject({ reason: "undecided" });
  expect(all[7]?.missing?.length).toBeGreaterThan(0);
});

it("decides one request with the exit code of its verdict", async () => {
  const cwd = await folder({ "p.scp": podsPolicy, "r.json": JSON.stringify(podRequest("a", true)) });
  const denied = await waybill(["eval", "-p", "p.scp", "r.json"], { cwd });
  expect(denied.code).toBe(1);
  expect((JSON.parse(denied.out) as Answer).effect).toBe("deny");
  expect((await waybill(["eval", "-p", "p.scp"], { cwd, stdin: JSON.stringify(podRequest("a", false)) })).code).toBe(0);
});

it("keeps memory flat over a long stream", async () => {
  const cwd = await folder({ "p.scp": podsPolicy });
  const line = `${JSON.stringify(podRequest("x", false))}\n`;
  const peak = async (lines: number): Promise<number> => {
    const script = { NODE_OPTIONS: `--max-old-space-size=48` };
    const ran = await waybill(["eval", "-p", "p.scp", "--batch", "--effects-only"], { cwd, stdin: line.repeat(lines), env: script });
    expect(ran.code).toBe(0);
    return ran.out.trim().split("\n").length;
  };
  expect(await peak(20_000)).toBe(20_000);
});

it("refuses duplicate keys in a request: readers disagree on which one counts", async () => {
  const ran = await batch(podsPolicy, ['{"id":"a","id":"b","subject":{"kind":"workload","object":{}}}']);
  expect(answers(ran.out)[0]).toMatchObject({ effect: "error" });
});

it("loses no document of a request or a file: each inline one and each part of a YAML file counts", async () => {
  const clean = JSON.parse(sbom([{ name: "left", version: "1.0.0", license: "MIT" }])) as object;
  const copyleft = JSON.parse(sbom([{ name: "gpl", version: "2.0.0", license: "GPL-2.0" }])) as object;
  const cwd = await folder({
    "p.scp": licencesPolicy,
    "both.yaml": `${JSON.stringify(clean)}\n---\n${JSON.stringify(copyleft)}\n`,
  });
  const request = (id: string, ...evidence: readonly unknown[]) =>
    JSON.stringify({ id, at: "ci", subject: { kind: "artifact", object: "pkg:npm/shop" }, evidence });
  const lines = [
    request("clean", { inline: clean }),
    request("both", { inline: clean }, { inline: copyleft }),
    request("parts", "both.yaml"),
  ];
  const ran = await waybill(["eval", "-p", "p.scp", "--batch", "--effects-only"], { cwd, stdin: lines.join("\n") });
  expect(answers(ran.out).map((one) => [one.id, one.effect])).toEqual([
    ["clean", "allow"],
    ["both", "deny"],
    ["parts", "deny"],
  ]);
});

it("answers a request whose id, subject or evidence it could only take in part with an error", async () => {
  const request = (id: unknown, object: unknown) => JSON.stringify({ id, at: "ci", subject: { kind: "artifact", object } });
  const lines = [
    '{"id":9007199254740993,"at":"ci","subject":{"kind":"artifact","object":"pkg:npm/x"}}',
    '{"id":1e400,"at":"ci","subject":{"kind":"artifact","object":"pkg:npm/x"}}',
    request("digest", { name: "x", digest: "sha256:zz" }),
    request("type", { name: "x", digest: 5 }),
    request("purl", { name: "x", purl: "pkg:npm/%zz" }),
    request("key", { name: "x", signed: true }),
    JSON.stringify({ id: "pipe", at: "ci", subject: { kind: "artifact", object: "pkg:npm/x" }, evidence: ["pipe.json"] }),
  ];
  const cwd = await folder({ "p.scp": licencesPolicy });
  execFileSync("mkfifo", [join(cwd, "pipe.json")]);
  const ran = await waybill(["eval", "-p", "p.scp", "--batch"], { cwd, stdin: lines.join("\n") });
  const all = answers(ran.out);
  expect(all.map((one) => one.effect)).toEqual(lines.map(() => "error"));
  expect(all[0]?.id).toBeUndefined();
  expect(all[6]?.error?.message).toContain("not a regular file");
});
