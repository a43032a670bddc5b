import { expect, it } from "vitest";
import { type DataRecord, Lack, OpenList } from "../../language/core/data.ts";
import { compileText } from "../../test/bench/project.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { type AssessAnswer, type Assessed, assess } from "./assess.ts";
import { compileProgram, type Request } from "./evaluate.ts";

function ask(source: string, more: Partial<Request> = {}, kind = "image"): AssessAnswer {
  const subject = {
    kind,
    name: "it",
    digest: `sha256:${"1".repeat(64)}`,
    data: { ref: "ghcr.io/acme/api:1", repository: "ghcr.io/acme/api" },
  };
  const request: Request = { subject, point: "ci", now: 0, evidence: [], attested: [], failed: [], ...more };
  return assess(compileProgram(compileText("vex.scp", `module acme.v\n${source}`)), request, { explain: true });
}

function assessed(answer: AssessAnswer): Assessed {
  if (answer.kind === "refusal") throw new Error(answer.refusal.code);
  return answer.assessed;
}

function statuses(answer: AssessAnswer): readonly string[] {
  return assessed(answer).assessments.map(({ status }) => status.kind);
}

function evidence(type: string, data: DataRecord, about: Evidence["about"] = []): Evidence {
  const digest = `sha256:${JSON.stringify([type, data]).length}`;
  return { type, document: { digest, name: `${type}.json`, format: "test", predicateType: type }, data, about, counts: {} };
}

const scan = (...findings: readonly DataRecord[]): Evidence => evidence("waybill.vuln.Scan", { findings });
const bom = (...components: readonly DataRecord[]): Evidence =>
  evidence("waybill.sbom.Bom", { format: "cyclonedx", spec_version: "1.6", components: new OpenList(components, true), packages: [] });
const found = (more: DataRecord = {}): DataRecord => ({
  id: "CVE-2024-21538",
  component: { name: "cross-spawn", purl: "pkg:npm/cross-spawn@7.0.3", version: "7.0.3" },
  ...more,
});

const rows = (text: string, where = ""): string => `vex v for finding in image ${where} {\n${text}\n}`;
const absent = rows("when not finding.component.present then not_affected(component_not_present)\nelse under_investigation");

it("refuses a kind of subject that no declaration is about, and a fact of the scope that only the caller knows", () => {
  expect(ask(absent, {}, "package")).toMatchObject({ kind: "refusal", refusal: { code: "no-policy", kind: "package", loaded: ["image"] } });
  const scoped = rows("else fixed", 'where image.namespace == "prod"');
  expect(ask(scoped, { evidence: [scan(found())] })).toMatchObject({ kind: "refusal", refusal: { code: "not-given" } });
});

it("says that nothing was scanned where no scan is about the subject", () => {
  const other = evidence("waybill.vuln.Scan", { findings: [found()] }, [{ kind: "manifest", digest: `sha256:${"2".repeat(64)}` }]);
  expect(assessed(ask(absent))).toMatchObject({ scanned: false, findings: [] });
  expect(assessed(ask(absent, { evidence: [other] }))).toMatchObject({ scanned: false, findings: [] });
  expect(assessed(ask(absent, { evidence: [scan()] }))).toMatchObject({ scanned: true, findings: [], open: [] });
});

it("does not know without an SBOM whether a component is there, and with one takes its word", () => {
  const component = { name: "cross-spawn", purl: "pkg:npm/cross-spawn@7.0.3", version: "7.0.3" };
  expect(statuses(ask(absent, { evidence: [scan(found())] }))).toEqual(["under_investigation"]);
  expect(statuses(ask(absent, { evidence: [scan(found()), bom({ ...component, present: false })] }))).toEqual(["not_affected"]);
  expect(statuses(ask(absent, { evidence: [scan(found()), bom({ ...component, present: true })] }))).toEqual(["under_investigation"]);
});

it("keeps the reason for which an SBOM could not be read", () => {
  const failed = [{ name: "waybill.sbom.Bom", cause: "transient", detail: "the registry did not answer" }] as const;
  const [only] = assessed(ask(absent, { evidence: [scan(found())], failed })).assessments;
  expect(only?.wouldBe[0]?.wants).toMatchObject([{ cause: "transient", fact: "finding.component.present" }]);
});

it("counts what somebody signed whom the program names, and nothing that strangers attached", () => {
  const unreached = rows(
    "when finding.reachable == false then not_affected(vulnerable_code_not_in_execute_path)\nelse under_investigation",
  );
  const attached = (trusts: readonly string[]): Partial<Request> => ({
    evidence: [scan(found())],
    attested: [{ trusts, evidence: scan(found({ reachable: false })) }],
  });
  expect(statuses(ask(unreached, attached([])))).toEqual(["under_investigation"]);
  expect(statuses(ask(unreached, attached(["acme.release"])))).toEqual(["not_affected"]);
});

it("says nothing where the scope is false, and nothing that suppresses where it is not known", () => {
  const scoped = (status: string): string => rows(`else ${status}`, "where finding.kev");
  const of = (status: string, kev: DataRecord): readonly string[] => statuses(ask(scoped(status), { evidence: [scan(found(kev))] }));
  expect(of("fixed", { kev: false })).toEqual([]);
  expect(of("fixed", { kev: true })).toEqual(["fixed"]);
  expect(of("fixed", {})).toEqual(["under_investigation"]);
  expect(of('affected("upgrade")', {})).toEqual(["affected"]);
});

it("names the rows that hold a suppression back, and those that would suppress", () => {
  const text = rows(
    'when finding.reachable == false then fixed\nwhen finding.kev then affected("upgrade")\nwhen finding.cvss < 4.0 then not_affected(vulnerable_code_not_present)\nelse under_investigation',
  );
  const kev = new Lack("transient", "the feed did not answer");
  const [only] = assessed(ask(text, { evidence: [scan(found({ kev, cvss: 2 }))] })).assessments;
  expect(only).toMatchObject({
    declaration: "acme.v.v",
    status: { kind: "under_investigation" },
    row: 2,
    held: { by: [{ row: 1, wants: [{ cause: "transient", fact: "finding.kev", detail: "the feed did not answer" }] }], scope: undefined },
    wouldBe: [{ row: 0, wants: [{ cause: "missing", fact: "finding.reachable" }] }],
  });
});

it("makes texts from the finding, and says of what is not known that it is not", () => {
  const text = rows('else affected("{finding.id}: upgrade to {finding.first_fixed}")');
  const [only] = assessed(ask(text, { evidence: [scan(found())] })).assessments;
  expect(only?.status).toEqual({ kind: "affected", action: "CVE-2024-21538: upgrade to (not known: missing)" });
});

it("counts entries of a scan that are no findings", () => {
  const broken = evidence("waybill.vuln.Scan", { findings: [found(), null, "CVE-2024-1"] });
  expect(assessed(ask(absent, { evidence: [broken] }))).toMatchObject({ unreadable: 2, findings: [{ id: "CVE-2024-21538" }] });
});
