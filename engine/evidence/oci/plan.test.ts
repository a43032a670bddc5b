import fc from "fast-check";
import { expect, it } from "vitest";
import {
  attach,
  attachedOf,
  type Descriptor,
  fetchFrom,
  putBlob,
  putFallback,
  putImage,
  putIndex,
  putManifest,
  startRegistry,
  types,
} from "../../../test/evidence/registry.ts";
import { mostOf } from "./fetch.ts";
import { mostRequests } from "./plan.ts";
import { ociLimits } from "./transport.ts";

it("adds up what an image costs", () => {
  expect(mostRequests({ platforms: 0, referrers: 0, referrersApi: "present" })).toBe(4);
  expect(mostRequests({ platforms: 0, referrers: 0, referrersApi: "absent" })).toBe(5);
  expect(mostRequests({ platforms: 0, referrers: 5, referrersApi: "present" })).toBe(14);
  expect(mostRequests({ platforms: 2, referrers: 3, layers: 4, pages: 2, redirects: 1, login: true, retries: 8 })).toBe(
    3 * (1 + 2 + 2) + 6 + 4 + 7 + 4 + 8,
  );
  expect(mostOf(ociLimits)).toBeLessThan(2500);
});

it("is what reading costs, whatever the shape of the image", async () => {
  const shape = fc.record({
    referrersApi: fc.boolean(),
    pageSize: fc.integer({ min: 1, max: 4 }),
    attached: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }),
    layers: fc.integer({ min: 0, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(shape, async ({ referrersApi, pageSize, attached, layers }) => {
      const registry = await startRegistry({ referrersApi, pageSize });
      try {
        // One number: an image; several: an index, and an image for each further one.
        const images = attached.slice(1).map((_, n) => putImage(registry, `platform ${n}`));
        const root: Descriptor = images.length === 0 ? putImage(registry, "image", "v1") : putIndex(registry, images.map(plain), "v1");
        for (const [n, count] of attached.entries()) {
          const subject = [root, ...images][n] ?? root;
          const all = Array.from({ length: count }, (_, k) => attach(registry, subject, JSON.stringify({ mediaType: types.bundle, n, k })));
          if (!referrersApi && count > 0) putFallback(registry, subject, all);
        }
        if (layers > 0) putAttestations(registry, root, layers);
        const read = attachedOf(await fetchFrom(`${registry.repository}:v1`));
        const referrers = attached.reduce((sum, count) => sum + count, 0);
        const pages = Math.max(1, ...attached.map((count) => Math.ceil(count / pageSize)));
        const api = referrersApi ? "present" : "absent";
        const most = mostRequests({ platforms: images.length, referrers, layers, pages, referrersApi: api });
        expect(read.envelopes.length + read.children.reduce((sum, child) => sum + child.envelopes.length, 0)).toBe(referrers + layers);
        expect(read.requests).toBe(registry.requests.length);
        expect(read.requests).toBeLessThanOrEqual(most);
        if (images.length === 0) expect(read.requests).toBe(most);
        expect(most).toBeLessThanOrEqual(mostRequests({ platforms: images.length, referrers, layers, pages }));
      } finally {
        registry.close();
      }
    }),
    { numRuns: 60 },
  );
});

function plain({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}

function putAttestations(registry: Parameters<typeof putBlob>[0], image: Descriptor, count: number): void {
  const layers = Array.from({ length: count }, (_, n) => ({
    ...putBlob(registry, JSON.stringify({ payloadType: "a/b", payload: btoa(String(n)), signatures: [{ sig: "MQ==" }] }), types.dsse),
    annotations: {},
  }));
  const config = putBlob(registry, "{}", types.config);
  putManifest(registry, { mediaType: types.manifest, config, layers } as never, `${image.digest.replace(":", "-")}.att`);
}
