import { expect, it } from "vitest";
import { type DataRecord, origin } from "../../../language/core/data.ts";
import { compileText } from "../../../test/bench/project.ts";
import { type ClauseResult, compileProgram, type Derivation, decide } from "../evaluate.ts";

const document = { digest: `sha256:${"0".repeat(64)}`, name: "scan.json", format: "test", predicateType: "waybill.vuln.Scan" };

/** The first clause of a policy about one finding. */
function judged(clause: string, facts: DataRecord): ClauseResult | undefined {
  const program = compileText(
    "policy.scp",
    `
module acme.calls
import waybill.deadline, waybill.ssvc, waybill.vuln
function at_risk(f: vuln.Finding) -> Bool = exploited(f) or f.reachable
function exploited(f: vuln.Finding) -> Bool = ssvc.exploitation(f) == vuln.Exploitation.active
function late(f: vuln.Finding, days: Int) -> Bool = deadline.passed({ start: f.detected, days: days })
function same(a: Bool, b: Bool) -> Bool = a and b
policy calls for artifact at ci {
  let scan = attestation vuln.Scan claimed
  ${clause}
}`,
  );
  const finding = { id: "CVE-2026-10001", component: { name: "openssl" }, ...facts, [origin]: { document, pointer: "/findings/0" } };
  const answer = decide(
    compileProgram(program),
    {
      subject: { kind: "artifact", name: "shop", data: { name: "shop" } },
      point: "ci",
      now: Date.UTC(2026, 10, 21) * 1000,
      evidence: [{ type: "waybill.vuln.Scan", document, data: { findings: [finding] }, about: [], counts: {} }],
      attested: [],
      failed: [],
    },
    { explain: true, derivations: true },
  );
  if (answer.kind === "refusal") throw new Error(answer.refusal.code);
  return answer.decision.clauses[0];
}

const cited = (clause: ClauseResult | undefined): readonly string[] =>
  (clause?.witnesses[0]?.citations ?? []).map(({ pointer, value }) => `${pointer} ${value}`);

it("cites what the body of a function read, and nothing of it that is not known", () => {
  const clause = judged("forbid c: some f in scan.findings where at_risk(f)", { kev: true, reachable: true });
  expect(clause?.outcome).toBe("violated");
  expect(cited(clause)).toEqual(["/findings/0/kev true"]);
  expect(
    cited(judged("forbid c: some f in scan.findings where at_risk(f)", { kev: false, exploit_public: true, reachable: true })),
  ).toEqual(["/findings/0/reachable true"]);
});

it("cites what a call is given, once, also where the function is called again with something else", () => {
  const clause = judged("forbid c: some f in scan.findings where same(f.kev, f.kev) and same(f.reachable, true)", {
    kev: true,
    reachable: true,
  });
  expect(cited(clause)).toEqual(["/findings/0/kev true", "/findings/0/reachable true"]);
});

it("says when a deadline that decided was due, of the call that decided", () => {
  const facts = { detected: "2026-11-11T00:00:00Z" };
  const clause = judged("forbid c: some f in scan.findings where late(f, 30) or late(f, 3)", facts);
  expect(clause?.outcome).toBe("violated");
  expect(cited(clause)).toEqual(["/findings/0/detected 2026-11-11T00:00Z"]);
  expect(clause?.witnesses[0]?.facts).toEqual([{ path: "due", value: "2026-11-14T00:00Z" }]);
});

it("says of several deadlines the one that decided, and none where more did than one", () => {
  const due = (condition: string, detected: string): readonly string[] => {
    const clause = judged(`forbid c: some f in scan.findings where ${condition}`, { detected });
    expect(clause?.outcome).toBe("violated");
    return (clause?.witnesses[0]?.facts ?? []).map(({ value }) => value);
  };
  const soon = "deadline.left({ start: f.detected, days: 14 }) <= 1 day";
  const [now, long] = ["2026-11-07T12:00:00Z", "2026-09-01T00:00:00Z"];
  // What is not over yet does not say why: it is soon.
  expect(due(`not late(f, 60) and not late(f, 30) and ${soon}`, now)).toEqual(["2026-11-21T12:00Z"]);
  expect(due(`not (late(f, 60) or late(f, 30)) and ${soon}`, now)).toEqual(["2026-11-21T12:00Z"]);
  expect(due("not late(f, 60)", now)).toEqual(["2027-01-06T12:00Z"]);
  expect(due("not late(f, 60) and not late(f, 30)", now)).toEqual([]);
  expect(due("late(f, 30) and late(f, 3)", long)).toEqual([]);
  expect(due("late(f, 3) and late(f, 3)", long)).toEqual(["2026-09-04T00:00Z"]);
});

const lines = (step: Derivation | undefined): readonly string[] =>
  step === undefined ? [] : [`${step.value} ${step.text}`, ...step.children.flatMap(lines)];

it("derives a call from its body, with what it was given", () => {
  const clause = judged("forbid c: some f in scan.findings where late(f, 30) or late(f, 3)", { detected: "2026-11-11T00:00:00Z" });
  const derived = lines(clause?.derivation).join("\n");
  expect(derived).toContain(
    "true acme.calls.late(f, 3)\ntrue waybill.deadline.passed(record)\n2026-11-14T00:00Z waybill.deadline.due(record)",
  );
  expect(derived).not.toContain("30");
});

/** What a clause about the age of a package rests on. */
function aged(facts: DataRecord) {
  const program = compileText(
    "policy.scp",
    `
module acme.intake
policy intake for package at firewall {
  forbid young: package.age < 7 days else deny "{package.name} is {package.age} old"
}`,
  );
  const place = { document: { ...document, predicateType: "waybill.package.Package" }, pointer: "/subject/object" };
  const answer = decide(
    compileProgram(program),
    {
      subject: { kind: "package", name: "left-pad", data: { name: "left-pad", ...facts, [origin]: place } },
      point: "firewall",
      now: Date.UTC(2026, 10, 21) * 1000,
      evidence: [],
      attested: [],
      failed: [],
    },
    { explain: true, derivations: true },
  );
  if (answer.kind === "refusal") throw new Error(answer.refusal.code);
  const [clause] = answer.decision.clauses;
  const { citations, facts: named } = clause?.witnesses[0] ?? {};
  const derived = clause?.derivation?.children[0];
  return { clause, cited: citations?.map(({ pointer, path, value }) => [pointer, path, value]), facts: named, derived };
}

it("cites of an age that no document says when the package was published", () => {
  const { clause, cited, facts, derived } = aged({ published: "2026-11-20T12:00:00Z" });
  expect(clause?.outcome).toBe("violated");
  expect(cited).toEqual([["/subject/object/published", "package.published", "2026-11-20T12:00Z"]]);
  expect(facts).toEqual([{ path: "package.age", value: "12 hours" }]);
  expect(derived).toMatchObject({ text: "package.age", value: "12 hours", citations: [{ pointer: "/subject/object/published" }] });
});

it("cites an age where the document says it", () => {
  const { cited, facts } = aged({ age: "2 days", published: "2026-01-01T00:00:00Z" });
  expect(cited).toEqual([["/subject/object/age", "package.age", "2 days"]]);
  expect(facts).toBeUndefined();
});
