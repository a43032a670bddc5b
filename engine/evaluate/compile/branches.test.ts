import fc from "fast-check";
import { expect, it } from "vitest";
import { compile } from "../../../language/compile.ts";
import { type DataRecord, Lack } from "../../../language/core/data.ts";
import { compileProgram, decide } from "../evaluate.ts";

const library = `module waybill.kubernetes
enum Role { regular, init }
type EnvVar { name: String = "" value: String = "" }
type Context { privileged: Bool = false runAsNonRoot: Bool? runAsUser: Int? }
type Container { role: Role = regular name: String image: ImageRef? env: List<EnvVar> = [] context: Context = {} }
type Workload { name: String? containers: List<Container> = [] context: Context = {} }
`;
const policy = `module acme.pods
policy pods for workload {
  require image: every c in workload.containers:
      c.image.registry == "acme.example" and (known(c.image.digest) or (c.image.tag otherwise "latest") != "latest")
  forbid privileged: some c in workload.containers where c.context.privileged and c.role == regular
  require user: every c in workload.containers where c.name != "x":
      (c.context.runAsNonRoot otherwise (workload.context.runAsNonRoot otherwise false)) or (c.context.runAsUser otherwise 0) >= 1000
  forbid env: some c in workload.containers where (some e in c.env
      where e.value != "" and (e.name in ["A", "B"] or e.name glob "**_KEY" or e.value glob "AK**" or e.name matches 'q+'))
  require all_env: every c in workload.containers: (every e in c.env where not (e.name == "A"): e.value != "x")
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

const word = fc.constantFrom("A", "B", "x", "X_KEY", "qq", "AKx", "", "other");
const context = fc.record(
  { privileged: mostly(fc.boolean()), runAsNonRoot: mostly(fc.boolean()), runAsUser: mostly(fc.constantFrom(0, 1000, 2000)) },
  { requiredKeys: [] },
);
const container = fc.record(
  {
    role: mostly(fc.constantFrom("regular", "init", "strange")),
    name: mostly(word),
    image: mostly(fc.constantFrom("acme.example/a:1", "acme.example/a", "b:2", `acme.example/a@sha256:${"0".repeat(64)}`, "NOT AN IMAGE")),
    env: mostly(fc.array(mostly(fc.record({ name: mostly(word), value: mostly(word) }, { requiredKeys: [] })), { maxLength: 4 })),
    context: mostly(context),
  },
  { requiredKeys: ["name", "image"] },
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
    fc.property(workload, (data) => {
      const subject = { kind: "workload", name: "w", data: data as DataRecord };
      const request = { subject, point: "ci", now: 0, evidence: [], attested: [], failed: [] };
      const answer = decide(branches, request, { explain: true });
      expect(answer).toEqual(decide(closures, request, { explain: true }));
      if (answer.kind === "decision") for (const clause of answer.decision.clauses) seen.add(`${clause.label} ${clause.outcome}`);
    }),
    { numRuns: 1000 },
  );
  for (const label of ["image", "privileged", "user", "env"])
    for (const outcome of ["passed", "violated", "undecided"]) expect(seen).toContain(`${label} ${outcome}`);
});
