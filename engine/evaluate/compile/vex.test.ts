/** `finding is resolved by …` in programs: who is believed, and what a join tells the algebra. */
import { expect, it } from "vitest";
import { type DataRecord, origin } from "../../../language/core/data.ts";
import { compileText } from "../../../test/bench/project.ts";
import type { Evidence } from "../../evidence/evidence.ts";
import type { Attested, Decision, Request } from "../decision.ts";
import { compileProgram, decide } from "../evaluate.ts";

const digest = `sha256:${"a".repeat(64)}`;
/** Microseconds. */
const now = 1_000_000;

const joined = "vuln.findings(closed(attestation sbom.Bom claimed), attestation vuln.Scan claimed)";
const alone = "(attestation vuln.Scan claimed).findings";
const source = (by: string, findings = joined): string => `
module acme.silence
import waybill.sbom, waybill.vuln
trust vendor = spiffe { id: "spiffe://vendor.example/vex" }
trust distro = spiffe { id: "spiffe://distro.example/vex" }
trust either = any of [vendor, distro]
policy silence for artifact at ci {
  forbid open: some f in ${findings} where f is not resolved by ${by}
}`;

let documents = 0;
function evidence(type: string, data: DataRecord): Evidence {
  const document = {
    digest: `sha256:${String(++documents).padStart(64, "0")}`,
    name: `${documents}.json`,
    format: "test",
    predicateType: type,
  };
  return { type, document, data: { ...data, [origin]: { document, pointer: "" } }, about: [], counts: {} };
}

const component = (name: string, dependencies: readonly DataRecord[] = []): DataRecord => ({
  id: name,
  name,
  version: "1.0.0",
  purl: `pkg:npm/${name}@1.0.0`,
  dependencies,
});
const [lib, other] = [component("lib"), component("other")];
const shop = component("shop", [lib, other]);
const bom = evidence("waybill.sbom.Bom", {
  format: "cyclonedx",
  root: shop,
  components: [lib, other, component("left", [])],
  packages: [],
});
const scan = evidence("waybill.vuln.Scan", {
  findings: [{ id: "CVE-2024-0001", component: { name: "lib", purl: "pkg:npm/lib@1.0.0" } }],
});

const vex = (status: string, rest: DataRecord = {}): Evidence =>
  evidence("waybill.vex.Document", {
    author: "Vendor",
    statements: [
      {
        vulnerability: "CVE-2024-0001",
        status,
        justification: "component_not_present",
        timestamp: "1970-01-01T00:00:00.5Z",
        products: [{ id: "pkg:npm/lib@1.0.0", purl: "pkg:npm/lib@1.0.0" }],
        ...rest,
      },
    ],
  });
const by = (one: Evidence, ...trusts: readonly string[]): Attested => ({
  trusts: trusts.map((name) => `acme.silence.${name}`),
  evidence: one,
});

function decided(trust: string, given: Partial<Request>, findings = joined): Decision {
  const subject = { kind: "artifact", name: "shop", digest, data: { name: "shop" } };
  const evidence = [bom, scan, ...(given.evidence ?? [])];
  const request: Request = { subject, point: "ci", now, attested: [], failed: [], ...given, evidence };
  const answer = decide(compileProgram(compileText("policy.scp", source(trust, findings))), request, { explain: true });
  if (answer.kind === "refusal") throw new Error(answer.refusal.code);
  return answer.decision;
}

const outcome = (trust: string, given: Partial<Request>, findings = joined): string => {
  const [clause] = decided(trust, given, findings).clauses;
  return clause === undefined ? "none" : `${clause.outcome} ${clause.causes.join(" ")}`.trim();
};
const [open, resolved] = ["violated", "passed"];

it("believes nobody who did not sign, and nobody but who is named", () => {
  expect(outcome("vendor", {})).toBe(open);
  expect(outcome("vendor", { evidence: [vex("not_affected")] })).toBe(open);
  expect(outcome("vendor", { attested: [by(vex("not_affected"), "distro")] })).toBe(open);
  expect(outcome("vendor", { attested: [by(vex("not_affected"))] })).toBe(open);
  expect(outcome("vendor", { attested: [by(vex("not_affected"), "vendor")] })).toBe(resolved);
  expect(outcome("claimed", { evidence: [vex("not_affected")] })).toBe(resolved);
});

it("heeds what was signed about another artifact as little as if it were not there, and a claim about one silences no component", () => {
  const elsewhere = (status: string): Evidence => ({ ...vex(status), about: [{ kind: "manifest", digest: `sha256:${"b".repeat(64)}` }] });
  expect(outcome("vendor", { attested: [by(elsewhere("not_affected"), "vendor")] })).toBe(open);
  expect(outcome("vendor", { attested: [by(vex("not_affected"), "vendor"), by(elsewhere("affected"), "vendor")] })).toBe(resolved);
  expect(outcome("claimed", { evidence: [elsewhere("not_affected")] })).toBe(open);
});

it("takes the members of `any of` in their order, whatever is newer", () => {
  const affected = vex("affected", { timestamp: "1970-01-01T00:00:00.9Z" });
  const both = (first: string, second: string): Partial<Request> => ({
    attested: [by(affected, second, "either"), by(vex("not_affected"), first, "either")],
  });
  expect(outcome("either", both("vendor", "distro"))).toBe(resolved);
  expect(outcome("either", both("distro", "vendor"))).toBe(open);
});

it("does not let one member take back what another says, by a version of its document", () => {
  const versioned = (number: number, status: string): Evidence => {
    const one = vex(status);
    return { ...one, data: { ...one.data, id: "https://vendor.example/1", version: number } };
  };
  const attested = [by(versioned(1, "affected"), "vendor", "either"), by(versioned(2, "not_affected"), "distro", "either")];
  expect(outcome("either", { attested })).toBe(open);
});

it("cannot decide where statements of equal rank contradict each other", () => {
  const attested = [by(vex("not_affected"), "vendor"), by(vex("affected"), "vendor")];
  expect(outcome("vendor", { attested })).toBe("undecided conflict");
  const [clause] = decided("vendor", { attested }).clauses;
  expect(clause?.wants.map(({ detail }) => detail)).toContain(
    "VEX statements of equal rank disagree: Vendor says affected at 1970-01-01T00:00:00.5Z, Vendor says not_affected at 1970-01-01T00:00:00.5Z",
  );
  expect(clause?.wants.map(({ fact }) => fact)).toEqual(["f is resolved by acme.silence.vendor"]);
  const claims = decided("claimed", { evidence: [vex("not_affected"), vex("affected")] }).clauses;
  expect(claims[0]?.wants.map(({ fact }) => fact)).toEqual(["f is resolved by claimed"]);
});

it("suppresses by a product in between, as the bill of materials has it", () => {
  const within = (name: string): Evidence =>
    vex("not_affected", {
      products: [{ id: `pkg:npm/${name}@1.0.0`, purl: `pkg:npm/${name}@1.0.0`, subcomponents: ["pkg:npm/lib@1.0.0"] }],
    });
  expect(outcome("claimed", { evidence: [within("shop")] })).toBe(resolved);
  expect(outcome("claimed", { evidence: [within("left")] })).toBe(open);
});

it("knows the subject by the root of a bill of materials that the findings were joined with, or that is believed", () => {
  const about = vex("not_affected", { products: [{ id: "shop", name: "shop", version: "1.0.0" }] });
  expect(outcome("vendor", { attested: [by(about, "vendor")] })).toBe(resolved);
  expect(outcome("vendor", { attested: [by(about, "vendor")] }, alone)).toBe(open);
  expect(outcome("vendor", { attested: [by(about, "vendor"), by(bom, "vendor")] }, alone)).toBe(resolved);
  expect(outcome("claimed", { evidence: [about] }, alone)).toBe(resolved);
});

it("holds until a statement begins or ends to count", () => {
  const from = decided("claimed", { evidence: [vex("not_affected", { timestamp: "1970-01-01T00:00:02Z" })] });
  expect(from.validUntil).toBe(2_000_000);
  const until = decided("claimed", { evidence: [vex("not_affected", { expires: "1970-01-01T00:00:03Z" })] });
  expect(until.validUntil).toBe(3_000_000);
});
