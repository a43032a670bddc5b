import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request as requestPlain } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { wantedTypes } from "../../../engine/evidence/oci/collect.ts";
import { localCertificate } from "../../../test/evidence/certificate.ts";
import { attach, attachedOf, faultOf, putImage, startRegistry, type TestRegistry, types } from "../../../test/evidence/registry.ts";
import { openRegistries } from "./registry.ts";

const open: TestRegistry[] = [];
afterAll(() => {
  for (const one of open) one.close();
});

async function released(attestations: number): Promise<TestRegistry> {
  const registry = await startRegistry();
  open.push(registry);
  const image = putImage(registry, "one", "v1");
  for (let n = 0; n < attestations; n += 1) attach(registry, image, JSON.stringify({ mediaType: types.bundle, n }));
  return registry;
}

it("ends with an image by its deadline, and says what was not looked at", async () => {
  const registry = await released(40);
  registry.fault = async () => {
    await new Promise((go) => setTimeout(go, 40));
    return false;
  };
  const registries = await openRegistries({ deadline: 150, concurrency: 1 });
  const read = attachedOf(await registries.attached(`${registry.repository}:v1`));
  registries.close();
  expect(read.envelopes.length).toBeLessThan(40);
  expect(new Set(read.gaps.map((gap) => gap.cause))).toEqual(new Set(["transient"]));
  expect(registry.requests.length).toBeLessThan(30);
});

it("ends with everything when its caller does", async () => {
  const registry = await released(1);
  const caller = new AbortController();
  registry.fault = () => {
    caller.abort();
    return true;
  };
  const registries = await openRegistries({ signal: caller.signal });
  const fault = faultOf(await registries.attached(`${registry.repository}:v1`));
  registries.close();
  expect([fault.kind, fault.cause]).toEqual(["unreachable", "transient"]);
});

it("asks each image for what is wanted of it", async () => {
  const registry = await released(2);
  const registries = await openRegistries({ wanted: wantedTypes(["https://slsa.dev/provenance/v1"]) });
  const all = attachedOf(await registries.attached(`${registry.repository}:v1`));
  const none = attachedOf(await registries.attached(`${registry.repository}:v1`, { wanted: wantedTypes([]) }));
  const few = await registries.attached(`${registry.repository}:v1`, { maxRequests: 1 });
  registries.close();
  expect([all.envelopes.length, none.requests, few.requests]).toEqual([2, 1, 1]);
});

const made = localCertificate();

it.skipIf(!made)("reads a registry of this machine by TLS where its certificate was given", async () => {
  if (!made) return;
  const behind = await released(1);
  const server = createServer(made, (request, response) => {
    const onward = requestPlain(`${behind.url}${request.url}`, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.end();
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const folder = await mkdtemp(join(tmpdir(), "waybill-registry-"));
  const authorities = join(folder, "authority.pem");
  await writeFile(authorities, made.cert);
  const registries = await openRegistries({ authorities });
  const { port } = server.address() as AddressInfo;
  const read = attachedOf(await registries.attached(`127.0.0.1:${port}/acme/shop:v1`));
  registries.close();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
  expect(read.envelopes.length).toBe(1);
  expect(read.lookups[0]?.url.startsWith("https://")).toBe(true);
});
