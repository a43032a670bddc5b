/** OSV-Scanner's JSON report: packages by source, each with the OSV records that affect it. */
import { type DataRecord, type DocumentRef, Lack } from "../../../language/core/data.ts";
import type { Adapter } from "../evidence.ts";
import { fault } from "../fault.ts";
import { type Json, object, objects, text } from "../raw.ts";
import { scanDocument, scanEvidence } from "../scan/scan.ts";
import { finding, unreadVectors } from "./finding.ts";

export const osvScanner: Adapter = {
  format: "osv-scanner",
  title: "OSV-Scanner JSON report",
  detect(json) {
    const report = object(json);
    if (report === undefined || !("results" in report) || "SchemaVersion" in report || "runs" in report) return false;
    const results = report["results"];
    if (results === null || (Array.isArray(results) && results.length === 0)) return Object.keys(report).every((key) => own.test(key));
    return objects(results).some((result) => "packages" in result && "source" in result);
  },
  schema: () => ({ kind: "schema", schema: "osv-scanner-report" }),
  read(json, source) {
    const report = object(json) ?? {};
    const document = scanDocument(source, "osv-scanner");
    const results = objects(report["results"]);
    const rows = results.flatMap((result, index) => rowsOf(result, document, `${source.base}/results/${index}`));
    const withdrawn = rows.filter((row) => row.withdrawn).length;
    const paths = new Set(results.flatMap((result) => text(object(result["source"])?.["path"]) ?? []));
    const evidence = scanEvidence(
      {
        tool: "osv-scanner",
        toolVersion: undefined,
        timestamp: undefined,
        target: paths.size === 1 ? [...paths][0] : undefined,
        findings: rows.filter((row) => !row.withdrawn).map((row) => row.finding),
        lacks: report["results"] === null ? [new Lack("missing", "the report lists no results, not even none")] : [],
        about: [],
        counts: withdrawn === 0 ? {} : { withdrawn },
      },
      document,
      source.base,
      { target: "/results/0/source/path", findings: "/results" },
    );
    const unread = rows.flatMap((row) => (row.withdrawn ? [] : row.unread));
    const place = `${source.base}/results`;
    const diagnostics = [
      ...(withdrawn === 0 ? [] : [fault("WB0951", { count: withdrawn }, place)]),
      ...(unread[0] === undefined ? [] : [fault("WB1261", { count: unread.length, vector: unread[0] }, place)]),
    ];
    return { value: [evidence], diagnostics };
  },
};

/** Keys that a report without findings has. */
const own = /^(?:results|experimental_|license_|image_metadata$)/;

interface Row {
  readonly finding: DataRecord;
  readonly withdrawn: boolean;
  /** CVSS vectors that cannot be read. */
  readonly unread: readonly string[];
}

function rowsOf(result: Json, document: DocumentRef, pointer: string): readonly Row[] {
  const path = text(object(result["source"])?.["path"]);
  return objects(result["packages"]).flatMap((entry, index) => {
    const place = `${pointer}/packages/${index}`;
    return objects(entry["vulnerabilities"]).map((vulnerability, row) => ({
      finding: finding(entry, vulnerability, path, document, `${place}/vulnerabilities/${row}`, place),
      withdrawn: text(vulnerability["withdrawn"]) !== undefined,
      unread: unreadVectors(vulnerability),
    }));
  });
}
