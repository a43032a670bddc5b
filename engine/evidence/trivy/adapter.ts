/** Trivy's JSON report (schema version 2: images, file systems, repositories) and the report of `trivy k8s`. */
import { type DataRecord, type DocumentRef, Lack } from "../../../language/core/data.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import type { Adapter, Binding, SchemaChoice } from "../evidence.ts";
import { fault, shown } from "../fault.ts";
import { type Json, object, objects, text, texts } from "../raw.ts";
import { bindings, scanDocument, scanEvidence } from "../scan/scan.ts";
import { finding, unreadVectors } from "./finding.ts";

export const trivy: Adapter = {
  format: "trivy",
  title: "Trivy JSON report",
  detect,
  schema,
  read(json, source) {
    const report = object(json) ?? {};
    const document = scanDocument(source, "trivy");
    const cluster = "ClusterName" in report;
    const parts = cluster ? resources(report, source.base) : [{ json: report, pointer: source.base, named: undefined }];
    const read = parts.map((part) => readPart(part, document));
    const findings = read.flatMap((part) => part.findings);
    const evidence = scanEvidence(
      {
        tool: "trivy",
        toolVersion: text(object(report["Trivy"])?.["Version"]),
        timestamp: text(report["CreatedAt"]),
        target: text(report[cluster ? "ClusterName" : "ArtifactName"]),
        findings,
        lacks: read.flatMap((part) => part.lacks),
        about: distinct(read.flatMap((part) => part.about)),
        counts: total(read.map((part) => part.counts)),
      },
      document,
      source.base,
      {
        tool: "/Trivy",
        tool_version: "/Trivy/Version",
        timestamp: "/CreatedAt",
        target: cluster ? "/ClusterName" : "/ArtifactName",
        findings: "/Results",
      },
    );
    return { value: [evidence], diagnostics: read.flatMap((part) => part.diagnostics) };
  },
};

function detect(json: unknown): boolean {
  if (Array.isArray(json)) return isOldReport(json);
  const report = object(json);
  if (report === undefined) return false;
  if ("ClusterName" in report) return clusterLists.some((list) => list in report) || Object.keys(report).length <= 2;
  return "SchemaVersion" in report && ("ArtifactName" in report || "ArtifactType" in report || "Results" in report);
}

/** Before version 0.19 a report was the bare list of results. */
function isOldReport(json: readonly unknown[]): boolean {
  const [first] = json;
  const result = object(first);
  return result !== undefined && "Target" in result && ("Vulnerabilities" in result || "Type" in result);
}

function schema(json: unknown): SchemaChoice {
  const supported = ["2"];
  if (Array.isArray(json)) return { kind: "unsupported", pointer: "", found: "1, a bare list of results", supported };
  const report = object(json) ?? {};
  const version = report["SchemaVersion"];
  if (!("ClusterName" in report) && version !== 2)
    return { kind: "unsupported", pointer: "/SchemaVersion", found: shown(version), supported };
  return { kind: "schema", schema: "ClusterName" in report ? "trivy-cluster" : "trivy-report" };
}

/** One scan: of the artifact, or of a resource of a cluster. */
interface Part {
  readonly json: Json;
  readonly pointer: string;
  /** The resource, for people. */
  readonly named: string | undefined;
}

/** `Resources` is `--report all`, `Findings` the consolidated form; the other two are the lists of versions before 0.36. */
const clusterLists = ["Resources", "Findings", "Vulnerabilities", "Misconfigurations"] as const;

function resources(report: Json, base: string): readonly Part[] {
  return clusterLists.flatMap((list) =>
    objects(report[list]).map((json, index) => ({
      json,
      pointer: `${base}/${list}/${index}`,
      named: [text(json["Namespace"]), text(json["Kind"]), text(json["Name"])].filter((part) => part !== undefined).join("/"),
    })),
  );
}

interface ReadPart {
  readonly findings: readonly DataRecord[];
  readonly lacks: readonly Lack[];
  readonly about: readonly Binding[];
  readonly counts: Readonly<Record<string, number>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Classes of results that say that packages were looked at. */
const packageClasses: ReadonlySet<string> = new Set(["os-pkgs", "lang-pkgs"]);
/** What a report may hold beside vulnerabilities: counted, not read. */
const others = { Misconfigurations: "misconfigurations", Secrets: "secrets", Licenses: "licences" } as const;

function readPart(part: Part, document: DocumentRef): ReadPart {
  const metadata = metadataOf(part.json["Metadata"]);
  const results = objects(part.json["Results"]);
  const findings: DataRecord[] = [];
  const counts: Record<string, number> = {};
  const unread: string[] = [];
  let modified = 0;
  for (const [index, result] of results.entries()) {
    const pointer = `${part.pointer}/Results/${index}`;
    for (const [row, vulnerability] of objects(result["Vulnerabilities"]).entries()) {
      findings.push(finding(vulnerability, result, metadata[0], document, `${pointer}/Vulnerabilities/${row}`));
      unread.push(...unreadVectors(vulnerability));
    }
    for (const [list, name] of Object.entries(others)) {
      const length = objects(result[list]).length;
      if (length > 0) counts[name] = (counts[name] ?? 0) + length;
    }
    modified += objects(result["ExperimentalModifiedFindings"]).length;
  }
  return {
    findings,
    lacks: lacksOf(part, results),
    about: [
      ...bindings(
        "manifest",
        metadata.flatMap((entry) => texts(entry["RepoDigests"])),
      ),
      ...bindings(
        "config",
        metadata.map((entry) => text(entry["ImageID"])),
      ),
    ],
    counts,
    diagnostics: [
      ...(modified === 0 ? [] : [fault("WB0950", { tool: "Trivy", count: modified }, part.pointer)]),
      ...(unread[0] === undefined ? [] : [fault("WB1261", { count: unread.length, vector: unread[0] }, `${part.pointer}/Results`)]),
    ],
  };
}

function metadataOf(metadata: unknown): readonly Json[] {
  return Array.isArray(metadata) ? objects(metadata) : [object(metadata) ?? {}];
}

/** A scan that failed, that found nothing to look at, or that looked at configuration alone, does not list the vulnerabilities there are. */
function lacksOf(part: Part, results: readonly Json[]): readonly Lack[] {
  const error = text(part.json["Error"]);
  if (error !== undefined) return [new Lack("transient", `Trivy could not scan ${part.named ?? "the artifact"}: ${error}`)];
  // In the report of a cluster, resources without packages stand beside those with.
  if (part.named !== undefined) return [];
  if (results.length === 0) return [new Lack("missing", "the report names nothing that Trivy looked at")];
  const packages = results.some(
    (result) => packageClasses.has(text(result["Class"]) ?? "os-pkgs") || objects(result["Vulnerabilities"]).length > 0,
  );
  return packages ? [] : [new Lack("missing", "Trivy looked at no packages; give `--scanners vuln`")];
}

function distinct(about: readonly Binding[]): readonly Binding[] {
  const seen = new Map(about.map((binding) => [`${binding.kind} ${binding.digest}`, binding]));
  return [...seen.values()];
}

function total(counts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const entry of counts) for (const [name, count] of Object.entries(entry)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
