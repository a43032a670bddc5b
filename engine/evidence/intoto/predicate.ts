/** What adapters of predicates share: the shape of an adapter, and the parts that in-toto's predicates have in common. */
import { type DataRecord, type DocumentRef, origin } from "../../../language/core/data.ts";
import { digestOf } from "../../../language/domains/digest.ts";
import type { Adapter, Evidence, Source } from "../evidence.ts";
import { type Json, object, objects, text } from "../raw.ts";
import type { SchemaName } from "../schema/validate.ts";
import { flatten } from "../slsa/source.ts";

/** A predicate that is being read: where its records say that they stand. */
export interface Reading {
  readonly predicate: Json;
  readonly document: DocumentRef;
  /** Pointer of the predicate. */
  readonly base: string;
  readonly source: Source;
}

export interface PredicateReader {
  readonly format: string;
  readonly title: string;
  readonly schema: SchemaName;
  /** The standard library's type. */
  readonly type: string;
  /** Where fields stand whose name there is another. */
  readonly fields: Readonly<Record<string, string>>;
  /** The fields of the type. */
  read(reading: Reading): DataRecord;
  /** For reports; by default there is nothing to count. */
  counts?(data: DataRecord): Evidence["counts"];
}

/** An adapter of a format that documents of their own do not have: it is known by the name in its statement only. */
export function predicateAdapter(reader: PredicateReader): Adapter {
  return {
    format: reader.format,
    title: reader.title,
    detect: () => false,
    schema: () => ({ kind: "schema", schema: reader.schema }),
    read(json, source) {
      const document: DocumentRef = { digest: source.digest, name: source.name, format: reader.format, predicateType: reader.type };
      const read = reader.read({ predicate: object(json) ?? {}, document, base: source.base, source });
      const data: DataRecord = { ...read, [origin]: { document, pointer: source.base, fields: reader.fields } };
      return { value: [{ type: reader.type, document, data, about: [], counts: reader.counts?.(data) ?? {} }], diagnostics: [] };
    },
  };
}

/** Best first; a digest of an algorithm that is not here is taken last. */
const preference = ["sha512", "sha384", "sha256", "gitCommit", "sha1"];

/** The digests of a set that can be read, in the form of the language, the strongest first. */
export function digestsOf(set: unknown): readonly string[] {
  const digests = object(set) ?? {};
  const names = Object.keys(digests);
  const ranked = [...preference.filter((name) => names.includes(name)), ...names.filter((name) => !preference.includes(name))];
  return ranked.flatMap((name) => {
    const digest = digestOf(name, text(digests[name]) ?? "");
    return digest.ok ? [digest.value] : [];
  });
}

const resourceFields = { media_type: "/mediaType", location: "/downloadLocation", digests: "/digest" };

/** A resource descriptor (in-toto attestation framework, `ResourceDescriptor`) as `waybill.intoto.Resource`; undefined where there is none. */
export function resource(value: unknown, document: DocumentRef, pointer: string): DataRecord | undefined {
  const descriptor = object(value);
  if (descriptor === undefined) return undefined;
  const digests = digestsOf(descriptor["digest"]);
  return {
    name: text(descriptor["name"]),
    uri: text(descriptor["uri"]),
    digest: digests[0],
    digests,
    media_type: text(descriptor["mediaType"]),
    location: text(descriptor["downloadLocation"]),
    [origin]: { document, pointer, fields: resourceFields },
  };
}

/** The resources of a list. */
export function resources(list: unknown, document: DocumentRef, pointer: string): readonly DataRecord[] {
  return objects(list).map((one, index) => resource(one, document, `${pointer}/${index}`) ?? {});
}

/** An object of any shape as texts by path, undefined where there is none. */
export function texted(value: unknown): DataRecord | undefined {
  return object(value) === undefined ? undefined : flatten(value).entries;
}
