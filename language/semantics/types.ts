/** The types of the language: what the checker knows of a value, and what the evaluator reads evidence by. */

/** Domain types that are written as strings or bare literals and validated where they stand (language/README.md). */
export type ScalarName =
  | "Bool"
  | "Int"
  | "Decimal"
  | "String"
  | "Time"
  | "Duration"
  | "Bytes"
  | "Version"
  | "Range"
  | "Purl"
  | "PurlSet"
  | "Digest"
  | "ImageRef"
  | "Url"
  | "Glob"
  | "Regex"
  | "Ip"
  | "Cidr"
  | "Port"
  | "Path"
  | "SpiffeId"
  | "License"
  | "Advisory";

export type Type =
  | { readonly kind: "scalar"; readonly name: ScalarName }
  | EnumType
  | RecordType
  | { readonly kind: "list"; readonly element: Type }
  | { readonly kind: "set"; readonly element: Type }
  | { readonly kind: "map"; readonly value: Type }
  /** `Verified<T, by P>`; `trust` is the qualified name of the trust declaration. */
  | { readonly kind: "verified"; readonly inner: RecordType; readonly trust: string }
  /** Absorbs what follows a reported error. */
  | { readonly kind: "error" };

/** Variants are known by their index; `name` is qualified (`waybill.slsa.Level`); the built-in `Severity` has no module. */
export interface EnumType {
  readonly kind: "enum";
  readonly name: string;
  readonly variants: readonly string[];
  readonly ordered: boolean;
}

/**
 * Fields are filled in after all types are declared, so types may be recursive. Two record types are the same iff
 * their names are equal. An anonymous record (a record literal) has the name "".
 */
export interface RecordType {
  readonly kind: "record";
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
  readonly predicates: ReadonlyMap<string, Predicate>;
}

/**
 * How absence reads (semantics, section 2): `required` malformed, `default` the default, `optional` missing. A default is
 * in run-time form, in lists too; parts of records and entries of maps are data whose leaves are `Known`.
 */
export type FieldMode =
  | { readonly kind: "required" }
  | { readonly kind: "optional" }
  | { readonly kind: "default"; readonly value: unknown };

export interface Field {
  readonly name: string;
  readonly type: Type;
  readonly mode: FieldMode;
  /** Enforcement points at which the fact exists; absent: all. */
  readonly points?: readonly string[];
  /** Nobody signed it: reading it in a deciding position needs `claimed(…)`. */
  readonly claimed: boolean;
  readonly doc?: string;
}

export interface Predicate {
  readonly name: string;
  readonly by: boolean;
  readonly closed: boolean;
  readonly doc?: string;
}

export const severity: EnumType = {
  kind: "enum",
  name: "Severity",
  variants: ["negligible", "low", "medium", "high", "critical"],
  ordered: true,
};

export function scalar(name: ScalarName): Type {
  return { kind: "scalar", name };
}

/** As a user writes it. */
export function showType(type: Type): string {
  switch (type.kind) {
    case "scalar":
      return type.name === "PurlSet" ? "Purl set" : type.name;
    case "enum":
    case "record":
      return type.name === "" ? "{ … }" : (type.name.split(".").at(-1) ?? type.name);
    case "list":
      return `List<${showType(type.element)}>`;
    case "set":
      return `Set<${showType(type.element)}>`;
    case "map":
      return `Map<String, ${showType(type.value)}>`;
    case "verified":
      return `Verified<${showType(type.inner)}, by ${type.trust.split(".").at(-1)}>`;
    case "error":
      return "?";
  }
}

export function sameType(a: Type, b: Type): boolean {
  if (a.kind === "error" || b.kind === "error") return true;
  switch (a.kind) {
    case "scalar":
      return b.kind === "scalar" && a.name === b.name;
    case "enum":
      return b.kind === "enum" && a.name === b.name;
    case "record":
      return b.kind === "record" && a.name === b.name;
    case "list":
    case "set":
      return b.kind === a.kind && sameType(a.element, b.element);
    case "map":
      return b.kind === "map" && sameType(a.value, b.value);
    case "verified":
      return b.kind === "verified" && a.trust === b.trust && sameType(a.inner, b.inner);
  }
}
