import { expect, it } from "vitest";
import type { DocumentRef } from "../../../language/core/data.ts";
import { type AdmissionRequest, admissionSubjects, imageReferences, imageSubject } from "./subjects.ts";
import { readWorkload } from "./workload.ts";

const document: DocumentRef = { digest: "sha256:00", name: "request", format: "kubernetes", predicateType: "waybill.kubernetes.Workload" };
const digest = `sha256:${"0".repeat(64)}`;

function pod(images: readonly string[], more: object = {}, metadata: object = {}) {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web", namespace: "prod", ...metadata },
    spec: { containers: images.map((image, i) => ({ name: `c${i}`, image })), ...more },
  };
}

function names(request: AdmissionRequest): readonly string[] {
  return admissionSubjects(request, document).map((subject) => `${subject.kind} ${subject.name}`);
}

it("names no subject once an object is on its way out", () => {
  expect(names({ operation: "DELETE", oldObject: pod(["a"]) })).toEqual([]);
  expect(
    names({ operation: "UPDATE", object: pod(["b"], {}, { deletionTimestamp: "2026-01-01T00:00:00Z" }), oldObject: pod(["a"]) }),
  ).toEqual([]);
  expect(names({ operation: "CONNECT", object: pod(["a"]) })).toEqual([]);
});

it("names no subject for an object that runs no pods, or that is none", () => {
  expect(names({ operation: "CREATE", object: { apiVersion: "v1", kind: "Service", spec: {} } })).toEqual([]);
  expect(names({ operation: "CREATE", object: null })).toEqual([]);
});

it("names the workload and each image that it pulls, once", () => {
  const object = pod(["a", "b", "a"], {
    initContainers: [{ name: "setup", image: "c" }],
    ephemeralContainers: [{ name: "debug", image: "d" }],
    volumes: [{ name: "model", image: { reference: "e" } }, { name: "scratch" }],
  });
  expect(names({ operation: "CREATE", object })).toEqual(["workload Pod/web", "image a", "image b", "image c", "image d", "image e"]);
});

it("names only what an update brings", () => {
  const oldObject = pod(["a", "b"]);
  expect(names({ operation: "UPDATE", object: pod(["a", "c"]), oldObject })).toEqual(["workload Pod/web", "image c"]);
  expect(names({ operation: "UPDATE", object: pod(["b"]), oldObject })).toEqual(["workload Pod/web"]);
  expect(names({ operation: "UPDATE", object: pod(["a", "b"], {}, { labels: { seen: "yes" } }), oldObject })).toEqual([]);
  expect(names({ operation: "UPDATE", object: pod(["a", "b"], { hostNetwork: false }), oldObject })).toEqual([]);
  expect(names({ operation: "UPDATE", object: pod(["a", "b"], { hostNetwork: true }), oldObject })).toEqual(["workload Pod/web"]);
});

it("judges a workload again when only an annotation that sets a profile changed", () => {
  const annotations = { "container.apparmor.security.beta.kubernetes.io/c0": "unconfined" };
  expect(names({ operation: "UPDATE", object: pod(["a"], {}, { annotations }), oldObject: pod(["a"]) })).toEqual(["workload Pod/web"]);
});

it("names everything of an update whose old object is not at hand", () => {
  expect(names({ operation: "UPDATE", object: pod(["a"]) })).toEqual(["workload Pod/web", "image a"]);
});

it("takes the namespace from the request where the object names none", () => {
  const object = pod(["a"], {}, { namespace: undefined });
  expect(admissionSubjects({ operation: "CREATE", object, namespace: "dev" }, document).map((s) => s.data["namespace"])).toEqual([
    "dev",
    "dev",
  ]);
  expect(admissionSubjects({ operation: "CREATE", object: pod(["a"]), namespace: "dev" }, document)[0]?.data["namespace"]).toBe("prod");
});

it("gives an image its parts, and leaves one that cannot be read without", () => {
  expect(imageSubject(`ghcr.io/acme/api:1@${digest}`, "prod")).toMatchObject({
    kind: "image",
    digest,
    data: { registry: "ghcr.io", path: "acme/api", repository: "ghcr.io/acme/api", tag: "1", digest, namespace: "prod" },
  });
  expect(imageSubject("NOT AN IMAGE").data).toEqual({ ref: "NOT AN IMAGE" });
});

it("finds no image in a container that leaves it to a controller", () => {
  const workload = readWorkload({ kind: "Pod", spec: { containers: [{ name: "a" }] } }, { pointer: "", assumed: false }, document, "");
  expect(imageReferences(workload)).toEqual([]);
});
