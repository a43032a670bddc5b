import fc from "fast-check";
import { expect, it } from "vitest";
import { type DataRecord, Lack, origin } from "../../../language/core/data.ts";
import { admit } from "../door.ts";

async function read(text: string, name = "pods.yaml") {
  const result = await admit(new TextEncoder().encode(text), name, "sha256:00");
  return { workloads: result.value.map((evidence) => evidence.data), diagnostics: result.diagnostics };
}

/** The workload of one Pod with this spec, as JSON. */
async function pod(spec: object, metadata: object = {}): Promise<DataRecord> {
  const { workloads, diagnostics } = await read(
    JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "web", ...metadata }, spec }),
    "pod.json",
  );
  expect(diagnostics).toEqual([]);
  return workloads[0] ?? {};
}

const container = { name: "web", image: "nginx" };

function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

it.each([
  ["hostNetwork of the wrong type", { containers: [container], hostNetwork: "true" }, "/spec/hostNetwork"],
  [
    "privileged of the wrong type",
    { containers: [{ ...container, securityContext: { privileged: 1 } }] },
    "/spec/containers/0/securityContext/privileged",
  ],
  ["a list that is an object", { containers: { web: container } }, "/spec/containers"],
  ["a user that is no integer", { containers: [container], securityContext: { runAsUser: 0.5 } }, "/spec/securityContext/runAsUser"],
  [
    "a quantity that is none",
    { containers: [{ ...container, resources: { limits: { memory: "1 GB" } } }] },
    "/spec/containers/0/resources/limits/memory",
  ],
  ["no containers", { containers: [] }, "/spec/containers"],
  ["containers misspelled", { container: [container] }, "/spec"],
])("refuses %s, with a pointer", async (_, spec, pointer) => {
  const { workloads, diagnostics } = await read(JSON.stringify({ apiVersion: "v1", kind: "Pod", spec }));
  expect(workloads).toEqual([]);
  expect(diagnostics.map((d) => d.pointer)).toContain(pointer);
});

it("finds the wrong type inside a list and inside a template", async () => {
  const text = `apiVersion: v1
kind: List
items:
  - {apiVersion: batch/v1, kind: CronJob, spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: 7}]}}}}}}
`;
  expect((await read(text)).diagnostics[0]?.pointer).toBe("/items/0/spec/jobTemplate/spec/template/spec/containers/0/image");
});

it("judges every document that runs pods and names the others", async () => {
  const text = `apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: prod}
spec: {template: {spec: {containers: [{name: web, image: nginx}]}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {kind: Pod}
`;
  const { workloads, diagnostics } = await read(text);
  expect(workloads.map((w) => [w["kind"], w["name"], w["namespace"]])).toEqual([["Deployment", "shop", "prod"]]);
  expect(diagnostics.map((d) => [d.code, d.level, d.message])).toEqual([
    ["WB0970", "note", "`Service/shop` runs no pods that are known of, so it is not judged"],
    ["WB0970", "note", "`ConfigMap/settings` runs no pods that are known of, so it is not judged"],
  ]);
});

const template = { metadata: { labels: { app: "shop" } }, spec: { containers: [container] } };
it.each([
  ["v1", "Pod", { metadata: template.metadata, spec: template.spec }],
  ["v1", "PodTemplate", { template }],
  ["v1", "ReplicationController", { spec: { template } }],
  ["apps/v1", "ReplicaSet", { spec: { template } }],
  ["apps/v1", "Deployment", { spec: { template } }],
  ["apps/v1", "StatefulSet", { spec: { template } }],
  ["apps/v1", "DaemonSet", { spec: { template } }],
  ["batch/v1", "Job", { spec: { template } }],
  ["batch/v1beta1", "CronJob", { spec: { jobTemplate: { spec: { template } } } }],
])("reads the pods of %s %s", async (apiVersion, kind, rest) => {
  const { workloads, diagnostics } = await read(JSON.stringify({ apiVersion, kind, ...rest }));
  expect(diagnostics).toEqual([]);
  expect(at(workloads, 0, "containers", 0, "name")).toBe("web");
  expect(at(workloads, 0, "pod_labels")).toMatchObject({ app: "shop" });
});

it("reads the template of a kind that it does not know, and says so", async () => {
  const rollout = { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", metadata: { name: "shop" }, spec: { template } };
  const { workloads, diagnostics } = await read(JSON.stringify(rollout));
  expect(at(workloads, 0, "kind")).toBe("Rollout");
  expect(diagnostics.map((d) => [d.code, d.pointer])).toEqual([["WB0971", "/spec/template"]]);
});

it("takes the service of another group for what its shape says", async () => {
  const knative = {
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    spec: { template: { spec: { containers: [{ image: "nginx" }] } } },
  };
  expect((await read(JSON.stringify(knative))).workloads).toHaveLength(1);
});

it("reads the items of a typed list, which do not repeat their kind", async () => {
  const list = { apiVersion: "v1", kind: "PodList", items: [{ metadata: { name: "a" }, spec: { containers: [container] } }] };
  const { workloads } = await read(JSON.stringify(list));
  expect(workloads.map((w) => [w["kind"], w["name"], w[origin]?.pointer])).toEqual([["Pod", "a", "/items/0"]]);
});

it("reads null, empty lists and zero values as absence, as an API server does", async () => {
  const plain = await pod({ containers: [container] });
  const padded = await pod({
    hostNetwork: false,
    initContainers: [],
    nodeSelector: {},
    securityContext: null,
    volumes: null,
    containers: [{ ...container, command: [], env: [], workingDir: "", stdin: false, ports: null }],
  });
  expect(padded).toEqual(plain);
});

it("keeps what the API keeps although it is zero", async () => {
  const workload = await pod({
    hostUsers: false,
    containers: [{ ...container, securityContext: { runAsUser: 0, privileged: false, procMount: "" } }],
  });
  expect(at(workload, "pod", "hostUsers")).toBe(false);
  expect(at(workload, "containers", 0, "securityContext")).toMatchObject({ runAsUser: 0, privileged: false, procMount: "" });
});

it("does not read a profile without a type as no profile", async () => {
  const workload = await pod({ securityContext: { seccompProfile: {} }, containers: [container] });
  const lack = new Lack("malformed", "the seccompProfile has no type");
  expect(at(workload, "pod", "securityContext", "seccompProfile", "type")).toEqual(lack);
  expect(at(workload, "containers", 0, "seccomp")).toEqual(lack);
});

it("says of each volume where it comes from", async () => {
  const workload = await pod({
    containers: [container],
    volumes: [
      { name: "a" },
      { name: "b", hostPath: { path: "/" } },
      { name: "c", emptyDir: {} },
      { name: "d", futureDisk: {} },
      { name: "e", configMap: null },
    ],
  });
  expect((workload["volumes"] as readonly DataRecord[]).map((v) => v["source"])).toEqual([
    "emptyDir",
    "hostPath",
    "emptyDir",
    "other",
    "emptyDir",
  ]);
});

it("takes a volume with two sources for malformed", async () => {
  const workload = await pod({ containers: [container], volumes: [{ name: "a", hostPath: { path: "/" }, configMap: { name: "x" } }] });
  expect(at(workload, "volumes", 0, "source")).toEqual(new Lack("malformed", "the volume names several sources: hostPath, configMap"));
});

it("gives containers of every role, with what holds for them", async () => {
  const workload = await pod({
    securityContext: { runAsNonRoot: true, runAsUser: 7, seccompProfile: { type: "RuntimeDefault" } },
    containers: [{ ...container, securityContext: { runAsUser: 0, privileged: true } }],
    initContainers: [{ name: "setup", image: "a", securityContext: { seccompProfile: { type: "Unconfined" } } }],
    ephemeralContainers: [{ name: "debug", image: "b" }],
  });
  const containers = workload["containers"] as readonly DataRecord[];
  expect(containers.map((c) => [c["role"], c["name"], c["privileged"], c["runAsUser"], c["runAsNonRoot"], c["seccomp"]])).toEqual([
    ["regular", "web", true, 0, true, "RuntimeDefault"],
    ["init", "setup", undefined, 7, true, "Unconfined"],
    ["ephemeral", "debug", undefined, 7, true, "RuntimeDefault"],
  ]);
  expect(containers[0]?.[origin]).toMatchObject({
    pointer: "/spec/containers/0",
    fields: { privileged: "#/spec/containers/0/securityContext/privileged", runAsNonRoot: "#/spec/securityContext/runAsNonRoot" },
  });
});

it("gives a pod the defaults that the API gives to pods only", async () => {
  const spec = {
    hostNetwork: true,
    serviceAccount: "builder",
    containers: [{ ...container, ports: [{ containerPort: 80 }], resources: { limits: { cpu: 1, memory: "1024Mi" } } }],
  };
  const workload = await pod(spec);
  expect(at(workload, "containers", 0, "ports", 0)).toMatchObject({ hostPort: 80, protocol: "TCP" });
  expect(at(workload, "containers", 0, "resources")).toMatchObject({
    limits: { cpu: "1", memory: "1Gi" },
    requests: { cpu: "1", memory: "1Gi" },
    cpu_request: 1000,
    memory_limit: 1073741824,
  });
  expect(at(workload, "pod", "serviceAccountName")).toBe("builder");
  const { workloads } = await read(JSON.stringify({ apiVersion: "apps/v1", kind: "Deployment", spec: { template: { spec } } }));
  expect(at(workloads, 0, "containers", 0, "ports", 0, "hostPort")).toBeUndefined();
  expect(at(workloads, 0, "containers", 0, "resources", "requests")).toBeUndefined();
});

it.each([
  ["nginx", "Always"],
  ["nginx:latest", "Always"],
  ["nginx:1.27", "IfNotPresent"],
  [`nginx@sha256:${"0".repeat(64)}`, "IfNotPresent"],
  ["UPPER:latest", "IfNotPresent"],
])("defaults the pull policy of %s to %s", async (image, policy) => {
  expect(at(await pod({ containers: [{ name: "web", image }] }), "containers", 0, "imagePullPolicy")).toBe(policy);
});

it("reads the annotations that set profiles, of the pods and not of the object", async () => {
  const annotations = {
    "container.apparmor.security.beta.kubernetes.io/web": "unconfined",
    "container.seccomp.security.alpha.kubernetes.io/web": "localhost/x",
    "seccomp.security.alpha.kubernetes.io/pod": "unconfined",
    note: "none",
  };
  const workload = await pod({ containers: [container] }, { annotations });
  expect(workload["apparmor_annotations"]).toMatchObject([{ container: "web", value: "unconfined" }]);
  expect(at(workload, "seccomp_annotations")).toMatchObject([
    { container: "web", value: "localhost/x" },
    { container: undefined, value: "unconfined" },
  ]);
  expect(at(workload, "apparmor_annotations", 0, origin as unknown as string)).toMatchObject({
    pointer: "/metadata/annotations/container.apparmor.security.beta.kubernetes.io~1web",
  });
  const { workloads } = await read(
    JSON.stringify({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { annotations },
      spec: { template: { spec: { containers: [container] } } },
    }),
  );
  expect(at(workloads, 0, "apparmor_annotations")).toEqual([]);
});

it("reads a label called __proto__ as a label", async () => {
  const workload = await read(
    `{"apiVersion":"v1","kind":"Pod","metadata":{"labels":{"__proto__":"x"}},"spec":{"containers":[{"name":"a"}]}}`,
  );
  expect(
    workload.diagnostics.every((d) => d.level !== "error") ? Object.keys(at(workload.workloads, 0, "labels") as object) : ["__proto__"],
  ).toEqual(["__proto__"]);
});

it("never throws and never reads a manifest halfway, whatever stands in it", async () => {
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(null, true, 0, -1, 1.5, "", "x", "1Gi"),
      fc.array(tie("value"), { maxLength: 2 }),
      fc.dictionary(
        fc.constantFrom(
          "spec",
          "template",
          "containers",
          "name",
          "securityContext",
          "volumes",
          "resources",
          "limits",
          "ports",
          "items",
          "metadata",
          "annotations",
        ),
        tie("value"),
        { maxKeys: 4 },
      ),
    ),
  })).value;
  const kind = fc.constantFrom("Pod", "Deployment", "CronJob", "List", "PodList", "Rollout");
  await fc.assert(
    fc.asyncProperty(kind, fc.constantFrom("v1", "apps/v1", "x.io/v1"), json, json, async (name, apiVersion, spec, items) => {
      const { workloads, diagnostics } = await read(JSON.stringify({ apiVersion, kind: name, spec, items, metadata: spec }));
      if (diagnostics.some((d) => d.level === "error")) expect(workloads).toEqual([]);
      for (const workload of workloads) expect(Array.isArray(workload["containers"])).toBe(true);
    }),
    { numRuns: 500 },
  );
});
