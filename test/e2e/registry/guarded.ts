/** Distribution that wants to know who asks: by password (`htpasswd`), or by a token of a server that it names. */
import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Registry, RegistryKind } from "../sigstore/registry.ts";
import type { Scope } from "../sigstore/scope.ts";
import { tool } from "../sigstore/tools.ts";

/** bcrypt of `secret`, for the user `me`. */
const passwords = "me:$2b$04$pzmHm/omZidHLMXBD8ieTuIdtvNkdjbh3PuCl0FNydLxrkJhqTTsm\n";

export const password = { username: "me", password: "secret" } as const;

/** The same contents behind two addresses: one for whoever pushes, one that wants a login. */
export interface Guarded {
  readonly open: Registry;
  readonly guarded: Registry;
}

function address([port]: readonly number[]): string {
  return `127.0.0.1:${port}`;
}

async function serve(scope: Scope, kind: RegistryKind, folder: string, name: string, auth: string, status: number): Promise<Registry> {
  const config = join(folder, `${name}.yml`);
  await writeFile(
    config,
    `version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: ${JSON.stringify(join(folder, "data"))} } }
http: { addr: "127.0.0.1:0" }
${auth}`,
  );
  // One that wants a login answers 200 at its root, and 401 at the API.
  const ports = await scope.program({
    path: tool(kind),
    ports: 1,
    arguments: () => ["serve", config],
    env: (free) => ({ HOME: folder, REGISTRY_HTTP_ADDR: address(free), OTEL_TRACES_EXPORTER: "none" }),
    ready: (free) => `http://${address(free)}${status === 200 ? "/v2/" : "/"}`,
  });
  const host = address(ports);
  return { kind, host, url: `http://${host}`, hasReferrers: false };
}

export async function startWithPasswords(scope: Scope, kind: RegistryKind): Promise<Guarded> {
  const folder = await scope.folder();
  const path = join(folder, "htpasswd");
  await writeFile(path, passwords);
  const auth = `auth: { htpasswd: { realm: acme, path: ${JSON.stringify(path)} } }\n`;
  return { open: await serve(scope, kind, folder, "open", "", 200), guarded: await serve(scope, kind, folder, "guarded", auth, 401) };
}

export interface TokenServer {
  /** What was asked: path, and who asked. */
  readonly asked: { readonly scope: readonly string[]; readonly authorization: string | undefined }[];
}

/** Tokens by OpenID's rules, signed with a key that the registry is told of (distribution v3, `auth.token.jwks`). */
export async function startWithTokens(scope: Scope): Promise<Guarded & { readonly tokens: TokenServer }> {
  const folder = await scope.folder();
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwks = join(folder, "jwks.json");
  const key = { ...publicKey.export({ format: "jwk" }), kid: "test", alg: "RS256", use: "sig" };
  await writeFile(jwks, JSON.stringify({ keys: [key] }));
  const asked: TokenServer["asked"] = [];
  const realm = await scope.serve((request, response) => {
    const url = new URL(request.url ?? "/", "http://tokens");
    const scopes = url.searchParams.getAll("scope");
    asked.push({ scope: scopes, authorization: request.headers.authorization });
    const known = request.headers.authorization === `Basic ${Buffer.from("me:secret").toString("base64")}`;
    if (!known) {
      response.writeHead(401).end();
      return;
    }
    response.end(JSON.stringify({ token: sign(privateKey, scopes) }));
  });
  const auth = `auth:
  token: { realm: "${realm}/token", service: acme, issuer: acme-tokens, jwks: ${JSON.stringify(jwks)}, signingalgorithms: [RS256] }
`;
  return {
    open: await serve(scope, "registry", folder, "open", "", 200),
    guarded: await serve(scope, "registry", folder, "guarded", auth, 401),
    tokens: { asked },
  };
}

function sign(key: KeyObject, scopes: readonly string[]): string {
  const access = scopes.map((scope) => {
    const [type = "", name = "", actions = ""] = scope.split(":");
    return { type, name, actions: actions.split(",") };
  });
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: "acme-tokens", sub: "me", aud: ["acme"], exp: now + 300, nbf: now - 10, iat: now, jti: "1", access };
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", typ: "JWT", kid: "test" })}.${part(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(key).toString("base64url")}`;
}
