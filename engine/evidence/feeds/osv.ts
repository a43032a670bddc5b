/** OSV records (https://ossf.github.io/osv-schema/), one a document, or a dump of many in an archive. */
import type { Diagnostic, Result } from "../../../language/diagnostics/diagnostic.ts";
import { parseAdvisory } from "../../../language/domains/advisory.ts";
import type { Adapter, Evidence, Source } from "../evidence.ts";
import { fault, token } from "../fault.ts";
import { readJson } from "../json/read.ts";
import { type Json, object, text, texts } from "../raw.ts";
import { validate, validateLoaded } from "../schema/validate.ts";
import { defaultLimits } from "../text.ts";
import { feedDocument, feedEvidence, feedTime, type OsvHead } from "./feed.ts";

export const osvRecord: Adapter = {
  format: "osv",
  title: "OSV record",
  detect,
  schema: () => ({ kind: "schema", schema: "osv-record" }),
  read(json, source) {
    const record = object(json) ?? {};
    const head = headOf(record);
    const document = feedDocument(source, "osv", "osv");
    const evidence = feedEvidence(
      {
        kind: "osv",
        document,
        records: [head],
        read: (index) => (index === 0 ? { record, pointer: source.base } : undefined),
      },
      { id: head.id, modified: feedTime(text(record["modified"])), withdrawn: head.withdrawn, records: 1 },
      { records: 1 },
      source.base,
      {},
    );
    return { value: [evidence], diagnostics: [] };
  },
};

function detect(json: unknown): boolean {
  const record = object(json);
  if (record === undefined || typeof record["id"] !== "string" || typeof record["modified"] !== "string") return false;
  return ["schema_version", "affected", "aliases", "withdrawn", "details", "summary"].some((key) => key in record);
}

/** Whether a document of an archive is an OSV record. */
export function isOsvRecord(bytes: Uint8Array): boolean {
  return detect(readJson(bytes, "").value?.json);
}

function headOf(record: Json): OsvHead {
  const withdrawn = text(record["withdrawn"]);
  return {
    id: canonical(text(record["id"]) ?? ""),
    aliases: texts(record["aliases"]).map(canonical),
    modified: feedTime(text(record["modified"])) ?? "",
    // A time that cannot be read still says that the record was taken back; the fact is malformed then.
    withdrawn: withdrawn === undefined ? undefined : (feedTime(withdrawn) ?? withdrawn),
  };
}

function canonical(id: string): string {
  const parsed = parseAdvisory(id);
  return parsed.ok ? parsed.value : id;
}

/** A file of an archive; `read` unpacks it, may be asked again, and throws where the file is damaged. */
export interface Packed {
  readonly name: string;
  readonly read: () => Uint8Array;
}

/** So many files of one archive that are no records are told one by one. */
const told = 20;

/**
 * A dump: every file is a record, and one that is none refuses the whole. Of each record its ids are kept; the rest is read
 * again where a finding is about it.
 */
export async function readOsvDump(files: readonly Packed[], source: Source): Promise<Result<readonly Evidence[]>> {
  const records: OsvHead[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const file of files) {
    const pointer = `${source.base}/${token(file.name)}`;
    const read = readJson(file.read(), `${source.name}#${file.name}`, { ...defaultLimits, size: largestRecord });
    if (read.value === undefined) diagnostics.push(...read.diagnostics);
    else if (detect(read.value.json)) {
      const { json } = read.value;
      diagnostics.push(...(validateLoaded("osv-record", json, pointer) ?? (await validate("osv-record", json, pointer))));
      records.push(headOf(object(read.value.json) ?? {}));
    } else diagnostics.push(fault("WB1272", { problem: `\`${file.name}\` in it is no OSV record` }, pointer));
    if (diagnostics.length >= told) break;
  }
  if (diagnostics.length > 0) return { value: [], diagnostics };
  const document = feedDocument(source, "osv", "osv-dump");
  const read = (index: number): { readonly record: Json; readonly pointer: string } | undefined => {
    const file = files[index];
    const record = file === undefined ? undefined : object(readJson(file.read(), file.name).value?.json);
    return file === undefined || record === undefined ? undefined : { record, pointer: `${source.base}/${token(file.name)}` };
  };
  const counts = { records: records.length };
  const evidence = feedEvidence({ kind: "osv", document, records, read }, counts, counts, source.base, { records: "" });
  return { value: [evidence], diagnostics: [] };
}

/** Bytes of one record of a dump. */
const largestRecord = 64_000_000;
