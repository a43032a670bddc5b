/** Feeds and scans as tests need them, made up but in the shapes that their publishers write. */
import type { DataRecord } from "../../../language/core/data.ts";
import type { Result } from "../../../language/diagnostics/diagnostic.ts";
import { admit } from "../door.ts";
import type { Evidence } from "../evidence.ts";
import { foundComponent, scanDocument, scanEvidence } from "../scan/scan.ts";
import type { Feed } from "./feed.ts";

const usualDigest = `sha256:${"f".repeat(64)}`;

export function read(content: string | object, name = "feed.json", digest = usualDigest): Promise<Result<readonly Evidence[]>> {
  const bytes = new TextEncoder().encode(typeof content === "string" ? content : JSON.stringify(content));
  return admit(bytes, name, digest);
}

export async function feedOf(content: string | object, name?: string, digest?: string): Promise<Feed> {
  const { value, diagnostics } = await read(content, name, digest);
  const feed = value[0]?.feed;
  if (feed === undefined) throw new Error(`no feed: ${diagnostics.map((one) => one.message).join("; ")}`);
  return feed;
}

export const epssTable = (...rows: readonly string[]): string =>
  `${["#model_version:v2025.03.14,score_date:2026-11-20T00:00:00+0000", "cve,epss,percentile", ...rows].join("\n")}\n`;

export const kev = (...entries: readonly object[]): object => ({
  title: "CISA Catalog of Known Exploited Vulnerabilities",
  catalogVersion: "2026.11.20",
  dateReleased: "2026-11-20T15:02:11.0000Z",
  count: entries.length,
  vulnerabilities: entries,
});

export const listed = (cveID: string, dateAdded = "2026-11-01", dueDate = "2026-11-22", use = "Unknown"): object => ({
  cveID,
  vendorProject: "Acme",
  product: "Shop",
  dateAdded,
  dueDate,
  knownRansomwareCampaignUse: use,
});

export const cveOf = (id: string, options: readonly object[], more: object = {}, cna: object = {}): object => ({
  dataType: "CVE_RECORD",
  dataVersion: "5.1",
  cveMetadata: { cveId: id, state: "PUBLISHED", dateUpdated: "2026-11-02T10:00:00.000Z", ...more },
  containers: {
    cna: { providerMetadata: { shortName: "acme" }, ...cna },
    adp: [
      {
        providerMetadata: { shortName: "CISA-ADP" },
        metrics: [
          {
            other: {
              type: "ssvc",
              content: { id, role: "CISA Coordinator", options, timestamp: "2026-11-02T09:00:00Z", version: "2.0.3" },
            },
          },
        ],
      },
    ],
  },
});

/** A scan of these findings; `purl` is the component's. */
export function scanOf(name: string, ...findings: readonly (DataRecord & { readonly purl?: string })[]): Evidence {
  const document = scanDocument({ name, digest: `sha256:${"0".repeat(64)}`, base: "" }, "grype");
  const rows = findings.map(({ purl, ...finding }, index) => ({
    aliases: [],
    component: foundComponent({ name: "x", version: undefined, purl }, document, `/matches/${index}`),
    ...finding,
  }));
  const report = { tool: "grype", toolVersion: "1", timestamp: undefined, target: undefined, lacks: [], about: [], counts: {} };
  return scanEvidence({ ...report, findings: rows }, document, "", {});
}
