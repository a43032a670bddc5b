/** `r.denies(S)` and `r.confines(c)`, from source to what `vex` says. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { seccompText } from "../../compiler/targets/seccomp/profile.ts";
import { compile } from "../../language/compile.ts";
import { type DataRecord, type DataValue, Lack, OpenList } from "../../language/core/data.ts";
import type { SourceFile } from "../../language/syntax/tree.ts";
import { type Assessment, assess } from "./assess.ts";
import { decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import { type CompiledProgram, compileProgram } from "./program.ts";

const digest = `sha256:${"a".repeat(64)}`;
const file = `waybill/shop.api-${"a".repeat(64)}.json`;

function library(name: string): SourceFile | undefined {
  const path = name.replace(/^waybill\./, "");
  try {
    return { path: `${path}.scp`, text: readFileSync(new URL(`../../policies/std/${path}.scp`, import.meta.url), "utf8") };
  } catch {
    return undefined;
  }
}

function program(text: string, stamped = true): CompiledProgram {
  const { value, diagnostics } = compile({ deciding: [{ path: "shop.scp", text: `module shop\n${text}` }], load: library });
  expect(diagnostics.filter((one) => one.level === "error")).toEqual([]);
  const runtimes = value.runtimes.map((runtime) => ({ ...runtime, ...(stamped ? { digest } : {}) }));
  return compileProgram({ ...value, runtimes });
}

const now = Date.UTC(2026, 10, 21) * 1000;

const profile = "runtime api for workload { syscalls allow base, network_server else errno }";
const asked = `vex exploitability for finding in image {
  when api.denies(finding.required_syscalls) then not_affected(inline_mitigations_already_exist)
  else under_investigation
}`;
const admission = "policy pods for workload at admission { require confined: every c in workload.containers: api.confines(c) }";

function finding(syscalls: DataValue): DataRecord {
  return {
    id: "CVE-2024-0001",
    component: { name: "libx", purl: "pkg:deb/debian/libx@1", version: "1" },
    ...(syscalls === undefined ? {} : { required_syscalls: syscalls }),
  };
}

const image = { kind: "image", name: "ghcr.io/acme/api:v1", data: { ref: "ghcr.io/acme/api:v1", repository: "ghcr.io/acme/api" } };

function said(text: string, syscalls: DataValue, subject: typeof image = image, stamped = true): Assessment {
  const request = { subject, point: "ci", now, evidence: [], attested: [], failed: [] };
  const answer = assess(program(text, stamped), request, { explain: true, findings: [finding(syscalls)] });
  if (answer.kind !== "assessed") throw new Error(JSON.stringify(answer));
  const [first] = answer.assessed.assessments;
  if (first === undefined) throw new Error("nothing was said");
  return first;
}

const why = (assessment: Assessment): string =>
  assessment.wouldBe.flatMap((row) => row.wants.map((one) => `${one.cause}: ${one.detail}`)).join("\n");

describe("a runtime profile denies", () => {
  it("what it prevents, where admission requires it of every container", () => {
    const assessment = said(`${profile}\n${asked}\n${admission}`, ["ptrace"]);
    expect(assessment.status).toEqual({ kind: "not_affected", justification: "inline_mitigations_already_exist" });
    expect(assessment.restsOn).toEqual([{ runtime: "shop.api", digest }]);
  });

  it("a set of which it prevents one call", () => {
    expect(said(`${profile}\n${asked}\n${admission}`, ["read", "ptrace", "write"]).status.kind).toBe("not_affected");
  });

  it("nothing where it permits every call, or none is needed", () => {
    for (const calls of [["read"], ["read", "accept4"], []]) {
      const assessment = said(`${profile}\n${asked}\n${admission}`, calls);
      expect(assessment.status.kind).toBe("under_investigation");
      expect(assessment.wouldBe).toEqual([]);
    }
  });

  it("nothing for certain where it is not known what is needed, or whether that is all", () => {
    const rules = `${profile}\n${asked}\n${admission}`;
    expect(why(said(rules, undefined))).toBe("missing: not stated");
    expect(why(said(rules, new Lack("transient", "the feed did not answer")))).toBe("transient: the feed did not answer");
    expect(said(rules, new OpenList(["ptrace"], true)).status.kind).toBe("under_investigation");
  });

  it("nothing for certain of a call that is not known here: it may be another name of one that is permitted", () => {
    expect(why(said(`${profile}\n${asked}\n${admission}`, ["frobnicate"]))).toContain("frobnicate is not a system call that is known here");
  });

  it("nothing where it only watches", () => {
    const watching = "runtime api for workload { syscalls allow base\n default notify }";
    expect(why(said(`${watching}\n${asked}\n${admission}`, ["ptrace"]))).toBe(
      "missing: api only watches ptrace: notify follows, not errno or kill",
    );
  });

  it("nothing where it permits a ring, through which everything passes", () => {
    const ring = "runtime api for workload { syscalls allow base, io_uring_enter else kill }";
    expect(why(said(`${ring}\n${asked}\n${admission}`, ["ptrace"]))).toContain("permits io_uring_enter");
    const forbidding = "runtime api for workload { syscalls forbid ptrace else kill }";
    expect(said(`${forbidding}\n${asked}\n${admission}`, ["ptrace"]).status.kind).toBe("not_affected");
  });

  it("nothing where the profile was not compiled", () => {
    expect(why(said(`${profile}\n${asked}\n${admission}`, ["ptrace"], image, false))).toContain("the profile of api was not compiled");
  });

  it("nothing without a policy at admission, and says what to add", () => {
    expect(why(said(`${profile}\n${asked}`, ["ptrace"]))).toContain(
      "no policy for workloads at admission requires the profile: add require every c in workload.containers: api.confines(c)",
    );
  });

  const elsewhere = (policy: string): string => why(said(`${profile}\n${asked}\n${policy}`, ["ptrace"]));

  it.each([
    ["at ci only", admission.replace("at admission", "at ci"), "no policy for workloads at admission"],
    [
      "that warns of what it does not know",
      admission.replace("confines(c)", 'confines(c) on missing warn because "x"'),
      "what is not known says warn",
    ],
    ["that only warns", admission.replace("confines(c)", 'confines(c) else warn "soft"'), "a violation says warn"],
    [
      "whose header may not hold",
      admission.replace("at admission", 'at admission where workload.namespace == "prod"'),
      "its header or a when may not hold there",
    ],
    [
      "that asks other images only",
      admission.replace("containers:", 'containers where c.image.repository == "ghcr.io/acme/web":'),
      "a container that runs the image may go unasked",
    ],
    [
      "that asks of another container only",
      admission.replace("containers:", 'containers where c.name == "web":'),
      "a container that runs the image may go unasked",
    ],
    [
      "that asks by tag",
      admission.replace("containers:", 'containers where c.image.tag == "v1":'),
      "it looks at tags, digests or whole references",
    ],
    ["that an alternative satisfies", admission.replace("api.confines(c)", "api.confines(c) or c.privileged"), "may go unasked"],
    ["that asks some containers", admission.replace("every c in workload.containers: api", "some c in workload.containers where api"), ""],
    [
      "that a `known` turns off",
      admission.replace("api.confines(c)", "api.confines(c) or not known(workload.namespace)"),
      "a container that runs the image may go unasked",
    ],
    [
      "that a live waiver may lift",
      `${admission}\nwaive pods.confined where workload.namespace == "lab" until 2027-01-31 because "a lab" approved by "ops@acme.example"`,
      "a waiver is live",
    ],
    [
      "for the profile of another runtime",
      `runtime web for workload { syscalls allow base else kill }\n${admission.replace("api.confines", "web.confines")}`,
      "no policy for workloads at admission requires the profile",
    ],
  ])("nothing where admission has a policy %s", (_, policy, detail) => {
    const text = elsewhere(policy);
    expect(text).not.toBe("");
    expect(text).toContain(detail);
  });

  it.each([
    [
      "for pods that run the image",
      admission.replace(
        "at admission",
        'at admission where (some c in workload.containers where c.image.repository == "ghcr.io/acme/api")',
      ),
    ],
    ["for containers that run the image", admission.replace("containers:", 'containers where c.image.repository == "ghcr.io/acme/api":')],
    ["at every point", admission.replace(" at admission", "")],
    ["that forbids", "policy pods for workload at admission { forbid some c in workload.containers where not api.confines(c) }"],
    [
      "under a `when` that is about the image",
      'policy pods for workload { when (some c in workload.containers where c.image.registry == "ghcr.io") { require every c in workload.containers: api.confines(c) } }',
    ],
    [
      "by a function",
      "import waybill.kubernetes\nfunction sealed(c: kubernetes.Container) -> Bool = api.confines(c)\npolicy pods for workload { require every c in workload.containers: sealed(c) }",
    ],
    [
      "with a waiver that has ended",
      `${admission}\nwaive pods.confined where workload.namespace == "lab" until 2026-01-31 because "a lab" approved by "ops@acme.example"`,
    ],
  ])("what it prevents, where admission has a policy %s", (_, policy) => {
    const imports = /^import .*\n/.exec(policy)?.[0] ?? "";
    const assessment = said(`${imports}${profile}\n${asked}\n${policy.slice(imports.length)}`, ["ptrace"]);
    expect(why(assessment)).toBe("");
    expect(assessment.status.kind).toBe("not_affected");
  });

  it("in a deployment, what its own pods need not be asked about is asked of each container", () => {
    const inWorkload = asked.replace("in image", "in workload");
    const containers = [{ name: "a", image: "ghcr.io/acme/api:v1" }];
    const workload = { kind: "workload", name: "Deployment/api", data: { kind: "Deployment", name: "api", containers } };
    expect(said(`${profile}\n${inWorkload}\n${admission}`, ["ptrace"], workload as never).status.kind).toBe("not_affected");
    const partly = admission.replace("containers:", 'containers where c.name == "b":');
    expect(said(`${profile}\n${inWorkload}\n${partly}`, ["ptrace"], workload as never).status.kind).toBe("under_investigation");
  });

  it("and a row that is true without it does not rest on it", () => {
    const both = asked.replace("when api", "when finding.reachable == false or api");
    const request = { subject: image, point: "ci", now, evidence: [], attested: [], failed: [] };
    const unreachable = { ...finding(["ptrace"]), reachable: false };
    const answer = assess(program(`${profile}\n${both}\n${admission}`), request, {
      explain: true,
      findings: [unreachable, finding(["ptrace"])],
    });
    if (answer.kind !== "assessed") throw new Error("refused");
    expect(answer.assessed.assessments.map((one) => [one.status.kind, one.restsOn?.length ?? 0])).toEqual([
      ["not_affected", 0],
      ["not_affected", 1],
    ]);
  });
});

describe("a container runs under a profile", () => {
  const pod = (settings: DataRecord, compiled = program(`${profile}\n${admission}`)): Decision => {
    const data = { kind: "Pod", name: "api", containers: [{ name: "a", image: "ghcr.io/acme/api:v1", ...settings }] };
    const answer = decide(
      compiled,
      { subject: { kind: "workload", name: "Pod/api", data }, point: "admission", now, evidence: [], attested: [], failed: [] },
      { explain: true },
    );
    if (answer.kind !== "decision") throw new Error("refused");
    return answer.decision;
  };

  it("whose file it names by the digest", () => {
    expect(pod({ seccomp: "Localhost", seccomp_profile: file }).effect).toBe("allow");
  });

  it.each([
    ["no profile", {}],
    ["the runtime's", { seccomp: "RuntimeDefault" }],
    ["none, and a file all the same", { seccomp: "Unconfined", seccomp_profile: file }],
    ["a file of another digest", { seccomp: "Localhost", seccomp_profile: file.replace("a.json", "b.json") }],
    ["a file without a digest", { seccomp: "Localhost", seccomp_profile: "waybill/shop.api.json" }],
    ["no file", { seccomp: "Localhost" }],
    ["the right file, and is privileged", { seccomp: "Localhost", seccomp_profile: file, privileged: true }],
  ])("and not where it has %s", (_, settings) => {
    expect(pod(settings).effect).toBe("deny");
  });

  it("and nobody knows where the profile was not compiled", () => {
    const decision = pod({ seccomp: "Localhost", seccomp_profile: file }, program(`${profile}\n${admission}`, false));
    expect([decision.effect, decision.reason]).toEqual(["deny", "undecided"]);
  });
});

describe("a profile's file", () => {
  const text = (rules: string): string => seccompText(compileRuntime(rules)) ?? "";
  function compileRuntime(rules: string) {
    const { value } = compile({
      deciding: [{ path: "shop.scp", text: `module shop\nruntime api for workload { ${rules} }` }],
      load: library,
    });
    const [runtime] = value.runtimes;
    if (runtime === undefined) throw new Error("no runtime");
    return runtime;
  }

  it("is the same for what permits the same, and another for what permits one call more", () => {
    const one = text("syscalls allow base, ptrace else errno");
    expect(text("syscalls allow ptrace, base, read default kill syscalls allow close else errno")).not.toBe(one);
    expect(text("syscalls allow ptrace, base, base else errno")).toBe(one);
    expect(text("syscalls allow base else errno")).not.toBe(one);
    expect(text("syscalls allow base, ptrace else kill")).not.toBe(one);
  });

  it("permits what is allowed and not forbidden, refuses what is known, and says of what is newer that it is not there", () => {
    const profileOf = JSON.parse(text("syscalls allow base, ptrace else errno syscalls forbid ptrace else kill")) as {
      defaultAction: string;
      defaultErrnoRet: number;
      syscalls: { names: string[]; action: string; errnoRet?: number }[];
    };
    expect([profileOf.defaultAction, profileOf.defaultErrnoRet]).toEqual(["SCMP_ACT_ERRNO", 38]);
    const actionOf = (name: string) => profileOf.syscalls.filter(({ names }) => names.includes(name)).map(({ action }) => action);
    expect(actionOf("read")).toEqual(["SCMP_ACT_ALLOW"]);
    expect(actionOf("mount")).toEqual(["SCMP_ACT_ERRNO"]);
    expect(actionOf("ptrace")).toEqual(["SCMP_ACT_KILL_PROCESS"]);
    expect(actionOf("io_uring_enter")).toEqual(["SCMP_ACT_ERRNO"]);
  });

  it("of forbidden calls alone permits all others but the rings", () => {
    const profileOf = JSON.parse(text("syscalls forbid ptrace else errno")) as {
      defaultAction: string;
      syscalls: { names: string[]; action: string }[];
    };
    expect(profileOf.defaultAction).toBe("SCMP_ACT_ALLOW");
    expect(profileOf.syscalls.find(({ action }) => action === "SCMP_ACT_ERRNO")?.names).toEqual([
      "io_uring_enter",
      "io_uring_register",
      "io_uring_setup",
      "ptrace",
    ]);
  });
});
