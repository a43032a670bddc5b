/**
 * CycloneDX 1.6 with `vulnerabilities[].analysis` (ECMA-424). The document model and its normalisation are CycloneDX's own
 * library's; what that (10.3.0) does not model is added to what it wrote: `firstIssued` and `lastUpdated` of an analysis.
 *
 * What CycloneDX has no field for is kept in properties named `waybill:vex:…`, which other readers pass over.
 */
import { Enums, Models, Serialize, Spec } from "@cyclonedx/cyclonedx-library";
import { rfc3339 } from "../../../engine/decide/instant.ts";
import type { VexAssertion, VexDocument } from "../../../engine/decide/vex/document.ts";
import { majorOf } from "../../../engine/decide/vex/revision.ts";
import { type ComponentList, componentList } from "./cyclonedx/components.ts";
import { given, type Json } from "./fields.ts";
import type { VexOptions } from "./loss.ts";
import { asResponse, cyclonedxJustifications, exactJustification, labelOf, plainState, statusOfState } from "./words.ts";

export const propertyPrefix = "waybill:vex:";
const serialShape = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function cyclonedxOf(document: VexDocument, options: VexOptions): unknown {
  const time = document.timestamp ?? options.now;
  const version = versionOf(document.version);
  const serial = serialOf(document, options);
  const components = componentList(document, `urn:cdx:${serial.replace("urn:uuid:", "")}/${version}#`);
  const bom = new Models.Bom({ serialNumber: serial, version });
  const written = document.statements.map((statement) => vulnerabilityOf(statement, components));
  for (const { vulnerability } of written) bom.vulnerabilities.add(vulnerability);
  for (const component of components.all()) bom.components.add(component);
  const normalised = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6)
    .makeForBom()
    .normalize(bom, { sortLists: false }) as unknown as Json;
  // An empty entry would say that the component depends on nothing, which nobody said.
  delete normalised["dependencies"];
  const { vulnerabilities, components: products, ...head } = normalised;
  return {
    ...head,
    metadata: metadataOf(document, options, time),
    ...given({ components: products }),
    vulnerabilities: ((vulnerabilities ?? []) as readonly Json[]).map((one, index) =>
      dated(one, document.statements[index] as VexAssertion),
    ),
  };
}

function serialOf({ id = "" }: VexDocument, { uuid }: VexOptions): string {
  return serialShape.test(id) ? id : uuid(id);
}

/** A whole number from 1 that a BOM-Link can name: beyond 2^53 all are that one, which readers know to be rounded. */
function versionOf(version: string | undefined): number {
  return Math.min(Math.max(1, (version === undefined ? undefined : majorOf(version)) ?? 1), 2 ** 53);
}

function metadataOf(document: VexDocument, options: VexOptions, time: number): Json {
  const author = document.author ?? options.author;
  const kept = propertiesOf({
    role: document.role ?? options.role,
    title: document.title ?? options.title,
    first_issued: document.firstIssued === undefined ? undefined : rfc3339(document.firstIssued),
    // Readers of ours take a document with components for a bill of materials otherwise.
    alone: "true",
  });
  return {
    timestamp: rfc3339(time),
    tools: { components: [{ type: "application", name: "waybill", version: options.tool }] },
    ...(author === undefined ? {} : { authors: [{ name: author }] }),
    properties: kept,
  };
}

function propertiesOf(fields: Readonly<Record<string, string | undefined>>): readonly { readonly name: string; readonly value: string }[] {
  return Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [{ name: propertyPrefix + name, value }]));
}

function vulnerabilityOf(
  statement: VexAssertion,
  components: ComponentList,
): { readonly vulnerability: Models.Vulnerability.Vulnerability } {
  const { impact, action, notes, expires, justification, status } = statement;
  const own = justificationOf(statement);
  const responses = statement.responses.flatMap((response) => asResponse(response) ?? []);
  const vulnerability = new Models.Vulnerability.Vulnerability({
    id: statement.vulnerability,
    ...given({ description: statement.description, recommendation: action }),
    references: new Models.Vulnerability.ReferenceRepository(
      [...new Set(statement.aliases)].map(
        (id) => new Models.Vulnerability.Reference(id, new Models.Vulnerability.Source({ name: sourceOf(id) })),
      ),
    ),
    analysis: new Models.Vulnerability.Analysis({
      state: stateOf(statement) as Enums.Vulnerability.AnalysisState,
      ...(own === undefined ? {} : { justification: own as Enums.Vulnerability.AnalysisJustification }),
      response: new Enums.Vulnerability.AnalysisResponseRepository(responses as Enums.Vulnerability.AnalysisResponse[]),
      ...given({ detail: status === "not_affected" ? impact : notes }),
    }),
    affects: components.affects(statement),
  });
  const kept = propertiesOf({
    // A justification that CycloneDX has no word for, or a more general one.
    justification: justification === undefined || labelOf(own) === justification ? undefined : justification,
    impact: status === "not_affected" ? undefined : impact,
    notes: status === "not_affected" ? notes : undefined,
    expires: expires === undefined ? undefined : rfc3339(expires),
  });
  for (const { name, value } of kept) vulnerability.properties.add(new Models.Property(name, value));
  return { vulnerability };
}

/** CycloneDX's own state, where the statement brings one that belongs to its status. */
function stateOf({ state, status }: VexAssertion): string {
  return state !== undefined && statusOfState[state] === status ? state : plainState[status];
}

function justificationOf({ status, justification, ownJustification }: VexAssertion): string | undefined {
  if (status !== "not_affected") return undefined;
  if (ownJustification !== undefined && cyclonedxJustifications.has(ownJustification)) return ownJustification;
  return justification === undefined ? undefined : exactJustification[justification];
}

/** Times of an analysis, which CycloneDX has since 1.5 and the library does not write. */
function dated(vulnerability: Json, { timestamp, firstIssued }: VexAssertion): Json {
  const analysis = vulnerability["analysis"] as Json;
  const times = given({
    firstIssued: firstIssued === undefined ? undefined : rfc3339(firstIssued),
    lastUpdated: timestamp === undefined ? undefined : rfc3339(timestamp),
  });
  return { ...vulnerability, analysis: { ...analysis, ...times } };
}

/** Who gives out names of this kind, as far as the name tells: a reference needs a source. */
function sourceOf(id: string): string {
  return /^[A-Za-z]+(?=-)/.exec(id)?.[0] ?? "unknown";
}
