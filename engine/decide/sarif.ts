/** Decisions as SARIF 2.1.0: a rule a clause, a result a witness; the policy's span, with the evidence's spans related. */
import type { Location } from "../../language/diagnostics/diagnostic.ts";
import { sarifDriver, sarifLocation, sarifSchema } from "../../language/diagnostics/render/sarif.ts";
import { uri, visible } from "../../language/diagnostics/render/untrusted.ts";
import type { Citation } from "../evaluate/decision.ts";
import { type Places, placesOf } from "./places.ts";
import { overall, type Report, refusals, type Texts } from "./report.ts";
import { type ReportRow, reportRows, severityOf } from "./rows.ts";
import { suppressedResults, vexRule } from "./sarif-suppressed.ts";
import { conflictRule, keptRule, type OpenFindings, openFindings, statementNotifications } from "./sarif-vex.ts";
import { vexCounts } from "./vex-report.ts";

function evidenceLocation(citation: Citation, places: Places, texts: Texts, id: number): object {
  const at: Location | undefined = places(citation);
  const physical = at
    ? sarifLocation(at, texts.evidence)
    : { physicalLocation: { artifactLocation: { uri: uri(citation.document.name) } } };
  return {
    id,
    ...physical,
    logicalLocations: [{ fullyQualifiedName: visible(citation.pointer === "" ? "/" : citation.pointer), kind: "member" }],
    message: { text: visible(`${citation.path} is ${citation.value}`) },
  };
}

function result(row: ReportRow, rules: readonly string[], places: Places, texts: Texts, open: OpenFindings): object {
  const related = row.citations.slice(0, 10).map((citation, id) => evidenceLocation(citation, places, texts, id));
  const { subject } = row.decision;
  const vex = open.of(row);
  const text = [row.message, ...row.details, ...vex.lines].map(visible).join("\n");
  return {
    ruleId: row.rule,
    ruleIndex: rules.indexOf(row.rule),
    level: severityOf(row.effect),
    message: { text },
    ...(row.at
      ? {
          locations: [
            {
              ...sarifLocation(row.at, texts.policies),
              logicalLocations: [{ fullyQualifiedName: visible(subject.name), kind: subject.kind }],
            },
          ],
        }
      : {}),
    ...(related.length > 0 ? { relatedLocations: related } : {}),
    partialFingerprints: { "waybillClause/v1": row.fingerprint.toWellFormed() },
    properties: {
      effect: row.effect,
      outcome: row.clause?.outcome ?? "uncovered",
      causes: row.clause?.causes ?? [],
      subject: visible(subject.name),
      point: row.decision.point,
      ...vex.properties,
    },
  };
}

/** Where there is no verdict, the run did not succeed, and a reader must not take its results for one. */
function invocation(report: Report, texts: Texts): object {
  const refused = refusals(report, texts).map(({ diagnostic, rule, message }) => ({
    level: "error",
    descriptor: { id: rule },
    message: { text: visible(message) },
    ...(diagnostic?.location ? { locations: [sarifLocation(diagnostic.location, texts.evidence)] } : {}),
  }));
  const looked = report.decisions
    .filter(({ reason }) => reason === "fault" && refused.length === 0)
    .map(({ subject, point }) => ({
      level: "error",
      message: { text: visible(`no verdict on ${subject.kind} ${subject.name} at ${point}: what it needs could not be looked up`) },
    }));
  const toolExecutionNotifications = [...refused, ...looked, ...statementNotifications(report, texts)];
  return {
    executionSuccessful: overall(report).reason !== "fault",
    ...(toolExecutionNotifications.length > 0 ? { toolExecutionNotifications } : {}),
  };
}

function ruleText(id: string): string {
  if (id === "uncovered") return "no policy covers the subject";
  if (id === conflictRule) return "a finding about which VEX statements of equal rank disagree";
  if (id === keptRule) return "a finding that VEX statements speak of and do not resolve";
  return id === vexRule ? "a finding that a VEX statement resolves" : `clause ${visible(id)}`;
}

/** The log that `gate --format sarif` prints. */
export function renderSarif(report: Report, texts: Texts): string {
  const rows = reportRows(report, texts);
  const places = placesOf(
    rows.flatMap((row) => row.citations),
    texts,
  );
  const open = openFindings(report, rows, texts);
  const others = [...open.results, ...suppressedResults(report, texts)];
  const rules = [...new Set([...rows, ...others].map((row) => row.rule))].sort();
  const described = rules.map((id) => {
    const row = rows.find((one) => one.rule === id);
    const at = row?.at && texts.policies(row.at.path)?.text.slice(row.at.start, row.at.end);
    return {
      id,
      shortDescription: { text: ruleText(id) },
      ...(at ? { fullDescription: { text: at.slice(0, 2000).toWellFormed() } } : {}),
    };
  });
  const log = {
    $schema: sarifSchema,
    version: "2.1.0",
    runs: [
      {
        tool: sarifDriver(report.version, described),
        columnKind: "utf16CodeUnits",
        invocations: [invocation(report, texts)],
        artifacts: report.evidence.map((read) => ({
          location: { uri: uri(read.document.name) },
          roles: ["analysisTarget"],
          ...(read.document.digest.startsWith("sha256:") ? { hashes: { "sha-256": read.document.digest.slice(7) } } : {}),
        })),
        results: [...rows.map((row) => result(row, rules, places, texts, open)), ...others.map((one) => one.json(rules))],
        properties: {
          ...overall(report),
          policyDigest: report.policyDigest,
          evidenceDigest: report.evidenceDigest,
          ...(report.vex === undefined
            ? {}
            : {
                vex: report.vex.map(({ by, findings, statements, unmatched }) => ({
                  by,
                  findings: findings.length,
                  ...vexCounts(findings),
                  statements,
                  unmatched: unmatched.length,
                })),
              }),
        },
      },
    ],
  };
  return JSON.stringify(log, undefined, 2);
}
