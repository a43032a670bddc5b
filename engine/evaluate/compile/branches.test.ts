import fc from "fast-check";
import { expect, it } from "vitest";
import { compile } from "../../../language/compile.ts";
import { type DataRecord, Known, Lack, OpenList } from "../../../language/core/data.ts";
import { compileProgram, decide, type Request } from "../evaluate.ts";

const library = `module waybill.kubernetes
enum Role { regular, init }
type EnvVar { name: String = "" value: String = "" }
type Context { privileged: Bool = false runAsNonRoot: Bool? runAsUser: Int? group: Int = 7 }
type Inner { lit: Bool = false dim: Bool? }
type Hidden { value: Inner? undeclared: Bool = false cause: String? }
type Container { frame: Inner role: Role = regular hidden: Hidden? name: String image: ImageRef? env: List<EnvVar> = [] context: Context = {} }
type Workload { name: String? containers: List<Container> = [] context: Context = {} }
`;
const policy = `module acme.pods
let names: List<String> = ["A", "X_KEY"]
policy pods for workload {
  require image: every c in workload.containers:
      c.image.registry == "acme.example" and (known(c.image.digest) or (c.image.tag otherwise "latest") != "latest")
  forbid privileged: some c in workload.containers where c.context.privileged and c.role == regular
  require user: every c in workload.containers where c.name != "x":
      (c.context.runAsNonRoot otherwise (workload.context.runAsNonRoot otherwise false)) or (c.context.runAsUser otherwise 0) >= 1000
  forbid env: some c in workload.containers where (some e in c.env
      where e.value != "" and (e.name in ["A", "B"] or e.name glob "**_KEY" or e.value glob "AK**" or e.name matches 'q+'))
  require all_env: every c in workload.containers: (every e in c.env where not (e.name == "A"): e.value != "x")
  forbid same: some c in workload.containers where (some e in c.env
      where (e.name == "A" or e.name == "B") and (c.name == "x" or workload.context.privileged) and not (e.value glob "AK**" or e.value == "x"))
  require numbers: every c in workload.containers where known(c.context.runAsUser) and known(c.role) and known(c.name):
      c.context.runAsUser != 0 and (c.context.runAsUser > 1000 or c.context.runAsUser == 1000) and c.context.group <= 7 and c.context.group >= 7
  forbid cause: some c in workload.containers where known(c.hidden.cause)
  forbid undeclared: some c in workload.containers where c.hidden.undeclared
  forbid inner: some c in workload.containers where c.hidden.value.lit
  require frame: every c in workload.containers: (c.frame.dim otherwise true)
  forbid pair: some c in workload.containers where c.frame.lit and c.context.privileged and c.hidden.undeclared
  forbid negative: some c in workload.containers where (false or c.context.group < 0) and true
  forbid twice: some c in workload.containers where (some e in c.env where e.value != "x" and e.value glob "AK**" and (true or e.name == "A"))
  forbid partly: some c in workload.containers where (c.image.tag otherwise "x") in ["1", "x"] and c.role != init and not known(c.image.digest)
  require listed: every c in workload.containers:
      (some e in c.env where (every d in c.env where d.name == "A": d.value == "x" or e.value glob "A**") and (e.name in names or e.value == "B")) or not c.context.privileged
}
`;

function load(): ReturnType<typeof compile> {
  return compile({
    deciding: [{ path: "p.scp", text: policy }],
    load: (name) => (name === "waybill.kubernetes" ? { path: "k.scp", text: library } : undefined),
  });
}

/** Mostly as it should be; sometimes absent, null, of another type, or not known. */
function mostly(good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const bad = fc.constantFrom(
    undefined,
    null,
    7,
    1.5,
    "text",
    [],
    {},
    new Lack("transient", "the registry failed"),
    new Lack("missing", "gone"),
  );
  return fc.oneof({ weight: 12, arbitrary: good }, { weight: 1, arbitrary: bad });
}

const word = fc.constantFrom("A", "B", "x", "X_KEY", "Y", "qq", "AKx", "", "other");
const context = fc.record(
  {
    privileged: mostly(fc.boolean()),
    runAsNonRoot: mostly(fc.boolean()),
    runAsUser: mostly(fc.constantFrom(0, 1000, 2000)),
    group: mostly(fc.constantFrom(7, 7, 8, -1)),
  },
  { requiredKeys: [] },
);
const inner = mostly(fc.record({ lit: mostly(fc.boolean()), dim: mostly(fc.boolean()) }, { requiredKeys: [] }));
const plainHidden = fc.record({ value: inner, undeclared: mostly(fc.boolean()), cause: mostly(word) }, { requiredKeys: [] });
/** What stands in the place of a record has properties of its own, which are no fields. */
const hidden = fc.oneof(
  plainHidden,
  plainHidden.map((record) => new Known(record as never)),
  fc.constantFrom(new Lack("missing", "gone"), new OpenList([], true)),
);
const container = fc.record(
  {
    frame: inner,
    hidden: mostly(hidden),
    role: mostly(fc.constantFrom("regular", "init", "strange")),
    name: mostly(word),
    image: mostly(fc.constantFrom("acme.example/a:1", "acme.example/a", "b:2", `acme.example/a@sha256:${"0".repeat(64)}`, "NOT AN IMAGE")),
    env: mostly(fc.array(mostly(fc.record({ name: mostly(word), value: mostly(word) }, { requiredKeys: [] })), { maxLength: 4 })),
    context: mostly(context),
  },
  { requiredKeys: ["name", "image", "frame"] },
);
const workload = fc.record(
  { containers: mostly(fc.array(mostly(container), { maxLength: 4 })), context: mostly(context) },
  { requiredKeys: ["containers"] },
);

it("decides by branches as it does by closures, whatever the evidence holds", () => {
  const { value: program, diagnostics } = load();
  expect(diagnostics.filter((one) => one.level === "error").map((one) => one.message)).toEqual([]);
  const branches = compileProgram(program);
  // Coverage is told of every condition, so that a program with an observer has closures only.
  const closures = compileProgram(program, new Map(), { truth: () => undefined, row: () => undefined });
  const seen = new Set<string>();
  fc.assert(
    fc.property(workload, fc.nat(9), (data, draw) => {
      const subject = { kind: "workload", name: "w", data: data as DataRecord };
      const failed: Request["failed"] = draw === 0 ? [{ name: "imageref.registry", cause: "transient", detail: "it timed out" }] : [];
      const request = { subject, point: "ci", now: 0, evidence: [], attested: [], failed };
      const answer = decide(branches, request, { explain: true });
      expect(answer).toEqual(decide(closures, request, { explain: true }));
      if (answer.kind === "decision") for (const clause of answer.decision.clauses) seen.add(`${clause.label} ${clause.outcome}`);
    }),
    { numRuns: 1000 },
  );
  const labels = [
    "image",
    "privileged",
    "user",
    "env",
    "all_env",
    "same",
    "numbers",
    "partly",
    "listed",
    "cause",
    "undeclared",
    "inner",
    "negative",
    "twice",
  ];
  for (const label of labels) for (const outcome of ["passed", "violated", "undecided"]) expect(seen).toContain(`${label} ${outcome}`);
});
