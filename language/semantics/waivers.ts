/** `exempt` and `waive`: subjects that nobody covers on purpose, and dated exceptions to one labelled clause. */
import type { Exempt, Expr, Waiver } from "../core/ir.ts";
import { expressionsIn } from "../core/walk.ts";
import type { Location } from "../diagnostics/diagnostic.ts";
import { endOfDate } from "../domains/time.ts";
import type * as tree from "../syntax/tree.ts";
import type { NamedClause } from "./clause-names.ts";
import type { ClauseScope } from "./clauses.ts";
import { at, type Binding, bind, type Checked, type Context, isError, made } from "./context.ts";
import { resolveTrust } from "./expressions/predicates.ts";
import { joinFlow } from "./flow.ts";
import { reportLiteral } from "./literals.ts";
import { withSubject } from "./subject-context.ts";
import { demandAcknowledged } from "./trust-labels.ts";
import { type Field, type RecordType, scalar, type Type } from "./types.ts";

const bool = scalar("Bool");

/** The first instant at which `until DATE` is over; undefined after an error was reported. */
function endsAt(context: Context, date: tree.DateLiteral): number | undefined {
  const end = endOfDate(date.text);
  if (end.ok) return end.value;
  reportLiteral(context.checking.sink, "Time", end, at(context, date), (text) => text);
  return undefined;
}

function notEmpty(context: Context, text: tree.StringLiteral, what: string): void {
  if (text.value.trim() === "")
    context.checking.sink.report("WB0613", { what }, at(context, text), {
      label: "says nothing",
      help: "write it for whoever reads the decision in a year",
    });
}

export function checkExempt(base: Context, declaration: tree.ExemptDeclaration): Exempt | undefined {
  const context = withSubject(base, declaration.subject);
  notEmpty(base, declaration.because, "reason");
  const ends = declaration.until === undefined ? undefined : endsAt(base, declaration.until);
  if (context?.subject === undefined) return undefined;
  const scope = context.check(context, declaration.where, bool);
  demandAcknowledged(context, scope, "the scope of an exemption");
  if (isError(scope) || (declaration.until !== undefined && ends === undefined)) return undefined;
  return {
    subject: declaration.subject.text,
    subjectType: context.subject.type,
    scope: scope.core,
    ...(ends === undefined ? {} : { ends }),
    because: declaration.because.value,
    at: at(base, declaration),
  };
}

/** `base` is the module in which the waiver stands; `clause` what it names, and where that was checked. */
export function checkWaiver(
  base: Context,
  declaration: tree.WaiveDeclaration,
  named: NamedClause,
  clause: ClauseScope | undefined,
): Waiver | undefined {
  notEmpty(base, declaration.because, "reason");
  const ends = endsAt(base, declaration.until);
  const approvedBy = approver(base, declaration);
  const context = withSubject(base, named.policy.subject);
  if (context === undefined || clause === undefined) return undefined;
  const scope = scopeOf(context, declaration, named, clause.member);
  if (scope === undefined || ends === undefined || approvedBy === undefined) return undefined;
  return {
    clause: named.key,
    scope,
    ends,
    because: declaration.because.value,
    approvedBy,
    ...(declaration.ticket === undefined ? {} : { ticket: declaration.ticket.value }),
    at: at(base, declaration),
  };
}

function approver(context: Context, declaration: tree.WaiveDeclaration): string | undefined {
  const by = declaration.approvedBy;
  if (by.kind === "trust") return resolveTrust(context, by.trust);
  notEmpty(context, by.text, "approver");
  return by.text.value;
}

function scopeOf(
  context: Context,
  declaration: tree.WaiveDeclaration,
  named: NamedClause,
  member: ClauseScope["member"],
): Waiver["scope"] | undefined {
  const { scope } = declaration;
  if (scope.kind === "where") return whereScope(context, scope.condition, member);
  const location = at(context, scope);
  const about = aboutOf(context, named, member);
  if (scope.kind === "purl") {
    const purl = purlOf(about.value);
    if (purl === undefined) return noFact(context, "purl", about, location);
    const set = inSet(context, purl, scope.purl);
    return set === undefined ? undefined : about.scope(set);
  }
  const { value } = about;
  const type = value.type.kind === "record" ? value.type : undefined;
  if (type === undefined || scalarOf(type.fields.get("id")) !== "Advisory") return noFact(context, "advisory", about, location);
  const advisory = context.infer(context, scope.advisory);
  if (isError(advisory)) return undefined;
  const same = sameAdvisory(value, type, advisory, at(context, scope.advisory));
  if (scope.in === undefined) return about.scope(same);
  const purl = purlOf(value);
  if (purl === undefined) return noFact(context, "purl", about, location);
  const set = inSet(context, purl, scope.in);
  return set === undefined ? undefined : about.scope(and(same, set, location));
}

/** A `where` is about the member if it names it, else about the subject. */
function whereScope(context: Context, condition: tree.Expr, member: ClauseScope["member"]): Waiver["scope"] | undefined {
  const inside = member === undefined ? context : bind(context, member);
  const checked = inside.check(inside, condition, bool);
  demandAcknowledged(inside, checked, "the scope of a waiver");
  if (isError(checked)) return undefined;
  const slot = member?.slot;
  const isMember = slot !== undefined && [...expressionsIn(checked.core)].some((expr) => expr.kind === "local" && expr.slot === slot);
  return isMember ? { kind: "member", slot, condition: checked.core } : { kind: "subject", condition: checked.core };
}

interface About {
  readonly name: string;
  readonly value: Checked;
  readonly scope: (condition: Checked) => Waiver["scope"];
}

/** What `on …` speaks about: the member of a clause over a collection, else the subject. */
function aboutOf(context: Context, named: NamedClause, member: ClauseScope["member"]): About {
  const location = at(context, named.clause);
  if (member !== undefined) {
    const value = readBinding(member, location);
    return { name: member.name, value, scope: (condition) => ({ kind: "member", slot: member.slot, condition: condition.core }) };
  }
  const type: Type = context.subject?.type ?? { kind: "error" };
  const name = named.policy.subject.text;
  const value = made({ kind: "subject", name, type, at: location }, new Map(), 0);
  return { name, value, scope: (condition) => ({ kind: "subject", condition: condition.core }) };
}

function readBinding(binding: Binding & { readonly slot: number }, location: Location): Checked {
  return made({ kind: "local", slot: binding.slot, name: binding.name, type: binding.type, at: location }, binding.labels, binding.causes);
}

function noFact(context: Context, what: string, about: About, location: Location): undefined {
  context.checking.sink.report("WB0610", { what, name: about.name }, location, {
    label: `\`${about.name}\` has no ${what}`,
    help: "say the scope as a condition: `waive … where …`",
  });
  return undefined;
}

function scalarOf(field: Field | undefined): string | undefined {
  return field?.type.kind === "scalar" ? field.type.name : undefined;
}

function field(value: Checked, type: RecordType, name: string): Checked | undefined {
  const found = type.fields.get(name);
  return found === undefined
    ? undefined
    : made({ kind: "field", record: value.core, field: found, type: found.type, at: value.core.at }, value.labels, value.causes);
}

/** The purl of the value itself, of the component that it is found in, or its own field. */
function purlOf(value: Checked): Checked | undefined {
  if (value.type.kind === "scalar" && value.type.name === "Purl") return value;
  if (value.type.kind !== "record") return undefined;
  if (scalarOf(value.type.fields.get("purl")) === "Purl") return field(value, value.type, "purl");
  const component = field(value, value.type, "component");
  const inner = component?.type.kind === "record" && scalarOf(component.type.fields.get("purl")) === "Purl" ? component.type : undefined;
  return component === undefined || inner === undefined ? undefined : field(component, inner, "purl");
}

/** Alias class: the finding's id, or one of its aliases, is the advisory. */
function sameAdvisory(value: Checked, type: RecordType, advisory: Checked, location: Location): Checked {
  const id = field(value, type, "id") ?? value;
  const own = made(
    { kind: "compare", op: "==", operands: scalar("Advisory"), left: id.core, right: advisory.core, type: bool, at: location },
    id.labels,
    id.causes,
  );
  const aliases = field(value, type, "aliases");
  if (aliases === undefined) return own;
  const other = made(
    { kind: "member", item: advisory.core, collection: aliases.core, type: bool, at: location },
    aliases.labels,
    aliases.causes,
  );
  return made(
    { kind: "or", left: own.core, right: other.core, type: bool, at: location },
    joinFlow(own, other).labels,
    own.causes | other.causes,
  );
}

function inSet(context: Context, purl: Checked, set: tree.PurlLiteral): Checked | undefined {
  const literal = context.check(context, set, scalar("PurlSet"));
  if (isError(literal)) return undefined;
  return made({ kind: "within", item: purl.core, set: literal.core, type: bool, at: at(context, set) }, purl.labels, purl.causes);
}

function and(left: Checked, right: Checked, location: Location): Checked {
  const core: Expr = { kind: "and", left: left.core, right: right.core, type: bool, at: location };
  return made(core, joinFlow(left, right).labels, left.causes | right.causes);
}
