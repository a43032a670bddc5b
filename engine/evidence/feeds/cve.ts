/**
 * CVE records, format 5 (https://cveproject.github.io/cve-schema/). CISA adds an assessment to most, in the container of
 * `CISA-ADP`: the inputs of SSVC, and whether the vulnerability is in its catalogue.
 */
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import type { Adapter } from "../evidence.ts";
import { fault } from "../fault.ts";
import { type Json, object, objects, text } from "../raw.ts";
import { newestScore, type Score, scoreOfVector, versionNumber } from "../scan/cvss.ts";
import { type CveFact, feedDocument, feedEvidence, feedTime } from "./feed.ts";

export const cveRecord: Adapter = {
  format: "cve",
  title: "CVE record 5.x",
  detect: (json) => object(json)?.["dataType"] === "CVE_RECORD",
  schema: () => ({ kind: "schema", schema: "cve-record" }),
  read(json, source) {
    const record = object(json) ?? {};
    const metadata = object(record["cveMetadata"]) ?? {};
    const id = text(metadata["cveId"]) ?? "";
    const containers = object(record["containers"]) ?? {};
    const read = assessments(containers, `${source.base}/containers`);
    const score = scoreIn(containers, `${source.base}/containers`);
    const rejected = metadata["state"] === "REJECTED";
    const updated = feedTime(text(metadata["dateUpdated"]));
    const withdrawn = rejected ? (feedTime(text(metadata["dateRejected"])) ?? updated) : undefined;
    const facts: readonly CveFact[] = [
      ...read.facts,
      ...(score === undefined ? [] : [score]),
      ...(withdrawn === undefined ? [] : [{ field: "withdrawn" as const, value: withdrawn, pointer: `${source.base}/cveMetadata` }]),
    ];
    const said = Object.fromEntries(read.facts.map(({ field, value }) => [field, value]));
    const document = feedDocument(source, "cve", "cve");
    const evidence = feedEvidence(
      { kind: "cve", document, id, updated, facts },
      {
        id,
        updated,
        rejected: withdrawn,
        exploitation: said["exploitation"],
        automatable: said["automatable"],
        technical_impact: said["technical_impact"],
      },
      { facts: facts.length },
      source.base,
      {
        id: "/cveMetadata/cveId",
        updated: "/cveMetadata/dateUpdated",
        rejected: "/cveMetadata/dateRejected",
        ...Object.fromEntries(read.facts.map(({ field, pointer }) => [field, pointer.slice(source.base.length)])),
      },
    );
    return { value: [evidence], diagnostics: read.diagnostics };
  },
};

interface Assessed {
  readonly facts: readonly CveFact[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What CISA says; of several assessments the newest counts whole. */
function assessments(containers: Json, base: string): Assessed {
  const facts: CveFact[] = [];
  const diagnostics: Diagnostic[] = [];
  const found: { readonly content: Json; readonly pointer: string; readonly time: string }[] = [];
  for (const [index, container] of objects(containers["adp"]).entries()) {
    if (object(container["providerMetadata"])?.["shortName"] !== "CISA-ADP") continue;
    for (const [at, metric] of objects(container["metrics"]).entries()) {
      const other = object(metric["other"]) ?? {};
      const content = object(other["content"]) ?? {};
      const pointer = `${base}/adp/${index}/metrics/${at}/other/content`;
      if (other["type"] === "ssvc") found.push({ content, pointer, time: feedTime(text(content["timestamp"])) ?? "" });
      if (other["type"] !== "kev") continue;
      facts.push({ field: "kev", value: true, pointer });
      const added = feedTime(text(content["dateAdded"]));
      if (added !== undefined) facts.push({ field: "kev_added", value: added, pointer: `${pointer}/dateAdded` });
    }
  }
  const newest = found.sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0))[0];
  const unread: string[] = [];
  if (newest !== undefined) {
    for (const [index, option] of objects(newest.content["options"]).entries()) {
      for (const [name, value] of Object.entries(option)) {
        const fact = ssvcFact(name, value);
        if (fact === undefined) unread.push(name);
        else facts.push({ ...fact, pointer: `${newest.pointer}/options/${index}` });
      }
    }
    if (unread.length > 0)
      diagnostics.push(
        fault("WB1274", { count: unread.length }, `${newest.pointer}/options`, { notes: [`they are ${unread.slice(0, 5).join(", ")}`] }),
      );
  }
  return { facts, diagnostics };
}

const options: Readonly<Record<string, { readonly field: CveFact["field"]; readonly values: Readonly<Record<string, string | boolean>> }>> =
  {
    exploitation: { field: "exploitation", values: { none: "none", poc: "poc", "public poc": "poc", active: "active" } },
    automatable: { field: "automatable", values: { no: false, yes: true } },
    "technical impact": { field: "technical_impact", values: { partial: "partial", total: "total" } },
  };

function ssvcFact(name: string, value: unknown): Omit<CveFact, "pointer"> | undefined {
  const key = name.toLowerCase();
  const option = Object.hasOwn(options, key) ? options[key] : undefined;
  const word = text(value)?.toLowerCase() ?? "";
  const known = option !== undefined && Object.hasOwn(option.values, word) ? option.values[word] : undefined;
  return option === undefined || known === undefined ? undefined : { field: option.field, value: known };
}

/** The score of the newest CVSS version; of the CNA rather than of who adds to its record. */
function scoreIn(containers: Json, base: string): CveFact | undefined {
  const found: (Score & { readonly pointer: string })[] = [];
  const add = (container: Json, place: string, rank: number): void => {
    for (const [index, metric] of objects(container["metrics"]).entries()) {
      for (const [name, version] of [
        ["cvssV4_0", "4.0"],
        ["cvssV3_1", "3.1"],
        ["cvssV3_0", "3.0"],
        ["cvssV2_0", "2.0"],
      ] as const) {
        const cvss = object(metric[name]);
        const score = scoreOfVector(text(cvss?.["vectorString"]) ?? "");
        const number = versionNumber(version);
        if (score !== undefined && number === score.version) found.push({ ...score, rank, pointer: `${place}/metrics/${index}/${name}` });
      }
    }
  };
  add(object(containers["cna"]) ?? {}, `${base}/cna`, 0);
  for (const [index, container] of objects(containers["adp"]).entries()) add(container, `${base}/adp/${index}`, 1);
  const best = newestScore(found);
  const place = found.find((one) => one === best);
  return best === undefined || place === undefined ? undefined : { field: "cvss", value: best.score, pointer: place.pointer };
}
