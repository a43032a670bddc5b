/**
 * Wants as plain sets, and what an expression can mean (semantics, sections 1 and 3). Written for reading, not for
 * speed: the oracle shares no representation with the engine.
 */
import type { Cause, DataRecord } from "../../language/core/data.ts";
import type { Value } from "../../language/core/value.ts";
import type { EnumType, Field } from "../../language/semantics/types.ts";

export interface Want {
  readonly cause: Cause;
  /** The path as the policy reads it, or a look-up. */
  readonly fact: string;
  /** Raised for a list that is present but not declared complete: what `closed(…)` removes. */
  readonly openness: boolean;
}

/** A set of wants, keyed by their content. */
export type Wants = ReadonlyMap<string, Want>;

export const noWants: Wants = new Map();

export function wants(...list: readonly Want[]): Wants {
  return new Map(list.map((w) => [`${w.cause} ${w.openness ? "openness" : "fact"} ${w.fact}`, w]));
}

export function want(cause: Cause, fact: string, openness = false): Wants {
  return wants({ cause, fact, openness });
}

export function union(...sets: readonly Wants[]): Wants {
  return new Map(sets.flatMap((s) => [...s]));
}

export function causesOf(set: Wants): ReadonlySet<Cause> {
  return new Set([...set.values()].map((w) => w.cause));
}

export function onlyMissing(set: Wants): boolean {
  return [...set.values()].every((w) => w.cause === "missing");
}

/** `D(τ)` of a scalar or an enum. Truth values are `known` Booleans or `unknown`. */
export type Scalar = { readonly kind: "known"; readonly value: Value } | { readonly kind: "unknown"; readonly wants: Wants };

/** A record is a function from its fields. `lack` says that there is no record: then every field is unknown so. */
export interface RecordMeaning {
  readonly kind: "record";
  readonly lack?: Wants;
  /** The bytes it stands for, where an intrinsic asks for them. */
  readonly data?: DataRecord;
  field(field: Field, fact: string): Meaning;
}

/** `⟨xs ; W⟩` */
export interface CollectionMeaning {
  readonly kind: "collection";
  readonly members: readonly Meaning[];
  readonly wants: Wants;
}

/** A map from strings; open where `wants` is not empty. */
export interface MapMeaning {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, Meaning>;
  readonly wants: Wants;
}

/** `⟨S ; W⟩` of a table with an enum result: indices of the variants still possible. */
export interface Outcomes {
  readonly kind: "outcomes";
  readonly type: EnumType;
  readonly possible: readonly number[];
  readonly wants: Wants;
}

/** `⟨lo, hi ; W⟩` of a count; `hi` may be infinite. */
export interface Interval {
  readonly kind: "interval";
  readonly lo: number;
  readonly hi: number;
  readonly wants: Wants;
}

export type Meaning = Scalar | RecordMeaning | CollectionMeaning | MapMeaning | Outcomes | Interval;

/** True, false, or unknown with its wants. */
export type Truth = boolean | { readonly wants: Wants };

export function known(value: Value): Scalar {
  return { kind: "known", value };
}

export function unknown(set: Wants): Scalar {
  return { kind: "unknown", wants: set };
}

export function truthOf(meaning: Meaning): Truth {
  if (meaning.kind === "known" && typeof meaning.value === "boolean") return meaning.value;
  if (meaning.kind === "unknown") return { wants: meaning.wants };
  throw new Error(`the oracle expected a truth value and found ${meaning.kind}`);
}

export function meaningOf(truth: Truth): Scalar {
  return typeof truth === "boolean" ? known(truth) : unknown(truth.wants);
}

export function not(a: Truth): Truth {
  return typeof a === "boolean" ? !a : a;
}

export function and(a: Truth, b: Truth): Truth {
  if (a === false || b === false) return false;
  if (a === true) return b;
  if (b === true) return a;
  return { wants: union(a.wants, b.wants) };
}

export function or(a: Truth, b: Truth): Truth {
  return not(and(not(a), not(b)));
}

export function all(list: readonly Truth[]): Truth {
  return list.reduce(and, true);
}

export function any(list: readonly Truth[]): Truth {
  return list.reduce(or, false);
}

/** `open(W)`: false for a closed collection, unknown for an open one. */
export function open(set: Wants): Truth {
  return set.size === 0 ? false : { wants: set };
}

/** `sure(T) = T`, everything else is false. */
export function sure(a: Truth): boolean {
  return a === true;
}
