import { afterAll, expect, it } from "vitest";
import {
  attach,
  attachedOf,
  type Descriptor,
  digestOf,
  faultOf,
  fetchFrom,
  putBlob,
  putFallback,
  putImage,
  putIndex,
  putManifest,
  type RegistryOptions,
  simpleSigning,
  startRegistry,
  type TestRegistry,
  textOf,
  types,
} from "../../../test/evidence/registry.ts";
import { wantedTypes } from "./collect.ts";
import { mostRequests } from "./plan.ts";

const open: TestRegistry[] = [];
afterAll(() => {
  for (const registry of open) registry.close();
});

async function registryWith(options: RegistryOptions = {}): Promise<TestRegistry> {
  const registry = await startRegistry(options);
  open.push(registry);
  return registry;
}

const provenance = "https://slsa.dev/provenance/v1";
const bom = "https://cyclonedx.org/bom";
const signed = "https://sigstore.dev/cosign/sign/v1";

function bundle(n: number | string): string {
  return JSON.stringify({ mediaType: types.bundle, n });
}

it("says that an image is not there, and where it looked", async () => {
  const registry = await registryWith();
  const read = await fetchFrom(`${registry.repository}:v1`);
  const fault = faultOf(read);
  expect([fault.kind, fault.cause, fault.diagnostic.code]).toEqual(["not-found", "missing", "WB1141"]);
  expect(fault.diagnostic.message).toBe(`the registry has no \`${registry.repository}:v1\``);
  expect(read.lookups.map((one) => [one.what, one.outcome])).toEqual([["manifest", "absent"]]);
  expect(read.requests).toBe(1);
});

it("says that a reference is none without asking anybody", async () => {
  const read = await fetchFrom("https://ghcr.io/acme/shop");
  expect([faultOf(read).kind, read.requests]).toEqual(["reference", 0]);
});

it("finds bundles by the referrers API, and says which forms it looked for", async () => {
  const registry = await registryWith();
  const image = putImage(registry, "one", "v1");
  attach(registry, image, bundle(1), provenance);
  attach(registry, image, bundle(2), bom);
  const read = attachedOf(await fetchFrom(`${registry.repository}:v1`));
  expect(read.digest).toBe(image.digest);
  expect(read.configDigest).toBe(image.config.digest);
  expect(read.reference).toBe(`${registry.repository}@${image.digest}`);
  expect(read.envelopes.map((one) => textOf(one.bytes)).sort()).toEqual([bundle(1), bundle(2)].sort());
  expect(read.envelopes.every((one) => one.digest === digestOf(one.bytes))).toBe(true);
  expect(read.forms).toEqual({ looked: ["referrer", "legacy-signature", "legacy-attestation"], found: ["referrer"] });
  expect(read.gaps).toEqual([]);
  expect(read.requests).toBe(mostRequests({ platforms: 0, referrers: 2, referrersApi: "present" }));
});

it("finds bundles by the tag where there is no referrers API", async () => {
  const registry = await registryWith({ referrersApi: false });
  const image = putImage(registry, "one", "v1");
  putFallback(registry, image, [attach(registry, image, bundle(1), provenance)]);
  const read = attachedOf(await fetchFrom(`${registry.repository}:v1`));
  expect(read.envelopes.map((one) => one.form)).toEqual(["referrers-tag"]);
  expect(read.forms.looked).toEqual(["referrer", "referrers-tag", "legacy-signature", "legacy-attestation"]);
  expect(read.lookups.map((one) => [one.what, one.outcome, one.detail])).toEqual([
    ["manifest", "found", undefined],
    ["referrers", "absent", "there is no referrers API here"],
    ["referrers-tag", "found", "1 attached"],
    ["legacy-signature", "absent", undefined],
    ["legacy-attestation", "absent", undefined],
    ["attached-manifest", "found", undefined],
    ["attached-blob", "found", undefined],
  ]);
  expect(read.requests).toBe(mostRequests({ platforms: 0, referrers: 1, referrersApi: "absent" }));
});

it("takes the ways in which registries say that they do not know the API for a registry without it", async () => {
  const registry = await registryWith({ referrersApi: false });
  const image = putImage(registry, "one", "v1");
  putFallback(registry, image, [attach(registry, image, bundle(1))]);
  for (const status of [404, 405, 501]) {
    registry.fault = (request, response) => {
      if (!request.url?.includes("/referrers/")) return false;
      response.writeHead(status, { "content-type": "text/html" }).end("<html>");
      return true;
    };
    const read = attachedOf(await fetchFrom(`${registry.repository}:v1`));
    expect([status, read.envelopes.length, read.gaps]).toEqual([status, 1, []]);
  }
});

it.each<[string, number, string, string, string]>([
  ["the page of a portal", 200, "text/html", "<html>Log in</html>", "it is sent as `text/html`"],
  ["a page that calls itself a list", 200, types.index, "<html>Log in</html>", "cannot be read"],
  ["a page that calls itself nothing", 200, "", "<html>Log in</html>", "cannot be read"],
  ["an answer of another server", 200, "application/json", '{"status":"ok"}', "cannot be read"],
  [
    "an image in place of the list",
    200,
    types.manifest,
    `{"schemaVersion":2,"config":{"digest":"sha256:${"0".repeat(64)}","size":1}}`,
    "not an index",
  ],
  ["a request that it does not understand", 400, "text/html", "<html>", "400"],
  ["a type that it does not have", 406, "text/html", "<html>", "406"],
  ["that it wants a login for the list alone", 401, "application/json", "{}", "login"],
  ["that the list is not for this login", 403, "application/json", "{}", "login"],
  ["that it is a teapot", 418, "text/html", "<html>", "418"],
])("takes for the list of referrers nothing but a list: with %s, nobody could look", async (_, status, type, body, said) => {
  const registry = await registryWith();
  const image = putImage(registry, "one", "v1");
  attach(registry, image, bundle(1));
  registry.fault = (request, response) => {
    if (!request.url?.includes("/referrers/")) return false;
    response.writeHead(status, type === "" ? {} : { "content-type": type }).end(body);
    return true;
  };
  const read = attachedOf(await fetchFrom(`${registry.repository}:v1`));
  expect(read.gaps.map((gap) => [gap.of, gap.cause])).toEqual([[image.digest, "transient"]]);
  expect(read.gaps[0]?.detail).toContain(said);
  expect(read.lookups.find((one) => one.what === "referrers")).toMatchObject({ outcome: "failed", cause: "transient" });
});

it("takes half a bundle, sent as if it were all, for a bundle that nobody could read", async () => {
  const registry = await registryWith();
  const image = putImage(registry, "one", "v1");
  const half = bundle("0123456789").slice(0, 20);
  attach(registry, image, bundle("0123456789"));
  registry.fault = (request, response) => {
    if (!request.url?.includes("/blobs/")) return false;
    response.writeHead(200, { "content-length": half.length }).end(half);
    return true;
  };
  const read = attachedOf(await fetchFrom(`${registry.repository}:v1`));
  expect([read.envelopes, read.gaps.map((gap) => gap.cause)]).toEqual([[], ["transient"]]);
});

it("takes a later page that is none for a list that is not whole", async () => {
  const registry = await registryWith({ pageSize: 1 });
  const image = putImage(registry, "one", "v1");
  for (const n of [1, 2]) attach(registry, image, bundle(n));
  registry.fault = (request, response) => {
    if (!request.url?.includes("from=1")) return false;
    response.writeHead(200, { "content-type": "text/html" }).end("<html>Log in</html>");
    return true;
  };
  const read = attachedOf(await fetchFrom(`${registry.repository}:v1`));
  expect([read.envelopes.length, read.gaps.map((gap) => gap.cause)]).toEqual([1, ["transient"]]);
});

it("reads manifests whose type the registry reports wrongly, and takes their annotations from them", async () => {
  const registry = await registryWith({ configTypes: true });
  const image = putImage(registry, "one", "v1");
  attach(registry, image, bundle(1), provenance);
  attach(registry, image, bundle(2), bom);
  const read = attachedOf(await fetchFrom(`${registry.repository}:v1`, { wanted: wantedTypes([provenance]) }));
  expect(read.envelopes.map((one) => textOf(one.bytes))).toEqual([bundle(1)]);
  expect(read.noise.map((one) => one.reason)).toEqual([`it is of type \`${bom}\`, which nothing here asks for`]);
});

it("walks through all pages of a list, and counts them", async () => {
  const registry = await registryWith({ pageSize: 3 });
  const image = putImage(registry, "one", "v1");
  for (let n = 0; n < 8; n += 1) attach(registry, image, bundle(n), provenance);
  const read = attachedOf(await fetchFrom(`${registry.repository}:v1`));
  expect(read.envelopes.length).toBe(8);
  expect(read.requests).toBe(mostRequests({ platforms: 0, referrers: 8, pages: 3, referrersApi: "present" }));
});

it("fetches nothing that no policy asks for", async () => {
  const registry = await registryWith();
  const image = putImage(registry, "one", "v1");
  attach(registry, image, bundle(1), provenance);
  attach(registry, image, bundle(2), bom);
  const some = attachedOf(await fetchFrom(`${registry.repository}:v1`, { wanted: wantedTypes([provenance]) }));
  expect(some.envelopes.map((one) => textOf(one.bytes))).toEqual([bundle(1)]);
  expect(some.lookups.map((one) => one.what)).toEqual([
    "manifest",
    "referrers",
    "legacy-attestation",
    "attached-manifest",
    "attached-blob",
  ]);
  const none = attachedOf(await fetchFrom(`${registry.repository}:v1`, { wanted: wantedTypes([]) }));
  expect([none.requests, none.envelopes]).toEqual([1, []]);
});

it("keeps apart what is attached to an index and to each of its platforms, and leaves out what cannot be pulled", async () => {
  const registry = await registryWith();
  const amd64 = putImage(registry, "amd64");
  const arm64 = putImage(registry, "arm64");
  const buildkit = putImage(registry, "attestations");
  const index = putIndex(
    registry,
    [
      { ...plain(amd64), platform: { os: "linux", architecture: "amd64" } },
      { ...plain(arm64), platform: { os: "linux", architecture: "arm64", variant: "v8" } },
      {
        ...plain(buildkit),
        platform: { os: "unknown", architecture: "unknown" },
        annotations: { "vnd.docker.reference.type": "attestation-manifest" },
      },
    ],
    "v1",
  );
  attach(registry, index, bundle("index"), signed);
  attach(registry, arm64, bundle("arm64"), signed);
  const read = attachedOf(await fetchFrom(`${registry.repository}:v1`));
  expect([read.isIndex, read.digest, read.configDigest]).toEqual([true, index.digest, undefined]);
  expect(read.envelopes.map((one) => textOf(one.bytes))).toEqual([bundle("index")]);
  expect(
    read.children.map((child) => [
      child.digest,
      child.configDigest,
      child.platform?.architecture,
      child.envelopes.map((e) => textOf(e.bytes)),
    ]),
  ).toEqual([
    [amd64.digest, amd64.config.digest, "amd64", []],
    [arm64.digest, arm64.config.digest, "arm64", [bundle("arm64")]],
  ]);
  expect(read.requests).toBe(mostRequests({ platforms: 2, referrers: 2, referrersApi: "present" }));
});

function plain({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}

it("counts a child without a platform as one that can be pulled", async () => {
  const registry = await registryWith();
  const image = putImage(registry, "any");
  putIndex(registry, [plain(image)], "v1");
  expect(attachedOf(await fetchFrom(`${registry.repository}:v1`)).children.map((child) => child.digest)).toEqual([image.digest]);
});

it("refuses an index with more platforms than it reads, and one that holds an index", async () => {
  const registry = await registryWith();
  const children = [1, 2, 3].map((n) => plain(putImage(registry, `platform ${n}`)));
  putIndex(registry, children, "many");
  const many = faultOf(await fetchFrom(`${registry.repository}:many`, { limits: { platforms: 2 } }));
  expect([many.kind, many.diagnostic.message]).toEqual([
    "malformed",
    `index \`${registry.repository}:many\` cannot be read: it has 3 platforms, more than 2`,
  ]);
  const inner = putIndex(registry, children);
  putIndex(registry, [plain(inner)], "nested");
  putIndex(registry, [{ ...plain(inner), mediaType: types.manifest }], "disguised");
  const lost = { ...plain(inner), digest: digestOf("lost") };
  putIndex(registry, [lost], "lost");
  for (const [tag, { digest }] of [
    ["nested", inner],
    ["disguised", inner],
    ["lost", lost],
  ] as const) {
    const fault = faultOf(await fetchFrom(`${registry.repository}:${tag}`));
    expect(fault.diagnostic.message).toContain(`\`${digest}\` in it is an index again`);
  }
});

it("turns a signature of cosign before version 3 into a bundle, with the payload that it signs", async () => {
  const registry = await registryWith({ referrersApi: false });
  const image = putImage(registry, "one", "v1");
  const payload = simpleSigning(image.digest);
  const layer = {
    ...putBlob(registry, payload, types.simpleSigning),
    annotations: { "dev.cosignproject.cosign/signature": Buffer.from("signature").toString("base64") },
  };
  const config = putBlob(registry, "{}", types.config);
  const tag = `${image.digest.replace(":", "-")}.sig`;
  putManifest(registry, { mediaType: types.manifest, config, layers: [layer] } as never, tag);
  const read = attachedOf(await fetchFrom(`${registry.repository}:v1`));
  const [envelope] = read.envelopes;
  expect(envelope?.form).toBe("legacy-signature");
  expect(envelope?.simpleSigning).toEqual({ payload: new Uint8Array(Buffer.from(payload)), manifestDigest: image.digest });
  expect(JSON.parse(textOf(envelope?.bytes ?? new Uint8Array()))).toEqual({
    mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1",
    verificationMaterial: { publicKey: { hint: "" }, tlogEntries: [] },
    messageSignature: {
      messageDigest: { algorithm: "SHA2_256", digest: Buffer.from(digestOf(payload).slice(7), "hex").toString("base64") },
      signature: Buffer.from("signature").toString("base64"),
    },
  });
});

it("passes over a signature of another image that was put under this one's tag", async () => {
  const registry = await registryWith();
  const image = putImage(registry, "one", "v1");
  const other = putImage(registry, "other");
  const layer = {
    ...putBlob(registry, simpleSigning(other.digest), types.simpleSigning),
    annotations: { "dev.cosignproject.cosign/signature": Buffer.from("signature").toString("base64") },
  };
  const config = putBlob(registry, "{}", types.config);
  const tag = `${image.digest.replace(":", "-")}.sig`;
  putManifest(registry, { mediaType: types.manifest, config, layers: [layer] } as never, tag);
  const read = attachedOf(await fetchFrom(`${registry.repository}:v1`));
  expect(read.envelopes).toEqual([]);
  expect(read.noise.map((one) => one.reason)).toEqual([`it is a signature of \`${other.digest}\``]);
});

it("turns each attestation of cosign before version 3 into a bundle", async () => {
  const registry = await registryWith();
  const image = putImage(registry, "one", "v1");
  const envelope = (payload: string): string =>
    JSON.stringify({ payloadType: "application/vnd.in-toto+json", payload, signatures: [{ keyid: "", sig: "c2ln" }] });
  const layers = ["MQ==", "Mg=="].map((payload) => ({
    ...putBlob(registry, envelope(payload), types.dsse),
    annotations: { "dev.cosignproject.cosign/signature": "", predicateType: payload === "MQ==" ? provenance : bom },
  }));
  const config = putBlob(registry, "{}", types.config);
  putManifest(registry, { mediaType: types.manifest, config, layers } as never, `${image.digest.replace(":", "-")}.att`);
  const all = attachedOf(await fetchFrom(`${registry.repository}:v1`));
  expect(all.envelopes.map((one) => [one.form, JSON.parse(textOf(one.bytes)).dsseEnvelope.payload])).toEqual([
    ["legacy-attestation", "MQ=="],
    ["legacy-attestation", "Mg=="],
  ]);
  expect(all.requests).toBe(mostRequests({ platforms: 0, referrers: 0, layers: 2, referrersApi: "present" }));
  const some = attachedOf(await fetchFrom(`${registry.repository}:v1`, { wanted: wantedTypes([bom]) }));
  expect(some.envelopes.map((one) => JSON.parse(textOf(one.bytes)).dsseEnvelope.payload)).toEqual(["Mg=="]);
});

it("names what is attached and is no evidence", async () => {
  const registry = await registryWith();
  const image = putImage(registry, "one", "v1");
  const empty = putBlob(registry, "{}", types.empty);
  const holding = (artifactType: string, mediaType: string): Descriptor =>
    putManifest(registry, {
      mediaType: types.manifest,
      artifactType,
      config: empty,
      layers: [putBlob(registry, mediaType, mediaType)],
      subject: plain(image),
    } as never);
  holding("application/spdx+json", "application/spdx+json");
  holding("application/vnd.in-toto+json", "application/vnd.in-toto+json");
  const read = attachedOf(await fetchFrom(`${registry.repository}:v1`));
  expect(read.noise.map((one) => one.reason).sort()).toEqual([
    "artifacts of type `application/spdx+json` are not read",
    "it is a statement that nobody signed",
  ]);
  expect(read.gaps).toEqual([]);
});

it("names a tag of old that holds a list and no signatures", async () => {
  const registry = await registryWith();
  const image = putImage(registry, "one", "v1");
  const tag = `${image.digest.replace(":", "-")}.sig`;
  putIndex(registry, [plain(image)], tag);
  const read = attachedOf(await fetchFrom(`${registry.repository}:v1`));
  expect(read.noise).toEqual([{ name: `${registry.repository}:${tag}`, form: "legacy-signature", reason: "it is an index" }]);
  expect(read.lookups.find((one) => one.what === "legacy-signature")).toMatchObject({ outcome: "found", detail: "it is an index" });
});

it("reads by sha512 where the reference says so", async () => {
  const registry = await registryWith();
  const image = putImage(registry, "one");
  const stored = registry.manifests.get(image.digest);
  if (!stored) throw new Error("no image");
  const digest = digestOf(stored.bytes, "sha512");
  registry.manifests.set(digest, stored);
  attach(registry, { ...plain(image), digest }, bundle(1));
  const read = attachedOf(await fetchFrom(`${registry.repository}@${digest}`));
  expect([read.digest, read.envelopes.length]).toEqual([digest, 1]);
});

it("gives the same bytes whatever the order of answers", async () => {
  const registry = await registryWith();
  const image = putImage(registry, "one", "v1");
  for (let n = 0; n < 12; n += 1) attach(registry, image, bundle(n), provenance);
  const first = JSON.stringify(await fetchFrom(`${registry.repository}:v1`));
  const shuffled = [...registry.manifests].reverse();
  registry.manifests.clear();
  for (const [digest, stored] of shuffled) registry.manifests.set(digest, stored);
  registry.fault = async () => {
    await new Promise((go) => setTimeout(go, Math.floor(Math.random() * 5)));
    return false;
  };
  expect(JSON.stringify(await fetchFrom(`${registry.repository}:v1`, { concurrency: 4 }))).toBe(first);
});
