/**
 * Images with their attestations, read from a registry that answers at once: against the same requests, sent bare. A hundred
 * images with five attestations each, eight requests at a time on both sides.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { Agent, request } from "node:http";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { hashBytes } from "../../compiler/cli/shell/registry.ts";
import { openTransport } from "../../compiler/cli/shell/transport.ts";
import { inOrder } from "../../engine/evidence/oci/collect.ts";
import { fetchAttached } from "../../engine/evidence/oci/fetch.ts";
import { mostRequests } from "../../engine/evidence/oci/plan.ts";
import type { Exchange, Transport } from "../../engine/evidence/oci/transport.ts";
import { type Bar, median } from "./measure.ts";

const images = 100;
const attestations = 5;
const atOnce = 8;
const rounds = 7;

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const bundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";

function refreg(): string | undefined {
  const folders = [process.env["WAYBILL_TOOLS"] ?? "", ...(process.env["PATH"] ?? "").split(delimiter)].filter((one) => one !== "");
  return folders
    .map((folder) => join(folder, "refreg"))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function start(path: string): Promise<{ readonly child: ChildProcess; readonly host: string }> {
  const host = `127.0.0.1:${await freePort()}`;
  const child = spawn(path, [host], { stdio: "ignore" });
  for (let tries = 0; tries < 400; tries += 1) {
    const ready = await fetch(`http://${host}/v2/`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return { child, host };
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  child.kill("SIGKILL");
  throw new Error("the registry did not start");
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

async function put(url: string, method: string, body: Buffer | undefined, type: string): Promise<Response> {
  const answer = await fetch(url, { method, headers: { "content-type": type }, ...(body ? { body: new Uint8Array(body) } : {}) });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status}`);
  return answer;
}

async function pushBlob(host: string, repository: string, text: string, mediaType: string): Promise<Descriptor> {
  const bytes = Buffer.from(text);
  const digest = `sha256:${hashBytes("sha256", bytes)}`;
  const started = await put(`http://${host}/v2/${repository}/blobs/uploads/`, "POST", undefined, "application/octet-stream");
  const location = new URL(started.headers.get("location") ?? "", `http://${host}`);
  location.searchParams.set("digest", digest);
  await put(location.href, "PUT", bytes, "application/octet-stream");
  return { mediaType, digest, size: bytes.length };
}

async function pushManifest(host: string, repository: string, manifest: object): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: manifestType, ...manifest }));
  const digest = `sha256:${hashBytes("sha256", bytes)}`;
  await put(`http://${host}/v2/${repository}/manifests/${digest}`, "PUT", bytes, manifestType);
  return { mediaType: manifestType, digest, size: bytes.length };
}

/** An image with its attestations, each of the size of a small provenance; answers its reference. */
async function pushImage(host: string, n: number): Promise<string> {
  const repository = `acme/shop-${n}`;
  const config = await pushBlob(host, repository, JSON.stringify({ n }), "application/vnd.oci.image.config.v1+json");
  const subject = await pushManifest(host, repository, { config, layers: [] });
  const empty = await pushBlob(host, repository, "{}", "application/vnd.oci.empty.v1+json");
  for (let k = 0; k < attestations; k += 1) {
    const text = JSON.stringify({ mediaType: bundleType, n, k, statement: "x".repeat(8_000) });
    const layers = [await pushBlob(host, repository, text, bundleType)];
    const annotations = { "dev.sigstore.bundle.predicateType": "https://slsa.dev/provenance/v1" };
    await pushManifest(host, repository, { artifactType: bundleType, config: empty, layers, subject, annotations });
  }
  return `${host}/${repository}@${subject.digest}`;
}

/** Sends a request and reads its answer, and nothing else. */
function bare(agent: Agent, { url, headers }: Exchange): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers, agent }, (answer) => {
      let size = 0;
      answer.on("data", (chunk: Buffer) => {
        size += chunk.length;
      });
      answer.on("end", () => resolve(size));
    });
    sent.on("error", reject);
    sent.end();
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

interface Seen {
  readonly exchanges: Exchange[];
  most: number;
}

/** Notes what is sent, and how much of it at a time. */
function watched(transport: Transport, seen: Seen): Transport {
  let underWay = 0;
  return async (exchange) => {
    seen.exchanges.push(exchange);
    underWay += 1;
    seen.most = Math.max(seen.most, underWay);
    const answer = await transport(exchange);
    underWay -= 1;
    return answer;
  };
}

async function read(references: readonly string[], transport: Transport): Promise<void> {
  // Eight images at a time, each of which asks for one thing after the other.
  await inOrder(references, atOnce, async (reference) => {
    const found = await fetchAttached(reference, { transport, hash: hashBytes, sleep: async () => undefined, concurrency: 1 });
    const complete = found.kind === "attached" && found.envelopes.length === attestations && found.gaps.length === 0;
    if (!complete) throw new Error(`${reference} was not read to its end`);
  });
}

export async function registryBars(): Promise<readonly (Bar | { readonly work: string; readonly skipped: string })[]> {
  const work = `${images} images with ${attestations} attestations each`;
  const path = refreg();
  if (path === undefined) return [{ work, skipped: "refreg: neither on PATH nor in $WAYBILL_TOOLS" }];
  const { child, host } = await start(path);
  const transport = await openTransport({ connections: atOnce });
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  try {
    const references = await inOrder(
      Array.from({ length: images }, (_, n) => n),
      atOnce,
      (n) => pushImage(host, n),
    );
    const seen: Seen = { exchanges: [], most: 0 };
    await read(references, watched(transport.send, seen));
    const plan = images * mostRequests({ platforms: 0, referrers: attestations, referrersApi: "present" });
    /** Both sides in turn, with so many milliseconds to the registry and back beside what it takes anyway. */
    const against = async (distance: number, bar: number): Promise<Bar> => {
      const far = async (): Promise<unknown> => (distance === 0 ? undefined : pause(distance));
      const ours: number[] = [];
      const theirs: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        ours.push(await timed(() => read(references, (exchange) => far().then(() => transport.send(exchange)))));
        theirs.push(await timed(() => inOrder(seen.exchanges, atOnce, (exchange) => far().then(() => bare(agent, exchange)))));
      }
      const [mine, peer] = [median(ours), median(theirs)];
      return {
        work: `${work}: time, against the same requests sent bare, ${distance === 0 ? "on this machine" : `${distance} ms away`}`,
        ratio: mine / peer,
        direction: "<=",
        bar,
        detail: `${mine.toFixed(0)} ms against ${peer.toFixed(0)} ms, ${((peer * 1000) / seen.exchanges.length).toFixed(0)} µs a request`,
      };
    };
    return [
      {
        work: `${work}: requests, against the plan`,
        ratio: seen.exchanges.length / plan,
        direction: "<=",
        bar: 1,
        detail: `${seen.exchanges.length} sent, ${plan} planned, at most ${seen.most} at a time`,
      },
      await against(0, 3),
      await against(5, 1.25),
    ];
  } finally {
    transport.close();
    agent.destroy();
    child.kill("SIGKILL");
  }
}
