/** A decision about a real image is kept, and comes out again to the byte where there is neither a registry nor a policy. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { waybill } from "../cli/waybill.ts";
import { attachedOf, copyTo, detach } from "./attached.ts";
import { type FaultyRegistry, startFaultyRegistry } from "./faults.ts";
import type { Pushed } from "./image.ts";
import { provenanceType, release } from "./release.ts";
import { suiteScope } from "./scope.ts";
import { type Site, site } from "./site.ts";
import { describeWith, sigstoreTools } from "./tools.ts";

describeWith([...sigstoreTools, "registry"], "replay of what was gated", () => {
  const scope = suiteScope();
  let at: Site;
  let network: FaultyRegistry;
  let whole: Pushed;
  let partial: Pushed;
  beforeAll(async () => {
    at = await site(scope, "registry", "keyless");
    network = await startFaultyRegistry(scope, at.registry);
    whole = await release(at.cosign, at.signing, at.registry, "acme/shop", "whole");
    partial = await copyTo(at.registry, whole, "acme/partial");
    await detach(at.registry, partial, await attachedOf(at.registry, partial, provenanceType));
  });

  const through = (image: Pushed): string => image.reference.replace(at.registry.host, network.registry.host);
  /** Gates and records; afterwards nobody answers any more. */
  const record = async (image: Pushed) => {
    const folder = join(await scope.folder(), "record");
    network.set(() => false);
    const verdict = await at.gate(through(image), ["--record", folder]);
    return { folder, verdict };
  };
  const unplugged = async (words: readonly string[]) => {
    network.set((_, response) => {
      response.socket?.destroy();
      return true;
    });
    const before = network.requests.length;
    const ran = await waybill(["replay", ...words]);
    expect(network.requests.length).toBe(before);
    return ran;
  };

  it("comes to the same bytes, allowed or denied, without asking anybody", async () => {
    for (const [image, code] of [
      [whole, 0],
      [partial, 1],
    ] as const) {
      const { folder, verdict } = await record(image);
      expect(verdict.code).toBe(code);
      const ran = await unplugged([folder, "--format", "json"]);
      // Of a replay the code says whether it came to the same.
      expect(ran).toMatchObject({ code: 0, out: verdict.out });
    }
  });

  it("comes to the same fault where the registry failed", async () => {
    const folder = join(await scope.folder(), "record");
    network.set((_, response) => {
      response.writeHead(503).end();
      return true;
    });
    const verdict = await at.gate(through(whole), ["--record", folder]);
    expect(verdict).toMatchObject({ code: 3, reason: "fault" });
    expect(await unplugged([folder, "--format", "json"])).toMatchObject({ code: 0, out: verdict.out });
  });

  it("says what a stricter policy would have denied", async () => {
    const { folder } = await record(whole);
    const next = join(await scope.folder(), "next.scp");
    const image = 'image.repository == "ghcr.io/acme/shop"';
    await writeFile(next, `module acme.release\n\npolicy release for image at ci {\n  require home: ${image} else "not from home"\n}\n`);
    const ran = await unplugged([folder, "--policy", next]);
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/allow[\s\S]*deny/);
  });

  it("refuses a record of which a part was changed", async () => {
    const { folder } = await record(whole);
    const blobs = join(folder, "blobs", "sha256");
    const names = await readdir(blobs);
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) {
      const path = join(blobs, name);
      const bytes = await readFile(path);
      const changed = Buffer.from(bytes);
      const middle = changed.length >> 1;
      changed[middle] = (changed[middle] ?? 0) ^ 1;
      await writeFile(path, changed);
      const ran = await unplugged([folder, "--format", "json"]);
      expect(ran).toMatchObject({ code: 3, out: "" });
      expect(ran.err).toContain(name);
      await writeFile(path, bytes);
    }
  });
});
