/** `finding is resolved by …`: reading VEX in a decision (semantics, sections 8 and 10). */
import type { DataRecord } from "../../../language/core/data.ts";
import type { PredicateRead } from "../../../language/core/ir.ts";
import { showTime } from "../../../language/domains/time.ts";
import { isAbout, vexSubjectOf } from "../../decide/vex/about.ts";
import {
  type Claim,
  indexVex,
  type VexDecider,
  type VexIndex,
  type VexSubject,
  type VexTier,
  type VexVerdict,
  vexDecider,
} from "../../decide/vex/decide.ts";
import { tiersOfTrust } from "../../decide/vex/tiers.ts";
import { withoutLook } from "../../decide/vex/verdict.ts";
import type { Evidence } from "../../evidence/evidence.ts";
import { failureText, type Request } from "../decision.ts";
import { type Env, UNSET } from "../env.ts";
import { CONFLICT, type Site, type Truth, want } from "../unknown.ts";
import { concerns, wantsOf } from "./attestations.ts";
import type { Context } from "./context.ts";

const documentType = "waybill.vex.Document";

/** What one `resolved by` reads in a decision. */
export interface VexRead {
  /** Qualified name of the declaration that is believed; undefined: `claimed`. */
  readonly trust: string | undefined;
  readonly index: VexIndex;
  readonly subject: VexSubject;
  readonly decide: VexDecider;
  /** The verdicts that the clauses rest on; kept where somebody explains. */
  readonly asked: Map<DataRecord, VexVerdict> | undefined;
}

type Reading = (env: Env) => VexRead;

/** Of each program, by who is believed. */
const readings = new WeakMap<Context, Map<string | undefined, Reading>>();

/** Everything that the program's `resolved by` read in the decision, or would have read. */
export function vexReads(context: Context, env: Env): readonly VexRead[] {
  return [...(readings.get(context)?.values() ?? [])].map((reading) => reading(env));
}

/** The documents of the last decision by who is believed, and their index: every read of a program has the same. */
interface Indexed {
  readonly tiers: readonly VexTier[];
  readonly index: VexIndex;
}
const lastIndexed = new WeakMap<Context, Map<string | undefined, Indexed>>();

function indexOf(context: Context, trust: string | undefined, tiers: readonly VexTier[]): VexIndex {
  let byTrust = lastIndexed.get(context);
  if (byTrust === undefined) {
    byTrust = new Map();
    lastIndexed.set(context, byTrust);
  }
  const last = byTrust.get(trust);
  if (last !== undefined && sameTiers(last.tiers, tiers)) return last.index;
  const index = indexVex(tiers);
  byTrust.set(trust, { tiers, index });
  return index;
}

/** Reads the predicate of a finding; the documents are indexed once a decision, and once for all that share them. */
export function resolvedByVex(context: Context, expr: PredicateRead, site: Site): (env: Env, finding: DataRecord) => Truth {
  const trust = expr.by?.kind === "trust" ? expr.by.trust : undefined;
  const members = trust === undefined ? [] : tiersOfTrust(context.program.trusts, trust);
  const slot = context.sharedSlot(`vex ${trust ?? "claimed"}`);
  const reading: Reading = (env) => {
    const known = env.slots[slot];
    if (known !== UNSET && known !== undefined) return known as VexRead;
    const { request } = env;
    const signed = members.map((member) => signedTier(request, member, members));
    const tiers = trust === undefined ? [claimedTier(request)] : env.explains ? [...signed, unsignedTier(request, members)] : signed;
    const subject = vexSubjectOf(request.subject, believed(request, members));
    const index = indexOf(context, trust, tiers);
    const decide = vexDecider(index, subject, { now: env.now });
    const made: VexRead = { trust, index, subject, decide, asked: env.explains ? new Map() : undefined };
    env.slots[slot] = made;
    return made;
  };
  const known = readings.get(context);
  if (known === undefined) readings.set(context, new Map([[trust, reading]]));
  else known.set(trust, reading);
  return (env, finding) => {
    const lookups = env.failed?.get(documentType);
    const failed = wantsOf(lookups, trust, site);
    if (failed !== undefined) {
      if (env.explains) {
        // Whoever wonders is told what speaks of the finding all the same.
        const { asked, decide } = reading(env);
        asked?.set(finding, withoutLook(decide(finding), failureText((lookups ?? []).filter((one) => concerns(one, trust)))));
      }
      return failed;
    }
    const { asked, decide } = reading(env);
    const verdict = decide(finding);
    asked?.set(finding, verdict);
    if (verdict.flipsAt !== undefined && verdict.flipsAt < env.validUntil) env.validUntil = verdict.flipsAt;
    return verdict.kind === "conflict" ? want(CONFLICT, site, finding, disagreement(verdict.used)) : verdict.kind === "suppressed";
  };
}

/** What a member signed counts as its word, and not again as that of a declaration that it satisfies besides. */
function signedTier({ attested, subject }: Request, name: string, all: readonly string[]): VexTier {
  const before = all.slice(0, all.indexOf(name));
  const own = [subject.digest, subject.configDigest].filter((digest) => digest !== undefined);
  const documents = attested
    .filter(
      ({ evidence, trusts }) => evidence.type === documentType && trusts.includes(name) && !before.some((one) => trusts.includes(one)),
    )
    // What is there for `attestation … about` something else is no word on the subject.
    .filter(({ evidence }) => isAbout(evidence, own))
    .map(({ evidence }) => evidence.data);
  return { name, documents };
}

/** What nobody who is believed signed: it decides nothing, and whoever wonders is told so. A bundle that was verified is known already. */
function unsignedTier(request: Request, members: readonly string[]): VexTier {
  const known = new Set(believed(request, members).map(({ document }) => document.name));
  const documents = claimsIn(request).filter(({ document }) => !known.has(document.name));
  return { name: "claimed", documents: documents.map(({ data }) => data), trusted: false };
}

function claimedTier(request: Request): VexTier {
  return { name: "claimed", documents: claimsIn(request).map(({ data }) => data) };
}

function claimsIn(request: Request): readonly Evidence[] {
  return believed(request, []).filter(({ type }) => type === documentType);
}

/** What those who are believed signed; for `claimed`, what was given, and what is attached and nobody who is known signed. */
function believed({ evidence, attested }: Request, members: readonly string[]): readonly Evidence[] {
  if (members.length > 0)
    return attested.filter(({ trusts }) => trusts.some((trust) => members.includes(trust))).map((one) => one.evidence);
  return [...evidence, ...attested.filter(({ trusts }) => trusts.length === 0).map((one) => one.evidence)];
}

function sameTiers(a: readonly VexTier[], b: readonly VexTier[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ name, documents }, position) => {
      const other = b[position];
      if (other === undefined || other.name !== name || other.documents.length !== documents.length) return false;
      return documents.every((document, index) => document === other.documents[index]);
    })
  );
}

function disagreement(claims: readonly Claim[]): string {
  const [first, ...rest] = claims;
  const other = rest.find(({ status }) => suppresses(status) !== suppresses(first?.status)) ?? rest[0];
  const told = [first, other].filter((claim) => claim !== undefined).map(said);
  return `VEX statements of equal rank disagree: ${told.join(", ")}`;
}

function suppresses(status: Claim["status"] | undefined): boolean {
  return status === "not_affected" || status === "fixed";
}

function said({ author, status, time }: Claim): string {
  return `${author ?? "one author"} says ${status}${time === undefined ? " without a time" : ` at ${showTime(time)}`}`;
}
