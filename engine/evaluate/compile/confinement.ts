/**
 * Whether an admission policy lets an image run only under a runtime profile (semantics, section 10). Asked of the policies
 * themselves: a pod of which nothing is known but that a container runs the image and is not under the profile must be
 * refused. What is refused with everything else unknown is refused whatever the rest turns out to be (law 7), so every
 * other fact of that pod is transient, which neither `known` nor `otherwise` sees.
 */
import { type DataRecord, type DataValue, Lack, OpenList } from "../../../language/core/data.ts";
import type { Clause, Expr, Policy, Program } from "../../../language/core/ir.ts";
import { expressionsIn, operandsOf } from "../../../language/core/walk.ts";
import type { RecordType } from "../../../language/semantics/types.ts";
import type { Request, Subject } from "../decision.ts";
import { Env } from "../env.ts";
import { and, type Truth } from "../unknown.ts";
import type { Context } from "./context.ts";

/** `required`, or why it is not known to be. */
export type Confinement = { readonly kind: "required" } | { readonly kind: "not-known"; readonly detail: string };

interface Demand {
  /** What it is called in reports. */
  readonly name: string;
  readonly policy: Policy;
  readonly clause: Clause;
  readonly scope: ((env: Env) => Truth) | undefined;
  readonly guards: readonly ((env: Env) => Truth)[];
  readonly condition: (env: Env) => Truth;
  readonly context: Context;
  /** Why the clause cannot be believed, whatever it says. */
  readonly unfit: string | undefined;
}

/** `context` is that of the program; what is compiled here shares nothing with it. */
export function compileConfinement(context: Context, runtime: string): (env: Env) => Confinement {
  const { program } = context;
  let demands: readonly Demand[] | undefined;
  // It is asked for every finding in one subject, and is about the subject alone.
  let last: { readonly request: Request; readonly answer: Confinement; readonly until: number } | undefined;
  return (env) => {
    if (last?.request !== env.request) {
      demands ??= program.policies.flatMap((policy) => demandsOf(context, policy, runtime));
      const before = env.validUntil;
      env.validUntil = Number.POSITIVE_INFINITY;
      const answer = confinementOf(program, demands, runtime, env);
      last = { request: env.request, answer, until: env.validUntil };
      env.validUntil = before;
    }
    if (last.until < env.validUntil) env.validUntil = last.until;
    return last.answer;
  };
}

/** The clauses at admission that speak of the profile. */
function demandsOf(context: Context, policy: Policy, runtime: string): readonly Demand[] {
  if (policy.subject !== "workload" || (policy.points !== undefined && !policy.points.includes("admission"))) return [];
  const { program } = context;
  const clauses = policy.clauses.filter((clause) => reached(program, policy, clause.condition).some((expr) => asksFor(expr, runtime)));
  if (clauses.length === 0) return [];
  const apart = context.apart();
  for (const binding of policy.lets) apart.declareLet(binding.slot, binding.value);
  const truth = (expr: Expr): ((env: Env) => Truth) => apart.compile(expr).fn as (env: Env) => Truth;
  return clauses.map((clause) => ({
    name: clause.label === undefined ? policy.name : `${policy.name}.${clause.label}`,
    policy,
    clause,
    scope: policy.scope === undefined ? undefined : truth(policy.scope),
    guards: clause.guards.map(truth),
    condition: truth(clause.condition),
    context: apart,
    unfit: unfitness(program, policy, clause),
  }));
}

function asksFor(expr: Expr, runtime: string): boolean {
  const [key] = expr.kind === "intrinsic" && expr.name === "runtime.confines" ? expr.args : [];
  return key?.kind === "literal" && key.value === runtime;
}

/** Every expression that an expression rests on, definitions included. */
function reached(program: Program, policy: Policy, root: Expr): readonly Expr[] {
  const definitions = new Map<string, Expr>([
    ...program.functions.map(({ key, body }) => [`call ${key}`, body] as const),
    ...program.constants.map(({ key, value }) => [`constant ${key}`, value] as const),
    ...policy.lets.map(({ slot, value }) => [`let ${slot}`, value] as const),
  ]);
  const found: Expr[] = [];
  const open: Expr[] = [root];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const expr of expressionsIn(next)) {
      found.push(expr);
      const key =
        expr.kind === "call" || expr.kind === "constant" ? `${expr.kind} ${expr.key}` : expr.kind === "let" ? `let ${expr.slot}` : "";
      const definition = definitions.get(key);
      definitions.delete(key);
      if (definition !== undefined) open.push(definition);
    }
  }
  return found;
}

/** What makes its answer about the imagined pod say nothing of real ones. */
function unfitness(program: Program, policy: Policy, clause: Clause): string | undefined {
  if (clause.otherwise.effect !== "deny") return `a violation says ${clause.otherwise.effect}, not deny`;
  // A real pod may leave open what the imagined one is sure of.
  const soft = Object.values(clause.onUnknown).find(({ effect }) => effect !== "deny");
  if (soft !== undefined) return `what is not known says ${soft.effect}, not deny`;
  const parts = [policy.scope, ...clause.guards, clause.condition].flatMap((expr) =>
    expr === undefined ? [] : reached(program, policy, expr),
  );
  for (const expr of parts) {
    if (expr.kind === "attestation" || expr.kind === "predicate") return "it rests on evidence, which may come and go";
    if (expr.kind === "intrinsic" && (expr.name === "imageref.tag" || expr.name === "imageref.digest")) return byName;
    if (takesReference(expr)) return byName;
  }
  return undefined;
}

const byName = "it looks at tags, digests or whole references, and the image can be named otherwise";

/** Parts of a reference that are the same however a pod names the image. */
const sameHoweverNamed: ReadonlySet<string> = new Set(["imageref.registry", "imageref.path", "imageref.repository"]);

/** Whether what it says may depend on how the image is named. */
function takesReference(expr: Expr): boolean {
  switch (expr.kind) {
    case "field":
    case "known":
    case "closed":
      return false;
    case "intrinsic":
      return !sameHoweverNamed.has(expr.name) && expr.args.some(isReference);
    default:
      return operandsOf(expr).some(isReference);
  }
}

function isReference({ type }: Expr): boolean {
  return type.kind === "scalar" && type.name === "ImageRef";
}

function confinementOf(program: Program, demands: readonly Demand[], runtime: string, env: Env): Confinement {
  const short = runtime.slice(runtime.lastIndexOf(".") + 1);
  if (demands.length === 0)
    return notKnown(
      `no policy for workloads at admission requires the profile: add require every c in workload.containers: ${short}.confines(c)`,
    );
  const reasons: string[] = [];
  for (const demand of demands) {
    const reason = demand.unfit ?? waived(program, demand, env) ?? misses(program, demand, runtime, env);
    if (reason === undefined) return { kind: "required" };
    reasons.push(`${demand.name} does not require the profile wherever the image runs: ${reason}`);
  }
  return notKnown(reasons.join("; "));
}

function notKnown(detail: string): Confinement {
  return { kind: "not-known", detail };
}

/** A waiver that has not ended may lift the clause; without a clock none has. */
function waived(program: Program, { clause }: Demand, env: Env): string | undefined {
  const key = `${clause.policy}.${clause.label ?? ""}`;
  const live = program.waivers.filter((waiver) => waiver.clause === key && (env.now === undefined || env.now < waiver.ends));
  for (const { ends } of live) if (env.now !== undefined && ends < env.validUntil) env.validUntil = ends;
  return live.length === 0 ? undefined : "a waiver is live";
}

/** Undefined where every imagined pod is refused. */
function misses(program: Program, demand: Demand, runtime: string, env: Env): string | undefined {
  const { policy, context } = demand;
  const container = program.types.get("waybill.kubernetes.Container");
  if (container === undefined) return "nothing is known of containers";
  const pods = podsOf(env.request.subject, policy.subjectType, container);
  if (pods === undefined) return "the containers of the workload are not all known";
  for (const data of pods) {
    const request: Request = {
      subject: { kind: "workload", name: "any", data },
      point: "admission",
      ...(env.now === undefined ? {} : { now: env.now }),
      evidence: [],
      attested: [],
      failed: [],
    };
    const imagined = new Env(context.slots, request);
    imagined.reset(request, context.memo);
    imagined.unconfined = runtime;
    let applies: Truth = demand.scope === undefined ? true : demand.scope(imagined);
    for (const guard of demand.guards) applies = and(applies, guard(imagined));
    if (imagined.validUntil < env.validUntil) env.validUntil = imagined.validUntil;
    if (applies !== true) return "its header or a when may not hold there";
    const refused = demand.clause.polarity === "forbid";
    if (demand.condition(imagined) !== refused) return "a container that runs the image may go unasked";
  }
  return undefined;
}

/** Pods of which nothing is known but one container; for a workload, its own with one container each. */
function podsOf(subject: Subject, workload: RecordType, container: RecordType): readonly DataRecord[] | undefined {
  if (subject.kind === "workload") {
    const containers = subject.data["containers"];
    if (!Array.isArray(containers) || containers.length === 0) return undefined;
    return (containers as readonly DataValue[]).map((one) => ({ ...subject.data, containers: [one] }));
  }
  const image = subject.kind === "image" ? subject.data["ref"] : undefined;
  const running = { ...unknownRecord(container), ...(image === undefined || image === null ? {} : { image }) };
  return [{ ...unknownRecord(workload), containers: new OpenList([running], false, [unseen]) }];
}

const unseen = new Lack("transient", "any pod that runs the image is meant");

function unknownRecord(type: RecordType): DataRecord {
  return Object.fromEntries([...type.fields.keys()].map((name) => [name, unseen]));
}
