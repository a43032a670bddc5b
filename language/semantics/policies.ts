/** Policies: header, lets, guards and clauses (grammar, section 5; semantics, section 9). */
import type { Clause, Expr, Policy, PolicyLet } from "../core/ir.ts";
import { expressionsIn } from "../core/walk.ts";
import type * as tree from "../syntax/tree.ts";
import { type ClauseScope, checkClause } from "./clauses.ts";
import { bind, type Checked, type Context, errorExpr, isError } from "./context.ts";
import { resolveControl } from "./controls.ts";
import { checkPoint } from "./declarations.ts";
import type { Rule } from "./scopes.ts";
import { place } from "./sink.ts";
import { withSubject } from "./subject-context.ts";
import { enforcementPoints } from "./subjects.ts";
import { demandAcknowledged, demandVerified } from "./trust-labels.ts";
import { resolveType } from "./type-refs.ts";
import { type Field, scalar } from "./types.ts";

/** A labelled clause as waivers and tests find it. */
export interface CheckedClause extends ClauseScope {
  readonly clause: Clause;
}

export interface CheckedPolicy {
  readonly policy: Policy;
  readonly clauses: readonly CheckedClause[];
  /** Lets that nothing reads. */
  readonly lets: readonly { readonly slot: number; readonly declaration: tree.LetDeclaration }[];
}

/** Checks one policy; undefined where its subject is unknown. */
export function checkPolicy(base: Context, rule: Rule & { kind: "policy" }): CheckedPolicy | undefined {
  const { declaration, scope } = rule;
  const context = withSubject(base, declaration.subject);
  if (context?.subject === undefined) return undefined;
  const points = checkPoints(context, declaration);
  const header =
    declaration.where === undefined
      ? undefined
      : checkHeader(context, declaration, declaration.where, points ?? context.subject.kind.points);
  const body = newBody(rule.key, declaration.subject.text);
  checkItems(context, declaration.body, [], body);
  const policy: Policy = {
    name: rule.key,
    ...(declaration.doc === undefined ? {} : { doc: declaration.doc }),
    subject: declaration.subject.text,
    subjectType: context.subject.type,
    ...(points === undefined ? {} : { points }),
    ...(header === undefined ? {} : { scope: header }),
    lets: body.lets,
    clauses: body.clauses.map((checked) => checked.clause),
    satisfies: body.satisfies,
    at: place(scope.path, declaration.name),
  };
  return { policy, clauses: body.clauses, lets: body.declared };
}

function checkPoints(context: Context, declaration: tree.PolicyDeclaration): readonly string[] | undefined {
  const { scope, checking, subject } = context;
  return declaration.points?.map((point) => {
    const name = checkPoint(checking.sink, scope, point);
    const known = subject?.kind.points ?? [];
    if (enforcementPoints.includes(name) && !known.includes(name)) {
      checking.sink.report("WB0607", { kind: declaration.subject.text, point: name }, place(scope.path, point), {
        label: `no ${declaration.subject.text} is seen here`,
        help: `${declaration.subject.text} subjects exist at ${known.map((p) => `\`${p}\``).join(", ")}`,
      });
    }
    return name;
  });
}

/** A header is read before any evidence is: it may use only what every point sees of the subject itself. */
function checkHeader(context: Context, declaration: tree.PolicyDeclaration, where: tree.Expr, points: readonly string[]): Expr | undefined {
  const header: Context = { ...context, noEvidence: "a header says what the policy is about; put this into the body, in `when`" };
  const condition = header.check(header, where, scalar("Bool"));
  if (isError(condition)) return undefined;
  demandAcknowledged(header, condition, "the header of a policy");
  for (const expr of expressionsIn(condition.core)) {
    if (expr.kind !== "field" || expr.field.points === undefined) continue;
    const absent = points.filter((point) => !(expr.field.points ?? []).includes(point));
    if (absent.length > 0) reportAbsent(context, declaration, expr.field, expr, absent);
  }
  return condition.core;
}

function reportAbsent(context: Context, declaration: tree.PolicyDeclaration, field: Field, expr: Expr, absent: readonly string[]): void {
  const exists = field.points ?? [];
  context.checking.sink.report("WB0605", { field: field.name, points: absent }, expr.at, {
    label: `exists at ${exists.join(", ")} only`,
    help:
      declaration.points === undefined
        ? `say where the policy holds: \`at [${exists.join(", ")}]\``
        : `drop ${absent.map((p) => `\`${p}\``).join(", ")} from \`at\`, or move the condition into the body, in \`when\``,
  });
}

interface Body {
  readonly policy: string;
  readonly subject: string;
  readonly lets: PolicyLet[];
  readonly declared: { readonly slot: number; readonly declaration: tree.LetDeclaration }[];
  readonly clauses: CheckedClause[];
  readonly satisfies: string[];
  readonly labels: Map<string, tree.Name>;
  /** How many lets each let rests on, one on top of the other. */
  readonly depths: Map<number, number>;
}

function newBody(policy: string, subject: string): Body {
  return { policy, subject, lets: [], declared: [], clauses: [], satisfies: [], labels: new Map(), depths: new Map() };
}

function checkItems(context: Context, items: readonly tree.PolicyItem[], guards: readonly Expr[], body: Body): void {
  let inside = context;
  for (const item of items) {
    switch (item.kind) {
      case "let":
        inside = checkLet(inside, item, body);
        break;
      case "when": {
        const guard = inside.check(inside, item.condition, scalar("Bool"));
        demandAcknowledged(inside, guard, "a guard");
        checkItems(inside, item.body, isError(guard) ? guards : [...guards, guard.core], body);
        break;
      }
      case "clause":
        addClause(inside, item, guards, body);
        break;
      case "satisfies":
        for (const control of item.controls) body.satisfies.push(...(resolveControl(inside, control) ?? []));
        break;
    }
  }
}

function addClause(context: Context, item: tree.Clause, guards: readonly Expr[], body: Body): void {
  if (item.label !== undefined) {
    const earlier = body.labels.get(item.label.text);
    if (earlier !== undefined) {
      context.checking.sink.report("WB0601", { label: item.label.text }, place(context.scope.path, item.label), {
        label: "named again",
        related: [{ location: place(context.scope.path, earlier), text: "first named here" }],
        help: "a waiver or a test could not tell them apart: give this clause another label",
      });
    } else body.labels.set(item.label.text, item.label);
  }
  const checked = checkClause(context, item, {
    policy: body.policy,
    subject: body.subject,
    guards,
  });
  if (checked !== undefined) body.clauses.push(checked);
}

/** A `let` of a policy or of a triage: a name for an expression, evaluated at most once a decision. */
export function checkLet(context: Context, item: tree.LetDeclaration, body: Pick<Body, "lets" | "declared" | "depths">): Context {
  const wanted = item.type === undefined ? undefined : resolveType(context.checking.sink, context.scope, item.type, "let", context.prelude);
  const value = wanted === undefined ? context.infer(context, item.value) : context.check(context, item.value, wanted);
  if (wanted?.kind === "verified" && !isError(value)) demandVerified(context, value, wanted.trust);
  const slot = context.checking.nextSlot();
  const { type, labels, causes } = isTooDeep(context, item, slot, value, body.depths) ? errorExpr(value.core.at) : value;
  if (type.kind !== "error") {
    body.lets.push({ slot, name: item.name.text, value: value.core });
    context.checking.letValues.set(slot, value.core);
  }
  body.declared.push({ slot, declaration: item });
  const attestations = value.attestations === true ? { attestations: true } : {};
  return bind(context, {
    kind: "let",
    slot,
    name: item.name.text,
    type: wanted?.kind === "verified" && type.kind !== "error" ? wanted : type,
    labels,
    causes,
    ...attestations,
  });
}

/** A let on a let on a let …: every later pass follows them. */
const deepestLet = 200;

function isTooDeep(context: Context, item: tree.LetDeclaration, slot: number, value: Checked, depths: Map<number, number>): boolean {
  let depth = 0;
  for (const expr of expressionsIn(value.core)) if (expr.kind === "let") depth = Math.max(depth, (depths.get(expr.slot) ?? 0) + 1);
  depths.set(slot, depth);
  if (depth <= deepestLet) return false;
  context.checking.sink.once(`lets ${context.scope.path}`, "WB0342", { limit: deepestLet }, place(context.scope.path, item.name), {
    label: `rests on ${depth} others`,
    help: "say it with fewer names",
  });
  return true;
}
