/** Diagnostics as SARIF 2.1.0. */
import type { Diagnostic, Level, Location } from "../diagnostic.ts";
import type { Row } from "../row.ts";
import { table } from "../table.ts";
import { positionOf, type Sources } from "./lines.ts";
import { uri, visible } from "./untrusted.ts";

export const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/** A region of SARIF: one-based, the end column exclusive. */
export function sarifRegion(location: Location, sources: Sources): Readonly<Record<string, number>> | undefined {
  const lines = sources(location.path);
  if (!lines) return undefined;
  const start = positionOf(lines, location.start);
  const end = positionOf(lines, Math.max(location.start, location.end));
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

export function sarifLocation(location: Location, sources: Sources): object {
  const region = sarifRegion(location, sources);
  return { physicalLocation: { artifactLocation: { uri: uri(location.path) }, ...(region ? { region } : {}) } };
}

/** The driver with the rules of the codes that occur. */
export function sarifDriver(version: string, rules: readonly object[]): object {
  return { driver: { name: "waybill", semanticVersion: version, rules } };
}

const levels: Readonly<Record<Level, string>> = { error: "error", warning: "warning", note: "note" };

function rule(code: string): object {
  const row = (table as Readonly<Record<string, Row<never>>>)[code];
  return {
    id: code,
    shortDescription: { text: row?.title ?? code },
    help: { text: `waybill explain ${code}` },
    ...(row ? { defaultConfiguration: { level: levels[row.level] } } : {}),
  };
}

function sarifFix(diagnostic: Diagnostic, sources: Sources): object {
  const fix = diagnostic.fix;
  if (!fix) return {};
  const changes = [...Map.groupBy(fix.edits, (edit) => edit.location.path)].map(([path, edits]) => ({
    artifactLocation: { uri: uri(path) },
    replacements: edits.map((edit) => ({
      deletedRegion: sarifRegion(edit.location, sources) ?? {
        charOffset: edit.location.start,
        charLength: edit.location.end - edit.location.start,
      },
      insertedContent: { text: edit.text },
    })),
  }));
  return { fixes: [{ description: { text: visible(fix.title) }, artifactChanges: changes }] };
}

/** A stable name for a finding that survives edits elsewhere in the file: the code and the marked line's text. */
function fingerprint(diagnostic: Diagnostic, sources: Sources): string {
  const { location } = diagnostic;
  const lines = location && sources(location.path);
  const marked =
    lines && location ? lines.text.slice(location.start, Math.min(location.end, location.start + 200)).replace(/\s+/g, " ") : "";
  return [diagnostic.code, location?.path ?? "", diagnostic.pointer ?? "", marked].join("|");
}

function result(diagnostic: Diagnostic, index: number, sources: Sources): object {
  const detail = [
    ...(diagnostic.label ? [diagnostic.label] : []),
    ...(diagnostic.expected !== undefined ? [`expected: ${diagnostic.expected}`] : []),
    ...(diagnostic.found !== undefined ? [`found: ${diagnostic.found}`] : []),
    ...(diagnostic.notes ?? []).map((note) => `note: ${note}`),
    ...(diagnostic.help ? [`help: ${diagnostic.help}`] : []),
  ];
  const related = (diagnostic.related ?? []).map((label, id) => ({
    id,
    ...sarifLocation(label.location, sources),
    message: { text: visible(label.text) },
  }));
  return {
    ruleId: diagnostic.code,
    ruleIndex: index,
    level: levels[diagnostic.level],
    message: { text: [visible(diagnostic.message), ...detail.map(visible)].join("\n") },
    ...(diagnostic.location
      ? {
          locations: [
            {
              ...sarifLocation(diagnostic.location, sources),
              ...(diagnostic.pointer ? { logicalLocations: [{ fullyQualifiedName: visible(diagnostic.pointer) }] } : {}),
            },
          ],
        }
      : {}),
    ...(related.length > 0 ? { relatedLocations: related } : {}),
    partialFingerprints: { "waybillDiagnostic/v1": fingerprint(diagnostic, sources) },
    ...sarifFix(diagnostic, sources),
  };
}

/** The log that `check --format sarif` prints. */
export function renderSarif(diagnostics: readonly Diagnostic[], sources: Sources, version: string): string {
  const codes = [...new Set(diagnostics.map((one) => one.code))].sort();
  const log = {
    $schema: sarifSchema,
    version: "2.1.0",
    runs: [
      {
        tool: sarifDriver(version, codes.map(rule)),
        columnKind: "utf16CodeUnits",
        results: diagnostics.map((one) => result(one, codes.indexOf(one.code), sources)),
      },
    ],
  };
  return JSON.stringify(log, undefined, 2);
}
