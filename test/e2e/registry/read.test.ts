/** Images with everything that is attached to them, pushed to real registries by plain HTTP and read back. */
import { createHash } from "node:crypto";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { openCredentials } from "../../../compiler/cli/shell/credentials.ts";
import { hashBytes, openRegistries } from "../../../compiler/cli/shell/registry.ts";
import { openTransport } from "../../../compiler/cli/shell/transport.ts";
import type { Attached, Unreached } from "../../../engine/evidence/oci/attached.ts";
import { wantedTypes } from "../../../engine/evidence/oci/collect.ts";
import { fetchAttached } from "../../../engine/evidence/oci/fetch.ts";
import { mostRequests } from "../../../engine/evidence/oci/plan.ts";
import type { Credentials } from "../../../engine/evidence/oci/transport.ts";
import { attach, copyTo } from "../sigstore/attached.ts";
import { manifestType, type Pushed, pushBlob, pushImage, pushIndex, putManifest } from "../sigstore/image.ts";
import { type Registry, registryKinds, startRegistry } from "../sigstore/registry.ts";
import { type Scope, suiteScope } from "../sigstore/scope.ts";
import { describeWith } from "../sigstore/tools.ts";
import { password, startWithPasswords, startWithTokens } from "./guarded.ts";

const provenance = "https://slsa.dev/provenance/v1";
const bom = "https://cyclonedx.org/bom";

function bundle(name: string): Uint8Array {
  return Buffer.from(JSON.stringify({ mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json", name }));
}

async function read(reference: string, credentials?: Credentials, wanted?: readonly string[]): Promise<Attached | Unreached> {
  const transport = await openTransport();
  try {
    return await fetchAttached(reference, {
      transport: transport.send,
      hash: hashBytes,
      sleep: async () => undefined,
      ...(credentials ? { credentials } : {}),
      ...(wanted ? { wanted: wantedTypes(wanted) } : {}),
    });
  } finally {
    transport.close();
  }
}

async function attachedAt(reference: string, credentials?: Credentials, wanted?: readonly string[]): Promise<Attached> {
  const found = await read(reference, credentials, wanted);
  if (found.kind === "unreached") throw new Error(found.fault.diagnostic.message);
  return found;
}

/** Names of the bundles that were found. */
function names(found: Pick<Attached, "envelopes">): readonly string[] {
  return found.envelopes.map((one) => (JSON.parse(Buffer.from(one.bytes).toString()) as { name: string }).name).sort();
}

/** A signature as cosign wrote it before version 3, signed with nothing: only where it is kept is looked at here. */
async function putLegacySignature(registry: Registry, image: Pushed): Promise<string> {
  const payload = JSON.stringify({
    critical: {
      identity: { "docker-reference": image.reference },
      image: { "docker-manifest-digest": image.digest },
      type: "cosign container image signature",
    },
  });
  const signature = Buffer.from(createHash("sha256").update(payload).digest()).toString("base64");
  const layer = await pushBlob(registry, image.repository, Buffer.from(payload), "application/vnd.dev.cosign.simplesigning.v1+json");
  const config = await pushBlob(registry, image.repository, Buffer.from("{}"), "application/vnd.oci.image.config.v1+json");
  const layers = [{ ...layer, annotations: { "dev.cosignproject.cosign/signature": signature } }];
  const tag = `${image.digest.replace(":", "-")}.sig`;
  await putManifest(registry, image.repository, { schemaVersion: 2, mediaType: manifestType, config, layers }, manifestType, tag);
  return payload;
}

for (const kind of registryKinds) {
  describeWith([kind], `images in ${kind}`, () => {
    const scope = suiteScope();
    let registry: Registry;
    beforeAll(async () => {
      registry = await startRegistry(scope, kind);
    }, 60_000);
    const form = kind === "refreg" ? "referrer" : "referrers-tag";
    const referrersApi = kind === "refreg" ? "present" : "absent";

    it("reads by digest and by tag what is attached, in as many requests as the plan says", async () => {
      const image = await pushImage(registry, "acme/shop", "one");
      await attach(registry, image, bundle("provenance"), provenance);
      await attach(registry, image, bundle("bom"), bom);
      const found = await attachedAt(image.reference);
      expect(names(found)).toEqual(["bom", "provenance"]);
      expect([found.digest, found.configDigest, found.isIndex, found.gaps]).toEqual([image.digest, image.config, false, []]);
      expect(found.forms.found).toEqual([form]);
      expect(found.forms.looked).toEqual(
        kind === "refreg"
          ? ["referrer", "legacy-signature", "legacy-attestation"]
          : ["referrer", "referrers-tag", "legacy-signature", "legacy-attestation"],
      );
      expect(found.requests).toBe(mostRequests({ platforms: 0, referrers: 2, referrersApi }));
    });

    it("asks only for the types that are wanted", async () => {
      const image = await pushImage(registry, "acme/wanted", "one");
      await attach(registry, image, bundle("provenance"), provenance);
      await attach(registry, image, bundle("bom"), bom);
      const found = await attachedAt(image.reference, undefined, [bom]);
      expect(names(found)).toEqual(["bom"]);
      expect(found.noise.map((one) => one.reason)).toEqual([`it is of type \`${provenance}\`, which nothing here asks for`]);
    });

    it("keeps apart an index and its platforms", async () => {
      const { index, images } = await pushIndex(registry, "acme/index", "one");
      await attach(registry, index, bundle("index"), provenance);
      await attach(registry, images[1], bundle("arm64"), provenance);
      const found = await attachedAt(index.reference);
      expect([found.isIndex, names(found)]).toEqual([true, ["index"]]);
      expect(found.children.map((child) => [child.digest, child.platform?.architecture, names(child)])).toEqual([
        [images[0].digest, "amd64", []],
        [images[1].digest, "arm64", ["arm64"]],
      ]);
      expect(found.children.map((child) => child.configDigest)).toEqual(images.map((image) => image.config));
      expect(found.requests).toBeLessThanOrEqual(mostRequests({ platforms: 2, referrers: 2, referrersApi }));
    });

    it("reads a signature in the old form, with the payload that it signs", async () => {
      const image = await pushImage(registry, "acme/legacy", "one");
      const payload = await putLegacySignature(registry, image);
      const found = await attachedAt(image.reference);
      expect(found.forms.found).toEqual(["legacy-signature"]);
      expect(found.envelopes.map((one) => Buffer.from(one.simpleSigning?.payload ?? []).toString())).toEqual([payload]);
      expect(found.envelopes.map((one) => one.simpleSigning?.manifestDigest)).toEqual([image.digest]);
    });

    it("finds copies where they were copied to, and nothing in a repository where nothing was attached", async () => {
      const image = await pushImage(registry, "acme/copied", "one");
      await attach(registry, image, bundle("provenance"), provenance);
      expect(names(await attachedAt((await copyTo(registry, image, "acme/copy")).reference))).toEqual(["provenance"]);
      const bare = await pushImage(registry, "acme/bare", "one");
      const found = await attachedAt(bare.reference);
      expect([found.envelopes, found.gaps, found.lookups.filter((one) => one.outcome === "failed")]).toEqual([[], [], []]);
    });

    it("reads images and lists in Docker's own format", async () => {
      const docker = "application/vnd.docker.distribution.manifest.v2+json";
      const list = "application/vnd.docker.distribution.manifest.list.v2+json";
      const config = await pushBlob(registry, "acme/docker", Buffer.from("{}"), "application/vnd.docker.container.image.v1+json");
      const layers = [await pushBlob(registry, "acme/docker", Buffer.from("layer"), "application/vnd.docker.image.rootfs.diff.tar.gzip")];
      const image = await putManifest(registry, "acme/docker", { schemaVersion: 2, mediaType: docker, config, layers }, docker);
      const manifests = [{ ...image.descriptor, platform: { os: "linux", architecture: "amd64" } }];
      const index = await putManifest(registry, "acme/docker", { schemaVersion: 2, mediaType: list, manifests }, list, "v1");
      await attach(registry, image, bundle("provenance"), provenance);
      const found = await attachedAt(`${registry.host}/acme/docker:v1`);
      expect([found.digest, found.isIndex]).toEqual([index.digest, true]);
      expect(found.children.map((child) => [child.digest, child.configDigest, names(child)])).toEqual([
        [image.digest, config.digest, ["provenance"]],
      ]);
    });

    it("says that an image is not there", async () => {
      await pushImage(registry, "acme/there", "one");
      for (const name of [`acme/there@sha256:${"0".repeat(64)}`, "acme/there:v9", "acme/elsewhere:v1"]) {
        const found = await read(`${registry.host}/${name}`);
        expect([name, found.kind === "unreached" && found.fault.kind]).toEqual([name, "not-found"]);
      }
    });
  });
}

for (const kind of ["registry", "docker-registry"] as const) {
  describeWith([kind], `a login with a password at ${kind}`, () => {
    const scope = suiteScope();
    it("is asked for, refused and accepted", async () => {
      const { open, guarded } = await startWithPasswords(scope, kind);
      const image = await pushImage(open, "acme/shop", "one");
      await attach(open, image, bundle("provenance"), provenance);
      const reference = image.reference.replace(open.host, guarded.host);
      const anonymous = await read(reference);
      expect(anonymous.kind === "unreached" && [anonymous.fault.kind, anonymous.fault.diagnostic.code]).toEqual(["login", "WB1142"]);
      const wrong = await read(reference, async () => ({ kind: "password", username: "me", password: "wrong" }));
      expect(wrong.kind === "unreached" && wrong.fault.diagnostic.message).toContain("it refuses the credentials");
      const found = await attachedAt(reference, async () => ({ kind: "password", ...password }));
      expect(names(found)).toEqual(["provenance"]);
      expect(found.requests).toBe(mostRequests({ platforms: 0, referrers: 1, referrersApi: "absent" }) + 1);
    }, 60_000);

    it("is read from Docker's file, and from a credential helper", async () => {
      const { open, guarded } = await startWithPasswords(scope, kind);
      const image = await pushImage(open, "acme/shop", "one");
      const reference = image.reference.replace(open.host, guarded.host);
      const auth = Buffer.from(`${password.username}:${password.password}`).toString("base64");
      const plain = await configFolder(scope, { auths: { [guarded.host]: { auth } } });
      expect((await attachedAt(reference, openCredentials({ environment: { DOCKER_CONFIG: plain } }))).digest).toBe(image.digest);
      const folder = await configFolder(scope, { credHelpers: { [guarded.host]: "acme" } });
      const helper = join(folder, "docker-credential-acme");
      const secret = JSON.stringify({ ServerURL: guarded.host, Username: password.username, Secret: password.password });
      await writeFile(helper, `#!/bin/sh\nread registry\n[ "$registry" = "${guarded.host}" ] && [ "$1" = get ] && echo '${secret}'\n`);
      await chmod(helper, 0o755);
      const environment = { DOCKER_CONFIG: folder, PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}` };
      expect((await attachedAt(reference, openCredentials({ environment }))).digest).toBe(image.digest);
    }, 60_000);
  });
}

async function configFolder(scope: Scope, config: unknown): Promise<string> {
  const folder = await scope.folder();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  return folder;
}

describeWith(["registry"], "a login with a token", () => {
  const scope = suiteScope();
  it("is got for this repository, once, and the password stays with the token server", async () => {
    const { open, guarded, tokens } = await startWithTokens(scope);
    const image = await pushImage(open, "acme/shop", "one");
    await attach(open, image, bundle("provenance"), provenance);
    const reference = image.reference.replace(open.host, guarded.host);
    const anonymous = await read(reference);
    expect(anonymous.kind === "unreached" && anonymous.fault.kind).toBe("login");
    tokens.asked.length = 0;
    const found = await attachedAt(reference, async () => ({ kind: "password", ...password }));
    expect(names(found)).toEqual(["provenance"]);
    expect(tokens.asked.map((one) => one.scope)).toEqual([["repository:acme/shop:pull"]]);
    expect(found.requests).toBe(mostRequests({ platforms: 0, referrers: 1, referrersApi: "absent", login: true }) - 2);
  }, 60_000);
});

describeWith(["refreg"], "reading through the command line's own shell", () => {
  const scope = suiteScope();
  it("shares connections between images, and refuses the network where that is asked for", async () => {
    const registry = await startRegistry(scope, "refreg");
    const image = await pushImage(registry, "acme/shop", "one");
    await attach(registry, image, bundle("provenance"), provenance);
    const registries = await openRegistries();
    const found = await Promise.all([registries.attached(image.reference), registries.attached(image.reference)]);
    registries.close();
    expect(found.map((one) => one.kind === "attached" && names(one))).toEqual([["provenance"], ["provenance"]]);
    const offline = await openRegistries({ offline: true });
    const refused = await offline.attached(image.reference);
    expect(refused.kind === "unreached" && refused.fault.diagnostic.message).toContain("`--offline` refuses the network");
  }, 60_000);
});
