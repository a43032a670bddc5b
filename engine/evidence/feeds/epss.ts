/** EPSS scores as FIRST's API answers (https://api.first.org/data/v1/epss): some CVEs, numbers as texts. */
import { Lack } from "../../../language/core/data.ts";
import type { Adapter } from "../evidence.ts";
import { fault } from "../fault.ts";
import { object, objects, text } from "../raw.ts";
import { type EpssScore, feedDocument, feedEvidence, feedTime } from "./feed.ts";
import { probability } from "./probability.ts";

export const epssAnswer: Adapter = {
  format: "epss-api",
  title: "EPSS scores (FIRST's API in JSON, or the daily table)",
  detect(json) {
    const answer = object(json);
    if (answer === undefined || !Array.isArray(answer["data"])) return false;
    const [first] = objects(answer["data"]);
    return first === undefined ? "status-code" in answer && "total" in answer : "cve" in first && "epss" in first;
  },
  schema: () => ({ kind: "schema", schema: "epss-api" }),
  read(json, source) {
    const answer = object(json) ?? {};
    const document = feedDocument(source, "epss", "epss-api");
    const rows = objects(answer["data"]);
    const scores = new Map<string, EpssScore>();
    const malformed: number[] = [];
    for (const [index, row] of rows.entries()) {
      const cve = text(row["cve"]) ?? "";
      const epss = probability(said(row["epss"]));
      const percentile = row["percentile"] === undefined ? undefined : probability(said(row["percentile"]));
      if (epss instanceof Lack || percentile instanceof Lack) malformed.push(index);
      const before = scores.get(cve);
      const isOther = before !== undefined && before.epss !== epss;
      const detail = `the scores list ${cve} twice, with different ones`;
      scores.set(
        cve,
        isOther
          ? { ...before, epss: new Lack("conflict", detail), percentile: new Lack("conflict", detail) }
          : { epss, percentile, pointer: `${source.base}/data/${index}` },
      );
    }
    const dates = new Set(rows.flatMap((row) => feedTime(text(row["date"])) ?? []));
    // Of several days it is as old as its oldest.
    const date = [...dates].sort()[0];
    const model = text(answer["model_version"]);
    const evidence = feedEvidence(
      { kind: "epss", document, model, date, find: (cve) => scores.get(cve) },
      { model, date, scores: rows.length },
      { scores: rows.length },
      source.base,
      { model: "/model_version", date: "/data/0/date", scores: "/data" },
    );
    const [first] = malformed;
    if (first === undefined) return { value: [evidence], diagnostics: [] };
    const pointer = `${source.base}/data/${first}`;
    const counted = { count: malformed.length, of: rows.length, what: `\`${pointer}\`` };
    return { value: [evidence], diagnostics: [fault("WB1271", counted, pointer)] };
  },
};

function said(value: unknown): string | undefined {
  return typeof value === "number" ? String(value) : text(value);
}
