/**
 * CSAF 2.0 documents of the profiles VEX and security advisory, which say how products stand to vulnerabilities: by the
 * schema, and by every mandatory test. A document that breaks one is refused as a whole.
 */
import { type DataRecord, type DocumentRef, origin } from "../../../language/core/data.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import type { Adapter, SchemaChoice, Source } from "../evidence.ts";
import { fault } from "../fault.ts";
import { type Json, object, text } from "../raw.ts";
import { listed } from "../vex/shortcomings.ts";
import { mandatoryBreaches } from "./mandatory.ts";
import { statementsOf } from "./statements.ts";

const documentType = "waybill.vex.Document";

/** So many breaches are told one by one. */
const told = 20;

export const csaf: Adapter = {
  format: "csaf",
  title: "CSAF 2.0",
  detect: isCsaf,
  schema(json): SchemaChoice {
    const found = text(object(object(json)?.["document"])?.["csaf_version"]) ?? "";
    return found === "2.0" || found === ""
      ? { kind: "schema", schema: "csaf-2.0" }
      : { kind: "unsupported", pointer: "/document/csaf_version", found, supported: ["2.0"] };
  },
  read(json, source) {
    const document = object(json) ?? {};
    const category = text(object(document["document"])?.["category"]) ?? "";
    if (!profiles.has(category)) {
      const details = {
        expected: [...profiles].join(", "),
        found: category,
        help: "give the VEX or the security advisory of the same issuer",
      };
      return { value: [], diagnostics: [fault("WB1221", { category }, `${source.base}/document/category`, details)] };
    }
    const breaches = mandatoryBreaches(json);
    if (breaches.length > 0) {
      const diagnostics = breaches
        .slice(0, told)
        .map(({ test, pointer, problem }) => fault("WB1220", { test, problem }, source.base + pointer, { help }));
      if (breaches.length > told)
        diagnostics.push(fault("WB0914", { more: breaches.length - told, what: "places break mandatory tests" }, source.base));
      return { value: [], diagnostics };
    }
    return evidence(document, source);
  },
};

const help = "`waybill vex validate` lists all that a document breaks";

const profiles: ReadonlySet<string> = new Set(["csaf_vex", "csaf_security_advisory"]);

/** By its version, or by the tracking that each document must have. */
function isCsaf(json: unknown): boolean {
  const document = object(object(json)?.["document"]);
  return document !== undefined && ("csaf_version" in document || (object(document["tracking"]) !== undefined && "publisher" in document));
}

function evidence(csaf: Json, source: Source): ReturnType<Adapter["read"]> {
  const document: DocumentRef = { digest: source.digest, name: source.name, format: "csaf", predicateType: documentType };
  const { statements, products, missed, excessive } = statementsOf(csaf, document, source.base);
  if (excessive) return { value: [], diagnostics: [fault("WB1230", { name: source.name }, source.base)] };
  const data: DataRecord = { ...head(csaf), statements, [origin]: { document, pointer: source.base, fields } };
  const counts = { statements: statements.length, products };
  return {
    value: [{ type: documentType, document, data, about: [], counts }],
    diagnostics: [...draft(csaf, source.base), ...listed(missed, products)],
  };
}

const fields: Readonly<Record<string, string>> = {
  id: "/document/tracking/id",
  author: "/document/publisher/name",
  role: "/document/publisher/category",
  title: "/document/title",
  timestamp: "/document/tracking/current_release_date",
  first_issued: "/document/tracking/initial_release_date",
  version: "/document/tracking/version",
  revision: "/document/tracking/version",
  statements: "/vulnerabilities",
};

/** What is said of the document itself. Its id is that of its tracking, which is the issuer's own, after the issuer's namespace and a `#`. */
function head(csaf: Json): DataRecord {
  const document = object(csaf["document"]) ?? {};
  const publisher = object(document["publisher"]) ?? {};
  const tracking = object(document["tracking"]) ?? {};
  const version = text(tracking["version"]);
  const whole = version !== undefined && /^(?:0|[1-9]\d{0,14})$/.test(version);
  return {
    id: `${text(publisher["namespace"]) ?? ""}#${text(tracking["id"]) ?? ""}`,
    author: text(publisher["name"]),
    role: text(publisher["category"]),
    title: text(document["title"]),
    timestamp: text(tracking["current_release_date"]),
    first_issued: text(tracking["initial_release_date"]),
    version: whole ? Number(version) : undefined,
    revision: whole ? undefined : version,
    draft: isDraft(tracking),
  };
}

function draft(csaf: Json, base: string): readonly Diagnostic[] {
  const tracking = object(object(csaf["document"])?.["tracking"]);
  return tracking !== undefined && isDraft(tracking)
    ? [fault("WB1222", { id: text(tracking["id"]) ?? "" }, `${base}/document/tracking/status`, { help: "wait for its final version" })]
    : [];
}

/** CSAF 2.0, section 3.2.1.12.7: not yet what its issuer says. */
function isDraft(tracking: Json): boolean {
  return tracking["status"] === "draft";
}
