import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { Attached, Unreached } from "../../../engine/evidence/oci/attached.ts";
import { isLayout, layoutReader } from "./layout.ts";
import { layoutAttached } from "./registry.ts";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const indexType = "application/vnd.oci.image.index.v1+json";
const bundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Layout {
  readonly folder: string;
  readonly blob: (content: string, mediaType: string) => Promise<Descriptor>;
  readonly index: (manifests: readonly Descriptor[]) => Promise<void>;
}

async function emptyLayout(): Promise<Layout> {
  const folder = await mkdtemp(join(tmpdir(), "waybill-layout-"));
  folders.push(folder);
  await mkdir(join(folder, "blobs", "sha256"), { recursive: true });
  await writeFile(join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  return {
    folder,
    blob: async (content, mediaType) => {
      const hex = createHash("sha256").update(content).digest("hex");
      await writeFile(join(folder, "blobs", "sha256", hex), content);
      return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(content) };
    },
    index: (manifests) => writeFile(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests })),
  };
}

async function putImage(layout: Layout, content: string): Promise<Descriptor> {
  const config = await layout.blob(JSON.stringify({ content }), "application/vnd.oci.image.config.v1+json");
  const layers = [await layout.blob(content, "application/vnd.oci.image.layer.v1.tar")];
  return layout.blob(JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config, layers }), manifestType);
}

async function attach(layout: Layout, subject: Descriptor, name: string, more: object = {}): Promise<Descriptor> {
  const config = await layout.blob("{}", "application/vnd.oci.empty.v1+json");
  const layers = [await layout.blob(JSON.stringify({ mediaType: bundleType, name }), bundleType)];
  const manifest = { schemaVersion: 2, mediaType: manifestType, artifactType: bundleType, config, layers, subject, ...more };
  return layout.blob(JSON.stringify(manifest), manifestType);
}

function tagged(descriptor: Descriptor, tag: string): Descriptor {
  return { ...descriptor, annotations: { "org.opencontainers.image.ref.name": tag } };
}

function said(read: Attached | Unreached): string {
  return read.kind === "unreached" ? read.fault.diagnostic.message : "attached";
}

function names(read: Attached | Unreached): readonly string[] {
  if (read.kind === "unreached") throw new Error(said(read));
  return read.envelopes.map((one) => JSON.parse(Buffer.from(one.bytes).toString()).name as string);
}

it("says what a folder lacks to be a layout", async () => {
  const folder = await mkdtemp(join(tmpdir(), "waybill-layout-"));
  folders.push(folder);
  const problem = async (): Promise<string> => said(await layoutAttached(folder, undefined)).replace(`\`${folder}\``, "it");
  expect(await isLayout(folder)).toBe(false);
  expect(await problem()).toBe("it is not an OCI image layout that can be read: there is no file `oci-layout` in it");
  await writeFile(join(folder, "oci-layout"), '{"imageLayoutVersion":"2.0.0"}');
  expect(await problem()).toContain("does not say version 1.0.0");
  await writeFile(join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  expect(await problem()).toContain("there is no `index.json`");
  await writeFile(join(folder, "index.json"), "[]");
  expect(await problem()).toContain("it is not an object");
  await writeFile(join(folder, "index.json"), '{"schemaVersion":2,"manifests":[]}');
  expect(await problem()).toContain("it holds no image");
  expect(await isLayout(folder)).toBe(true);
});

it("finds the only image, or the one that is named, and what says that it is attached to it", async () => {
  const layout = await emptyLayout();
  const one = await putImage(layout, "one");
  const own = await attach(layout, one, "listed");
  await attach(layout, one, "not listed");
  await layout.index([tagged(one, "v1"), own]);
  const only = await layoutAttached(layout.folder, undefined);
  expect([only.kind === "attached" && only.digest, [...names(only)].sort()]).toEqual([one.digest, ["listed", "not listed"]]);
  expect(only.kind === "attached" && [only.forms, only.requests]).toEqual([{ looked: ["layout"], found: ["layout"] }, 0]);

  const two = await putImage(layout, "two");
  await layout.index([tagged(one, "v1"), tagged(two, "ghcr.io/acme/shop:v2"), own]);
  expect(said(await layoutAttached(layout.folder, undefined))).toContain("it holds 2 images, and none was named");
  expect([...names(await layoutAttached(layout.folder, "v1"))].sort()).toEqual(["listed", "not listed"]);
  expect(names(await layoutAttached(layout.folder, "v2"))).toEqual([]);
  expect(names(await layoutAttached(layout.folder, two.digest))).toEqual([]);
  expect(said(await layoutAttached(layout.folder, "v3"))).toContain("has no");
});

it("finds what a list under the tag of an image names, and does not take that list for an image", async () => {
  const layout = await emptyLayout();
  const image = await putImage(layout, "one");
  const bundle = await attach(layout, image, "bundle");
  const list = await layout.blob(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [bundle] }), indexType);
  await layout.index([image, tagged(list, image.digest.replace(":", "-"))]);
  expect(names(await layoutAttached(layout.folder, undefined))).toEqual(["bundle"]);
});

it("finds what is attached by a large manifest, and says that one is too large to be read", async () => {
  const layout = await emptyLayout();
  const image = await putImage(layout, "one");
  await attach(layout, image, "large", { annotations: { padding: "x".repeat(300_000) } });
  await layout.blob("x".repeat(400_000), "application/vnd.oci.image.layer.v1.tar");
  await layout.index([image]);
  const read = await layoutAttached(layout.folder, undefined);
  expect([names(read), read.kind === "attached" && read.gaps]).toEqual([["large"], []]);
  const huge = await attach(layout, image, "huge", { annotations: { padding: "x".repeat(5_000_000) } });
  await layout.index([image, huge]);
  const some = await layoutAttached(layout.folder, image.digest);
  expect(names(some)).toEqual(["large"]);
  expect(some.kind === "attached" && some.gaps.map((gap) => [gap.of, gap.cause, gap.diagnostic.code])).toEqual([
    [image.digest, "malformed", "WB1148"],
  ]);
});

it("refuses bytes that are not what they are named, and leaves a gap", async () => {
  const layout = await emptyLayout();
  const image = await putImage(layout, "one");
  await attach(layout, image, "bundle");
  await layout.index([image]);
  const blob = createHash("sha256")
    .update(JSON.stringify({ mediaType: bundleType, name: "bundle" }))
    .digest("hex");
  await writeFile(join(layout.folder, "blobs", "sha256", blob), JSON.stringify({ mediaType: bundleType, name: "forged" }));
  const read = await layoutAttached(layout.folder, undefined);
  expect(names(read)).toEqual([]);
  expect(read.kind === "attached" && read.gaps.map((gap) => [gap.cause, gap.diagnostic.code])).toEqual([["malformed", "WB1147"]]);
  await writeFile(join(layout.folder, "blobs", "sha256", image.digest.slice(7)), "{}");
  expect(said(await layoutAttached(layout.folder, image.digest))).toContain("is not what its digest says");
});

it("follows no link out of the folder", async () => {
  const layout = await emptyLayout();
  const outside = await mkdtemp(join(tmpdir(), "waybill-outside-"));
  folders.push(outside);
  await writeFile(join(outside, "secret"), "secret");
  await symlink(join(outside, "secret"), join(layout.folder, "index.json"));
  expect(said(await layoutAttached(layout.folder, undefined))).toContain("`index.json` leads out of it");
  const reader = layoutReader(layout.folder);
  expect(await reader.read("../../etc/passwd", 1_000_000)).not.toMatchObject({ kind: "found" });
  expect(await reader.read("blobs", 1000)).toMatchObject({ kind: "failed" });
  expect(await reader.read("oci-layout", 3)).toEqual({ kind: "too-large" });
});
