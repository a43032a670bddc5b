/** A TUF repository in memory, served on a free loopback port: metadata as The Update Framework 1.0.31 has them. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface RepositoryOptions {
  readonly version?: number;
  readonly expires?: string;
  /** Signs everything but the root, in place of the key that the root names. */
  readonly signer?: KeyObject;
}

export interface TufRepository {
  readonly url: string;
  /** The TUF root to begin with. */
  readonly root: Buffer;
  /** Serves this target from now on. */
  serve(target: Buffer, options?: RepositoryOptions): void;
  /** Answers every request with this status from now on. */
  fail(status: number): void;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Canonical JSON of ASCII texts and whole numbers. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value as Record<string, Json>).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(",")}}`;
}

const far = "2037-01-01T00:00:00Z";

export async function tufRepository(): Promise<TufRepository> {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex");
  const keyid = createHash("sha256").update(raw).digest("hex");
  const signed = (body: Record<string, Json>, by: KeyObject): Buffer =>
    Buffer.from(
      JSON.stringify({ signatures: [{ keyid, sig: sign(null, Buffer.from(canonical(body)), by).toString("hex") }], signed: body }),
    );
  const role = { keyids: [keyid], threshold: 1 };
  const root = signed(
    {
      _type: "root",
      spec_version: "1.0.31",
      version: 1,
      expires: far,
      consistent_snapshot: false,
      keys: { [keyid]: { keytype: "ed25519", scheme: "ed25519", keyval: { public: raw } } },
      roles: { root: role, targets: role, snapshot: role, timestamp: role },
    },
    privateKey,
  );
  const files = new Map<string, Buffer>();
  const asked: string[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const found = files.get(request.url ?? "");
    response.statusCode = status === 200 ? (found ? 200 : 404) : status;
    response.end(response.statusCode === 200 ? found : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const meta = (bytes: Buffer, version: number): Json => ({
    version,
    length: bytes.length,
    hashes: { sha256: createHash("sha256").update(bytes).digest("hex") },
  });
  return {
    url: `http://127.0.0.1:${port}`,
    root,
    asked,
    serve(target, { version = 1, expires = far, signer = privateKey } = {}) {
      const common = { spec_version: "1.0.31", version, expires };
      const { version: _, ...described } = meta(target, version) as Record<string, Json>;
      const targets = signed({ _type: "targets", ...common, targets: { "trusted_root.json": described } }, signer);
      const snapshot = signed({ _type: "snapshot", ...common, meta: { "targets.json": meta(targets, version) } }, signer);
      const timestamp = signed({ _type: "timestamp", ...common, meta: { "snapshot.json": meta(snapshot, version) } }, signer);
      for (const [path, bytes] of Object.entries({ targets, snapshot, timestamp })) files.set(`/${path}.json`, bytes);
      files.set("/targets/trusted_root.json", target);
      status = 200;
    },
    fail(code) {
      status = code;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
