/**
 * The naive evaluator: a walk over the tree as written, `let` and `function` by substitution, nothing shared, nothing
 * indexed, nothing skipped (semantics, sections 3 to 8). Slow on purpose.
 */
import type { Inputs, Request } from "../../engine/evaluate/decision.ts";
import type { Expr, Program } from "../../language/core/ir.ts";
import type { Value } from "../../language/core/value.ts";
import type { Integer } from "../../language/domains/integer.ts";
import { addIntegers, negateInteger, subtractIntegers } from "../../language/domains/integer.ts";
import type { Glob, Regex } from "../../language/domains/pattern.ts";
import type { Field } from "../../language/semantics/types.ts";
import { attestation } from "./attestations.ts";
import { closed, count, every, some } from "./collections.ts";
import { compare } from "./compare.ts";
import { intrinsic } from "./intrinsics.ts";
import type { CollectionMeaning, MapMeaning, Meaning, RecordMeaning, Scalar, Truth, Wants } from "./logic.ts";
import { and, known, meaningOf, not, noWants, onlyMissing, open, or, truthOf, union, unknown, want } from "./logic.ts";
import { fromValue, lacking, lackingRecord, type Reading, recordFrom } from "./read.ts";
import { within } from "./scalars.ts";
import { tableResult } from "./tables.ts";

/** Bugs planted to show that the comparison with the engine would catch them. All false: the specification. */
export interface Faults {
  /** `otherwise` swallows every cause. */
  readonly swallowTransient: boolean;
  /** A list that is not declared complete reads as the whole list. */
  readonly closeLists: boolean;
  /** A waiver lifts what it may match. */
  readonly waiveHalfKnown: boolean;
}

export const faultless: Faults = { swallowTransient: false, closeLists: false, waiveHalfKnown: false };

export interface World {
  readonly program: Program;
  readonly inputs: Inputs;
  readonly request: Request;
  readonly faults: Faults;
}

/** What a name stands for: a member of a collection, or an expression to put in its place. */
export type Binding =
  | { readonly kind: "member"; readonly meaning: Meaning }
  | { readonly kind: "expression"; readonly expr: Expr; readonly env: Env };
export type Env = ReadonlyMap<number, Binding>;

export function bind(env: Env, slot: number, binding: Binding): Env {
  return new Map([...env, [slot, binding]]);
}

export function readingOf(world: World): Reading {
  return { closeLists: world.faults.closeLists };
}

export function truth(expr: Expr, env: Env, world: World): Truth {
  return truthOf(scalar(evaluate(expr, env, world)));
}

export function evaluate(expr: Expr, env: Env, world: World): Meaning {
  const of = (e: Expr) => evaluate(e, env, world);
  const truthAt = (e: Expr) => truth(e, env, world);
  const { program, request } = world;
  switch (expr.kind) {
    case "literal":
      return fromValue(expr.type, expr.value, readingOf(world));
    case "input": {
      const value = world.inputs.get(expr.key) ?? program.inputs.find((i) => i.key === expr.key)?.default;
      if (value === undefined) throw new Error(`the input ${expr.key} has no value`);
      return fromValue(expr.type, value, readingOf(world));
    }
    case "constant":
      return evaluate(found(program.constants, expr.key).value, new Map(), world);
    case "let":
    case "local":
      return named(env, expr.slot, world);
    case "subject":
      return recordFrom(request.subject.data, readingOf(world));
    case "field":
      if (isElsewhere(expr.field, request)) return lacking(expr.field.type, want("missing", show(expr)));
      return (of(expr.record) as RecordMeaning).field(expr.field, show(expr));
    case "entry":
      return entry(of(expr.map) as MapMeaning, of(expr.key), expr);
    case "has-key":
      return hasKey(of(expr.map) as MapMeaning, of(expr.key));
    case "element":
      return element(of(expr.list) as CollectionMeaning, of(expr.index), expr);
    case "predicate":
      return predicate(of(expr.record) as RecordMeaning, expr);
    case "not":
      return meaningOf(not(truthAt(expr.operand)));
    case "and":
      return meaningOf(and(truthAt(expr.left), truthAt(expr.right)));
    case "or":
      return meaningOf(or(truthAt(expr.left), truthAt(expr.right)));
    case "compare":
      return meaningOf(compare(expr.op, expr.operands, of(expr.left), of(expr.right)));
    case "member": {
      const item = of(expr.item);
      return meaningOf(some(of(expr.collection) as CollectionMeaning, (y) => compare("==", expr.item.type, y, item)));
    }
    case "within":
      return strict([of(expr.item), of(expr.set)], (item, set) => {
        const result = within(item as Value, set as Value, expr.set.type);
        return typeof result === "boolean" ? known(result) : unknown(want(result, show(expr)));
      });
    case "pattern":
      return strict([of(expr.value)], (value) => known((expr.pattern.value as Glob | Regex).test(value as string)));
    case "some":
    case "every":
    case "count":
      return quantified(expr, env, world);
    case "known":
      return meaningOf(isKnown(of(expr.operand)));
    case "otherwise": {
      const operand = of(expr.operand);
      const state = isKnown(operand);
      if (state === true) return operand;
      // The unknown collection is ⟨[] ; W⟩: members that are known do not vanish behind a default.
      if (operand.kind === "collection" && operand.members.length > 0) return operand;
      if (state === false || world.faults.swallowTransient) return of(expr.fallback);
      return operand.kind === "interval" || operand.kind === "outcomes" ? unknown(operand.wants) : operand;
    }
    case "closed":
      return closed(of(expr.operand));
    case "attestation":
      return attestationRead(expr, env, world);
    case "table":
      return tableResult(
        found(program.tables, expr.key),
        expr.args.map((arg) => ofTable(of(arg))),
      );
    case "call": {
      const definition = found(program.functions, expr.key);
      const inner = definition.parameters.reduce<Env>(
        (scope, parameter, i) => bind(scope, parameter.slot, { kind: "expression", expr: expr.args[i] as Expr, env }),
        new Map(),
      );
      return evaluate(definition.body, inner, world);
    }
    case "intrinsic":
      return intrinsic(expr, expr.args.map(of), request);
    case "+":
    case "-":
      return strict([of(expr.left), of(expr.right)], (a, b) =>
        integer((expr.kind === "+" ? addIntegers : subtractIntegers)(a as Integer, b as Integer), show(expr)),
      );
    case "negate":
      return strict([of(expr.operand)], (a) => integer(negateInteger(a as Integer), show(expr)));
    case "list":
      return { kind: "collection", members: expr.items.map(of), wants: noWants };
    case "record":
      return {
        kind: "record",
        field: (field) => {
          const at = expr.entries.find((e) => e.name === field.name);
          return at === undefined ? lacking(field.type, want("missing", field.name)) : settled(of(at.value));
        },
      };
  }
}

/** A fact that does not exist at the enforcement point is missing there, whatever the evidence says. */
function isElsewhere(field: Field, request: Request): boolean {
  return field.points !== undefined && !field.points.includes(request.point);
}

function found<T extends { readonly key: string }>(list: readonly T[], key: string): T {
  const at = list.find((item) => item.key === key);
  if (at === undefined) throw new Error(`nothing is called ${key}`);
  return at;
}

function named(env: Env, slot: number, world: World): Meaning {
  const binding = env.get(slot);
  if (binding === undefined) throw new Error(`nothing is bound to slot ${slot}`);
  return binding.kind === "member" ? binding.meaning : evaluate(binding.expr, binding.env, world);
}

/** A count or a set of outcomes, where only a value will do: known iff one is left. */
function scalar(meaning: Meaning): Scalar {
  switch (meaning.kind) {
    case "known":
    case "unknown":
      return meaning;
    case "interval":
      return meaning.lo === meaning.hi ? known(meaning.lo) : unknown(meaning.wants);
    case "outcomes":
      return unknown(meaning.wants);
    default:
      throw new Error(`the oracle expected a scalar and found ${meaning.kind}`);
  }
}

/** A field of a record is a value or unknown: never a count between bounds or a set of outcomes. */
function settled(meaning: Meaning): Meaning {
  return meaning.kind === "interval" || meaning.kind === "outcomes" ? scalar(meaning) : meaning;
}

/** A table keeps the set that another table left; a count is a value to it. */
function ofTable(meaning: Meaning): Meaning {
  return meaning.kind === "outcomes" ? meaning : scalar(meaning);
}

/** Every operation on scalars is strict: any unknown operand gives `?` of the union of the wants. */
function strict(operands: readonly Meaning[], operation: (...values: readonly Value[]) => Scalar): Scalar {
  const scalars = operands.map(scalar);
  const wants = scalars.flatMap((s) => (s.kind === "unknown" ? [s.wants] : []));
  if (wants.length > 0) return unknown(union(...wants));
  return operation(...scalars.flatMap((s) => (s.kind === "known" ? [s.value] : [])));
}

/** Overflow is malformed. */
function integer(value: Integer | undefined, fact: string): Scalar {
  return value === undefined ? unknown(want("malformed", fact)) : known(value);
}

/** `known(e)` */
function isKnown(meaning: Meaning): Truth {
  const lack = lackOf(meaning);
  if (lack === undefined) return true;
  return onlyMissing(lack) ? false : { wants: lack };
}

/** Why it is not known; undefined where it is. */
function lackOf(meaning: Meaning): Wants | undefined {
  switch (meaning.kind) {
    case "known":
      return undefined;
    case "record":
      return meaning.lack;
    case "collection":
    case "map":
      return meaning.wants.size === 0 ? undefined : meaning.wants;
    default: {
      const value = scalar(meaning);
      return value.kind === "known" ? undefined : value.wants;
    }
  }
}

function quantified(expr: Extract<Expr, { kind: "some" | "every" | "count" }>, env: Env, world: World): Meaning {
  const collection = evaluate(expr.collection, env, world) as CollectionMeaning;
  const inside = (e: Expr | undefined) => (member: Meaning) =>
    e === undefined ? true : truth(e, bind(env, expr.slot, { kind: "member", meaning: member }), world);
  switch (expr.kind) {
    case "some":
      return meaningOf(some(collection, inside(expr.where)));
    case "every":
      return meaningOf(every(collection, inside(expr.where), inside(expr.body)));
    case "count":
      return count(collection, inside(expr.where));
  }
}

function entry(map: MapMeaning, key: Meaning, expr: Extract<Expr, { kind: "entry" }>): Meaning {
  const name = scalar(key);
  if (name.kind === "unknown") return lacking(expr.type, union(name.wants, map.wants));
  return map.entries.get(name.value as string) ?? lacking(expr.type, map.wants.size === 0 ? want("missing", show(expr)) : map.wants);
}

function hasKey(map: MapMeaning, key: Meaning): Meaning {
  const name = scalar(key);
  if (name.kind === "unknown") return unknown(union(name.wants, map.wants));
  return map.entries.has(name.value as string) ? known(true) : meaningOf(open(map.wants));
}

function element(list: CollectionMeaning, index: Meaning, expr: Extract<Expr, { kind: "element" }>): Meaning {
  const at = scalar(index);
  if (at.kind === "unknown") return lacking(expr.type, union(at.wants, list.wants));
  return list.members[Number(at.value)] ?? lacking(expr.type, list.wants.size === 0 ? want("missing", show(expr)) : list.wants);
}

/** `r is p`, a Boolean field; one that is declared `= false` is false where nothing is said. */
function predicate(record: RecordMeaning, expr: Extract<Expr, { kind: "predicate" }>): Meaning {
  const { name, closed } = expr.predicate;
  const mode = closed ? ({ kind: "default", value: false } as const) : ({ kind: "optional" } as const);
  const by = expr.by?.kind === "trust" ? { by: expr.by.trust } : {};
  return record.field({ name, type: { kind: "scalar", name: "Bool" }, mode, claimed: false, ...by }, show(expr));
}

function attestationRead(expr: Extract<Expr, { kind: "attestation" }>, env: Env, world: World): Meaning {
  const { subject } = world.request;
  if (expr.about === undefined) {
    const { digest, configDigest } = subject;
    return attestation(expr, world.request, { kind: "subject", digest, configDigest }, readingOf(world));
  }
  const about = scalar(evaluate(expr.about, env, world));
  if (about.kind === "unknown") return expr.quantity === "all" ? lacking(expr.type, about.wants) : lackingRecord(about.wants);
  return attestation(expr, world.request, { kind: "about", digest: about.value as string }, readingOf(world));
}

/** A path as the policy reads it. */
function show(expr: Expr): string {
  switch (expr.kind) {
    case "subject":
    case "local":
    case "let":
      return expr.name;
    case "field":
      return `${show(expr.record)}.${expr.field.name}`;
    case "predicate":
      return `${show(expr.record)} is ${expr.predicate.name}`;
    case "attestation":
      return `attestation ${expr.predicate.name} ${expr.origin.kind === "claimed" ? "claimed" : `by ${expr.origin.trust}`}`;
    case "entry":
      return `${show(expr.map)}[…]`;
    case "element":
      return `${show(expr.list)}[…]`;
    case "closed":
      return show(expr.operand);
    default:
      return expr.kind;
  }
}
