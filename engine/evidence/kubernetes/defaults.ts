/**
 * The defaults that an API server writes into a pod spec (`pkg/apis/core/v1/defaults.go`), as far as policies can see
 * them and the types of `waybill.kubernetes` do not say them already. What admission plugins add is not among them.
 */
import { type DataRecord, type DataValue, origin } from "../../../language/core/data.ts";
import { parseImageRef } from "../../../language/domains/image-ref.ts";
import type { Draft } from "./read.ts";

/** The sources of a volume in the API's order; the names are those of `waybill.kubernetes.VolumeSource`. */
export const volumeSources = [
  "hostPath",
  "emptyDir",
  "gcePersistentDisk",
  "awsElasticBlockStore",
  "gitRepo",
  "secret",
  "nfs",
  "iscsi",
  "glusterfs",
  "persistentVolumeClaim",
  "rbd",
  "flexVolume",
  "cinder",
  "cephfs",
  "flocker",
  "downwardAPI",
  "fc",
  "azureFile",
  "configMap",
  "vsphereVolume",
  "quobyte",
  "azureDisk",
  "photonPersistentDisk",
  "projected",
  "portworxVolume",
  "scaleIO",
  "storageos",
  "csi",
  "ephemeral",
  "image",
] as const;

/** The lists of a pod spec that hold containers, with the role of their members. */
export const containerLists = [
  ["containers", "regular"],
  ["initContainers", "init"],
  ["ephemeralContainers", "ephemeral"],
] as const;

/** Whether anybody asks for a field of that name. */
export type Named = (name: string) => boolean;

const all: Named = () => true;

/** Writes the defaults into a pod spec. Some are those of a Pod only: a template gets them when its pods are made. */
export function applyDefaults(spec: Draft, isPod: boolean, named: Named = all): void {
  const account = spec["serviceAccountName"] ?? spec["serviceAccount"];
  if (account !== undefined) spec["serviceAccountName"] = account;
  if (named("restartPolicy")) spec["restartPolicy"] ??= "Always";
  if (named("dnsPolicy")) spec["dnsPolicy"] ??= "ClusterFirst";
  for (const [list] of containerLists) for (const container of drafts(spec[list])) containerDefaults(container, named);
  if (isPod) podDefaults(spec, named);
}

function podDefaults(spec: Draft, named: Named): void {
  for (const list of ["containers", "initContainers"]) {
    for (const container of drafts(spec[list])) {
      const resources = draft(container["resources"]);
      const limits = resources && draft(resources["limits"]);
      if (resources && limits && named("requests")) resources["requests"] = { ...limits, ...(draft(resources["requests"]) ?? {}) };
      if (spec["hostNetwork"] !== true) continue;
      for (const port of drafts(container["ports"])) port["hostPort"] ??= port["containerPort"];
    }
  }
}

function containerDefaults(container: Draft, named: Named): void {
  if (named("imagePullPolicy")) container["imagePullPolicy"] ??= pullPolicy(container["image"]);
  if (named("terminationMessagePath")) container["terminationMessagePath"] ??= "/dev/termination-log";
  if (named("terminationMessagePolicy")) container["terminationMessagePolicy"] ??= "File";
  if (named("protocol")) for (const port of drafts(container["ports"])) port["protocol"] ??= "TCP";
}

/** `Always` for the tag `latest`, written or implied. */
export function pullPolicy(image: DataValue): string {
  const read = typeof image === "string" ? parseImageRef(image) : undefined;
  return read?.ok && read.value.tag === "latest" ? "Always" : "IfNotPresent";
}

/** The records of a list; none where it is absent. */
export function drafts(value: DataValue): readonly Draft[] {
  return Array.isArray(value) ? (value as readonly Draft[]) : [];
}

/** The value as a record, where it is one. */
export function draft(value: DataValue): Draft | undefined {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Draft) : undefined;
}

/** Where a record stands in its document; the empty pointer where nobody said. */
export function pointerOf(record: DataRecord): string {
  return record[origin]?.pointer ?? "";
}
