/**
 * Running `test` blocks (semantics, section 11): the state has what `given` says, everything else is absent, and a
 * test without `with clock` has no time.
 */
import { type DataRecord, type DataValue, type DocumentRef, Known, Lack, origin } from "../../language/core/data.ts";
import type { Expectation, Expr, Given, GivenData, Program, Test } from "../../language/core/ir.ts";
import type { Value } from "../../language/core/value.ts";
import type { Location } from "../../language/diagnostics/diagnostic.ts";
import { subjectKind } from "../../language/semantics/subjects.ts";
import type { RecordType } from "../../language/semantics/types.ts";
import { type Assessment, assess, vexesAbout } from "../evaluate/assess.ts";
import { evaluateConstant } from "../evaluate/constant.ts";
import {
  type Attested,
  type CompiledProgram,
  compileProgram,
  type Decision,
  decide,
  type FailedLookup,
  type Inputs,
  type Observer,
  type Refusal,
  type Request,
  type Subject,
} from "../evaluate/evaluate.ts";
import type { Binding } from "../evidence/evidence.ts";
import { completeWorkload } from "../evidence/kubernetes/complete.ts";
import { imageSubject } from "../evidence/kubernetes/subjects.ts";
import { differenceFrom, statusDifference } from "./expectation.ts";
import { trustsThatAccept } from "./trusts.ts";

/** One expectation that did not hold, or a reason why the test could not be run. */
export interface TestFailure {
  readonly at: Location;
  readonly message: string;
  readonly expected?: string;
  readonly found?: string;
}

export interface TestResult {
  readonly test: Test;
  readonly passed: boolean;
  readonly failures: readonly TestFailure[];
  /** One a point; empty where the test could not be run. */
  readonly decisions: readonly Decision[];
  /** What `vex` declarations say, where the test expects a status of them. */
  readonly assessments: readonly Assessment[];
}

/** Compiles a program for the inputs that tests set; programs of equal inputs are shared. */
export class TestPrograms {
  readonly program: Program;
  private readonly known = new Map<string, CompiledProgram>();
  private readonly base: Inputs;
  private readonly observer: Observer | undefined;

  constructor(program: Program, base: Inputs = new Map(), observer?: Observer) {
    this.program = program;
    this.base = base;
    this.observer = observer;
  }

  for(test: Test): CompiledProgram {
    const plain = this.compiled("", this.base);
    if (test.inputs.length === 0) return plain;
    const inputs = new Map(this.base);
    for (const { key, value } of test.inputs) inputs.set(key, evaluateConstant(plain, value) as Value);
    const key = JSON.stringify([...inputs].map(([name, value]) => [name, String(value)]).sort());
    return this.compiled(key, inputs);
  }

  private compiled(key: string, inputs: Inputs): CompiledProgram {
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const compiled = compileProgram(this.program, inputs, this.observer);
    this.known.set(key, compiled);
    return compiled;
  }
}

/**
 * Runs one test at every point at which its policies hold, or at the point that it names. Never throws. Without
 * `explain` decisions carry no messages, which is enough to know whether a test passes.
 */
export function runTest(programs: TestPrograms, test: Test, explain = true): TestResult {
  const compiled = programs.for(test);
  const kind = test.subject;
  if (kind === undefined) return broken(test, "no `given` says what is judged", "say `given image { … }`, or another subject");
  const asksDecision = test.expectations.some(({ expected }) => expected.kind !== "status");
  const points = asksDecision ? (test.point === undefined ? pointsOf(compiled.program, kind) : [test.point]) : [];
  if (asksDecision && points.length === 0) return broken(test, `no loaded policy judges a \`${kind}\``);
  const decisions: Decision[] = [];
  for (const point of points) {
    const answer = decide(compiled, requestOf(compiled, test, kind, point), { explain });
    if (answer.kind === "refusal") return broken(test, refusalText(answer.refusal));
    decisions.push(answer.decision);
  }
  const said = assessmentsOf(compiled, test, kind);
  if (typeof said === "string") return broken(test, said);
  const failures = [
    ...decisions.flatMap((decision) =>
      test.expectations.flatMap((expectation) => check(compiled, expectation, decision, points.length > 1 || test.point !== undefined)),
    ),
    ...test.expectations.flatMap((expectation) => {
      const found = statusDifference(expectation, said);
      return found === undefined ? [] : [{ at: expectation.at, ...found }];
    }),
  ];
  const distinct = failures.filter(
    (failure, index) => failures.findIndex((other) => other.at.start === failure.at.start && other.found === failure.found) === index,
  );
  return { test, passed: distinct.length === 0, failures: distinct, decisions, assessments: said };
}

/** What the declarations about the subject say of the finding that the test gives, or of those of its evidence; or why nothing. */
function assessmentsOf(compiled: CompiledProgram, test: Test, kind: string): readonly Assessment[] | string {
  if (!test.expectations.some(({ expected }) => expected.kind === "status")) return [];
  if (vexesAbout(compiled.program, kind).length === 0) return `no loaded \`vex\` declaration is about findings in an \`${kind}\``;
  const isGiven = test.given.some((given) => (given.kind === "subject" || given.kind === "subject-unknown") && given.subject === "finding");
  const findings = isGiven ? { findings: [dataGiven(compiled, test, "finding")] } : {};
  const answer = assess(compiled, requestOf(compiled, test, kind, test.point ?? "ci"), { explain: true, ...findings });
  if (answer.kind === "refusal") return refusalText(answer.refusal);
  if (answer.assessed.findings.length === 0) return "there is no finding: say `given finding { … }`, or give a scan that has some";
  return answer.assessed.assessments;
}

function broken(test: Test, message: string, expected?: string): TestResult {
  return {
    test,
    passed: false,
    failures: [{ at: test.at, message, ...(expected === undefined ? {} : { expected }) }],
    decisions: [],
    assessments: [],
  };
}

function refusalText(refusal: Refusal): string {
  switch (refusal.code) {
    case "no-policy":
      return `no loaded policy judges a \`${refusal.kind}\` at \`${refusal.point}\``;
    case "not-given":
      return `a policy's header reads \`${refusal.fact}\`, which the test does not give: say \`given ${refusal.fact} = …\``;
    case "no-clock":
      return "the policy reads time: say `with clock = …`";
    case "input":
      return refusal.message;
  }
}

/** The points that the policies about a kind name; those without a list hold wherever the kind exists. */
function pointsOf(program: Program, kind: string): readonly string[] {
  const everywhere = subjectKind(kind)?.points ?? [];
  const points = new Set(
    program.policies.flatMap((policy) =>
      policy.subject === kind || (policy.subject === "artifact" && kind === "image") ? (policy.points ?? everywhere) : [],
    ),
  );
  return [...points].sort();
}

function check(compiled: CompiledProgram, expectation: Expectation, decision: Decision, sayPoint: boolean): readonly TestFailure[] {
  const { expected } = expectation;
  const until = expected.kind === "effect" && expected.until !== undefined ? evaluateConstant(compiled, expected.until) : undefined;
  const found = differenceFrom(expectation, decision, typeof until === "number" ? until : undefined);
  if (found === undefined) return [];
  const where = sayPoint ? ` at \`${decision.point}\`` : "";
  return [{ at: expectation.at, message: `${found.message}${where}`, expected: found.expected, found: found.found }];
}

/** A digest that cannot be computed is that of nothing: what binds to nothing at all would be about the subject. */
function aboutGiven(compiled: CompiledProgram, about: Expr): readonly Binding[] {
  const digest = evaluateConstant(compiled, about);
  return [{ kind: "manifest", digest: typeof digest === "string" ? digest : "" }];
}

/** What a test gives is about its subject, or the digest that it names, and signed at the test's clock. */
function requestOf(compiled: CompiledProgram, test: Test, kind: string, point: string): Request {
  const subject = subjectOf(compiled, test, kind);
  const about: readonly Binding[] = subject.digest === undefined ? [] : [{ kind: "manifest", digest: subject.digest }];
  const now = test.clock === undefined ? undefined : evaluateConstant(compiled, test.clock);
  const attested: Attested[] = [];
  const bare: Attested["evidence"][] = [];
  const failed: FailedLookup[] = [];
  test.given.forEach((given, index) => {
    if (given.kind === "lookup-unknown") failed.push({ name: given.name, cause: given.cause, detail: "the test says so" });
    if (given.kind !== "attestation") return;
    const evidence = {
      type: given.type.name,
      document: documentOf(index, given.type.name),
      data: attestedData(compiled, given, index),
      about: given.about === undefined ? about : aboutGiven(compiled, given.about),
      counts: {},
    };
    if (given.origin.kind === "claimed") bare.push(evidence);
    else {
      const trusts = trustsThatAccept(compiled.program, given.origin.trust, test.trusts);
      attested.push({ trusts, evidence, ...(typeof now === "number" ? { time: now } : {}) });
    }
  });
  return {
    subject,
    point,
    ...(typeof now === "number" ? { now } : {}),
    evidence: bare,
    attested,
    failed,
  };
}

function documentOf(index: number, predicateType: string): DocumentRef {
  return { digest: `given:${index}`, name: "given", format: "test", predicateType };
}

function attestedData(compiled: CompiledProgram, given: Extract<Given, { kind: "attestation" }>, index: number): DataRecord {
  const data = dataOf(compiled, given.data) as DataRecord;
  return { ...data, [origin]: { document: documentOf(index, given.type.name), pointer: "" } };
}

/** What a test writes is in run-time form, which `Known` says to whoever reads it. */
function dataOf(compiled: CompiledProgram, given: GivenData): DataValue {
  switch (given.kind) {
    case "expr":
      return known(compiled, given.value);
    case "list":
      return given.items.map((item) => dataOf(compiled, item));
    case "record": {
      const belongs = namesPackage(given) || given.entries.some(({ name, value }) => name === "component" && namesPackage(value));
      return Object.fromEntries(
        given.entries.map(({ name, value }) => [name, (belongs ? versionText(value) : undefined) ?? dataOf(compiled, value)]),
      );
    }
  }
}

function namesPackage(given: GivenData): boolean {
  return given.kind === "record" && given.entries.some(({ name }) => name === "purl");
}

/** A version beside a purl is one of its ecosystem, as it is in a document: then its text says it all. */
function versionText(given: GivenData): string | undefined {
  if (given.kind !== "expr" || given.value.kind !== "literal") return undefined;
  const { type, value } = given.value;
  const isVersion = type.kind === "scalar" && type.name === "Version" && typeof value === "object" && "ecosystem" in value;
  return isVersion && value["ecosystem"] === "" ? String(value["text"]) : undefined;
}

function known(compiled: CompiledProgram, expr: Expr): DataValue {
  const value = evaluateConstant(compiled, expr);
  if (value === undefined) return new Lack("malformed", "the test gives a value that cannot be computed");
  return expr.type.kind === "record" ? (value as DataRecord) : new Known(value as Value);
}

/** What the test gives of the subject, or of the finding in it. */
function dataGiven(compiled: CompiledProgram, test: Test, kind: string): DataRecord {
  let data: DataRecord = {};
  for (const given of test.given) {
    if (given.kind !== "subject" && given.kind !== "subject-unknown") continue;
    if (kind !== given.subject && (kind === "finding" || given.subject === "finding")) continue;
    if (given.kind === "subject") data = placed(data, given.path, dataOf(compiled, given.data));
    else data = lacking(compiled, data, kind, given.path, new Lack(given.cause, "the test says so"));
  }
  return data;
}

function subjectOf(compiled: CompiledProgram, test: Test, kind: string): Subject {
  let data = dataGiven(compiled, test, kind);
  if (kind === "workload") data = completeWorkload(data);
  if (kind === "image") data = { ...imageFacts(data), ...data };
  const digest = textOf(data["digest"]);
  const name = textOf(data["ref"]) ?? textOf(data["name"]) ?? textOf(data["id"]) ?? kind;
  return { kind, name, data, ...(digest === undefined ? {} : { digest }) };
}

/** Everything that a reference says of an image, so that a test needs to give only the reference. */
function imageFacts(data: DataRecord): DataRecord {
  const ref = textOf(data["ref"]);
  return ref === undefined ? {} : imageSubject(ref).data;
}

function textOf(raw: DataValue): string | undefined {
  const value = raw instanceof Known ? raw.value : raw;
  if (typeof value === "string") return value;
  return value !== null && typeof value === "object" && "text" in value && typeof value.text === "string" ? value.text : undefined;
}

function placed(record: DataRecord, path: readonly string[], value: DataValue): DataRecord {
  const [head, ...rest] = path;
  if (head === undefined) return { ...record, ...(value as DataRecord) };
  if (rest.length === 0) return { ...record, [head]: value };
  const inner = record[head];
  const nested = inner !== null && typeof inner === "object" && !Array.isArray(inner) ? (inner as DataRecord) : {};
  return { ...record, [head]: placed(nested, rest, value) };
}

/** An unknown subject is one none of whose facts is known. */
function lacking(compiled: CompiledProgram, data: DataRecord, kind: string, path: readonly string[], lack: Lack): DataRecord {
  if (path.length > 0) return placed(data, path, lack);
  const described = subjectKind(kind);
  const type: RecordType | undefined = described && compiled.program.types.get(`${described.module}.${described.type}`);
  return Object.fromEntries([...(type?.fields.keys() ?? [])].map((name) => [name, lack]));
}
