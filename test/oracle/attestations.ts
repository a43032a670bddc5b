/** Attestations: what binds a document to the subject, and what several documents say together (semantics, section 8). */
import type { AttestationRead } from "../../language/core/ir.ts";
import type { Evidence } from "../../engine/evidence/evidence.ts";
import type { Request } from "../../engine/evaluate/decision.ts";
import type { Field, Type } from "../../language/semantics/types.ts";
import { equalValues } from "./scalars.ts";
import type { CollectionMeaning, MapMeaning, Meaning, RecordMeaning, Wants } from "./logic.ts";
import { noWants, union, unknown, want } from "./logic.ts";
import { lackingRecord, type Reading, recordFrom } from "./read.ts";

interface Statement {
  readonly evidence: Evidence;
  readonly time?: number;
}

/** What an attestation is about. */
export interface Target {
  readonly digest?: string | undefined;
  readonly configDigest?: string | undefined;
}

export function attestation(read: AttestationRead, request: Request, target: Target, reading: Reading): Meaning {
  const fact = `${read.quantity === "all" ? "attestations" : "attestation"} ${read.predicate.name}`;
  const failed = union(...request.failed.filter((f) => f.name === read.predicate.name).map((f) => want(f.cause, fact)));
  const statements = distinct(candidates(read, request).filter((s) => binds(s.evidence, target)));
  const records = (list: readonly Statement[]) => list.map((s) => recordFrom(s.evidence.data, reading));
  if (read.quantity === "all") return { kind: "collection", members: records(statements), wants: union(failed, want("missing", fact)) };
  if (read.quantity === "one") return united(records(statements), failed, fact);
  const newest = newestOf(statements, fact);
  return "wants" in newest ? lackingRecord(union(newest.wants, failed)) : united(records(newest.statements), failed, fact);
}

function candidates(read: AttestationRead, request: Request): readonly Statement[] {
  const { origin, predicate } = read;
  if (origin.kind === "claimed") return request.evidence.filter((e) => e.type === predicate.name).map((evidence) => ({ evidence }));
  return request.attested.filter((a) => a.evidence.type === predicate.name && a.trusts.includes(origin.trust));
}

/** A document that names digests is about those, and an image ID is never a manifest; one that names none is bound by who gave it. */
function binds(evidence: Evidence, target: Target): boolean {
  if (evidence.about.length === 0) return true;
  return evidence.about.some((b) => b.digest === (b.kind === "config" ? target.configDigest : target.digest));
}

function distinct(statements: readonly Statement[]): readonly Statement[] {
  const digestOf = (s: Statement) => s.evidence.document.digest;
  return statements.filter((s, i) => statements.findIndex((other) => digestOf(other) === digestOf(s)) === i);
}

function newestOf(statements: readonly Statement[], fact: string): { readonly statements: readonly Statement[] } | { readonly wants: Wants } {
  if (statements.length === 0) return { statements };
  const times = statements.flatMap((s) => (s.time === undefined ? [] : [s.time]));
  if (times.length < statements.length) return { wants: want("missing", fact) };
  const newest = statements.filter((s) => s.time === Math.max(...times));
  return newest.length > 1 ? { wants: want("conflict", fact) } : { statements: newest };
}

/** The record that the statements make together: each field path by the table of section 8. */
function united(records: readonly RecordMeaning[], failed: Wants, fact: string): RecordMeaning {
  if (records.length === 0) return lackingRecord(failed.size === 0 ? want("missing", fact) : failed);
  const lacks = records.filter((r) => r.lack !== undefined);
  const lack = lacks.length === records.length || failed.size > 0 ? union(failed, ...lacks.map((r) => r.lack ?? noWants)) : undefined;
  const [only] = records;
  return {
    kind: "record",
    ...(lack === undefined ? {} : { lack }),
    ...(records.length === 1 && only?.data !== undefined ? { data: only.data } : {}),
    field: (field: Field, path: string) => unitedField(field.type, records.map((r) => r.field(field, path)), failed, path),
  };
}

function unitedField(type: Type, readings: readonly Meaning[], failed: Wants, path: string): Meaning {
  switch (type.kind) {
    case "record":
    case "verified":
      return united(readings as readonly RecordMeaning[], failed, path);
    case "list":
    case "set":
      return unitedCollections(readings as readonly CollectionMeaning[], failed);
    case "map":
      return unitedMaps(type.value, readings as readonly MapMeaning[], failed, path);
    default:
      return unitedScalars(type, readings, failed, path);
  }
}

function unitedCollections(parts: readonly CollectionMeaning[], failed: Wants): CollectionMeaning {
  return { kind: "collection", members: parts.flatMap((p) => p.members), wants: union(failed, ...parts.map((p) => p.wants)) };
}

function unitedMaps(value: Type, parts: readonly MapMeaning[], failed: Wants, path: string): MapMeaning {
  const keys = new Set(parts.flatMap((p) => [...p.entries.keys()]));
  const entry = (key: string) => parts.flatMap((p) => p.entries.get(key) ?? []);
  return {
    kind: "map",
    entries: new Map([...keys].map((key) => [key, unitedField(value, entry(key), failed, `${path}["${key}"]`)])),
    wants: union(failed, ...parts.map((p) => p.wants)),
  };
}

/** That value if all give the same one; every unknown reading keeps its wants, every difference is a conflict. */
function unitedScalars(type: Type, readings: readonly Meaning[], failed: Wants, path: string): Meaning {
  const values = readings.flatMap((r) => (r.kind === "known" ? [r.value] : []));
  const [first] = values;
  const agree = first === undefined || values.every((v) => equalValues(type, first, v) === true);
  const wants = union(failed, agree ? noWants : want("conflict", path), ...readings.flatMap((r) => (r.kind === "unknown" ? [r.wants] : [])));
  if (first !== undefined && wants.size === 0) return { kind: "known", value: first };
  return unknown(wants);
}
