/** OpenVEX 0.2.0 documents. Strict: a document that breaks the schema, an unknown status above all, is refused. */
import { type DataRecord, type DocumentRef, origin } from "../../../language/core/data.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { digestOf } from "../../../language/domains/digest.ts";
import { parsePurl } from "../../../language/domains/purl.ts";
import type { Adapter, SchemaChoice } from "../evidence.ts";
import { fault } from "../fault.ts";
import { type Json, object, objects, text, texts } from "../raw.ts";
import { digestIn } from "../scan/scan.ts";

const documentType = "waybill.vex.Document";
const context = "https://openvex.dev/ns";

export const openvex: Adapter = {
  format: "openvex",
  title: "OpenVEX 0.2.0",
  detect(json) {
    return text(object(json)?.["@context"])?.startsWith(context) ?? false;
  },
  schema(json): SchemaChoice {
    const found = text(object(json)?.["@context"]) ?? "";
    const supported = [`${context}/v0.2.0`];
    // Documents of 0.2.0 are seen with the bare context too; the shape of 0.0.1 breaks the schema then.
    const known = found === context || supported.includes(found.replace(/\/$/, ""));
    return known ? { kind: "schema", schema: "openvex-0.2.0" } : { kind: "unsupported", pointer: "/@context", found, supported };
  },
  read(json, source) {
    const vex = object(json) ?? {};
    const document: DocumentRef = { digest: source.digest, name: source.name, format: "openvex", predicateType: documentType };
    const statements = objects(vex["statements"]).map((statement, index) =>
      readStatement(statement, vex, document, `${source.base}/statements/${index}`),
    );
    const data: DataRecord = {
      author: text(vex["author"]),
      timestamp: text(vex["timestamp"]),
      version: typeof vex["version"] === "number" ? vex["version"] : undefined,
      statements: statements.map((statement) => statement.data),
      [origin]: { document, pointer: source.base },
    };
    const evidence = { type: documentType, document, data, about: [], counts: { statements: statements.length } };
    return {
      value: [evidence],
      diagnostics: told(
        statements.flatMap((statement) => statement.diagnostics),
        source.base,
      ),
    };
  },
};

/** So many statements that match nothing are told one by one. */
const most = 20;

function told(diagnostics: readonly Diagnostic[], base: string): readonly Diagnostic[] {
  if (diagnostics.length <= most) return diagnostics;
  return [...diagnostics.slice(0, most), fault("WB0955", { more: diagnostics.length - most }, `${base}/statements`)];
}

interface ReadStatement {
  readonly data: DataRecord;
  readonly diagnostics: readonly Diagnostic[];
}

const statementFields: Readonly<Record<string, string>> = {
  vulnerability: "/vulnerability/name",
  aliases: "/vulnerability/aliases",
  impact: "/impact_statement",
  action: "/action_statement",
};
const productFields: Readonly<Record<string, string>> = { id: "/@id", purl: "", digests: "/hashes" };

/** A statement without a time has the document's (OpenVEX, "Inheritance"). */
function readStatement(statement: Json, vex: Json, document: DocumentRef, pointer: string): ReadStatement {
  const vulnerability = object(statement["vulnerability"]) ?? {};
  const name = text(vulnerability["name"]);
  const products = objects(statement["products"]).map((product, index) => readProduct(product, document, `${pointer}/products/${index}`));
  const data: DataRecord = {
    vulnerability: name,
    aliases: texts(vulnerability["aliases"]),
    status: text(statement["status"]),
    justification: text(statement["justification"]),
    impact: text(statement["impact_statement"]),
    action: text(statement["action_statement"]),
    timestamp: text(statement["timestamp"]) ?? text(vex["timestamp"]),
    products,
    [origin]: { document, pointer, fields: statementFields },
  };
  const diagnostics =
    products.length === 0
      ? [fault("WB0953", { vulnerability: name ?? "" }, pointer, { help: "name the product by its digest or purl" })]
      : products.flatMap((product, index) => unmatchable(product, `${pointer}/products/${index}`));
  return { data, diagnostics };
}

function readProduct(product: Json, document: DocumentRef, pointer: string): DataRecord {
  const id = text(product["@id"]);
  const identifiers = object(product["identifiers"]) ?? {};
  const purl = text(identifiers["purl"]) ?? (id?.startsWith("pkg:") ? id : undefined);
  return {
    id: id ?? purl ?? text(identifiers["cpe23"]) ?? text(identifiers["cpe22"]),
    purl,
    digests: digests(object(product["hashes"]) ?? {}),
    subcomponents: objects(product["subcomponents"]).map(subcomponent),
    [origin]: { document, pointer, fields: productFields },
  };
}

/** Digests in the form of the language; those whose length is not that of their algorithm match nothing. */
function digests(hashes: Json): readonly string[] {
  return Object.entries(hashes).flatMap(([algorithm, hex]) => {
    const digest = digestOf(algorithm, typeof hex === "string" ? hex : "");
    return digest.ok ? [digest.value] : [];
  });
}

function subcomponent(json: Json): string {
  const identifiers = object(json["identifiers"]) ?? {};
  return text(identifiers["purl"]) ?? text(json["@id"]) ?? text(identifiers["cpe23"]) ?? text(identifiers["cpe22"]) ?? "";
}

function unmatchable(product: DataRecord, pointer: string): readonly Diagnostic[] {
  const { id, purl, digests: found } = product;
  const parsed = typeof purl === "string" ? parsePurl(purl) : undefined;
  if (parsed?.ok || (Array.isArray(found) && found.length > 0) || (typeof id === "string" && digestIn(id) !== undefined)) return [];
  return [fault("WB0954", { id: String(id ?? "") }, pointer, parsed === undefined ? {} : { notes: [parsed.problem] })];
}
