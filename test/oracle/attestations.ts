/** Attestations: what binds a document to the subject, and what several documents say together (semantics, section 8). */

import type { Request } from "../../engine/evaluate/decision.ts";
import type { Evidence } from "../../engine/evidence/evidence.ts";
import type { AttestationRead } from "../../language/core/ir.ts";
import type { Value } from "../../language/core/value.ts";
import type { Version } from "../../language/domains/version.ts";
import type { Field, Type } from "../../language/semantics/types.ts";
import type { CollectionMeaning, MapMeaning, Meaning, RecordMeaning, Wants } from "./logic.ts";
import { noWants, union, unknown, want } from "./logic.ts";
import { lackingRecord, type Reading, recordFrom } from "./read.ts";
import { equalValues } from "./scalars.ts";

interface Statement {
  readonly evidence: Evidence;
  readonly time?: number;
}

/** What an attestation is about: the policy's subject, or what `about` says. */
export interface Target {
  readonly kind: "subject" | "about";
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
  const bare = request.evidence.map((evidence): Statement => ({ evidence }));
  const unverified = request.attested.filter((a) => a.trusts.length === 0).map(({ evidence }): Statement => ({ evidence }));
  const found = origin.kind === "claimed" ? [...bare, ...unverified] : request.attested.filter((a) => a.trusts.includes(origin.trust));
  return found.filter((s) => s.evidence.type === predicate.name);
}

/** A document that names digests is about those, and an image ID is never a manifest; one that names none is about the subject. */
function binds(evidence: Evidence, target: Target): boolean {
  if (evidence.about.length === 0) return target.kind === "subject";
  return evidence.about.some((b) => b.digest === (b.kind === "config" ? target.configDigest : target.digest));
}

/** By the digest of their document; one that was signed twice has its later time. */
function distinct(statements: readonly Statement[]): readonly Statement[] {
  const digestOf = (s: Statement) => s.evidence.document.digest;
  const firsts = statements.filter((s, i) => statements.findIndex((other) => digestOf(other) === digestOf(s)) === i);
  return firsts.map(({ evidence }) => {
    const times = statements.flatMap((s) => (digestOf(s) === evidence.document.digest && s.time !== undefined ? [s.time] : []));
    return { evidence, ...(times.length === 0 ? {} : { time: Math.max(...times) }) };
  });
}

function newestOf(
  statements: readonly Statement[],
  fact: string,
): { readonly statements: readonly Statement[] } | { readonly wants: Wants } {
  if (statements.length === 0) return { statements };
  const times = statements.flatMap((s) => (s.time === undefined ? [] : [s.time]));
  if (times.length < statements.length) return { wants: want("missing", fact) };
  const newest = statements.filter((s) => s.time === Math.max(...times));
  return newest.length > 1 ? { wants: want("conflict", fact) } : { statements: newest };
}

/** The record that the statements make together: each field path by the table of section 8. */
function united(records: readonly RecordMeaning[], failed: Wants, fact: string): RecordMeaning {
  if (records.length === 0) return lackingRecord(failed.size === 0 ? want("missing", fact) : failed);
  const record = unitedRecords(records);
  return failed.size === 0 ? record : (beside(record, failed) as RecordMeaning);
}

/** A value that was read beside a failed look-up: an unseen statement might disagree, so no leaf of it is known. */
function beside(meaning: Meaning, failed: Wants): Meaning {
  switch (meaning.kind) {
    case "record":
      return {
        kind: "record",
        lack: union(failed, meaning.lack ?? noWants),
        field: (field, path) => beside(meaning.field(field, path), failed),
      };
    case "collection":
      return { kind: "collection", members: meaning.members.map((m) => beside(m, failed)), wants: union(failed, meaning.wants) };
    case "map":
      return { kind: "map", entries: new Map(), wants: union(failed, meaning.wants) };
    case "unknown":
      return unknown(union(failed, meaning.wants));
    default:
      return unknown(failed);
  }
}

function unitedRecords(records: readonly RecordMeaning[]): RecordMeaning {
  const lacks = records.flatMap((r) => (r.lack === undefined ? [] : [r.lack]));
  const [only] = records;
  return {
    kind: "record",
    ...(lacks.length === 0 ? {} : { lack: union(...lacks) }),
    ...(records.length === 1 && only?.data !== undefined ? { data: only.data } : {}),
    field: (field: Field, path: string) => {
      const readings = records.map((r) => r.field(field, path));
      return unitedField(field.type, readings, path);
    },
  };
}

function unitedField(type: Type, readings: readonly Meaning[], path: string): Meaning {
  switch (type.kind) {
    case "record":
    case "verified":
      return unitedRecords(readings as readonly RecordMeaning[]);
    case "list":
    case "set":
      return unitedCollections(readings as readonly CollectionMeaning[]);
    case "map":
      return unitedMaps(type.value, readings as readonly MapMeaning[], path);
    default:
      return unitedScalars(type, readings, path);
  }
}

function unitedCollections(parts: readonly CollectionMeaning[]): CollectionMeaning {
  return { kind: "collection", members: parts.flatMap((p) => p.members), wants: union(...parts.map((p) => p.wants)) };
}

function unitedMaps(value: Type, parts: readonly MapMeaning[], path: string): MapMeaning {
  const keys = new Set(parts.flatMap((p) => [...p.entries.keys()]));
  const entry = (key: string) => parts.flatMap((p) => p.entries.get(key) ?? []);
  return {
    kind: "map",
    entries: new Map([...keys].map((key) => [key, unitedField(value, entry(key), `${path}["${key}"]`)])),
    wants: union(...parts.map((p) => p.wants)),
  };
}

/** That value if all give the same one; every unknown reading keeps its wants, every difference is a conflict. */
function unitedScalars(type: Type, readings: readonly Meaning[], path: string): Meaning {
  const values = readings.flatMap((r) => (r.kind === "known" ? [r.value] : []));
  const [first] = values;
  const agree = first === undefined || values.every((v) => sameWord(type, first, v));
  const wants = union(agree ? noWants : want("conflict", path), ...readings.flatMap((r) => (r.kind === "unknown" ? [r.wants] : [])));
  if (first !== undefined && wants.size === 0) return { kind: "known", value: first };
  return unknown(wants);
}

/** Equal, or the same text of a version that its ecosystem cannot order. */
function sameWord(type: Type, a: Value, b: Value): boolean {
  if (equalValues(type, a, b) === true) return true;
  return type.kind === "scalar" && type.name === "Version" && sameVersion(a as Version, b as Version);
}

function sameVersion(a: Version, b: Version): boolean {
  return a.ecosystem === b.ecosystem && a.text === b.text;
}
