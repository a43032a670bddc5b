/** What adapters of scan reports share: a finding's component, and the evidence that a report becomes. */
import { type DataRecord, type DataValue, type DocumentRef, Lack, OpenList, origin } from "../../../language/core/data.ts";
import { parsePurl } from "../../../language/domains/purl.ts";
import { compareVersions, ecosystemOfPurlType } from "../../../language/domains/version.ts";
import type { Binding, Evidence, Source } from "../evidence.ts";

const scanType = "waybill.vuln.Scan";

export function scanDocument(source: Source, format: string): DocumentRef {
  return { digest: source.digest, name: source.name, format, predicateType: scanType };
}

export interface Found {
  /** As the report names it. */
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly purl: string | undefined;
  readonly cpe?: string | undefined;
}

/**
 * The component of a finding. With a purl, name and group are the purl's, so that reports of several tools, which write
 * `group:name` and the like, agree. `kind`, `present` and all else that only an SBOM knows stay away.
 */
export function foundComponent(
  found: Found,
  document: DocumentRef,
  pointer: string,
  fields?: Readonly<Record<string, string>>,
): DataRecord {
  const parsed = found.purl === undefined ? undefined : parsePurl(found.purl);
  const purl = parsed?.ok ? parsed.value : undefined;
  return {
    name: purl?.name ?? found.name ?? new Lack("missing", "the report does not say which component has it"),
    group: purl?.namespace,
    version: found.version ?? purl?.version,
    purl: found.purl,
    cpe: found.cpe,
    [origin]: fields === undefined ? { document, pointer } : { document, pointer, fields },
  };
}

/**
 * Of the versions in which a vulnerability is fixed (one for each line of releases), the one to upgrade to: the least
 * that is greater than the installed one. The first that the report names, where versions cannot be compared.
 */
export function upgrade(purl: string | undefined, installed: string | undefined, fixed: readonly string[]): string | undefined {
  const [first] = fixed;
  if (first === undefined || fixed.length === 1 || installed === undefined || purl === undefined) return first;
  const parsed = parsePurl(purl);
  if (!parsed.ok) return first;
  const ecosystem = ecosystemOfPurlType(parsed.value.type);
  const order = (a: string, b: string): -1 | 0 | 1 | undefined => compareVersions({ ecosystem, text: a }, { ecosystem, text: b });
  let least: string | undefined;
  for (const version of fixed) {
    if (order(version, installed) !== 1) continue;
    if (least === undefined || order(version, least) === -1) least = version;
  }
  return least ?? first;
}

export interface Report {
  readonly tool: DataValue;
  readonly toolVersion: DataValue;
  readonly timestamp: DataValue;
  readonly target: DataValue;
  readonly findings: readonly DataRecord[];
  /** Why the report may not list all it would; empty: it does. */
  readonly lacks: readonly Lack[];
  readonly about: readonly Binding[];
  /** What else was in the report, for people. */
  readonly counts: Readonly<Record<string, number>>;
}

/** A report as evidence; `pointer` is where it stands, `fields` where its fields do. */
export function scanEvidence(report: Report, document: DocumentRef, pointer: string, fields: Readonly<Record<string, string>>): Evidence {
  const { findings, lacks } = report;
  return {
    type: scanType,
    document,
    data: {
      tool: report.tool,
      tool_version: report.toolVersion,
      timestamp: report.timestamp,
      target: report.target,
      findings: lacks.length === 0 ? findings : new OpenList(findings, false, lacks),
      [origin]: { document, pointer, fields },
    },
    about: report.about,
    counts: { findings: findings.length, ...report.counts },
  };
}

/** `sha256:…` of `name@sha256:…`, or of a bare digest; undefined for anything else. */
export function digestIn(reference: string | undefined): string | undefined {
  return reference === undefined
    ? undefined
    : /(?:^|@)((?:sha256:[0-9a-f]{64})|(?:sha512:[0-9a-f]{128}))$/i.exec(reference)?.[1]?.toLowerCase();
}

/** Bindings without repetition. */
export function bindings(kind: Binding["kind"], references: readonly (string | undefined)[]): readonly Binding[] {
  const digests = new Set(references.map(digestIn).filter((digest) => digest !== undefined));
  return [...digests].map((digest) => ({ kind, digest }));
}

/** The first line of a description, cut where a title would end. */
export function titleOf(description: string | undefined): string | undefined {
  const line = description?.split("\n", 1)[0]?.trim();
  if (line === undefined || line === "") return undefined;
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
