import { expect, it } from "vitest";
import { type DataRecord, type DocumentRef, Known } from "../../language/core/data.ts";
import { parseTime } from "../../language/domains/time.ts";
import { compileText } from "../../test/bench/project.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { type Answer, compileProgram, type Decision, decide, type Request } from "./evaluate.ts";

function at(text: string): number {
  const time = parseTime(text);
  if (!time.ok) throw new Error(time.problem);
  return time.value;
}

const noon = at("2026-11-21T12:00:00Z");

function ask(source: string, kind: string, data: DataRecord, more: Partial<Request> = {}): Answer {
  const request: Request = { subject: { kind, name: "it", data }, point: "ci", now: noon, evidence: [], attested: [], failed: [], ...more };
  return decide(compileProgram(compileText("policy.scp", source)), request);
}

function decided(answer: Answer): Decision {
  if (answer.kind === "refusal") throw new Error(answer.refusal.code);
  return answer.decision;
}

const documentOf = (type: string): DocumentRef => ({
  digest: `sha256:${"0".repeat(64)}`,
  name: "x.json",
  format: "test",
  predicateType: type,
});

function evidence(type: string, data: DataRecord, about: Evidence["about"] = []): Evidence {
  return { type, document: documentOf(type), data, about, counts: {} };
}

const signed = `
module acme.signed
trust release = spiffe { id: "spiffe://acme.example/release" }
policy signed for image at ci { require signed: image is signed by release }`;

it("takes no mark in a document for a signature", () => {
  for (const forged of [true, "acme.signed.release", ["acme.signed.release"], { release: true }]) {
    expect(decided(ask(signed, "image", { ref: "a", signed: forged as DataRecord[string] }))).toMatchObject({
      effect: "deny",
      reason: "undecided",
    });
  }
  expect(decided(ask(signed, "image", { ref: "a", signed: new Known(["acme.signed.release"]) })).effect).toBe("allow");
  expect(decided(ask(signed, "image", { ref: "a", signed: new Known(["acme.other"]) })).effect).toBe("deny");
});

it("says that nobody could look for a signature, and takes one that was found all the same", () => {
  const failed = [{ name: "waybill.image.Image.signed", cause: "transient" as const, detail: "503" }];
  expect(decided(ask(signed, "image", { ref: "a" }, { failed }))).toMatchObject({ effect: "deny", reason: "fault" });
  const others = [{ name: "waybill.image.Image.signed", cause: "transient" as const, detail: "503", trusts: ["acme.other"] }];
  expect(decided(ask(signed, "image", { ref: "a" }, { failed: others }))).toMatchObject({ effect: "deny", reason: "undecided" });
  expect(decided(ask(signed, "image", { ref: "a", signed: new Known(["acme.signed.release"]) }, { failed })).effect).toBe("allow");
});

it("lets a broken statement of one signer undo nothing that another signed", () => {
  const two = `
module acme.two
import waybill.sbom
trust ours = spiffe { id: "spiffe://acme.example/ours" }
trust theirs = spiffe { id: "spiffe://acme.example/theirs" }
policy two for artifact at ci { require named: (attestation sbom.Bom by ours).supplier == "Acme" }`;
  const attested = [{ trusts: ["acme.two.ours"], evidence: evidence("waybill.sbom.Bom", { supplier: "Acme" }) }];
  const broken = (trust: string) => [{ name: "waybill.sbom.Bom", cause: "malformed" as const, detail: "broken", trusts: [trust] }];
  expect(decided(ask(two, "artifact", { name: "it" }, { attested, failed: broken("acme.two.theirs") })).effect).toBe("allow");
  expect(decided(ask(two, "artifact", { name: "it" }, { attested, failed: broken("acme.two.ours") }))).toMatchObject({ effect: "deny" });
});

const bom = `
module acme.bom
import waybill.sbom
policy bom for artifact at ci {
  let bom = attestation sbom.Bom claimed
  require named: bom.supplier == "Acme"
}`;

it("does not let evidence about another digest speak", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const subject = { kind: "artifact", name: "it", digest, data: { name: "it" } };
  const about = (hex: string): Evidence =>
    evidence("waybill.sbom.Bom", { supplier: "Acme" }, [{ kind: "manifest", digest: `sha256:${hex.repeat(64)}` }]);
  expect(decided(ask(bom, "artifact", {}, { subject, evidence: [about("a")] })).effect).toBe("allow");
  expect(decided(ask(bom, "artifact", {}, { subject, evidence: [about("b")] }))).toMatchObject({ effect: "deny", reason: "undecided" });
});

it("never takes an image ID for the digest of a manifest", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const config = [evidence("waybill.sbom.Bom", { supplier: "Acme" }, [{ kind: "config", digest }])];
  const subject = { kind: "artifact", name: "it", digest, data: { name: "it" } };
  expect(decided(ask(bom, "artifact", {}, { subject, evidence: config })).effect).toBe("deny");
  expect(decided(ask(bom, "artifact", {}, { subject: { ...subject, configDigest: digest }, evidence: config })).effect).toBe("allow");
});

it("calls a look-up that failed a fault, never a no of the policy and never an allow", () => {
  const failed = [{ name: "waybill.sbom.Bom", cause: "transient" as const, detail: "the registry answered 503" }];
  expect(decided(ask(bom, "artifact", { name: "it" }, { failed }))).toMatchObject({ effect: "deny", reason: "fault" });
  const given = [evidence("waybill.sbom.Bom", { supplier: "Acme" })];
  expect(decided(ask(bom, "artifact", { name: "it" }, { failed, evidence: given }))).toMatchObject({ effect: "deny", reason: "fault" });
});

it("denies what no policy covers, unless it is exempt and the exemption has not ended", () => {
  const scoped = `
module acme.scoped
policy scoped for image at admission where image.namespace == "prod" { require tagged: known(image.tag) }
exempt image where image.namespace == "kube-system" until 2026-12-31 because "run by the provider"`;
  const inNamespace = (namespace: string, now = noon): Decision =>
    decided(ask(scoped, "image", { ref: "a", namespace }, { point: "admission", now }));
  expect(inNamespace("dev")).toMatchObject({ effect: "deny", reason: "uncovered", covered: false });
  expect(inNamespace("kube-system")).toMatchObject({ effect: "allow", validUntil: at("2027-01-01T00:00:00Z") });
  expect(inNamespace("kube-system", at("2027-01-01T00:00:00Z"))).toMatchObject({ effect: "deny", reason: "uncovered" });
});

it("asks the caller for a fact that a header reads and only the caller knows", () => {
  const scoped = `
module acme.scoped
policy scoped for image at [admission, ci] where image.namespace == "prod" { require tagged: known(image.tag) }`;
  expect(ask(scoped, "image", { ref: "a" })).toMatchObject({ kind: "refusal", refusal: { code: "not-given", fact: "image.namespace" } });
  expect(decided(ask(scoped, "image", { ref: "a" }, { point: "admission" })).effect).toBe("deny");
  expect(ask(scoped, "workload", { kind: "Pod" })).toMatchObject({ kind: "refusal", refusal: { code: "no-policy" } });
});

const intake = `
module acme.intake
policy intake for package at firewall {
  require aged: package.age >= 7 days else quarantine until package.published + 7 days
  require licensed: known(package.license) else quarantine
}`;

it("holds a package back until a time, and says until when the decision holds", () => {
  const young = { name: "left-pad", published: "2026-11-20T12:00:00Z", license: "MIT" };
  const decision = decided(ask(intake, "package", young, { point: "firewall" }));
  expect(decision).toMatchObject({ effect: "quarantine", until: at("2026-11-27T12:00:00Z"), validUntil: at("2026-11-27T12:00:00Z") });
  const old = decided(ask(intake, "package", { ...young, published: "2026-11-01T00:00:00Z" }, { point: "firewall" }));
  expect(old).toMatchObject({ effect: "allow" });
  expect(old.validUntil).toBeUndefined();
});

it("is explained without becoming another decision", () => {
  const source = `
module acme.intake
policy intake for package at firewall {
  let old = package.age >= 30 days
  require named: package.name == "right-pad" else deny "{package.name} of {package.age}"
  require either: package.name == "left-pad" or old
}`;
  const request: Request = {
    subject: { kind: "package", name: "it", data: { name: "left-pad", published: "2026-11-20T12:00:00Z" } },
    point: "firewall",
    now: noon,
    evidence: [],
    attested: [],
    failed: [],
  };
  const compiled = compileProgram(compileText("policy.scp", source));
  const [bare, full] = [decide(compiled, request), decide(compiled, request, { explain: true, derivations: true })].map(decided);
  expect(full?.validUntil).toBe(bare?.validUntil);
  expect(full?.clauses.map((clause) => clause.outcome)).toEqual(bare?.clauses.map((clause) => clause.outcome));
});

it("gives no automatic release where one of the reasons has no end", () => {
  const decision = decided(ask(intake, "package", { name: "left-pad", published: "2026-11-20T12:00:00Z" }, { point: "firewall" }));
  expect(decision.effect).toBe("quarantine");
  expect(decision.until).toBeUndefined();
});

it("refuses to read time without a clock", () => {
  const request: Request = {
    subject: { kind: "package", name: "it", data: { name: "it", published: "2026-11-20T12:00:00Z" } },
    point: "firewall",
    evidence: [],
    attested: [],
    failed: [],
  };
  expect(decide(compileProgram(compileText("policy.scp", intake)), request)).toMatchObject({
    kind: "refusal",
    refusal: { code: "no-clock" },
  });
});

const waived = `
module acme.waived
import waybill.vuln
policy findings for artifact at ci {
  let scan = attestation vuln.Scan claimed
  forbid severe: some f in scan.findings where f.severity >= high
    on missing warn because "severities are on their way"
}
waive findings.severe on CVE-2024-21538 in pkg:npm/cross-spawn versions "<7.0.5"
  until 2026-12-31 because "only in the build image" approved by "security@acme.example"`;

function finding(more: DataRecord): Evidence {
  return evidence("waybill.vuln.Scan", {
    findings: [{ id: "CVE-2024-21538", severity: "high", component: { name: "cross-spawn", purl: "pkg:npm/cross-spawn@7.0.3" }, ...more }],
  });
}

it("lifts what a waiver certainly matches until it ends, and nothing else", () => {
  const effect = (piece: Evidence, now = noon): string =>
    decided(ask(waived, "artifact", { name: "it" }, { evidence: [piece], now })).effect;
  expect(effect(finding({}))).toBe("allow");
  expect(effect(finding({}), at("2027-01-01T00:00:00Z"))).toBe("deny");
  expect(effect(finding({ id: "GHSA-3xgq-45jj-v275", aliases: ["CVE-2024-21538"] }))).toBe("allow");
  expect(effect(finding({ id: "CVE-2024-99999" }))).toBe("deny");
  expect(effect(finding({ component: { name: "cross-spawn", purl: "pkg:npm/cross-spawn@7.0.6" } }))).toBe("deny");
});

it("does not let a half-known match soften a violation", () => {
  const unversioned = finding({ component: { name: "cross-spawn", purl: "pkg:npm/cross-spawn" } });
  expect(decided(ask(waived, "artifact", { name: "it" }, { evidence: [unversioned] }))).toMatchObject({
    effect: "deny",
    reason: "violated",
  });
});

it("looks a finding up among fifty thousand components without looking through them all", () => {
  const joined = `
module acme.joined
import waybill.sbom, waybill.vuln
policy joined for artifact at ci {
  let bom = closed(attestation sbom.Bom claimed)
  let scan = attestation vuln.Scan claimed
  forbid direct: some f in scan.findings where (some c in bom.components where c.purl == f.component.purl and c.optional)
}`;
  const purl = (index: number): string => `pkg:npm/p${index}@1.0.0`;
  const components = Array.from({ length: 20_000 }, (_, index) => ({ name: `p${index}`, purl: purl(index) }));
  const findings = Array.from({ length: 20_000 }, (_, index) => ({
    id: `CVE-2024-${10_000 + index}`,
    component: { name: "p", purl: purl(index) },
  }));
  const pieces = [
    evidence("waybill.sbom.Bom", { components, packages: components }),
    { ...evidence("waybill.vuln.Scan", { findings }), document: { ...documentOf("waybill.vuln.Scan"), digest: "sha256:1" } },
  ];
  const compiled = compileProgram(compileText("policy.scp", joined));
  const request: Request = {
    subject: { kind: "artifact", name: "it", data: { name: "it" } },
    point: "ci",
    evidence: pieces,
    attested: [],
    failed: [],
  };
  let reads = 0;
  const counted = new Proxy(components, {
    get: (target, key, receiver) => {
      if (typeof key === "string" && /^\d/.test(key)) reads += 1;
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
  const observed = { ...request, evidence: [evidence("waybill.sbom.Bom", { components: counted, packages: [] }), pieces[1] as Evidence] };
  expect(decided(decide(compiled, observed)).effect).toBe("allow");
  expect(reads).toBeLessThan(components.length * 10);
});
