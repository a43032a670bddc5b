/** Functions of the standard library that the engine implements; names as in `language/semantics/intrinsics.ts`. */
import { type DataRecord, type DataValue, Lack, OpenList } from "../../../language/core/data.ts";
import type { IntrinsicCall } from "../../../language/core/ir.ts";
import type { ImageRef } from "../../../language/domains/image-ref.ts";
import { type License, obliges, permits } from "../../../language/domains/license.ts";
import type { Purl } from "../../../language/domains/purl.ts";
import { ecosystemOfPurlType, type Version, versionOf } from "../../../language/domains/version.ts";
import type { Type } from "../../../language/semantics/types.ts";
import type { Env } from "../env.ts";
import { joinFindings } from "../intrinsics/findings.ts";
import { kubernetesMinor } from "../intrinsics/kubernetes-minor.ts";
import { causeBit, causesOf, eachWant, MALFORMED, MISSING, type Site, Unknown, union, want, withoutOpenness } from "../unknown.ts";
import { Collection, isVirtual, NoRecord, type RecordValue } from "../virtual.ts";
import { type Compiled, type Context, type Fn, fixed } from "./context.ts";
import { compileDeadline, isDeadlineCall } from "./deadlines.ts";
import { fieldReader, unknownOf } from "./fields.ts";
import { freeLocals } from "./free.ts";
import { memoised } from "./memo.ts";
import { compileRuntimeCall, isRuntimeCall } from "./runtime.ts";

/** Strict on scalars: called only when every argument is known. What it wants is a want about its first argument. */
type Strict = (args: readonly unknown[], site: Site, record: DataRecord | undefined) => unknown;

function licence(read: typeof obliges): Strict {
  return ([license, ids], site, record) => {
    const { items, open } = ids as Collection;
    const truth = read(license as License, items as readonly string[]);
    if (truth === "missing")
      return want(MISSING, site, record, `\`${(license as License).text}\` does not say under which SPDX licence it stands`);
    if (truth === "malformed") return want(MALFORMED, site, record, `a part of \`${(license as License).text}\` cannot be read`);
    // More ids can only oblige or permit more: a list that may be longer settles nothing that is false.
    return truth === false && open !== undefined ? open : truth;
  };
}

function part<T>(read: (value: T) => string | Version | undefined): Strict {
  return ([value], site) => read(value as T) ?? want(MISSING, site, undefined, "not stated");
}

const strict: Readonly<Record<string, Strict>> = {
  "waybill.license.obliges": licence(obliges),
  "waybill.license.permits": licence(permits),
  "waybill.kubernetes.minor": ([version], site) =>
    kubernetesMinor(version as string) ?? want(MALFORMED, site, undefined, `\`${String(version)}\` is no version of Kubernetes`),
  "imageref.registry": part<ImageRef>((ref) => ref.registry),
  "imageref.path": part<ImageRef>((ref) => ref.path),
  "imageref.repository": part<ImageRef>((ref) => ref.repository),
  "imageref.tag": part<ImageRef>((ref) => ref.tag),
  "imageref.digest": part<ImageRef>((ref) => ref.digest),
  "purl.type": part<Purl>((purl) => purl.type),
  "purl.namespace": part<Purl>((purl) => purl.namespace),
  "purl.name": part<Purl>((purl) => purl.name),
  "purl.version": part<Purl>((purl) => (purl.version === undefined ? undefined : versionOf(ecosystemOfPurlType(purl.type), purl.version))),
  "purl.subpath": part<Purl>((purl) => purl.subpath),
};

export function compileIntrinsic(context: Context, expr: IntrinsicCall): Compiled {
  const site = context.site(expr);
  if (isRuntimeCall(expr.name)) return fixed(compileRuntimeCall(context, expr, site));
  if (isDeadlineCall(expr.name)) {
    const decide = compileDeadline(context, expr);
    return fixed((env) => failure(env, expr.name, expr.type, site) ?? decide(env));
  }
  const args = expr.args.map((arg) => context.compile(arg));
  const call = expr.name === "waybill.vuln.findings" ? findings(expr, args, site) : strictCall(context, expr, args, site);
  const checked: Fn = (env) => failure(env, expr.name, expr.type, site) ?? call(env);
  return expr.name === "waybill.vuln.findings" && freeLocals(expr).size === 0 ? fixed(memoised(context, checked)) : fixed(checked);
}

/** A look-up that failed is a fact of the state: `given vuln.findings unknown transient`. */
function failure(env: Env, name: string, type: Type, site: Site): unknown {
  const failed = env.failed?.get(name);
  if (failed === undefined) return undefined;
  const wants = failed.map((lookup) => want(causeBit(lookup.cause), site, undefined, lookup.detail));
  return unknownOf(type, wants.reduce(union));
}

function strictCall(context: Context, expr: IntrinsicCall, args: readonly Compiled[], own: Site): Fn {
  const compute = strict[expr.name];
  if (compute === undefined) return () => unknownOf(expr.type, want(MISSING, own, undefined, "the engine does not provide it"));
  const [first] = expr.args;
  const site = first?.kind === "field" ? context.site(first) : own;
  const record = first?.kind === "field" ? context.compile(first.record).fn : undefined;
  const [only] = args;
  if (args.length === 1 && only !== undefined) {
    return (env) => {
      const value = only.fn(env);
      return value instanceof Unknown ? unknownOf(expr.type, value) : compute([value], site, undefined);
    };
  }
  return (env) => {
    const values = args.map((arg) => arg.fn(env));
    let unknown: Unknown | undefined;
    for (const value of values) if (value instanceof Unknown) unknown = unknown === undefined ? value : union(unknown, value);
    return unknown === undefined
      ? compute(values, site, record === undefined ? undefined : (record(env) as DataRecord))
      : unknownOf(expr.type, unknown);
  };
}

/** Wants in the form that evidence has them. */
function lacksOf(unknown: Unknown): readonly Lack[] {
  const lacks: Lack[] = [];
  eachWant(unknown, (single) => {
    for (const cause of causesOf(single.causes)) lacks.push(new Lack(cause, single.detail));
  });
  return lacks;
}

function join(components: readonly unknown[], findings: readonly unknown[], root: DataValue, lacks: readonly Lack[]): readonly DataValue[] {
  const bom = { components: new OpenList(components as readonly DataValue[], false, lacks), ...(root === undefined ? {} : { root }) };
  const joined = joinFindings(bom, { findings: findings as readonly DataRecord[] }).findings;
  return joined instanceof OpenList ? joined.items : joined;
}

interface Joined {
  readonly components: readonly unknown[];
  readonly root: DataValue;
  readonly items: readonly DataValue[];
}
const lastJoined = new WeakMap<readonly unknown[], Joined>();

/** Clauses and their explanations join the same two lists: evidence does not change, so the last result is kept. */
function joinedOnce(components: readonly unknown[], findings: readonly unknown[], root: DataValue): readonly DataValue[] {
  const last = lastJoined.get(findings);
  if (last !== undefined && last.components === components && last.root === root) return last.items;
  const items = join(components, findings, root, []);
  lastJoined.set(findings, { components, root, items });
  return items;
}

/** The findings of `scan` on the components of `bom`; where the SBOM is not there, neither are they. */
function findings(expr: IntrinsicCall, args: readonly Compiled[], site: Site): Fn {
  const [bom, scan] = args;
  const [bomExpr, scanExpr] = expr.args;
  if (bom === undefined || scan === undefined || bomExpr?.type.kind !== "record" || scanExpr?.type.kind !== "record") {
    throw new Error("core calls waybill.vuln.findings with other arguments than a Bom and a Scan");
  }
  const list = (
    type: { readonly fields: ReadonlyMap<string, Parameters<typeof fieldReader>[0]> },
    name: string,
    closed: boolean,
  ): ((record: RecordValue) => Collection) => {
    const field = type.fields.get(name);
    if (field === undefined) return () => new Collection([], want(MALFORMED, site, undefined, `\`${name}\` is not a field`));
    return fieldReader(field, { ...site, fact: `${site.fact}.${name}` }, closed) as (record: RecordValue) => Collection;
  };
  const components = list(bomExpr.type, "components", bom.closed);
  const scanned = list(scanExpr.type, "findings", scan.closed);
  return (env) => {
    const bomRecord = bom.fn(env) as RecordValue;
    const scanRecord = scan.fn(env) as RecordValue;
    const known = scanned(scanRecord);
    const listed = components(bomRecord);
    const unsettled = listed.open === undefined ? undefined : withoutOpenness(listed.open);
    const open = known.open === undefined ? unsettled : unsettled === undefined ? known.open : union(known.open, unsettled);
    if (bomRecord instanceof NoRecord) return new Collection([], open);
    const root = isVirtual(bomRecord) ? undefined : bomRecord["root"];
    const items =
      unsettled === undefined ? joinedOnce(listed.items, known.items, root) : join(listed.items, known.items, root, lacksOf(unsettled));
    return new Collection(items, open);
  };
}
