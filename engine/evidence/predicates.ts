/**
 * Predicate types of in-toto statements and the adapter of each. A predicate is read by the type that its statement
 * names, never by its look: who signed a statement signed that name too.
 */
import type { LoadAdapter } from "./adapters.ts";
import { object, text } from "./raw.ts";

/** How the predicates of one type are read. */
export interface PredicateFormat {
  /** For people: `SLSA provenance v1`. */
  readonly title: string;
  /** The type, exactly. */
  readonly uri: string;
  /** Other texts that mean the same type. */
  readonly aliases?: readonly string[];
  /**
   * For formats whose type may end in a version (`https://cyclonedx.org/bom/v1.6`): the version that the predicate
   * itself says, which must be that one or begin with it.
   */
  version?(predicate: unknown): string | undefined;
  /** The standard library's types that it gives, some of them only where the predicate has what they are made of. */
  readonly gives: readonly string[];
  /** The type alone says it all: the predicate may be null, empty or left out. */
  readonly empty?: true;
  /** Looked at before the schema, for formats that documents of their own have too. */
  readonly standalone?: true;
  readonly load: LoadAdapter;
}

const bill = ["waybill.sbom.Bom", "waybill.vuln.Scan", "waybill.vex.Document"];

const spdxVersion = (predicate: unknown): string | undefined => {
  const document = object(predicate);
  const two = text(document?.["spdxVersion"])?.replace(/^SPDX-/, "");
  return two ?? /spdx\.org\/rdf\/v?(\d+(?:\.\d+)*)/.exec(text(document?.["@context"]) ?? "")?.[1];
};

/** Every predicate type that is read. */
export const predicateFormats: readonly PredicateFormat[] = [
  {
    title: "SLSA provenance v1",
    uri: "https://slsa.dev/provenance/v1",
    gives: ["waybill.slsa.Provenance"],
    load: async () => (await import("./slsa/provenance.ts")).provenance1,
  },
  {
    title: "SLSA provenance v0.2",
    uri: "https://slsa.dev/provenance/v0.2",
    gives: ["waybill.slsa.Provenance"],
    load: async () => (await import("./slsa/provenance.ts")).provenance02,
  },
  {
    title: "CycloneDX",
    uri: "https://cyclonedx.org/bom",
    aliases: ["https://cyclonedx.org/schema"],
    version: (predicate) => text(object(predicate)?.["specVersion"]),
    gives: [...bill, "waybill.cyclonedx.Bom"],
    standalone: true,
    load: async () => (await import("./cyclonedx/adapter.ts")).cyclonedx,
  },
  {
    title: "SPDX",
    uri: "https://spdx.dev/Document",
    version: spdxVersion,
    gives: ["waybill.sbom.Bom", "waybill.spdx.Document"],
    standalone: true,
    load: async () => (await import("./spdx/adapter.ts")).spdx,
  },
  {
    title: "OpenVEX",
    uri: "https://openvex.dev/ns",
    version: (predicate) => /\/v(\d[\d.]*)\/?$/.exec(text(object(predicate)?.["@context"]) ?? "")?.[1],
    gives: ["waybill.vex.Document"],
    standalone: true,
    load: async () => (await import("./openvex/adapter.ts")).openvex,
  },
];

const exact: ReadonlyMap<string, PredicateFormat> = new Map(
  predicateFormats.flatMap((format) => [format.uri, ...(format.aliases ?? [])].map((uri) => [uri, format] as const)),
);

/** A predicate type that is read, and the version that it names where formats have versions. */
export interface KnownPredicate {
  readonly format: PredicateFormat;
  readonly version?: string;
}

/** How predicates of a type are read; undefined: they are not. */
export function predicateFormat(predicateType: string): KnownPredicate | undefined {
  const whole = exact.get(predicateType);
  if (whole !== undefined) return { format: whole };
  const [, uri = "", version = ""] = /^(.+)\/v?(\d+(?:\.\d+)*)\/?$/.exec(predicateType) ?? [];
  const format = exact.get(uri);
  return format?.version === undefined ? undefined : { format, version };
}

/**
 * Whether statements of a predicate type could be evidence of one of the standard library's types (`waybill.sbom.Bom`):
 * what a plan asks before it fetches one.
 */
export function couldGive(predicateType: string, types: ReadonlySet<string>): boolean {
  return predicateFormat(predicateType)?.format.gives.some((type) => types.has(type)) ?? false;
}
