/** `attestation T by P` and `attestation T claimed` (semantics, section 8). */
import { origin } from "../../../language/core/data.ts";
import type { AttestationRead } from "../../../language/core/ir.ts";
import type { ImageRef } from "../../../language/domains/image-ref.ts";
import type { Evidence } from "../../evidence/evidence.ts";
import { aboutLookup, type FailedLookup } from "../decision.ts";
import type { Env } from "../env.ts";
import { mergeRecords } from "../merge.ts";
import { CONFLICT, causeBit, MISSING, plain, type Site, Unknown, union, want } from "../unknown.ts";
import { Collection, NoRecord, PartialRecord, type RecordValue } from "../virtual.ts";
import { type Compiled, type Context, type Fn, fixed } from "./context.ts";
import { freeLocals } from "./free.ts";
import { memoised } from "./memo.ts";

/** A statement that holds, and when it was signed where that is known. */
interface Statement {
  readonly evidence: Evidence;
  readonly time: number | undefined;
}

export function compileAttestation(context: Context, expr: AttestationRead): Compiled {
  const site = context.site(expr);
  const about = expr.about === undefined ? undefined : context.compile(expr.about).fn;
  const read: Fn = (env) => {
    const digest = about === undefined ? undefined : about(env);
    if (digest instanceof Unknown) return expr.quantity === "all" ? new Collection([], plain(digest)) : new NoRecord(plain(digest));
    const target = digest === undefined ? undefined : digestText(digest);
    const statements = statementsFor(env, expr, target);
    const trust = expr.origin.kind === "trust" ? expr.origin.trust : undefined;
    const isElsewhere = target !== undefined && trust !== undefined && target !== env.request.subject.digest;
    const unlooked = isElsewhere && statements.length === 0 ? env.failed?.get(aboutLookup(expr.predicate.name)) : undefined;
    const failed = wantsOf([...(env.failed?.get(expr.predicate.name) ?? []), ...(unlooked ?? [])], trust, site);
    return expr.quantity === "all"
      ? all(statements, failed, site)
      : one(expr, statements, failed ?? absence(env, expr, target, statements, site), failed, site);
  };
  return freeLocals(expr).size === 0 ? fixed(memoised(context, read)) : fixed(read);
}

function digestText(value: unknown): string {
  return typeof value === "string" ? value : ((value as ImageRef).digest ?? "");
}

/**
 * What makes two documents one: the digest of their bytes, and where these hold several, which of them (`#2` ends the
 * name of the second) and its place. By the digest alone, all but the first would be lost.
 */
function documentKey({ document, data }: Evidence): string {
  const part = document.name.lastIndexOf("#");
  return `${document.digest} ${part < 0 ? "" : document.name.slice(part)} ${data[origin]?.pointer ?? ""}`;
}

/** Statements about the subject (or `target`), deduplicated by the digest of their document: one that was signed twice has its earliest time. */
function statementsFor(env: Env, expr: AttestationRead, target: string | undefined): readonly Statement[] {
  const found = new Map<string, Statement>();
  const { request } = env;
  const add = (evidence: Evidence, time: number | undefined): void => {
    if (evidence.type !== expr.predicate.name || !isAbout(evidence, env, target)) return;
    const key = documentKey(evidence);
    const before = found.get(key);
    if (before === undefined) found.set(key, { evidence, time });
    else if (time !== undefined && time < (before.time ?? Number.POSITIVE_INFINITY)) found.set(key, { ...before, time });
  };
  if (expr.origin.kind === "claimed") {
    for (const evidence of request.evidence) add(evidence, undefined);
    for (const attested of request.attested) if (attested.trusts.length === 0) add(attested.evidence, undefined);
  } else {
    const { trust } = expr.origin;
    for (const attested of request.attested) if (attested.trusts.includes(trust)) add(attested.evidence, attested.time);
  }
  return [...found.values()];
}

/** A document that names digests is about those only; one that names none is bound by the caller to the subject. */
function isAbout(evidence: Evidence, env: Env, target: string | undefined): boolean {
  if (target !== undefined) return evidence.about.some((binding) => binding.kind !== "config" && binding.digest === target);
  if (evidence.about.length === 0) return true;
  const { digest, configDigest } = env.request.subject;
  return evidence.about.some((binding) =>
    binding.kind === "config"
      ? configDigest !== undefined && binding.digest === configDigest
      : digest !== undefined && binding.digest === digest,
  );
}

/** Whether a look-up that failed may have found what `trust` signed; undefined: what anybody says. */
export function concerns({ trusts }: FailedLookup, trust: string | undefined): boolean {
  return trusts === undefined || (trust !== undefined && trusts.includes(trust));
}

/** What failed of a look-up for what `trust` signed; undefined: for what anybody says. */
export function wantsOf(failed: readonly FailedLookup[] | undefined, trust: string | undefined, site: Site): Unknown | undefined {
  let unknown: Unknown | undefined;
  for (const lookup of failed ?? []) {
    if (!concerns(lookup, trust)) continue;
    const single = want(causeBit(lookup.cause), site, undefined, lookup.detail);
    unknown = unknown === undefined ? single : union(unknown, single);
  }
  return unknown;
}

function all(statements: readonly Statement[], failed: Unknown | undefined, site: Site): Collection {
  const unproven = want(MISSING, site, undefined, "no registry proves that it showed every attestation");
  return new Collection(
    statements.map((statement) => statement.evidence.data),
    failed === undefined ? unproven : union(failed, unproven),
  );
}

/** Why there is no statement: none was given, or why those that were given do not count. */
export const absent = {
  none: "none was given",
  other: "the evidence that was given is about another artifact",
  unnamed: "the evidence that was given names a digest, and the subject was named without one",
  unbound: "the evidence that was given does not say what it is about",
  unsigned: "the evidence that was given is not signed as this asks",
} as const;

function absence(
  env: Env,
  expr: AttestationRead,
  target: string | undefined,
  statements: readonly Statement[],
  site: Site,
): Unknown | undefined {
  if (statements.length > 0) return undefined;
  const { request } = env;
  const attested = request.attested.filter(({ trusts }) => expr.origin.kind !== "claimed" || trusts.length === 0);
  const given = [...request.evidence, ...attested.map(({ evidence }) => evidence)].filter(
    (evidence) => evidence.type === expr.predicate.name,
  );
  return want(MISSING, site, undefined, reasonOf(given, env, target));
}

function reasonOf(given: readonly Evidence[], env: Env, target: string | undefined): string {
  if (given.length === 0) return absent.none;
  if (given.some((evidence) => isAbout(evidence, env, target))) return absent.unsigned;
  if (target !== undefined) return given.some((evidence) => evidence.about.length > 0) ? absent.other : absent.unbound;
  const { digest, configDigest } = env.request.subject;
  return digest === undefined && configDigest === undefined ? absent.unnamed : absent.other;
}

function one(
  expr: AttestationRead,
  statements: readonly Statement[],
  nothing: Unknown | undefined,
  failed: Unknown | undefined,
  site: Site,
): RecordValue {
  if (statements.length === 0 && nothing !== undefined) return new NoRecord(nothing);
  if (expr.quantity === "newest") return newest(statements, failed, site);
  const record = mergeRecords(statements.map((statement) => statement.evidence.data));
  return failed === undefined ? record : new PartialRecord(record, failed);
}

function newest(statements: readonly Statement[], failed: Unknown | undefined, site: Site): RecordValue {
  const withFailed = (unknown: Unknown): RecordValue => new NoRecord(failed === undefined ? unknown : union(unknown, failed));
  if (statements.some((statement) => statement.time === undefined))
    return withFailed(want(MISSING, site, undefined, "a statement has no verified time"));
  const latest = Math.max(...statements.map((statement) => statement.time ?? 0));
  const kept = statements.filter((statement) => statement.time === latest);
  const only = kept[0];
  if (kept.length > 1 || only === undefined) return withFailed(want(CONFLICT, site, undefined, "two statements have the same time"));
  return failed === undefined ? only.evidence.data : new PartialRecord(only.evidence.data, failed);
}
