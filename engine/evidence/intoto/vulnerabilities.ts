/**
 * What was scanned with which scanner and database, from in-toto's `vulns/v0.2` and from cosign's older `vuln/v1`, as
 * `waybill.intoto.Vulnerabilities`. The findings of the former are a `waybill.vuln.Scan` too; what is in the latter is a
 * report of its scanner, which the door reads by the scanner's own format.
 */
import { type DataRecord, type DataValue, type DocumentRef, Lack, origin } from "../../../language/core/data.ts";
import type { Adapter, Evidence, Source } from "../evidence.ts";
import { type Json, object, objects, text } from "../raw.ts";
import { newestScore, type Score } from "../scan/cvss.ts";
import { foundComponent, scanDocument, scanEvidence } from "../scan/scan.ts";
import { severityNamed, severityOfScore, unrated } from "../scan/severity.ts";
import { scannersOf } from "./reports.ts";

const type = "waybill.intoto.Vulnerabilities";

/** `https://in-toto.io/attestation/vulns/v0.2` (in-toto attestation framework, "Vulnerabilities"). */
export const vulnerabilities: Adapter = {
  format: "in-toto-vulns",
  title: "in-toto vulnerabilities v0.2",
  detect: () => false,
  schema: () => ({ kind: "schema", schema: "in-toto-vulns-0.2" }),
  read(json, source) {
    const predicate = object(json) ?? {};
    const scanner = object(predicate["scanner"]) ?? {};
    const document = scanDocument(source, "in-toto-vulns");
    const findings = objects(scanner["result"]).map((result, index) => finding(result, document, `${source.base}/scanner/result/${index}`));
    const scan = scanEvidence(
      {
        tool: text(scanner["uri"]),
        toolVersion: text(scanner["version"]),
        timestamp: text(object(predicate["metadata"])?.["scanFinishedOn"]),
        target: undefined,
        findings,
        lacks: [],
        about: [],
        counts: {},
      },
      document,
      source.base,
      { tool: "/scanner/uri", tool_version: "/scanner/version", timestamp: "/metadata/scanFinishedOn", findings: "/scanner/result" },
    );
    return { value: [scanned(predicate, "in-toto-vulns", source), scan], diagnostics: [] };
  },
};

/** `https://cosign.sigstore.dev/attestation/vuln/v1` (cosign, "Vulnerability Scan Record Attestation Specification"). */
export const cosignVulnerabilities: Adapter = {
  format: "cosign-vuln",
  title: "cosign vulnerability scan record v1",
  detect: () => false,
  schema: () => ({ kind: "schema", schema: "cosign-vuln-1" }),
  read(json, source) {
    return { value: [scanned(object(json) ?? {}, "cosign-vuln", source)], diagnostics: [] };
  },
};

function scanned(predicate: Json, format: string, source: Source): Evidence {
  const document: DocumentRef = { digest: source.digest, name: source.name, format, predicateType: type };
  const metadata = object(predicate["metadata"]);
  const scanners = scannersOf(predicate).map(({ scanner, pointer }): DataRecord => {
    const database = object(scanner["db"]);
    return {
      uri: text(scanner["uri"]),
      version: text(scanner["version"]),
      database: text(database?.["uri"]),
      database_version: text(database?.["version"]),
      database_updated: text(database?.["lastUpdate"]),
      [origin]: {
        document,
        pointer: `${source.base}${pointer}`,
        fields: { database: "/db/uri", database_version: "/db/version", database_updated: "/db/lastUpdate" },
      },
    };
  });
  const data: DataRecord = {
    scanners,
    started_on: text(metadata?.["scanStartedOn"]),
    finished_on: text(metadata?.["scanFinishedOn"]),
    [origin]: {
      document,
      pointer: source.base,
      fields: { started_on: "/metadata/scanStartedOn", finished_on: "/metadata/scanFinishedOn", scanners: "/scanner" },
    },
  };
  return { type, document, data, about: [], counts: { scanners: scanners.length } };
}

function finding(result: Json, document: DocumentRef, pointer: string): DataRecord {
  const rated = ratings(result["severity"]);
  return {
    id: text(result["id"]),
    severity: rated.severity,
    cvss: rated.cvss,
    // The format has no place for the component.
    component: foundComponent({ name: undefined, version: undefined, purl: undefined }, document, pointer),
    [origin]: { document, pointer, fields: { severity: "/severity", cvss: "/severity" } },
  };
}

const order = ["negligible", "low", "medium", "high", "critical"];

/** Methods are free text: a word is a severity, and a number by a method that names CVSS is a score. Of several words the gravest. */
function ratings(list: unknown): { readonly severity: DataValue; readonly cvss: DataValue } {
  const words: string[] = [];
  const scores: Score[] = [];
  for (const [rank, { method, score }] of objects(list).entries()) {
    const value = text(score) ?? "";
    const number = value.trim() === "" ? Number.NaN : Number(value);
    if (Number.isFinite(number)) {
      if (/cvss/i.test(text(method) ?? "")) scores.push({ version: versionIn(text(method) ?? ""), score: number, rank });
      continue;
    }
    const named = severityNamed(value);
    if (!(named instanceof Lack)) words.push(named);
  }
  const best = newestScore(scores);
  const [gravest] = words.sort((a, b) => order.indexOf(b) - order.indexOf(a));
  return { severity: gravest ?? (best === undefined ? unrated : severityOfScore(best.score, best.version)), cvss: best?.score };
}

/** The version of CVSS that a method names; 3 where it names none. */
function versionIn(method: string): number {
  const found = /cvss\D{0,3}([234])(?:\D|$)/i.exec(method)?.[1];
  return found === undefined ? 3 : Number(found);
}
