/**
 * A whole keyless Sigstore on loopback: issuer of tokens, Fulcio with a certificate log, timestamp authority, Rekor v2, and the trusted
 * root and signing config that cosign makes of them. Nothing reaches beyond loopback, and every home is an empty folder.
 */
import { generateKeyPairSync } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startCertificateLog } from "./certificate-log.ts";
import { type Cosign, cosignIn } from "./cosign.ts";
import { type Issuer, startIssuer } from "./issuer.ts";
import type { Scope } from "./scope.ts";
import { tool } from "./tools.ts";

export interface Sigstore {
  readonly issuer: Issuer;
  /** A file: the trusted root in JSON. */
  readonly trustedRoot: string;
  /** A file: where to get certificates, timestamps and log entries. */
  readonly signingConfig: string;
  readonly fulcio: string;
  readonly timestamps: string;
  readonly rekor: string;
}

/** Valid before anything of the stack is made. */
const since = "2024-01-01T00:00:00Z";

export async function startSigstore(scope: Scope, cosign?: Cosign): Promise<Sigstore> {
  const folder = await scope.folder();
  const [issuer, fulcio, timestamps, rekor] = await startServices(scope, folder);
  const root = ["trusted-root", "create", "--out", join(folder, "trusted-root.json")];
  root.push(`--fulcio=url=${fulcio.url},certificate-chain=${fulcio.chain}`);
  root.push(`--ctfe=url=${fulcio.log},public-key=${fulcio.logKey},start-time=${since}`);
  root.push(`--rekor=url=${rekor.url},public-key=${rekor.key},start-time=${since},origin=localhost`);
  root.push(`--tsa=url=${timestamps.url},certificate-chain=${timestamps.chain}`);
  const config = ["signing-config", "create", "--out", join(folder, "signing-config.json"), "--rekor-config=ANY", "--tsa-config=ANY"];
  const at = (url: string, version: number): string => `url=${url},api-version=${version},start-time=${since},operator=waybill.example`;
  config.push(`--fulcio=${at(fulcio.url, 1)}`, `--rekor=${at(rekor.url, 2)}`, `--tsa=${at(timestamps.url, 1)}`);
  config.push(`--oidc-provider=${at(issuer.people, 1)}`);
  const run = cosign ?? (await cosignIn(scope));
  await run.must(root);
  await run.must(config);
  return {
    issuer,
    trustedRoot: join(folder, "trusted-root.json"),
    signingConfig: join(folder, "signing-config.json"),
    fulcio: fulcio.url,
    timestamps: timestamps.url,
    rekor: rekor.url,
  };
}

async function startServices(scope: Scope, folder: string) {
  const issuer = await startIssuer(scope);
  return Promise.all([issuer, startFulcio(scope, folder, issuer), startTimestamps(scope, folder), startRekor(scope, folder)]);
}

async function startFulcio(scope: Scope, folder: string, issuer: Issuer) {
  const log = await startCertificateLog(scope);
  const logKey = join(folder, "certificate-log.pub");
  const config = join(folder, "fulcio.yaml");
  const entry = (url: string, type: string): string => `  ${url}:\n    issuer-url: ${url}\n    client-id: sigstore\n    type: ${type}\n`;
  await writeFile(logKey, log.publicKey);
  await writeFile(config, `oidc-issuers:\n${entry(issuer.people, "email")}${entry(issuer.workflows, "github-workflow")}`);
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
    path: tool("timestamp-server"),
    ports: 1,
    arguments: ([http]) => ["serve", "--host=127.0.0.1", `--port=${http}`, "--timestamp-signer=memory", "--disable-ntp-monitoring"],
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
