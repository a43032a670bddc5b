/**
 * Statements become evidence by their predicate type (in-toto attestation framework, "Parsing rules"). Whether anybody
 * signed one is not known here: `engine/trust` says so of what it verified, and everything else is a claim.
 */
import type { FieldsRead } from "../../language/core/reads.ts";
import type { Diagnostic, Result } from "../../language/diagnostics/diagnostic.ts";
import { nearest } from "../../language/domains/near.ts";
import type { LoadAdapter } from "./adapters.ts";
import { isEnvelope } from "./envelope.ts";
import type { Adapter, Evidence, Source } from "./evidence.ts";
import { fault, shown } from "./fault.ts";
import { type KnownPredicate, predicateFormat, predicateTypes, reportFormats } from "./predicates.ts";
import { object, text } from "./raw.ts";
import { validate } from "./schema/validate.ts";
import { bindings, isStatement, type Statement, type Subject, unwrap } from "./statement.ts";

/** What a statement says, its shape checked. */
export interface StatementContent {
  readonly predicateType: string;
  readonly predicate: unknown;
  readonly subjects: readonly Subject[];
}

/** A statement in a file or an envelope; `source.base` is its pointer. */
export async function admitStatement(statement: Statement, source: Source): Promise<Result<readonly Evidence[]>> {
  const { value, diagnostics } = unwrap(statement, source.base);
  return value === undefined ? { value: [], diagnostics } : admitPredicate(value, source);
}

/**
 * Reads a predicate by its type; `source.base` is the pointer of the statement. A type that is not known gives an error
 * (WB0915): whoever lists what is attached asks `predicateFormat` first, and treats it as noise. What the predicate
 * gives is about the subjects of the statement and nothing else, whatever digests are in it.
 */
export async function admitPredicate(statement: StatementContent, source: Source): Promise<Result<readonly Evidence[]>> {
  const { predicateType, predicate } = statement;
  const refuse = (problem: string, pointer: string): Result<readonly Evidence[]> => ({
    value: [],
    diagnostics: [fault("WB0915", { problem }, source.base + pointer)],
  });
  const known = predicateFormat(predicateType);
  const place = { ...source, base: `${source.base}/predicate`, subjects: statement.subjects };
  if (isStatement(predicate) || isEnvelope(predicate)) return refuse("its predicate is an attestation again", "/predicate");
  if (known === undefined) return { value: [], diagnostics: [unread(predicateType, source.base)] };
  const absent = predicate === undefined || predicate === null;
  if (absent && known.format.empty !== true) return refuse("it has no predicate", "");
  const json = absent ? {} : predicate;
  const adapter = await load(known.format.load);
  const misfit = unfit(known, adapter, predicateType, json, source.base);
  if (misfit !== undefined) return { value: [], diagnostics: [misfit] };
  const parts = [await readAs(adapter, json, place)];
  for (const inner of known.format.holds?.(json) ?? [])
    parts.push(await readReport(inner.json, { ...place, base: place.base + inner.pointer }));
  const diagnostics = parts.flatMap((part) => part.diagnostics);
  if (diagnostics.some((one) => one.level === "error")) return { value: [], diagnostics };
  const about = bindings(statement.subjects);
  const value = parts.flatMap((part) => part.value);
  return { value: about.length === 0 ? value : value.map((piece) => ({ ...piece, about })), diagnostics };
}

function unread(predicateType: string, base: string): Diagnostic {
  const near = nearest(predicateType, predicateTypes());
  return fault("WB0915", { problem: `predicates of type \`${predicateType}\` are not read` }, `${base}/predicateType`, {
    notes: ["the types that are read are listed in the language reference, in its chapter about the standard library"],
    ...(near === undefined ? {} : { help: `did you mean \`${near}\`?` }),
  });
}

/** The report of a scanner, by its look: the predicate that holds it does not say whose it is. One of no known scanner gives nothing. */
async function readReport(json: unknown, source: Source): Promise<Result<readonly Evidence[]>> {
  for (const one of reportFormats) {
    const adapter = await load(one);
    if (adapter.detect(json)) return readAs(adapter, json, source);
  }
  return { value: [], diagnostics: [] };
}

/** Holds a value against the schema of an adapter, and reads it where it holds. */
export async function readAs(adapter: Adapter, json: unknown, source: Source, reads?: FieldsRead): Promise<Result<readonly Evidence[]>> {
  const choice = adapter.schema(json);
  if (choice.kind === "unsupported") {
    const refused = fault("WB0912", { format: adapter.title, version: choice.found }, source.base + choice.pointer, {
      expected: choice.supported.join(", "),
      found: choice.found,
    });
    return { value: [], diagnostics: [refused] };
  }
  const broken = await validate(choice.schema, json, source.base);
  return broken.length > 0 ? { value: [], diagnostics: broken } : adapter.read(json, source, reads);
}

const loaded = new Map<LoadAdapter, Adapter>();

async function load(one: LoadAdapter): Promise<Adapter> {
  const adapter = loaded.get(one) ?? (await one());
  loaded.set(one, adapter);
  return adapter;
}

/** Why a predicate is not of the type that its statement names. */
function unfit(known: KnownPredicate, adapter: Adapter, predicateType: string, json: unknown, base: string): Diagnostic | undefined {
  const { format, version } = known;
  if (format.standalone === true && !adapter.detect(json)) {
    return fault("WB0933", { predicateType, format: format.title, found: looksLike(json) }, `${base}/predicate`, {
      help:
        typeof json === "string"
          ? "attest the JSON form of the document; for SPDX, cosign's word for it is `spdxjson`"
          : "have it attested again under the type that it is of",
    });
  }
  if (version === undefined) return undefined;
  const found = format.version?.(json);
  if (found === undefined || found === version || found.startsWith(`${version}.`)) return undefined;
  return fault("WB0934", { predicateType, format: format.title, found }, `${base}/predicate`, { expected: version, found });
}

/** What a document most likely is, by the key that its format cannot do without. */
function looksLike(json: unknown): string {
  const document = object(json);
  if (document === undefined) return shown(json);
  if (document["bomFormat"] === "CycloneDX") return "a CycloneDX document";
  if (text(document["spdxVersion"]) !== undefined || text(document["@context"])?.includes("spdx.org/")) return "an SPDX document";
  if (text(document["@context"])?.startsWith("https://openvex.dev/ns")) return "an OpenVEX document";
  if (text(object(document["document"])?.["csaf_version"]) !== undefined) return "a CSAF document";
  if (object(document["buildDefinition"]) !== undefined) return "a SLSA provenance";
  return "something else";
}
