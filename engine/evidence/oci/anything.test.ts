/** Whatever a registry answers: reading ends, costs no more than it may, and hands on nothing whose digest was not checked. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { digestOf, hash, types } from "../../../test/evidence/registry.ts";
import { fetchAttached } from "./fetch.ts";
import { attestationBundle, signatureBundle } from "./legacy.ts";
import { readManifest } from "./manifest.ts";
import type { Answer } from "./transport.ts";

const digest = fc.constantFrom(
  digestOf("a"),
  digestOf("b"),
  digestOf("{}"),
  "sha256:short",
  "md5:0123456789abcdef0123456789abcdef",
  "SHA256:".padEnd(71, "a"),
);
const mediaType = fc.constantFrom(...Object.values(types), "text/html", "", "application/vnd.dev.cosign.artifact.sig.v1+json");
const annotations = fc.dictionary(
  fc.constantFrom(
    "dev.sigstore.bundle.predicateType",
    "predicateType",
    "dev.cosignproject.cosign/signature",
    "dev.sigstore.cosign/bundle",
    "x",
  ),
  fc.oneof(fc.constant("c2ln"), fc.string(), fc.constant("{}")),
  { maxKeys: 3 },
);
const descriptor = fc.record(
  { mediaType, digest, size: fc.constantFrom(0, 1, 2, -1, 1.5, 1e12), artifactType: mediaType, annotations, platform: fc.jsonValue() },
  { requiredKeys: [] },
);
const document = fc.oneof(
  fc.record(
    {
      schemaVersion: fc.constantFrom(1, 2),
      mediaType,
      artifactType: mediaType,
      config: descriptor,
      layers: fc.array(descriptor, { maxLength: 4 }),
      manifests: fc.array(descriptor, { maxLength: 6 }),
      subject: descriptor,
      annotations,
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue(),
);

const headers = fc.dictionary(
  fc.constantFrom("content-type", "link", "location", "www-authenticate", "retry-after", "docker-content-digest", "content-encoding"),
  fc.oneof(
    mediaType,
    digest,
    fc.constantFrom(
      '</v2/acme/shop/referrers/x?n=1>; rel="next"',
      "/v2/",
      "https://other.example/x",
      "http://other.example/",
      "Basic realm=x",
      "0",
      "9",
    ),
    fc.constant('Bearer realm="https://tokens.example/t",service="s"'),
    fc.string(),
  ),
  { maxKeys: 4 },
);

const answer: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 6, arbitrary: whole(fc.constant(200)) },
  { weight: 2, arbitrary: whole(fc.constantFrom(204, 301, 302, 307, 400, 401, 403, 404, 416, 418, 429, 500, 503)) },
  { weight: 1, arbitrary: fc.constant({ kind: "too-large", status: 200, headers: {} } as const) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("reset", "timeout", "half-body", "certificate")
      .map((reason) => ({ kind: "broken", reason, detail: "x" }) as Answer),
  },
);

function whole(status: fc.Arbitrary<number>): fc.Arbitrary<Answer> {
  return fc
    .tuple(
      status,
      headers,
      fc.oneof(
        document.map((one) => JSON.stringify(one)),
        fc.string(),
      ),
    )
    .map(([code, head, body]) => ({ kind: "answer", status: code, headers: head, body: new TextEncoder().encode(body) }));
}

/** Two of three times the first answer is an image, so that what comes after it is reached. */
const first: readonly Answer[] = [
  {
    kind: "answer",
    status: 200,
    headers: { "content-type": types.manifest },
    body: Buffer.from(
      JSON.stringify({ schemaVersion: 2, config: { mediaType: types.config, digest: digestOf("{}"), size: 2 }, layers: [] }),
    ),
  },
];

it("ends, within what it may send, and hands on only what it checked", async () => {
  let attached = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 12 }), fc.integer({ min: 0, max: 60 }), async (given, maxRequests) => {
      const answers = maxRequests % 3 === 0 ? given : [...first, ...given];
      let sent = 0;
      const hosts = new Set<string>();
      const read = await fetchAttached("registry.example/acme/shop:v1", {
        transport: async ({ url, headers: sentHeaders }) => {
          const { host } = new URL(url);
          if (sentHeaders["authorization"] !== undefined) hosts.add(host);
          return answers[sent++ % answers.length] as Answer;
        },
        hash,
        sleep: async () => undefined,
        credentials: async () => ({ kind: "password", username: "me", password: "secret" }),
        maxRequests,
        limits: { referrers: 6, pages: 3, layers: 4, platforms: 3 },
      });
      expect(sent).toBe(read.requests);
      expect(sent).toBeLessThanOrEqual(maxRequests);
      for (const host of hosts) expect(["registry.example", "tokens.example"]).toContain(host);
      if (read.kind === "unreached") return;
      attached += 1;
      for (const one of [read, ...read.children].flatMap((found) => found.envelopes)) expect(one.digest).toBe(digestOf(one.bytes));
      expect(JSON.parse(JSON.stringify(read.lookups))).toEqual(read.lookups);
    }),
    { numRuns: 1000 },
  );
  expect(attached).toBeGreaterThan(100);
}, 120_000);

it("reads any document without failing", () => {
  fc.assert(
    fc.property(document, mediaType, (json, type) => {
      const bytes = Buffer.from(JSON.stringify(json));
      for (const read of [readManifest(bytes, 1_000_000, type), readManifest(bytes, 10)])
        if (!read.ok) expect(read.problem.length).toBeGreaterThan(3);
      const layer = { mediaType: type, digest: digestOf("a"), size: 1, annotations: { "dev.cosignproject.cosign/signature": "c2ln" } };
      expect(typeof attestationBundle(layer, bytes, 1000).ok).toBe("boolean");
      expect(typeof signatureBundle(layer, bytes, hash).ok).toBe("boolean");
    }),
    { numRuns: 1000 },
  );
});
