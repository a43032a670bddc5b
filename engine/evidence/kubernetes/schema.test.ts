import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { manifestSchema } from "./schema.ts";

it("is what the schema file of this folder says", async () => {
  await expect(`${JSON.stringify(manifestSchema(), null, 2)}\n`).toMatchFileSnapshot("kubernetes-manifest.schema.json");
});

it("has every field that the standard library reads from the API", () => {
  const library = readFileSync(new URL("../../../policies/std/kubernetes.scp", import.meta.url), "utf8");
  const definitions = manifestSchema()["definitions"] as Record<string, { properties?: Record<string, unknown> }>;
  const structs: Readonly<Record<string, string>> = {
    Pod: "PodSpec",
    Reference: "LocalObjectReference",
    AffinityTerm: "PodAffinityTerm",
    WindowsOptions: "WindowsSecurityContextOptions",
    EnvSource: "EnvVarSource",
    KeyReference: "SecretKeySelector",
    FieldReference: "ObjectFieldSelector",
    ResourceFieldReference: "ResourceFieldSelector",
    EnvFrom: "EnvFromSource",
    OptionalReference: "SecretEnvSource",
    Resources: "ResourceRequirements",
    Handler: "LifecycleHandler",
    WeightedTerm: "PreferredSchedulingTerm",
    ConfigMapVolume: "ConfigMapVolumeSource",
    CSIVolume: "CSIVolumeSource",
    EmptyDirVolume: "EmptyDirVolumeSource",
    HostPathVolume: "HostPathVolumeSource",
    ImageVolume: "ImageVolumeSource",
    NFSVolume: "NFSVolumeSource",
    ClaimVolume: "PersistentVolumeClaimVolumeSource",
    SecretVolume: "SecretVolumeSource",
  };
  const derived = new Set([
    "Container.role",
    "Container.runAsNonRoot",
    "Container.runAsUser",
    "Container.runAsGroup",
    "Container.seccomp",
    "Container.seccomp_profile",
    "Volume.source",
  ]);
  for (const name of ["privileged", "allowPrivilegeEscalation", "readOnlyRootFilesystem"]) derived.add(`Container.${name}`);
  for (const name of ["cpu_limit", "cpu_request", "memory_limit", "memory_request"]) derived.add(`Resources.${name}`);
  const missing: string[] = [];
  for (const [, type = "", body = ""] of library.matchAll(/^type (\w+) \{\n(.*?)^\}/gms)) {
    if (type === "Workload" || type === "ProfileAnnotation") continue;
    const known = definitions[structs[type] ?? type]?.properties;
    for (const [, field = ""] of body.matchAll(/^ {2}`?(\w+)`?:/gm))
      if (!derived.has(`${type}.${field}`) && !(known && field in known)) missing.push(`${type}.${field}`);
  }
  expect(missing).toEqual([]);
});
