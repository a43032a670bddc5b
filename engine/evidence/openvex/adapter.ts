/** OpenVEX 0.2.0 documents. Strict: a document that breaks the schema, an unknown status above all, is refused. */
import { type DataRecord, type DocumentRef, origin } from "../../../language/core/data.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { parseCpe } from "../../../language/domains/cpe.ts";
import { digestOf } from "../../../language/domains/digest.ts";
import { parsePurl } from "../../../language/domains/purl.ts";
import type { Adapter, SchemaChoice, Source } from "../evidence.ts";
import { fault, token } from "../fault.ts";
import { type Json, object, objects, text, texts } from "../raw.ts";
import { digestIn } from "../scan/scan.ts";
import { listed, note, type Shortcomings, shortcomings } from "../vex/shortcomings.ts";

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
    const missed = shortcomings();
    const inherited = subjectProducts(source, document, missed);
    const diagnostics: Diagnostic[] = [];
    const isMatchable = matchability(missed);
    const statements = objects(vex["statements"]).map((statement, index) => {
      const read = readStatement(statement, vex, document, `${source.base}/statements/${index}`, inherited, isMatchable, missed);
      if (read.diagnostics.length > 0) diagnostics.push(...read.diagnostics);
      return read.data;
    });
    const issued = text(vex["timestamp"]);
    const updated = text(vex["last_updated"]);
    const data: DataRecord = {
      id: text(vex["@id"]),
      author: text(vex["author"]),
      role: text(vex["role"]),
      timestamp: updated ?? issued,
      first_issued: updated === undefined ? undefined : issued,
      version: typeof vex["version"] === "number" ? vex["version"] : undefined,
      statements,
      [origin]: { document, pointer: source.base, fields: updated === undefined ? documentFields : updatedFields },
    };
    const evidence = { type: documentType, document, data, about: [], counts: { statements: statements.length } };
    return { value: [evidence], diagnostics: [...told(diagnostics, source.base), ...listed(missed, 0)] };
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

const documentFields: Readonly<Record<string, string>> = { id: "/@id" };
const updatedFields: Readonly<Record<string, string>> = { id: "/@id", timestamp: "/last_updated", first_issued: "/timestamp" };
const statementFields: Readonly<Record<string, string>> = {
  vulnerability: "/vulnerability/name",
  aliases: "/vulnerability/aliases",
  description: "/vulnerability/description",
  notes: "/status_notes",
  impact: "/impact_statement",
  action: "/action_statement",
};
const productFields: Readonly<Record<string, string>> = { id: "/@id", supplier: "", purl: "", cpe: "/identifiers", digests: "/hashes" };

/**
 * A statement without a time has the document's; one without products has those of what encapsulates the document
 * (OpenVEX, "Data Inheritance").
 */
function readStatement(
  statement: Json,
  vex: Json,
  document: DocumentRef,
  pointer: string,
  inherited: readonly DataRecord[],
  isMatchable: (product: DataRecord) => boolean,
  missed: Shortcomings,
): ReadStatement {
  const vulnerability = object(statement["vulnerability"]) ?? nothing;
  const name = text(vulnerability["name"]);
  const supplier = text(statement["supplier"]);
  const own = objects(statement["products"]).map((product, index) =>
    readProduct(product, supplier, document, `${pointer}/products/${index}`, missed),
  );
  const products = own.length === 0 ? inherited : own;
  const data: DataRecord = {
    vulnerability: name,
    aliases: texts(vulnerability["aliases"]),
    description: text(vulnerability["description"]),
    status: text(statement["status"]),
    justification: text(statement["justification"]),
    impact: text(statement["impact_statement"]),
    action: text(statement["action_statement"]),
    notes: text(statement["status_notes"]),
    timestamp: text(statement["timestamp"]) ?? text(vex["timestamp"]),
    products,
    [origin]: { document, pointer, fields: statementFields },
  };
  const diagnostics =
    products.length === 0
      ? [fault("WB0953", { vulnerability: name ?? "" }, pointer, { help: "name the product by its digest or purl" })]
      : own.every(isMatchable)
        ? []
        : own.flatMap((product, index) => unmatchable(product, `${pointer}/products/${index}`));
  return { data, diagnostics };
}

/**
 * The subjects of the statement that the document is the predicate of, as products: by their digests alone, because a
 * name, even if it is a purl, would speak of what has other digests too.
 */
function subjectProducts({ subjects, base }: Source, document: DocumentRef, missed: Shortcomings): readonly DataRecord[] {
  const statement = base.replace(/\/predicate$/, "");
  return (subjects ?? []).map((subject, index) => {
    const found = digests(subject.digest, `${statement}/subject/${index}/digest`, missed);
    const [algorithm, hex] = Object.entries(subject.digest)[0] ?? [];
    return {
      id: found[0] ?? `${algorithm}:${hex}`,
      name: subject.name,
      digests: found,
      subcomponents: [],
      [origin]: { document, pointer: `${statement}/subject/${index}`, fields: { id: "/digest", digests: "/digest" } },
    };
  });
}

function readProduct(
  product: Json,
  supplier: string | undefined,
  document: DocumentRef,
  pointer: string,
  missed: Shortcomings,
): DataRecord {
  const id = text(product["@id"]);
  const identifiers = object(product["identifiers"]) ?? nothing;
  const purl = text(identifiers["purl"]) ?? (id?.startsWith("pkg:") ? id : undefined);
  const cpe = text(identifiers["cpe23"]) ?? text(identifiers["cpe22"]);
  return {
    id: id ?? purl ?? cpe,
    supplier,
    purl,
    cpe,
    digests: product["hashes"] === undefined ? none : digests(object(product["hashes"]) ?? {}, `${pointer}/hashes`, missed),
    subcomponents: product["subcomponents"] === undefined ? none : objects(product["subcomponents"]).map(subcomponent),
    [origin]: { document, pointer, fields: productFields },
  };
}

const none: readonly string[] = [];
const nothing: Json = {};

/** Digests in the form of the language; those whose length is not that of their algorithm match nothing. */
function digests(hashes: Json, pointer: string, missed: Shortcomings): readonly string[] {
  return Object.entries(hashes).flatMap(([algorithm, hex]) => {
    const digest = digestOf(algorithm, typeof hex === "string" ? hex : "");
    if (digest.ok) return [digest.value];
    note(missed.hashes, `${pointer}/${token(algorithm)}`, digest.problem);
    return [];
  });
}

function subcomponent(json: Json): string {
  const identifiers = object(json["identifiers"]) ?? nothing;
  // Without a name that says something it stays a part of the product, and is not the whole of it.
  return text(identifiers["purl"]) ?? text(json["@id"]) ?? text(identifiers["cpe23"]) ?? text(identifiers["cpe22"]) ?? "";
}

/** Whether something can be matched with a product; of each purl it is found out once. */
function matchability(missed: Shortcomings): (product: DataRecord) => boolean {
  const known = new Map<DataRecord[string], boolean>();
  return (product) => {
    const { purl } = product;
    if (purl === undefined) return unmatchable(product, "").length === 0;
    let isRead = known.get(purl);
    if (isRead === undefined) {
      isRead = typeof purl === "string" && parsePurl(purl).ok;
      known.set(purl, isRead);
    }
    if (isRead) return true;
    if (unmatchable(product, "").length > 0) return false;
    note(missed.purls, product[origin]?.pointer ?? "", String(purl));
    return true;
  };
}

function unmatchable(product: DataRecord, pointer: string): readonly Diagnostic[] {
  const { id, purl, cpe, digests: found } = product;
  const named = purl ?? cpe ?? id;
  const parsed =
    typeof purl === "string" ? parsePurl(purl) : typeof named === "string" && named.startsWith("cpe:") ? parseCpe(named) : undefined;
  if (parsed?.ok || (Array.isArray(found) && found.length > 0) || (typeof id === "string" && digestIn(id) !== undefined)) return [];
  return [fault("WB0954", { id: String(id ?? "") }, pointer, parsed === undefined ? {} : { notes: [parsed.problem] })];
}
