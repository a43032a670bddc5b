/**
 * A whole keyless Sigstore on loopback: issuer of tokens, Fulcio with a certificate log, timestamp authority, Rekor v2, and the trusted
 * root and signing config that cosign makes of them. Nothing reaches beyond loopback, and every home is an empty folder.
 */
import { generateKeyPairSync } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startCertificateLog } from "./certificate-log.ts";
import type { Cosign } from "./cosign.ts";
import { fulcioConfiguration } from "./fulcio.ts";
import { type Issuer, startIssuer } from "./issuer.ts";
import type { Scope } from "./scope.ts";
import { tool } from "./tools.ts";

export interface Sigstore extends Configuration {
  readonly issuer: Issuer;
  readonly services: Services;
}

/** What clients are told: two files. */
export interface Configuration {
  /** The trusted root in JSON. */
  readonly trustedRoot: string;
  /** Where to get certificates, timestamps and log entries. */
  readonly signingConfig: string;
}

/** Who serves; every authority named as a URL, and as a file with its certificates or key. */
export interface Services {
  readonly issuer: string;
  readonly fulcio: { readonly url: string; readonly chain: string; readonly log: string; readonly logKey: string };
  /** A signature gets a timestamp of each. */
  readonly timestamps: readonly { readonly url: string; readonly chain: string }[];
  readonly rekor: { readonly url: string; readonly key: string };
}

/** Valid before anything of the stack is made. */
const since = "2024-01-01T00:00:00Z";

export async function startSigstore(scope: Scope, cosign: Cosign): Promise<Sigstore> {
  const folder = await scope.folder();
  const issuer = await startIssuer(scope);
  const [fulcio, timestamps, rekor] = await Promise.all([
    startFulcio(scope, folder, issuer),
    startTimestamps(scope, folder),
    startRekor(scope, folder),
  ]);
  const services = { issuer: issuer.people, fulcio, timestamps: [timestamps], rekor };
  return { issuer, services, ...(await configure(scope, cosign, services)) };
}

/** Has cosign write what clients are told about these services. */
export async function configure(scope: Scope, cosign: Cosign, services: Services): Promise<Configuration> {
  const folder = await scope.folder();
  const { issuer, fulcio, timestamps, rekor } = services;
  const trustedRoot = join(folder, "trusted-root.json");
  const signingConfig = join(folder, "signing-config.json");
  await cosign.must([
    ...["trusted-root", "create", "--out", trustedRoot],
    `--fulcio=url=${fulcio.url},certificate-chain=${fulcio.chain}`,
    `--ctfe=url=${fulcio.log},public-key=${fulcio.logKey},start-time=${since}`,
    `--rekor=url=${rekor.url},public-key=${rekor.key},start-time=${since},origin=localhost`,
    ...timestamps.map(({ url, chain }) => `--tsa=url=${url},certificate-chain=${chain}`),
  ]);
  // Of each operator a client takes one service.
  const at = (url: string, version: number, operator = 0): string =>
    `url=${url},api-version=${version},start-time=${since},operator=${operator}.waybill.example`;
  await cosign.must([
    ...["signing-config", "create", "--out", signingConfig, "--rekor-config=ANY", `--tsa-config=EXACT:${timestamps.length}`],
    `--fulcio=${at(fulcio.url, 1)}`,
    `--rekor=${at(rekor.url, 2)}`,
    `--oidc-provider=${at(issuer, 1)}`,
    ...timestamps.map(({ url }, i) => `--tsa=${at(url, 1, i)}`),
  ]);
  return { trustedRoot, signingConfig };
}

async function startFulcio(scope: Scope, folder: string, issuer: Issuer) {
  const log = await startCertificateLog(scope);
  const logKey = join(folder, "certificate-log.pub");
  const config = join(folder, "fulcio.yaml");
  await writeFile(logKey, log.publicKey);
  await writeFile(config, fulcioConfiguration(issuer));
  const [port] = await scope.program({
    path: tool("fulcio"),
    ports: 3,
    arguments: ([http, grpc, metrics]) => [
      "serve",
      "--ca=ephemeralca",
      `--ct-log-url=${log.url}`,
      `--ct-log-public-key-path=${logKey}`,
      `--config-path=${config}`,
      "--host=127.0.0.1",
      "--grpc-host=127.0.0.1",
      `--port=${http}`,
      `--grpc-port=${grpc}`,
      `--metrics-port=${metrics}`,
      `--legacy-unix-domain-socket=${join(folder, "fulcio.sock")}`,
    ],
    env: () => ({ HOME: folder }),
    ready: ([http]) => `http://127.0.0.1:${http}/api/v2/trustBundle`,
  });
  const url = `http://127.0.0.1:${port}`;
  const trust = (await (await fetch(`${url}/api/v2/trustBundle`)).json()) as {
    readonly chains: readonly { readonly certificates: readonly string[] }[];
  };
  const chain = join(folder, "fulcio.pem");
  await writeFile(chain, (trust.chains[0]?.certificates ?? []).join("\n"));
  return { url, chain, log: log.url, logKey };
}

async function startTimestamps(scope: Scope, folder: string) {
  const [port] = await scope.program({
    path: tool("timestamps"),
    ports: 1,
    arguments: ([http]) => [`${http}`],
    env: () => ({ HOME: folder }),
    ready: ([http]) => `http://127.0.0.1:${http}/api/v1/timestamp/certchain`,
  });
  const url = `http://127.0.0.1:${port}/api/v1/timestamp`;
  const chain = join(folder, "timestamps.pem");
  await writeFile(chain, await (await fetch(`${url}/certchain`)).text());
  return { url, chain };
}

async function startRekor(scope: Scope, folder: string) {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const key = join(folder, "rekor.pub");
  const signer = join(folder, "rekor.key");
  const storage = join(folder, "rekor");
  await writeFile(key, publicKey.export({ type: "spki", format: "pem" }));
  await writeFile(signer, privateKey.export({ type: "pkcs8", format: "pem" }));
  await mkdir(storage);
  const [port] = await scope.program({
    path: tool("posix"),
    ports: 3,
    arguments: ([http, grpc, metrics]) => [
      "serve",
      // It has to be the host of its URL, without the port, or clients find no signature in its checkpoints.
      "--hostname=localhost",
      `--storage-dir=${storage}`,
      `--signer-filepath=${signer}`,
      `--http-port=${http}`,
      `--grpc-port=${grpc}`,
      `--http-metrics-port=${metrics}`,
      "--checkpoint-interval=500ms",
      "--batch-max-age=50ms",
    ],
    env: () => ({ HOME: folder }),
    ready: ([http]) => `http://127.0.0.1:${http}/healthz`,
  });
  return { url: `http://localhost:${port}`, key };
}
