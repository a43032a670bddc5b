/** Whatever an admission policy says: where it is held to require a profile, no pod runs the image without it. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { compile } from "../../language/compile.ts";
import type { DataRecord } from "../../language/core/data.ts";
import type { SourceFile } from "../../language/syntax/tree.ts";
import { assess } from "./assess.ts";
import { decide } from "./decide.ts";
import { type CompiledProgram, compileProgram } from "./program.ts";

const digest = `sha256:${"a".repeat(64)}`;
const file = `waybill/shop.api-${"a".repeat(64)}.json`;
const now = Date.UTC(2026, 10, 21) * 1000;

function library(name: string): SourceFile | undefined {
  const path = name.replace(/^waybill\./, "");
  try {
    return { path: `${path}.scp`, text: readFileSync(new URL(`../../policies/std/${path}.scp`, import.meta.url), "utf8") };
  } catch {
    return undefined;
  }
}

const runsIt = '(some c in workload.containers where c.image.repository == "ghcr.io/acme/api")';
const ofWorkload = [
  runsIt,
  'workload.namespace == "prod"',
  "known(workload.namespace)",
  "not known(workload.namespace)",
  '(workload.namespace otherwise "prod") == "prod"',
  'workload.kind in ["Pod", "Deployment"]',
  "count(workload.containers) >= 1",
  '(every c in workload.containers: c.image.repository == "ghcr.io/acme/api")',
  "true",
];
const ofContainer = [
  "api.confines(c)",
  "api.confines(c)",
  'c.image.repository == "ghcr.io/acme/api"',
  'c.image.registry == "ghcr.io"',
  'c.image.tag == "v1"',
  "known(c.image.digest)",
  "not known(c.image.tag)",
  'c.name == "web"',
  "c.privileged",
  'c.seccomp == "Localhost"',
  "c.role == regular",
];

const conditionOf = (parts: readonly string[], depth = 2): fc.Arbitrary<string> =>
  depth === 0
    ? fc.constantFrom(...parts)
    : fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...parts) },
        { weight: 1, arbitrary: conditionOf(parts, depth - 1).map((one) => `(not ${one})`) },
        {
          weight: 2,
          arbitrary: fc
            .tuple(conditionOf(parts, depth - 1), fc.constantFrom("and", "or"), conditionOf(parts, depth - 1))
            .map(([left, word, right]) => `(${left} ${word} ${right})`),
        },
      );

const member = conditionOf(ofContainer);
const clause = fc.oneof(
  member.map((body) => `require every c in workload.containers: ${body}`),
  fc.tuple(member, member).map(([where, body]) => `require every c in workload.containers where ${where}: ${body}`),
  member.map((where) => `forbid some c in workload.containers where ${where}`),
  member.map((where) => `require every c in workload.containers where ${where}: api.confines(c)`),
  member.map((body) => `require every c in workload.containers: (api.confines(c) and ${body})`),
  member.map((where) => `require some c in workload.containers where ${where}`),
  member.map((where) => `require count(c in workload.containers where ${where}) == count(workload.containers)`),
);
const optional = (parts: readonly string[]) => fc.option(conditionOf(parts, 1), { freq: 3, nil: undefined });
const policy = fc
  .tuple(
    optional(ofWorkload),
    optional(ofWorkload),
    clause,
    fc.constantFrom("", "", "", ' else warn "soft"', ' on missing warn because "x"'),
  )
  .map(([scope, guard, said, end]) => {
    const own = `${said}${end}`;
    return `policy pods for workload at admission${scope === undefined ? "" : ` where ${scope}`} { ${guard === undefined ? own : `when ${guard} { ${own} }`} }`;
  });

const container = fc.record(
  {
    name: fc.constantFrom("web", "api"),
    image: fc.constantFrom("ghcr.io/acme/api:v1", "ghcr.io/acme/api", `ghcr.io/acme/api@sha256:${"1".repeat(64)}`, "ghcr.io/acme/web:v1"),
    seccomp: fc.constantFrom("Localhost", "RuntimeDefault"),
    seccomp_profile: fc.constantFrom(file, file, "other.json"),
    privileged: fc.boolean(),
    role: fc.constantFrom("regular", "init", "ephemeral"),
  },
  { requiredKeys: ["name", "image"] },
);
const pod = fc.record({
  kind: fc.constantFrom("Pod", "Job"),
  namespace: fc.constantFrom("prod", "lab", undefined),
  containers: fc.array(container, { minLength: 1, maxLength: 3 }),
});

function programOf(text: string): CompiledProgram | undefined {
  const source = `module shop
runtime api for workload { syscalls allow base else errno }
vex v for finding in image {
  when api.denies(finding.required_syscalls) then not_affected(inline_mitigations_already_exist)
  else under_investigation
}
${text}`;
  const { value, diagnostics } = compile({ deciding: [{ path: "shop.scp", text: source }], load: library });
  if (diagnostics.some((one) => one.level === "error")) return undefined;
  return compileProgram({ ...value, runtimes: value.runtimes.map((runtime) => ({ ...runtime, digest })) });
}

/** Whether a statement rests on the policy for the image. */
function isRequired(program: CompiledProgram): boolean {
  const image = { kind: "image", name: "api", data: { ref: "ghcr.io/acme/api:v1", repository: "ghcr.io/acme/api" } };
  const finding = { id: "CVE-2024-0001", component: { name: "x" }, required_syscalls: ["ptrace"] };
  const answer = assess(
    program,
    { subject: image, point: "ci", now, evidence: [], attested: [], failed: [] },
    { explain: false, findings: [finding] },
  );
  return answer.kind === "assessed" && answer.assessed.assessments[0]?.status.kind === "not_affected";
}

it("refuses every pod that runs the image without the profile", () => {
  let required = 0;
  let asked = 0;
  fc.assert(
    fc.property(policy, fc.array(pod, { minLength: 20, maxLength: 20 }), (text, pods) => {
      const program = programOf(text);
      if (program === undefined) return;
      asked += 1;
      if (!isRequired(program)) return;
      required += 1;
      for (const { namespace, ...rest } of pods) {
        const free = rest.containers.some(
          (one) =>
            one.image.startsWith("ghcr.io/acme/api") &&
            !(one.seccomp === "Localhost" && one.seccomp_profile === file && one.privileged !== true),
        );
        if (!free) continue;
        const data: DataRecord = { ...rest, name: "a", ...(namespace === undefined ? {} : { namespace }) };
        const answer = decide(program, {
          subject: { kind: "workload", name: "a", data },
          point: "admission",
          now,
          evidence: [],
          attested: [],
          failed: [],
        });
        expect([text, data, answer.kind === "decision" && answer.decision.effect]).toEqual([text, data, "deny"]);
      }
    }),
    { numRuns: 1000 },
  );
  // The property says something: some policies require the profile, and most do not.
  expect(required).toBeGreaterThan(5);
  expect(required).toBeLessThan(asked / 2);
});
