/** From what an exploit needs over what a runtime profile denies to what a VEX document may say, with the command line alone. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder, waybill } from "./waybill.ts";

const image = `ghcr.io/acme/api@sha256:${"1".repeat(64)}`;
const runs = '(some c in workload.containers where c.image.repository == "ghcr.io/acme/api")';
const runtime = `runtime api for workload where ${runs} {
  syscalls  allow base, file_read, network_server, epoll else errno
  guarantee prevented
}
`;
const admission = `policy pods for workload at admission where ${runs} {
  require confined: every c in workload.containers: api.confines(c)
}
`;
const vex = `vex exploitability for finding in image {
  when api.denies(finding.required_syscalls) then not_affected(inline_mitigations_already_exist, "no debugger")
  else under_investigation
}
`;
const policy = `module shop\n\n${runtime}\n${vex}\n${admission}`;
const loose = policy.replace("epoll else", "epoll, ptrace else");

const scan = {
  SchemaVersion: 2,
  ArtifactName: "ghcr.io/acme/api:v1",
  ArtifactType: "container_image",
  Metadata: { RepoDigests: [image] },
  Results: [
    {
      Target: "package-lock.json",
      Class: "lang-pkgs",
      Type: "npm",
      Vulnerabilities: ["CVE-2024-0001", "CVE-2024-0002"].map((id) => ({
        VulnerabilityID: id,
        PkgName: "left-pad",
        InstalledVersion: "1.0.0",
        Severity: "CRITICAL",
        PkgIdentifier: { PURL: "pkg:npm/left-pad@1.0.0" },
      })),
    },
  ],
};
const needs = {
  schema: "waybill/exploit-requirements/1",
  author: "Acme Product Security",
  issued: "2026-11-20T00:00:00Z",
  requirements: [
    {
      vulnerability: "CVE-2024-0001",
      syscalls: ["ptrace"],
      because: "it attaches to its parent",
      source: "https://acme.example/analysis/1",
    },
  ],
};
const files = {
  "shop.scp": policy,
  "loose.scp": loose,
  "bare.scp": policy.replace(admission, ""),
  "scan.json": JSON.stringify(scan),
  "needs.json": JSON.stringify(needs),
};

const emit = (cwd: string, to: string, ...more: readonly string[]) =>
  waybill(
    [
      ...["vex", "emit", image, "--offline", "--to", to, "--author", "Acme PSIRT", "--publisher-namespace", "https://acme.example"],
      ...["--evidence", "scan.json", "needs.json"],
      ...(more.includes("--policy") ? more : ["--policy", "shop.scp", ...more]),
      ...(more.includes("--now") ? [] : ["--now", "2026-11-21T00:00:00Z"]),
    ],
    { cwd },
  );

interface Statement {
  readonly status: string;
  readonly justification?: string;
  readonly impact_statement?: string;
  readonly action_statement?: string;
}

/** The digest of the profile that `build` writes, and where it does. */
async function built(cwd: string, file: string): Promise<{ readonly digest: string; readonly path: string }> {
  const { code, out } = await waybill(["build", "--target", "seccomp", "--out", "out", file], { cwd });
  expect(code).toBe(0);
  const path = /waybill\/shop\.api-[0-9a-f]{64}\.json/.exec(out)?.[0] ?? "";
  const digest = `sha256:${createHash("sha256")
    .update(readFileSync(join(cwd, "out/seccomp", path)))
    .digest("hex")}`;
  expect(out).toContain(digest);
  expect(path).toContain(digest.slice("sha256:".length));
  return { digest, path };
}

describe("a finding whose exploit needs what a runtime profile denies", () => {
  it("is protected at run time in CycloneDX, by the digest of the file that nodes load", async () => {
    const cwd = await folder(files);
    const { digest } = await built(cwd, "shop.scp");
    const { code, out, err } = await emit(cwd, "cyclonedx");
    expect([code, err]).toEqual([0, expect.stringContaining(`1 statement rests on runtime profile shop.api ${digest}`)]);
    expect(err).not.toContain("does not say");
    const { vulnerabilities } = JSON.parse(out) as { vulnerabilities: { id: string; analysis: object }[] };
    expect(vulnerabilities.map(({ id, analysis }) => [id, analysis])).toEqual([
      [
        "CVE-2024-0001",
        expect.objectContaining({
          state: "not_affected",
          justification: "protected_at_runtime",
          detail: `no debugger; denied at run time by the profile shop.api (${digest})`,
        }),
      ],
      ["CVE-2024-0002", expect.objectContaining({ state: "in_triage" })],
    ]);
  });

  it.each(["openvex", "csaf", "cyclonedx"])("is issued again in %s byte for byte where nothing changed", async (format) => {
    const cwd = await folder(files);
    expect((await emit(cwd, format, "--out", "first.json")).code).toBe(0);
    const { code, err } = await emit(cwd, format, "--previous", "first.json", "--out", "again.json", "--now", "2027-01-01T00:00:00Z");
    expect([code, err]).toEqual([0, expect.stringContaining("version 1")]);
    expect(readFileSync(join(cwd, "again.json"), "utf8")).toBe(readFileSync(join(cwd, "first.json"), "utf8"));
  });

  it("is affected in OpenVEX and CSAF, with the profile as what to do: the artifact alone is not protected", async () => {
    const cwd = await folder(files);
    const { digest } = await built(cwd, "shop.scp");
    const openvex = await emit(cwd, "openvex");
    const { statements } = JSON.parse(openvex.out) as { statements: readonly Statement[] };
    expect(statements[0]).toMatchObject({
      status: "affected",
      action_statement: `run it under the profile shop.api (${digest}), which denies what an exploit needs`,
    });
    expect(openvex.err).toContain("only a runtime profile keeps an exploit away");
    const csaf = await emit(cwd, "csaf");
    expect(csaf.code).toBe(0);
    const { vulnerabilities } = JSON.parse(csaf.out) as {
      vulnerabilities: { product_status: object; remediations: { details: string }[] }[];
    };
    expect(Object.keys(vulnerabilities[0]?.product_status ?? {})).toEqual(["known_affected"]);
    expect(vulnerabilities[0]?.remediations[0]?.details).toContain(digest);
  });

  it("has inline mitigations in OpenVEX where the product is the deployment", async () => {
    const { path, digest } = await built(await folder(files), "shop.scp");
    const cwd = await folder({
      "shop.scp": policy.replace("finding in image", "finding in workload"),
      "scan.json": JSON.stringify({ ...scan, ArtifactName: "api", ArtifactType: "filesystem", Metadata: {} }),
      "needs.json": JSON.stringify(needs),
      "pod.yaml": podUnder(path),
    });
    const { code, out } = await waybill(
      [
        ...["vex", "emit", "--subject", "pod.yaml", "--product-version", "7", "--to", "openvex", "--author", "Acme PSIRT"],
        ...["--policy", "shop.scp", "--evidence", "scan.json", "needs.json", "--offline", "--now", "2026-11-21T00:00:00Z"],
      ],
      { cwd },
    );
    expect(code).toBe(0);
    const { statements } = JSON.parse(out) as { statements: readonly Statement[] };
    expect(statements[0]).toMatchObject({
      status: "not_affected",
      justification: "inline_mitigations_already_exist",
      impact_statement: `no debugger; denied at run time by the profile shop.api (${digest})`,
    });
  });

  it("is investigated anew once the profile is loosened, and the difference is told", async () => {
    const cwd = await folder(files);
    const before = await emit(cwd, "cyclonedx", "--out", "vex.json");
    expect(before.code).toBe(0);
    const after = await emit(
      cwd,
      "cyclonedx",
      "--policy",
      "loose.scp",
      "--previous",
      "vex.json",
      "--out",
      "next.json",
      "--now",
      "2026-11-22T00:00:00Z",
    );
    expect([after.code, after.err]).toEqual([0, expect.stringContaining("no longer suppressed: CVE-2024-0001")]);
    const next = JSON.parse(readFileSync(join(cwd, "next.json"), "utf8")) as {
      version: number;
      vulnerabilities: { analysis: { state: string } }[];
    };
    expect([next.version, next.vulnerabilities[0]?.analysis.state]).toEqual([2, "in_triage"]);
    const difference = await waybill(["vex", "diff", "vex.json", "next.json"], { cwd });
    expect([difference.code, difference.out]).toEqual([1, expect.stringContaining("not_affected -> under_investigation")]);
    const [old, loosened] = [await built(cwd, "shop.scp"), await built(cwd, "loose.scp")];
    expect(loosened.digest).not.toBe(old.digest);
  });

  it("is investigated where no admission policy requires the profile, and the report says what to add", async () => {
    const cwd = await folder(files);
    const { code, out, err } = await emit(cwd, "cyclonedx", "--policy", "bare.scp", "--report", "report.json");
    expect([code, out.includes("protected_at_runtime")]).toEqual([0, false]);
    expect(err).toContain("`api.denies(finding.required_syscalls)`: no policy for workloads at admission requires the profile");
    expect(readFileSync(join(cwd, "report.json"), "utf8")).toContain("add require every c in workload.containers: api.confines(c)");
  });

  it("is investigated where nobody says what its exploit needs", async () => {
    const cwd = await folder({ ...files, "needs.json": JSON.stringify({ ...needs, requirements: [] }) });
    expect((await emit(cwd, "cyclonedx")).out).not.toContain("protected_at_runtime");
  });
});

function podUnder(path: string): string {
  return `apiVersion: v1
kind: Pod
metadata: { name: api }
spec:
  securityContext:
    seccompProfile: { type: Localhost, localhostProfile: ${path} }
  containers:
    - { name: api, image: ghcr.io/acme/api:v1 }
`;
}

describe("admission", () => {
  it("lets a pod run under the profile, and under no other: a looser one is another file", async () => {
    const cwd = await folder(files);
    const { path } = await built(cwd, "shop.scp");
    const judge = async (text: string, policies = "shop.scp") => {
      const where = await folder({ ...files, "pod.yaml": text });
      return (await waybill(["gate", "--at", "admission", "--offline", "--policy", policies, "--subject", "pod.yaml"], { cwd: where }))
        .code;
    };
    const pod = podUnder(path);
    expect(await judge(pod)).toBe(0);
    expect(await judge(pod, "loose.scp")).toBe(1);
    expect(await judge(pod.replace("Localhost", "RuntimeDefault"))).toBe(1);
    expect(await judge(pod.replace("ghcr.io/acme/api:v1", "ghcr.io/acme/api:v1, securityContext: { privileged: true }"))).toBe(1);
    expect(await judge(pod.replace(/ {2}securityContext:\n.*\n/, ""))).toBe(1);
  });
});

describe("the profile's file", () => {
  it("is not written where a declaration has no rule about system calls", async () => {
    const cwd = await folder({ "a.scp": 'module a\n\nruntime r for workload {\n  exec allow "/usr/bin/api" else kill\n}\n' });
    const { code, out } = await waybill(["build", "--target", "seccomp", "--out", "out", "a.scp"], { cwd });
    expect([code, out]).toEqual([0, expect.stringContaining("a.r: no rule about system calls, so no profile")]);
    expect(existsSync(join(cwd, "out/seccomp"))).toBe(false);
  });
});
