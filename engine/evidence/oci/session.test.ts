/** What happens over TLS, where no server is needed to show it: the transport is a function. */
import { expect, it } from "vitest";
import { digestOf, faultOf, hash, types } from "../../../test/evidence/registry.ts";
import type { Attached, Unreached } from "./attached.ts";
import { wantedTypes } from "./collect.ts";
import { endpointOf } from "./endpoint.ts";
import { fetchAttached } from "./fetch.ts";
import { retryAfter } from "./session.ts";
import type { Answer, Credential, Exchange } from "./transport.ts";

const image = JSON.stringify({
  schemaVersion: 2,
  mediaType: types.manifest,
  config: { mediaType: types.config, digest: digestOf("{}"), size: 2 },
  layers: [],
});

function answer(status: number, body = "", headers: Record<string, string> = {}): Answer {
  return { kind: "answer", status, headers, body: new TextEncoder().encode(body) };
}

interface Run {
  readonly read: Attached | Unreached;
  readonly asked: readonly Exchange[];
}

async function run(
  reference: string,
  give: (exchange: Exchange) => Answer,
  credential?: Credential,
  plain: (host: string) => boolean = () => false,
): Promise<Run> {
  const asked: Exchange[] = [];
  const read = await fetchAttached(reference, {
    transport: async (exchange) => {
      asked.push(exchange);
      return give(exchange);
    },
    hash,
    sleep: async () => undefined,
    credentials: async () => credential,
    plain,
    wanted: wantedTypes([]),
  });
  return { read, asked };
}

const password: Credential = { kind: "password", username: "me", password: "secret" };

it("asks by TLS, but on this machine and where the caller said so", async () => {
  const never = (): boolean => false;
  expect(endpointOf("ghcr.io", never)).toBe("https://ghcr.io");
  expect(endpointOf("docker.io", never)).toBe("https://registry-1.docker.io");
  expect(endpointOf("localhost:5000", never)).toBe("http://localhost:5000");
  expect(endpointOf("127.9.9.9:5000", never)).toBe("http://127.9.9.9:5000");
  expect(endpointOf("[::1]:5000", never)).toBe("http://[::1]:5000");
  expect(endpointOf("127.0.0.1.evil.example", never)).toBe("https://127.0.0.1.evil.example");
  expect(endpointOf("localhost.evil.example:5000", never)).toBe("https://localhost.evil.example:5000");
  expect(endpointOf("registry.local:5000", (host) => host === "registry.local:5000")).toBe("http://registry.local:5000");
});

it("never goes from TLS to an address without it, not even on this machine or where the caller allows it without", async () => {
  const digest = digestOf(image);
  for (const location of ["http://ghcr.io/v2/", "http://127.0.0.1/latest/meta-data", "http://insecure.example/"]) {
    const { read, asked } = await run(
      `ghcr.io/acme/shop@${digest}`,
      () => answer(307, "", { location }),
      undefined,
      (host) => host === "insecure.example",
    );
    expect(faultOf(read).diagnostic.message).toContain("from TLS to");
    expect(asked.length).toBe(1);
  }
});

it("sends what a location carries of users nowhere, and its query into no message", async () => {
  const { read, asked } = await run(`ghcr.io/acme/shop@${digestOf(image)}`, ({ url }) =>
    url.includes("storage") ? answer(503) : answer(302, "", { location: "https://u:p@storage.example/x?signature=s#f" }),
  );
  expect(asked[1]?.url).toBe("https://storage.example/x?signature=s");
  const fault = faultOf(read);
  expect([fault.url, JSON.stringify(fault).includes("signature")]).toEqual(["https://storage.example/x", false]);
});

it("takes a manifest by digest from wherever the registry sends, without credentials", async () => {
  const { read, asked } = await run(
    `registry.example/acme/shop@${digestOf(image)}`,
    ({ url, headers }) => {
      if (url.includes("mirror")) return answer(200, image, { "content-type": types.manifest });
      if (headers["authorization"] === undefined) return answer(401, "", { "www-authenticate": "Basic realm=x" });
      return answer(307, "", { location: "https://mirror.example/v2/acme/shop/manifests/x" });
    },
    password,
  );
  expect(read.kind).toBe("attached");
  expect(asked.map((one) => [new URL(one.url).host, one.headers["authorization"] !== undefined])).toEqual([
    ["registry.example", false],
    ["registry.example", true],
    ["mirror.example", false],
  ]);
});

it("exchanges an identity token where the registry says, and sends a registry token as it is", async () => {
  const bearer = 'Bearer realm="https://tokens.example/token",service="acme"';
  const guarded = ({ url, headers, body }: Exchange): Answer => {
    if (url.startsWith("https://tokens.example"))
      return answer(200, JSON.stringify({ access_token: body?.includes("mine") ? "good" : "bad" }));
    return headers["authorization"] === "Bearer good"
      ? answer(200, image, { "content-type": types.manifest })
      : answer(401, "", { "www-authenticate": bearer });
  };
  const identity = await run("registry.example/acme/shop:v1", guarded, { kind: "identity-token", token: "mine" });
  expect([identity.read.kind, identity.asked.map((one) => one.method)]).toEqual(["attached", ["GET", "POST", "GET"]]);
  const direct = await run("registry.example/acme/shop:v1", guarded, { kind: "registry-token", token: "good" });
  expect([direct.read.kind, direct.asked.length]).toEqual(["attached", 2]);
  const wrong = await run("registry.example/acme/shop:v1", guarded, { kind: "identity-token", token: "other" });
  expect(faultOf(wrong.read).diagnostic.message).toContain("it refuses the credentials");
});

it.each([
  ["redirects", answer(302, "", { location: "https://evil.example/" }), "redirect"],
  ["refuses", answer(403), "login"],
  ["answers with no token", answer(200, "{}"), "malformed"],
  ["answers without end", { kind: "too-large", status: 200, headers: {} } as const, "too-large"],
  ["fails", answer(500), "server-error"],
  ["limits", answer(429), "throttled"],
] as const)("says so where the token server %s", async (_, given, kind) => {
  const { read, asked } = await run(
    "registry.example/acme/shop:v1",
    ({ url }) =>
      url.startsWith("https://tokens.example") ? given : answer(401, "", { "www-authenticate": 'Bearer realm="https://tokens.example/"' }),
    password,
  );
  expect(faultOf(read).kind).toBe(kind);
  expect(asked.some((one) => one.url.includes("evil"))).toBe(false);
});

it("does not try again what another time will not change", async () => {
  for (const reason of ["certificate", "unknown-host", "protocol", "offline"] as const) {
    const { read, asked } = await run("registry.example/acme/shop:v1", () => ({ kind: "broken", reason, detail: "" }));
    expect([reason, faultOf(read).cause, asked.length]).toEqual([reason, "transient", 1]);
  }
});

it("reads Retry-After in seconds and as a time by the answer's clock, and nothing else", () => {
  expect(retryAfter({ "retry-after": "3" })).toBe(3000);
  const date = "Sat, 21 Nov 2026 12:00:00 GMT";
  expect(retryAfter({ "retry-after": "Sat, 21 Nov 2026 12:00:02 GMT", date })).toBe(2000);
  expect(retryAfter({ "retry-after": "Sat, 21 Nov 2026 11:00:00 GMT", date })).toBe(0);
  expect(retryAfter({ "retry-after": "Sat, 21 Nov 2026 12:00:02 GMT" })).toBeUndefined();
  for (const value of ["-1", "1e9", "soon", ""]) expect(retryAfter({ "retry-after": value, date })).toBeUndefined();
});

it("says nothing that a terminal acts on of what a registry says", async () => {
  const message = "\u001b[2Jgone`\n\u202eevil ".padEnd(5000, "x");
  const { read } = await run("registry.example/acme/shop:v1", () => answer(403, JSON.stringify({ errors: [{ message }] })));
  const [note = ""] = faultOf(read).diagnostic.notes ?? [];
  expect(note).toMatch(/^the registry says: [\x20-\x7e…]+$/);
  expect(note.length).toBeLessThan(200);
  expect(note).not.toContain("`");
});
