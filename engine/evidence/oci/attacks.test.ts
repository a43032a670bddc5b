/** What attackers and accidents make of a registry: each is reported as the fault it is, and none adds evidence. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, expect, it } from "vitest";
import {
  attach,
  attachedOf,
  digestOf,
  faultOf,
  fetchFrom,
  pauses,
  putBlob,
  putFallback,
  putImage,
  putManifest,
  type RegistryOptions,
  sendProblem,
  startRegistry,
  type TestRegistry,
  textOf,
  types,
} from "../../../test/evidence/registry.ts";
import type { Attached } from "./attached.ts";
import type { Credential } from "./transport.ts";

const open: (TestRegistry | Server)[] = [];
afterAll(() => {
  for (const one of open) one.close();
});

async function registryWith(options: RegistryOptions = {}): Promise<TestRegistry> {
  const registry = await startRegistry(options);
  open.push(registry);
  return registry;
}

const bundle = JSON.stringify({ mediaType: types.bundle, n: 1 });
const password: Credential = { kind: "password", username: "me", password: "secret" };
const credentials = async (): Promise<Credential> => password;
const asBasic = `Basic ${Buffer.from("me:secret").toString("base64")}`;

/** The registry with one image and one bundle. */
async function released(options: RegistryOptions = {}) {
  const registry = await registryWith(options);
  const image = putImage(registry, "one", "v1");
  const attached = attach(registry, image, bundle);
  const blob = digestOf(bundle);
  return { registry, image, attached, blob, reference: `${registry.repository}:v1` };
}

function gapsOf(read: Attached): readonly (readonly [string, string])[] {
  return read.gaps.map((gap) => [gap.cause, gap.detail] as const);
}

it.each([
  [429, "throttled", "WB1144"],
  [500, "server-error", "WB1145"],
  [502, "server-error", "WB1145"],
  [503, "server-error", "WB1145"],
] as const)("repeats a request that is answered %i a few times, and then says so", async (status, kind, code) => {
  const { registry, reference } = await released();
  registry.fault = (_, response) => {
    sendProblem(response, status, "UNKNOWN", "not now");
    return true;
  };
  const read = await fetchFrom(reference);
  const fault = faultOf(read);
  expect([fault.kind, fault.cause, fault.diagnostic.code, read.requests]).toEqual([kind, "transient", code, 3]);
  expect(fault.diagnostic.notes).toEqual(["the registry says: not now"]);
});

it("waits as long as a registry asks, in seconds or by its own clock, and reads on", async () => {
  const { registry, reference } = await released();
  for (const [value, expected] of [
    ["7", 7_000],
    ["Sat, 21 Nov 2026 12:00:09 GMT", 9_000],
  ] as const) {
    let refused = false;
    registry.fault = (_, response) => {
      if (refused) return false;
      refused = true;
      sendProblem(response, 429, "TOOMANYREQUESTS", "slow down", { "retry-after": value, date: "Sat, 21 Nov 2026 12:00:00 GMT" });
      return true;
    };
    pauses.length = 0;
    expect(attachedOf(await fetchFrom(reference)).envelopes.length).toBe(1);
    expect(pauses).toEqual([expected]);
  }
});

it("does not wait for an hour because a registry says so", async () => {
  const { registry, reference } = await released();
  registry.fault = (_, response) => {
    sendProblem(response, 429, "TOOMANYREQUESTS", "slow down", { "retry-after": "3600" });
    return true;
  };
  pauses.length = 0;
  const read = await fetchFrom(reference);
  expect([faultOf(read).kind, pauses, read.requests]).toEqual(["throttled", [], 1]);
});

it("names the registry and how to log in where it wants a login", async () => {
  const { registry, reference } = await released();
  registry.fault = (_, response) => {
    sendProblem(response, 401, "UNAUTHORIZED", "authentication required", { "www-authenticate": 'Basic realm="acme"' });
    return true;
  };
  const fault = faultOf(await fetchFrom(reference));
  expect([fault.kind, fault.cause]).toEqual(["login", "transient"]);
  expect(fault.diagnostic.message).toBe(`registry \`${registry.host}\` wants a login: there are no credentials for it`);
  expect(fault.diagnostic.help).toContain(`docker login ${registry.host}`);
});

it("says so where credentials are refused, and where they do not suffice", async () => {
  const { registry, reference } = await released();
  for (const [status, kind, message] of [
    [401, "login", "wants a login: it refuses the credentials"],
    [403, "forbidden", "does not let this login read"],
  ] as const) {
    registry.fault = (request, response) => {
      const challenge = { "www-authenticate": 'Basic realm="acme"' };
      sendProblem(response, request.headers.authorization === undefined ? 401 : status, "DENIED", "no", challenge);
      return true;
    };
    const fault = faultOf(await fetchFrom(reference, { credentials }));
    expect([fault.kind, fault.cause]).toEqual([kind, "transient"]);
    expect(fault.diagnostic.message).toContain(message);
  }
});

it("logs in with a password, once, and only when asked", async () => {
  const { registry, reference } = await released();
  registry.fault = (request, response) => {
    if (request.headers.authorization === asBasic) return false;
    sendProblem(response, 401, "UNAUTHORIZED", "who are you", { "www-authenticate": 'Basic realm="acme"' });
    return true;
  };
  expect(attachedOf(await fetchFrom(reference, { credentials })).envelopes.length).toBe(1);
  expect(registry.requests.filter((one) => one.authorization === undefined).length).toBe(1);
});

it("gets a token for the repository, sends it along, and gets another when it runs out", async () => {
  const { registry, reference } = await released();
  const asked: string[] = [];
  let valid = "";
  const tokens = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization ?? "anonymous"}`);
    valid = `token-${asked.length}`;
    response.end(JSON.stringify({ token: valid }));
  });
  await new Promise<void>((ready) => tokens.listen(0, "127.0.0.1", ready));
  open.push(tokens);
  const realm = `http://127.0.0.1:${(tokens.address() as AddressInfo).port}/token`;
  let served = 0;
  registry.fault = (request, response) => {
    served += 1;
    if (served === 4) valid = "";
    if (request.headers.authorization === `Bearer ${valid}`) return false;
    const challenge = `Bearer realm="${realm}",service="acme",scope="repository:acme/shop:pull"`;
    sendProblem(response, 401, "UNAUTHORIZED", "who are you", { "www-authenticate": challenge });
    return true;
  };
  expect(attachedOf(await fetchFrom(reference, { credentials })).envelopes.length).toBe(1);
  const url = "/token?service=acme&scope=repository%3Aacme%2Fshop%3Apull&account=me";
  expect(asked).toEqual([`${url} ${asBasic}`, `${url} ${asBasic}`]);
  expect(registry.requests.some((one) => one.authorization?.startsWith("Basic"))).toBe(false);
});

it("logs in once for all images of a repository, and for each repository anew", async () => {
  const { registry, image, reference } = await released();
  registry.fault = (request, response) => {
    if (request.headers.authorization === asBasic) return false;
    sendProblem(response, 401, "UNAUTHORIZED", "who are you", { "www-authenticate": 'Basic realm="acme"' });
    return true;
  };
  const logins = new Map<string, string>();
  const other = `${registry.host}/acme/other@${image.digest}`;
  const first = await fetchFrom(reference, { credentials, logins });
  const second = await fetchFrom(reference, { credentials, logins });
  expect(second.requests).toBe(first.requests - 1);
  await fetchFrom(other, { credentials, logins });
  expect(registry.requests.filter((one) => one.authorization === undefined).map((one) => one.path.split("/")[3])).toEqual([
    "shop",
    "other",
  ]);
});

it("does not hand credentials to a token server without TLS that is not this machine", async () => {
  const { registry, reference } = await released();
  registry.fault = (_, response) => {
    sendProblem(response, 401, "UNAUTHORIZED", "", { "www-authenticate": 'Bearer realm="http://tokens.example/token"' });
    return true;
  };
  const fault = faultOf(await fetchFrom(reference, { credentials }));
  expect([fault.kind, fault.diagnostic.message]).toEqual([
    "redirect",
    `registry \`${registry.host}\` redirects the login to \`tokens.example\`, which has no TLS`,
  ]);
});

it("follows a blob to another host without credentials, and checks its digest there", async () => {
  const { registry, blob, reference } = await released();
  const storage = await registryWith();
  storage.blobs.set(blob, Buffer.from(bundle));
  registry.fault = (request, response) => {
    if (request.headers.authorization !== asBasic) {
      sendProblem(response, 401, "UNAUTHORIZED", "", { "www-authenticate": 'Basic realm="acme"' });
      return true;
    }
    if (!request.url?.includes("/blobs/")) return false;
    response.writeHead(307, { location: `${storage.url}${request.url}?signature=secret`, "set-cookie": "a=b" }).end();
    return true;
  };
  const read = attachedOf(await fetchFrom(reference, { credentials }));
  expect(read.envelopes.map((one) => textOf(one.bytes))).toEqual([bundle]);
  expect(storage.requests.map((one) => [one.authorization, one.cookie])).toEqual([[undefined, undefined]]);
  expect(JSON.stringify(read)).not.toContain("secret");

  storage.blobs.set(blob, Buffer.from(bundle.replace("1", "2")));
  const changed = attachedOf(await fetchFrom(reference, { credentials }));
  expect(changed.envelopes).toEqual([]);
  expect(gapsOf(changed).map(([cause]) => cause)).toEqual(["malformed"]);
});

it("does not log in where another host asks for it", async () => {
  const { registry, reference } = await released();
  const storage = await registryWith();
  storage.fault = (_, response) => {
    sendProblem(response, 401, "UNAUTHORIZED", "", { "www-authenticate": 'Basic realm="acme"' });
    return true;
  };
  registry.fault = (request, response) => {
    if (!request.url?.includes("/blobs/")) return false;
    response.writeHead(302, { location: `${storage.url}${request.url}` }).end();
    return true;
  };
  const read = attachedOf(await fetchFrom(reference, { credentials }));
  expect(gapsOf(read)).toEqual([["transient", `registry \`${storage.host}\` wants a login: credentials are not sent to another host`]]);
  expect(storage.requests.every((one) => one.authorization === undefined)).toBe(true);
});

it("lets no other host say what a tag is, nor what is attached", async () => {
  const { registry, image, reference } = await released();
  const stranger = await registryWith();
  putImage(stranger, "stranger's", "v1");
  const redirect = (part: string): void => {
    registry.fault = (request, response) => {
      if (!request.url?.includes(part)) return false;
      response.writeHead(307, { location: `${stranger.url}${request.url}` }).end();
      return true;
    };
  };
  redirect("/manifests/v1");
  const fault = faultOf(await fetchFrom(reference));
  expect([fault.kind, fault.cause]).toEqual(["redirect", "transient"]);
  expect(fault.diagnostic.message).toContain(`to \`${stranger.host}\`, which cannot speak for it`);
  redirect("/referrers/");
  const read = attachedOf(await fetchFrom(`${registry.repository}@${image.digest}`));
  expect(read.envelopes).toEqual([]);
  expect(read.gaps.map((gap) => gap.cause)).toEqual(["transient"]);
  expect(stranger.requests).toEqual([]);
});

it.each([
  ["http://registry.example/v2/", "to `registry.example`, which has no TLS"],
  ["file:///etc/passwd", "to a `file` address"],
  ["", "to nowhere: the answer has no location"],
])("does not follow a redirect to %j", async (location, problem) => {
  const { registry, reference } = await released();
  registry.fault = (request, response) => {
    if (!request.url?.includes("/blobs/")) return false;
    response.writeHead(302, location === "" ? {} : { location }).end();
    return true;
  };
  const [gap] = attachedOf(await fetchFrom(reference)).gaps;
  expect([gap?.cause, gap?.detail.includes(problem)]).toEqual(["transient", true]);
});

it("follows five redirects and not a sixth", async () => {
  const { registry, reference } = await released();
  for (const [hops, found] of [
    [5, 1],
    [6, 0],
  ] as const) {
    registry.fault = (request, response) => {
      const url = new URL(request.url ?? "", registry.url);
      const at = Number(url.searchParams.get("hop") ?? 0);
      if (!url.pathname.includes("/blobs/") || at >= hops) return false;
      response.writeHead(302, { location: `${url.pathname}?hop=${at + 1}` }).end();
      return true;
    };
    expect(attachedOf(await fetchFrom(reference)).envelopes.length).toBe(found);
  }
});

it("reports half a body, a body that stops without a word, and nothing at all, as what they are", async () => {
  const { registry, reference } = await released();
  registry.fault = (_, response) => {
    response.writeHead(200, { "content-type": types.manifest, "content-length": 1000 });
    response.write('{"schemaVersion":');
    setTimeout(() => response.destroy(), 5);
    return true;
  };
  const half = faultOf(await fetchFrom(reference));
  expect([half.kind, half.cause, half.diagnostic.code]).toEqual(["incomplete", "transient", "WB1146"]);

  registry.fault = (_, response) => {
    response.writeHead(200, { "content-type": types.manifest });
    response.write('{"schemaVersion":');
    setTimeout(() => response.destroy(), 5);
    return true;
  };
  expect(faultOf(await fetchFrom(reference)).kind).toBe("incomplete");

  registry.fault = (_, response) => {
    response.writeHead(200, { "content-type": types.manifest }).end();
    return true;
  };
  const empty = faultOf(await fetchFrom(reference));
  expect([empty.kind, empty.diagnostic.message.includes("answered with nothing")]).toEqual(["incomplete", true]);

  registry.fault = (request) => {
    request.socket.destroy();
    return true;
  };
  const reset = faultOf(await fetchFrom(reference));
  expect([reset.kind, reset.diagnostic.message]).toEqual([
    "unreachable",
    `registry \`${registry.host}\` cannot be reached: it closed the connection`,
  ]);
});

it("says that nobody listens, and that nobody answers", async () => {
  const { registry, reference } = await released();
  registry.fault = () => true;
  const silent = faultOf(await fetchFrom(reference, { limits: { retries: 0 } }));
  expect([silent.kind, silent.diagnostic.message.includes("did not answer in time")]).toEqual(["unreachable", true]);
  registry.close();
  const closed = faultOf(await fetchFrom(reference));
  expect([closed.kind, closed.cause, closed.diagnostic.message]).toEqual([
    "unreachable",
    "transient",
    `registry \`${registry.host}\` cannot be reached: nothing listens there`,
  ]);
});

it("believes neither a manifest of another digest nor a registry that lies about one", async () => {
  const { registry, image, reference } = await released();
  const other = putImage(registry, "other");
  const stored = registry.manifests.get(other.digest);
  if (!stored) throw new Error("no image");
  registry.fault = (request, response) => {
    if (!request.url?.endsWith(image.digest) || request.url.includes("referrers")) return false;
    response.writeHead(200, { "content-type": types.manifest, "docker-content-digest": image.digest }).end(stored.bytes);
    return true;
  };
  const swapped = faultOf(await fetchFrom(`${registry.repository}@${image.digest}`));
  expect([swapped.kind, swapped.cause, swapped.diagnostic.code]).toEqual(["digest", "malformed", "WB1147"]);
  expect(swapped.diagnostic.message).toContain(other.digest);

  registry.fault = (request, response) => {
    if (!request.url?.endsWith("/manifests/v1")) return false;
    response.writeHead(200, { "content-type": types.manifest, "docker-content-digest": image.digest }).end(stored.bytes);
    return true;
  };
  expect(faultOf(await fetchFrom(reference)).kind).toBe("digest");
});

it("ends an endless body at its limit, of a manifest and of a blob", async () => {
  const { registry, attached, reference } = await released();
  const endless = (part: string, type: string): void => {
    registry.fault = (request, response) => {
      if (!request.url?.includes(part)) return false;
      response.writeHead(200, { "content-type": type });
      const chunk = Buffer.alloc(65_536, " ");
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
      return true;
    };
  };
  endless("/manifests/v1", types.manifest);
  const fault = faultOf(await fetchFrom(reference));
  expect([fault.kind, fault.cause, fault.diagnostic.code]).toEqual(["too-large", "malformed", "WB1148"]);
  endless(`/manifests/${attached.digest}`, types.manifest);
  expect(gapsOf(attachedOf(await fetchFrom(reference))).map(([cause]) => cause)).toEqual(["malformed"]);
  endless("/blobs/", "application/octet-stream");
  const [gap] = attachedOf(await fetchFrom(reference)).gaps;
  expect([gap?.cause, gap?.detail.includes(`longer than its ${bundle.length} bytes`)]).toEqual(["malformed", true]);
});

it("does not even ask for a bundle of 50 MB", async () => {
  const { registry, image, reference } = await released();
  const digest = `sha256:${"5".repeat(64)}`;
  const config = putBlob(registry, "{}", types.empty);
  const layers = [{ mediaType: types.bundle, digest, size: 50_000_000 }];
  const subject = { mediaType: types.manifest, digest: image.digest, size: image.size };
  putManifest(registry, { mediaType: types.manifest, artifactType: types.bundle, config, layers, subject } as never);
  const read = attachedOf(await fetchFrom(reference));
  expect(read.envelopes.length).toBe(1);
  expect(gapsOf(read)).toEqual([["malformed", expect.stringContaining("is larger than the limit of 16 MB")]]);
  expect(registry.requests.some((one) => one.path.includes(digest))).toBe(false);
});

it("stops when everything together is too large", async () => {
  const { registry, image, reference } = await released();
  for (let n = 0; n < 20; n += 1) attach(registry, image, JSON.stringify({ mediaType: types.bundle, n, pad: "x".repeat(100_000) }));
  const read = attachedOf(await fetchFrom(reference, { limits: { bytes: 500_000 }, concurrency: 1 }));
  expect(read.envelopes.length).toBeLessThan(8);
  expect(read.gaps.length).toBeGreaterThan(10);
  expect(read.gaps.filter((gap) => !gap.detail.startsWith("everything attached to an image of"))).toEqual([]);
});

it("unpacks no bomb: what was not asked to be compressed is not decompressed", async () => {
  const { registry, reference } = await released();
  const bomb = gzipSync(Buffer.alloc(20_000_000, " "));
  registry.fault = (request, response) => {
    if (!request.url?.includes("/manifests/v1")) return false;
    response.writeHead(200, { "content-type": types.manifest, "content-encoding": "gzip" }).end(bomb);
    return true;
  };
  const fault = faultOf(await fetchFrom(reference));
  expect([fault.kind, fault.diagnostic.message.includes("sent as `gzip`")]).toEqual(["malformed", true]);
});

it("reads so many of ten thousand referrers, in a fixed order, and says that it left the others out", async () => {
  const { registry, image, reference } = await released();
  for (let n = 0; n < 9_999; n += 1) attach(registry, image, JSON.stringify({ mediaType: types.bundle, n: n % 40 }), `type ${n}`);
  const read = attachedOf(await fetchFrom(reference, { limits: { referrers: 20 } }));
  expect(read.envelopes.length).toBe(20);
  expect(gapsOf(read)).toEqual([["transient", "9980 more attached manifests were left out: at most 20 are read"]]);
  const again = attachedOf(await fetchFrom(reference, { limits: { referrers: 20 } }));
  expect(again.envelopes.map((one) => one.name)).toEqual(read.envelopes.map((one) => one.name));
}, 120_000);

it("never sends more requests than it may", async () => {
  const { registry, image, reference } = await released({ pageSize: 1 });
  for (let n = 0; n < 30; n += 1) attach(registry, image, JSON.stringify({ mediaType: types.bundle, n }));
  for (const maxRequests of [0, 1, 2, 7, 25]) {
    registry.requests.length = 0;
    const read = await fetchFrom(reference, { maxRequests });
    expect([read.requests, registry.requests.length, read.most]).toEqual([maxRequests, maxRequests, maxRequests]);
    if (read.kind === "attached") expect(read.gaps.some((gap) => gap.detail.includes(`more than the ${maxRequests} requests`))).toBe(true);
    else expect(read.fault.kind).toBe("budget");
  }
});

it("passes over what is attached to another image, and over what does not say to what", async () => {
  const { registry, image, reference } = await released({ referrersApi: false });
  const other = putImage(registry, "other");
  const foreign = attach(registry, other, JSON.stringify({ mediaType: types.bundle, n: 2 }));
  const config = putBlob(registry, "{}", types.empty);
  const silent = putManifest(registry, {
    mediaType: types.manifest,
    artifactType: types.bundle,
    config,
    layers: [putBlob(registry, bundle, types.bundle)],
  } as never);
  const own = { ...putImage(registry, "unused") };
  putFallback(registry, image, [foreign, silent, own]);
  const read = attachedOf(await fetchFrom(reference));
  expect(read.envelopes).toEqual([]);
  expect(read.noise.map((one) => one.reason).sort()).toEqual([
    "it does not say what it is attached to",
    "it does not say what it is attached to",
    `it is attached to \`${other.digest}\``,
  ]);
});

it("does not follow lists of referrers into lists, nor into themselves", async () => {
  const { registry, image, reference } = await released({ referrersApi: false });
  const list = putFallback(registry, image, []);
  putFallback(registry, image, [
    { ...list, artifactType: types.bundle },
    { ...image, mediaType: types.manifest },
  ]);
  const read = attachedOf(await fetchFrom(reference));
  expect(read.envelopes).toEqual([]);
  expect(read.noise.map((one) => one.reason).sort()).toEqual(["it does not say what it is attached to", "it is an index"]);
  expect(read.requests).toBeLessThan(8);
});

it.each([
  ["round in circles", (first: string) => `<${first}?page=1>; rel="next"`, "go round in circles", 3],
  ["on and on", (first: string, n: number) => `<${first}?page=${n}>; rel="next"`, "more than 16 pages", 19],
  ["to another host", (first: string) => `<https://registry.example${first}>; rel="next"`, "its next page is said to be elsewhere", 2],
  ["to another list", () => '<https://registry.example/v2/acme/shop/referrers/x>; rel="next"', "its next page is said to be elsewhere", 2],
] as const)("ends where the pages of a list go %s", async (_, link, problem, most) => {
  const { registry, image, reference } = await released();
  let pages = 0;
  registry.fault = (request, response) => {
    if (!request.url?.includes("/referrers/")) return false;
    pages += 1;
    const body = JSON.stringify({ schemaVersion: 2, mediaType: types.index, manifests: [] });
    response.writeHead(200, { "content-type": types.index, link: link(`/v2/acme/shop/referrers/${image.digest}`, pages) }).end(body);
    return true;
  };
  const read = attachedOf(await fetchFrom(reference));
  expect(read.gaps.map((gap) => gap.detail.includes(problem))).toEqual([true]);
  expect(pages).toBeLessThanOrEqual(most);
});

it("takes a list that was filtered unasked for what it is: not the whole list", async () => {
  const { registry, reference } = await released();
  registry.fault = (request, response) => {
    if (request.url?.includes("/referrers/")) response.setHeader("oci-filters-applied", "artifactType");
    return false;
  };
  const read = attachedOf(await fetchFrom(reference));
  expect(read.envelopes.length).toBe(1);
  expect(gapsOf(read)).toEqual([["malformed", expect.stringContaining("the registry filtered it unasked")]]);
});

it("asks for a tag once: what moves meanwhile changes nothing", async () => {
  const { registry, image, reference } = await released();
  const other = putImage(registry, "other");
  attach(registry, other, JSON.stringify({ mediaType: types.bundle, n: "other" }));
  registry.fault = (request) => {
    if (!request.url?.endsWith("/manifests/v1")) registry.tags.set("v1", other.digest);
    return false;
  };
  const read = attachedOf(await fetchFrom(reference));
  expect([read.digest, read.reference]).toEqual([image.digest, `${registry.repository}@${image.digest}`]);
  expect(read.envelopes.map((one) => textOf(one.bytes))).toEqual([bundle]);
  expect(registry.requests.filter((one) => one.path.endsWith("/v1")).length).toBe(1);
});

it("reads nothing that two readers could take for two things", async () => {
  const { registry } = await released();
  const config = putBlob(registry, "{}", types.config);
  const cases: readonly (readonly [string, string, string, string])[] = [
    ["both", JSON.stringify({ schemaVersion: 2, config, layers: [], manifests: [] }), types.manifest, "an index and a manifest at once"],
    ["twice", `{"schemaVersion":2,"layers":[],"layers":[],"config":${JSON.stringify(config)}}`, types.manifest, "given twice"],
    ["lied", JSON.stringify({ schemaVersion: 2, mediaType: types.index, manifests: [] }), types.manifest, "calls itself"],
    ["old", JSON.stringify({ schemaVersion: 1, fsLayers: [] }), "application/json", "schema 1"],
    ["page", "<html></html>", "text/html", "cannot be read"],
    ["short", JSON.stringify({ schemaVersion: 2, config: { digest: "sha256:1", size: 1 }, layers: [] }), types.manifest, "no digest"],
  ];
  for (const [tag, text, mediaType, problem] of cases) {
    registry.manifests.set(digestOf(text), { bytes: Buffer.from(text), mediaType });
    registry.tags.set(tag, digestOf(text));
    const fault = faultOf(await fetchFrom(`${registry.repository}:${tag}`));
    expect([tag, fault.kind, fault.cause, fault.diagnostic.message.includes(problem)]).toEqual([tag, "malformed", "malformed", true]);
  }
});

it("leaves what a registry hides, or cannot show today, as a gap and never as nothing", async () => {
  const { registry, attached, blob, reference } = await released();
  for (const part of ["/referrers/", ".sig", ".att", attached.digest, blob]) {
    registry.fault = (request, response) => {
      if (!request.url?.includes(part)) return false;
      sendProblem(response, 503, "UNAVAILABLE", "later");
      return true;
    };
    expect([part, gapsOf(attachedOf(await fetchFrom(reference))).map(([cause]) => cause)]).toEqual([part, ["transient"]]);
  }
  registry.fault = undefined;
  registry.blobs.delete(blob);
  expect(gapsOf(attachedOf(await fetchFrom(reference)))[0]).toEqual([
    "transient",
    `attachment \`${registry.repository}@${attached.digest}\` cannot be read: it is listed and not there`,
  ]);
  registry.fault = (request, response) => {
    if (!request.url?.includes(attached.digest)) return false;
    sendProblem(response, 404, "MANIFEST_UNKNOWN", "");
    return true;
  };
  expect(gapsOf(attachedOf(await fetchFrom(reference)))[0]?.[0]).toBe("transient");
});
