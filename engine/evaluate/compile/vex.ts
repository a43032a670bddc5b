/** `finding is resolved by …`: reading VEX in a decision (semantics, sections 8 and 10). */
import type { DataRecord } from "../../../language/core/data.ts";
import type { PredicateRead, Trust } from "../../../language/core/ir.ts";
import { showTime } from "../../../language/domains/time.ts";
import { vexSubjectOf } from "../../decide/vex/about.ts";
import { type Claim, indexVex, type VexIndex, type VexTier, type VexVerdict, vexDecider } from "../../decide/vex/decide.ts";
import type { Evidence } from "../../evidence/evidence.ts";
import type { Request } from "../decision.ts";
import { type Env, UNSET } from "../env.ts";
import { CONFLICT, type Site, type Truth, want } from "../unknown.ts";
import { wantsOf } from "./attestations.ts";
import type { Context } from "./context.ts";

const documentType = "waybill.vex.Document";

type Decider = (finding: DataRecord) => VexVerdict;

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
  const decider = (env: Env): Decider => {
    const known = env.slots[slot];
    if (known !== UNSET && known !== undefined) return known as Decider;
    const { request } = env;
    const tiers = trust === undefined ? [claimedTier(request)] : members.map((member) => signedTier(request, member, members));
    const subject = vexSubjectOf(request.subject, believed(request, members));
    const made = vexDecider(indexOf(context, trust, tiers), subject, { now: env.now });
    env.slots[slot] = made;
    return made;
  };
  return (env, finding) => {
    const failed = wantsOf(env.failed?.get(documentType), trust, site);
    if (failed !== undefined) return failed;
    const verdict = decider(env)(finding);
    if (verdict.flipsAt !== undefined && verdict.flipsAt < env.validUntil) env.validUntil = verdict.flipsAt;
    return verdict.kind === "conflict" ? want(CONFLICT, site, finding, disagreement(verdict.used)) : verdict.kind === "suppressed";
  };
}

/**
 * Who ranks before whom: the members of `any of [a, b]` as they are written, then what satisfies it and none of them (as
 * tests may say). Every other declaration is one tier.
 */
export function tiersOfTrust(trusts: readonly Trust[], trust: string): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (key: string): void => {
    if (seen.has(key)) return;
    seen.add(key);
    const body = trusts.find((one) => one.key === key)?.body;
    if (body?.kind === "quorum" && body.threshold === 1) for (const member of body.members) visit(member);
    found.add(key);
  };
  visit(trust);
  return [...found];
}

/** What a member signed counts as its word, and not again as that of a declaration that it satisfies besides. */
function signedTier({ attested }: Request, name: string, all: readonly string[]): VexTier {
  const before = all.slice(0, all.indexOf(name));
  const documents = attested
    .filter(
      ({ evidence, trusts }) => evidence.type === documentType && trusts.includes(name) && !before.some((one) => trusts.includes(one)),
    )
    .map(({ evidence }) => evidence.data);
  return { name, documents };
}

function claimedTier(request: Request): VexTier {
  const documents = believed(request, [])
    .filter(({ type }) => type === documentType)
    .map(({ data }) => data);
  return { name: "claimed", documents };
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
