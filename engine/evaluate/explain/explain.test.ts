import { expect, it } from "vitest";
import { compileText, evidenceOf, workloadOf } from "../../../test/bench/project.ts";
import { compileProgram, type Decision, decide, type Request } from "../evaluate.ts";

const pods = `
module acme.pods
import waybill.kubernetes
policy pods for workload {
  forbid privileged: some c in workload.containers where c.privileged else "{c.name} is privileged"
  require drops: every c in workload.containers: (some d in c.securityContext.capabilities.drop where d == "ALL")
    else "{c.name} keeps capabilities"
  forbid adds: some c in workload.containers where (some a in c.securityContext.capabilities.add where a != "NET_BIND_SERVICE")
  when workload.kind == "CronJob" {
    forbid never: workload.pod.hostNetwork
  }
}`;

async function decidePod(spec: object, options: { readonly derivations?: boolean } = {}): Promise<Decision> {
  const compiled = compileProgram(compileText("pods.scp", pods));
  const subject = await workloadOf(JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "shop" }, spec }));
  const answer = decide(compiled, { subject, point: "ci", evidence: [], attested: [], failed: [] }, { explain: true, ...options });
  if (answer.kind === "refusal") throw new Error(answer.refusal.code);
  return answer.decision;
}

const container = { name: "web", image: "registry.acme.example/web:1", securityContext: { capabilities: { drop: ["ALL"] } } };

it("names each member that violates a clause, with its own message and place", async () => {
  const bad = { ...container, securityContext: { ...container.securityContext, privileged: true } };
  const decision = await decidePod({ containers: [container, { ...bad, name: "proxy" }, { ...bad, name: "cache" }] });
  const [clause] = decision.clauses;
  expect(clause).toMatchObject({ outcome: "violated", message: "proxy is privileged", witnessCount: 2 });
  expect(clause?.witnesses.map((witness) => witness.message)).toEqual(["proxy is privileged", "cache is privileged"]);
  expect(clause?.witnesses.map((witness) => witness.citations[0]?.pointer)).toEqual([
    "/spec/containers/1/securityContext/privileged",
    "/spec/containers/2/securityContext/privileged",
  ]);
});

it("points at the list that lacks a member, and at the member of a nested list", async () => {
  const decision = await decidePod({
    containers: [{ ...container, securityContext: { capabilities: { drop: ["NET_RAW"], add: ["NET_BIND_SERVICE", "SYS_ADMIN"] } } }],
  });
  const [, drops, adds] = decision.clauses;
  expect(drops?.witnesses[0]?.citations).toMatchObject([
    { pointer: "/spec/containers/0/securityContext/capabilities/drop", path: "c.securityContext.capabilities.drop", value: "[NET_RAW]" },
  ]);
  expect(adds?.witnesses[0]?.citations).toMatchObject([
    { pointer: "/spec/containers/0/securityContext/capabilities/add/1", path: "a", value: "SYS_ADMIN" },
  ]);
});

it("keeps a clause whose guard is false apart from one that passed, and says which guard it was", async () => {
  const decision = await decidePod({ containers: [container], hostNetwork: true }, { derivations: true });
  const silent = decision.clauses[3];
  expect(silent).toMatchObject({ outcome: "passed", applies: false, assumptions: [] });
  expect(silent?.derivation).toMatchObject({ text: 'workload.kind == "CronJob"', value: "false" });
  expect(decision.clauses[0]?.applies).toBeUndefined();
});

const licences = `
module acme.licences
import waybill.license, waybill.sbom
policy licences for artifact at ci {
  let bom = attestation sbom.Bom claimed
  forbid copyleft: some c in bom.packages where license.obliges(c.license, ["GPL-2.0-only"])
  require dated: bom.timestamp < 2030-01-01
}`;

async function decideBom(components: readonly object[]): Promise<Decision> {
  const bom = { bomFormat: "CycloneDX", specVersion: "1.5", version: 1, components };
  const evidence = await evidenceOf("bom.json", new TextEncoder().encode(JSON.stringify(bom)));
  const request: Request = {
    subject: { kind: "artifact", name: "shop", data: { name: "shop" } },
    point: "ci",
    evidence,
    attested: [],
    failed: [],
  };
  const answer = decide(compileProgram(compileText("licences.scp", licences)), request, { explain: true });
  if (answer.kind === "refusal") throw new Error(answer.refusal.code);
  return answer.decision;
}

const library = (name: string, license?: string): object => ({
  type: "library",
  name,
  version: "1.0.0",
  purl: `pkg:npm/${name}@1.0.0`,
  ...(license === undefined ? {} : { licenses: [{ license: { id: license } }] }),
});

it("groups what is missing by reason, with a count of how many and up to five by name", async () => {
  const decision = await decideBom([library("a", "MIT"), ...["b", "c", "d", "e", "f", "g"].map((name) => library(name))]);
  const [copyleft] = decision.clauses;
  expect(copyleft).toMatchObject({ outcome: "undecided", causes: ["missing"] });
  const [licence, list] = copyleft?.wants ?? [];
  expect(licence).toMatchObject({ cause: "missing", fact: "c.license", count: 6, of: 7, openness: false });
  expect(licence?.members).toHaveLength(5);
  expect(list).toMatchObject({ fact: "bom.packages", openness: true });
  expect(copyleft?.message).toBe("`c.license` of 6 of 7 is not known: missing (not stated), and 1 more");
});

it("gives advice as code to paste: what to close, what to default, what to say on missing", async () => {
  const decision = await decideBom([library("a")]);
  expect(decision.clauses[0]?.advice).toEqual(["closed(bom)", 'on missing warn because "…"']);
  expect(decision.clauses[1]?.advice).toEqual(["(bom.timestamp otherwise …) < 2030-01-01T00:00Z", 'on missing warn because "…"']);
});

it("advises to attach evidence where there is none", () => {
  const request: Request = {
    subject: { kind: "artifact", name: "shop", data: { name: "shop" } },
    point: "ci",
    evidence: [],
    attested: [],
    failed: [],
  };
  const answer = decide(compileProgram(compileText("licences.scp", licences)), request, { explain: true });
  const [clause] = answer.kind === "decision" ? answer.decision.clauses : [];
  expect(clause).toMatchObject({ outcome: "undecided", effect: "deny" });
  expect(clause?.advice).toEqual(["--evidence FILE   # a document that reads as waybill.sbom.Bom"]);
});

it("says of evidence that does not count why it does not, and not that none was given", async () => {
  const bom = { bomFormat: "CycloneDX", specVersion: "1.5", version: 1, components: [] };
  const read = await evidenceOf("bom.json", new TextEncoder().encode(JSON.stringify(bom)));
  const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
  const evidence = read.map((piece) => ({ ...piece, about: [{ kind: "file" as const, digest: digest("a") }] }));
  const compiled = compileProgram(compileText("licences.scp", licences));
  const ask = (subject: Request["subject"]) => {
    const answer = decide(compiled, { subject, point: "ci", evidence, attested: [], failed: [] }, { explain: true });
    const [clause] = answer.kind === "decision" ? answer.decision.clauses : [];
    return { outcome: clause?.outcome, detail: clause?.wants[0]?.detail, advice: clause?.advice };
  };
  const subject = { kind: "artifact", name: "shop", data: { name: "shop" } };
  expect(ask({ ...subject, digest: digest("b") })).toEqual({
    outcome: "undecided",
    detail: "the evidence that was given is about another artifact",
    advice: ["--evidence FILE   # a waybill.sbom.Bom that names the digest of what is judged"],
  });
  expect(ask(subject)).toEqual({
    outcome: "undecided",
    detail: "the evidence that was given names a digest, and the subject was named without one",
    advice: ["--subject …@sha256:…   # what is judged, with the digest that the evidence is about"],
  });
  expect(ask({ ...subject, digest: digest("a") }).detail).not.toContain("evidence");
});

it("builds nothing of this unless it is asked to", async () => {
  const compiled = compileProgram(compileText("pods.scp", pods));
  const spec = { containers: [{ ...container, securityContext: { privileged: true } }] };
  const subject = await workloadOf(JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "shop" }, spec }));
  const request: Request = { subject, point: "ci", evidence: [], attested: [], failed: [] };
  const [bare, full] = [decide(compiled, request), decide(compiled, request, { explain: true })];
  if (bare.kind === "refusal" || full.kind === "refusal") throw new Error("refused");
  expect(bare.decision.clauses.map((clause) => [clause.outcome, clause.effect])).toEqual(
    full.decision.clauses.map((clause) => [clause.outcome, clause.effect]),
  );
  expect(bare.decision.clauses.every((clause) => clause.witnesses.length === 0 && clause.message === undefined)).toBe(true);
});
