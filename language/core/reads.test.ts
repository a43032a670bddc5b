import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { compile } from "../compile.ts";
import { type FieldsRead, fieldsRead } from "./reads.ts";

const standard = new URL("../../policies/std/", import.meta.url);

function readsOf(body: string): FieldsRead | undefined {
  const text = `module a\n\nimport waybill.kubernetes, waybill.sbom, waybill.vuln\n\n${body}\n`;
  const { value, diagnostics } = compile({
    deciding: [{ path: "a.scp", text }],
    load: (module) => {
      const path = `${module.replace("waybill.", "")}.scp`;
      return { path, text: readFileSync(new URL(path, standard), "utf8") };
    },
  });
  expect(diagnostics.filter((one) => one.level === "error").map((one) => one.message)).toEqual([]);
  return fieldsRead(value);
}

it("does not say which fields an intrinsic reads that takes records", () => {
  const body = `policy p for artifact {
    let bom = closed(attestation sbom.Bom claimed)
    let scan = attestation vuln.Scan claimed
    require a: every f in vuln.findings(bom, scan): f.severity < critical
  }`;
  expect(readsOf(body)).toBeUndefined();
});

it("follows functions and constants, and reads nothing of those that nobody uses", () => {
  const body = `function used(c: kubernetes.Container) -> Bool = c.privileged
  function unused(c: kubernetes.Container) -> Bool = c.tty
  policy p for workload { require a: every c in workload.containers where c.name in names: not used(c) }
  let names: List<String> = ["a"]`;
  const reads = readsOf(body);
  expect([...(reads?.names ?? [])].sort()).toEqual(["containers", "name", "privileged"]);
  expect([...(reads?.fields ?? [])].sort()).toEqual([
    "waybill.kubernetes.Container.name",
    "waybill.kubernetes.Container.privileged",
    "waybill.kubernetes.Workload.containers",
  ]);
});

it("reads the scopes of policies and exemptions, lets and guards", () => {
  const body = `policy p for workload where workload.kind == "Pod" {
    let pod = workload.pod
    when not pod.hostPID { require a: pod.hostUsers }
  }
  exempt workload where workload.name == "x" because "it is ours"`;
  expect([...(readsOf(body)?.names ?? [])].sort()).toEqual(["hostPID", "hostUsers", "kind", "name", "pod"]);
});

it("reads nothing for messages, which are written only where a decision is explained", () => {
  const body = `policy p for workload { forbid a: some c in workload.containers where c.tty else "{c.image}" }`;
  expect([...(readsOf(body)?.names ?? [])].sort()).toEqual(["containers", "tty"]);
});
