import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { EvidenceFiles, readEvidence } from "./evidence.ts";
import { Stop } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "waybill-evidence-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const written = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const report = (size: number): string =>
  JSON.stringify({
    matches: [],
    source: { type: "image", target: {} },
    distro: {},
    descriptor: { name: "grype", version: "x".repeat(size) },
  });

const silent: Terminal = {
  colourOut: false,
  colourErr: false,
  width: 100,
  quiet: false,
  verbose: false,
  progress: false,
  unread: () => false,
  out: () => Promise.resolve(),
  err: () => Promise.resolve(),
};

/** Remembers in which order files are read. */
class Watched extends EvidenceFiles {
  readonly order: string[] = [];
  override read(path: string): ReturnType<EvidenceFiles["read"]> {
    if (!this.order.includes(path)) this.order.push(path);
    return super.read(path);
  }
}

it("reads the largest file last, and gives the documents in the order of the paths", async () => {
  const [large, small, middle] = [written("a.json", report(900)), written("b.json", report(1)), written("c.json", report(50))];
  const files = new Watched();
  const documents = await readEvidence(files, [large, small, middle], silent);
  expect(files.order).toEqual([small, middle, large]);
  expect(documents.map(({ path }) => path)).toEqual([large, small, middle]);
});

it("names the first file that is missing, before it reads any", async () => {
  const files = new Watched();
  const paths = [written("d.json", report(1)), join(folder, "gone-1.json"), join(folder, "gone-2.json")];
  const reading = readEvidence(files, paths, silent);
  await expect(reading).rejects.toBeInstanceOf(Stop);
  await expect(reading).rejects.toMatchObject({ diagnostics: [{ message: expect.stringContaining("gone-1.json") }] });
  expect(files.order).toEqual([]);
});
