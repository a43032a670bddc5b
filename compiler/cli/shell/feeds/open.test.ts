import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cveOf, kev, listed } from "../../../../engine/evidence/feeds/fixtures.ts";
import { EvidenceFiles } from "../evidence.ts";
import { FeedCache } from "./cache.ts";
import { openFeeds } from "./open.ts";
import type { OpenedFeeds } from "./opened.ts";
import { type SourceKind, sourceKinds } from "./settings.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "feeds-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A folder with these files, opened as a feed. */
async function opened(kind: SourceKind, files: Readonly<Record<string, string | Buffer>>, pin?: string): Promise<OpenedFeeds> {
  const at = mkdtempSync(join(folder, "feed-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(at, name)), { recursive: true });
    writeFileSync(join(at, name), content);
  }
  const source = { kind, at, isUrl: false, ...(pin === undefined ? {} : { pin }) };
  return openFeeds([source], new EvidenceFiles(), new FeedCache(join(folder, "cache")), new Set(["CVE-2024-0001"]));
}

const reasons = async (...asked: Parameters<typeof opened>): Promise<readonly string[]> =>
  (await opened(...asked)).unread.map(({ reason }) => reason);

describe("a folder that is named as a feed could not be looked at", () => {
  it("where it is empty, as that of a disk which is not mounted", async () => {
    for (const kind of sourceKinds) expect([kind, await reasons(kind, {})]).toEqual([kind, ["holds no document"]]);
    expect(await reasons("cve", { "README.md": "nothing", "all.tar.xz": "" })).toEqual(["holds no document"]);
  });

  it("where nothing in it is of the feed", async () => {
    expect(await reasons("kev", { "kev.json": '{"error":"try again later"}' })).toEqual(["holds no document of this feed"]);
  });

  it("where one file's digest is asked of it", async () => {
    const files = { "kev.json": JSON.stringify(kev(listed("CVE-2024-0001"))) };
    expect(await reasons("kev", files)).toEqual([]);
    expect(await reasons("kev", files, `sha256:${"0".repeat(64)}`)).toEqual(["is a folder, and `sha256` is of a file"]);
  });
});

it("finds the record of a CVE however its file ends, and needs none of a CVE that has none", async () => {
  const record = JSON.stringify(cveOf("CVE-2024-0001", []));
  for (const [name, content] of [
    ["CVE-2024-0001.json", record],
    ["CVE-2024-0001.JSON", record],
    ["CVE-2024-0001.json.gz", gzipSync(record)],
  ] as const) {
    const { documents, unread } = await opened("cve", { [`2024/${name}`]: content });
    expect([name, documents.length, unread]).toEqual([name, 1, []]);
  }
  expect(await opened("cve", { "CVE-2024-0002.json": record })).toEqual({ documents: [], unread: [] });
});
