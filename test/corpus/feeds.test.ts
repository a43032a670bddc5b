/** Feeds on real reports, and a real VEX repository as a feed. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { EvidenceFiles } from "../../compiler/cli/shell/evidence.ts";
import { FeedCache } from "../../compiler/cli/shell/feeds/cache.ts";
import { openFeeds } from "../../compiler/cli/shell/feeds/open.ts";
import { enrich } from "../../engine/evidence/feeds/enrich.ts";
import { listed as entry, epssTable, feedOf, kev } from "../../engine/evidence/feeds/fixtures.ts";
import { type DataRecord, OpenList } from "../../language/core/data.ts";

const corpus = fileURLToPath(new URL("../../../shared/corpus/", import.meta.url));
const here = existsSync(join(corpus, "scans"));

const findingsOf = (data: DataRecord): readonly DataRecord[] => {
  const list = data["findings"];
  return (list instanceof OpenList ? list.items : (list ?? [])) as readonly DataRecord[];
};

it.skipIf(!here)("puts feeds on every finding of the reports that has a CVE, and drops none", async () => {
  const files = new EvidenceFiles();
  let scored = 0;
  let listed = 0;
  let all = 0;
  for (const tool of ["trivy", "anchore_grype", "osv_scanner"]) {
    for (const name of readdirSync(join(corpus, "scans", tool)).filter((one) => one.endsWith(".json"))) {
      const { evidence } = await files.read(join(corpus, "scans", tool, name));
      const before = evidence.flatMap(({ data }) => findingsOf(data));
      const cves = new Set(
        before.flatMap(({ id, aliases }) => [id, ...((aliases ?? []) as readonly string[])]).filter((id) => /^CVE-/.test(String(id))),
      );
      if (cves.size === 0) continue;
      const rows = [...cves].map((cve) => `${String(cve)},0.5,0.5`);
      const feeds = [await feedOf(epssTable(...rows)), await feedOf(kev(entry("CVE-1999-0001")))];
      const after = enrich(evidence, { feeds, failed: [] }).evidence.flatMap(({ data }) => findingsOf(data));
      expect(after.map(({ id, severity }) => [id, severity])).toEqual(before.map(({ id, severity }) => [id, severity]));
      all += after.length;
      scored += after.filter(({ epss }) => epss === "0.5").length;
      listed += after.filter(({ kev: fact }) => fact === false).length;
    }
  }
  expect(scored).toBeGreaterThan(100);
  // What has no CVE is in neither feed, and what Grype saw listed stays so.
  expect(listed).toBeLessThanOrEqual(scored);
  expect(scored).toBeLessThanOrEqual(all);
});

it.skipIf(!here)("reads a VEX repository whole, and passes over what tells where its documents are from", async () => {
  const at = join(corpus, "vexhub");
  const { documents, unread } = await openFeeds(
    [{ kind: "vex", at, isUrl: false }],
    new EvidenceFiles(),
    new FeedCache("absent"),
    new Set(),
  );
  const isDocument = (name: string): boolean => "statements" in (JSON.parse(readFileSync(join(at, name), "utf8")) as object);
  expect(unread).toEqual([]);
  expect(documents.filter(({ document }) => document.refused)).toEqual([]);
  expect(documents.filter(({ document }) => document.evidence.length > 0)).toHaveLength(readdirSync(at).filter(isDocument).length);
  expect(documents).toHaveLength(readdirSync(at).length);
});
