/** Connectives, membership, patterns, `known`, `otherwise`, `closed` and arithmetic (semantics, sections 3 to 5). */
import type {
  Arithmetic,
  Closed,
  Connective,
  KnownTest,
  Member,
  Negate,
  Not,
  Otherwise,
  Pattern,
  Within,
} from "../../../language/core/ir.ts";
import { addIntegers, type Integer, negateInteger, subtractIntegers } from "../../../language/domains/integer.ts";
import { type Cidr, type Ip, ipInCidr } from "../../../language/domains/network.ts";
import type { Glob, Regex } from "../../../language/domains/pattern.ts";
import { type Purl, type PurlSet, purlInSet } from "../../../language/domains/purl.ts";
import { inRange, type Range } from "../../../language/domains/range.ts";
import type { Version } from "../../../language/domains/version.ts";
import type { Env } from "../env.ts";
import { canMove, Moving, noteFlip, slopeOf, standing } from "../moving.ts";
import { MALFORMED, MISSING, not, or, plain, type Truth, Unknown, union, want, withoutOpenness } from "../unknown.ts";
import { Collection, MapValue, MergedRecord, NoRecord, PartialRecord } from "../virtual.ts";
import { equalityOf, keyOf } from "./compare.ts";
import { type Compiled, type Context, type Fn, fixed } from "./context.ts";

export function compileNot(context: Context, expr: Not): Compiled {
  const operand = context.compile(expr.operand).fn;
  return fixed((env) => {
    const value = operand(env);
    return value === true ? false : value === false ? true : not(value as Truth);
  });
}

export function compileConnective(context: Context, expr: Connective): Compiled {
  const l = context.compile(expr.left).fn;
  const r = context.compile(expr.right).fn;
  const decisive = expr.kind === "or";
  return fixed((env) => {
    const a = l(env);
    if (a === decisive) return decisive;
    const b = r(env);
    if (b === decisive) return decisive;
    if (a === !decisive) return b instanceof Unknown ? plain(b) : b;
    return b === !decisive ? plain(a as Unknown) : union(a as Unknown, b as Unknown);
  });
}

/** Equality of times or durations, which notes until when it stays what it is. */
function equalNow(env: Env, a: unknown, b: unknown, equal: (a: unknown, b: unknown) => Truth): Truth {
  if (!(a instanceof Unknown) && !(b instanceof Unknown)) noteFlip(env, "==", a, b);
  return equal(standing(a), standing(b));
}

export function compileMember(context: Context, expr: Member): Compiled {
  const item = context.compile(expr.item).fn;
  const collection = context.compile(expr.collection).fn;
  const site = context.site(expr);
  const elementType =
    expr.collection.type.kind === "list" || expr.collection.type.kind === "set" ? expr.collection.type.element : expr.item.type;
  const equal = equalityOf(elementType, site);
  const moves = canMove(elementType);
  const key = keyOf(elementType);
  const literals = expr.collection.kind === "list" && expr.collection.items.every((member) => member.kind === "literal");
  const constant =
    literals && key !== undefined && expr.collection.kind === "list"
      ? new Set(expr.collection.items.map((member) => (member.kind === "literal" ? key(member.value) : undefined)))
      : undefined;
  return fixed((env) => {
    const value = item(env);
    if (constant !== undefined && key !== undefined && !(value instanceof Unknown)) return constant.has(key(value));
    const { items, open } = collection(env) as Collection;
    let truth: Truth = open ?? false;
    for (const member of items) {
      const same = moves ? equalNow(env, value, member, equal) : equal(value, member);
      if (same === true) return true;
      if (same !== false) truth = or(truth, same);
    }
    return truth;
  });
}

export function compileWithin(context: Context, expr: Within): Compiled {
  const item = context.compile(expr.item).fn;
  const set = context.compile(expr.set).fn;
  const site = context.site(expr);
  const setType = expr.set.type.kind === "scalar" ? expr.set.type.name : "";
  const contains = (value: unknown, container: unknown): Truth => {
    if (setType === "PurlSet") {
      const inside = purlInSet(value as Purl, container as PurlSet);
      if (inside === "missing") return want(MISSING, site, undefined, "the package has no version");
      return inside === "malformed" ? want(MALFORMED, site, undefined, "the version cannot be read in its ecosystem") : inside;
    }
    if (setType === "Range") {
      return (
        inRange(value as Version, container as Range) ?? want(MALFORMED, site, undefined, "the version cannot be compared with the range")
      );
    }
    return ipInCidr(value as Ip, container as Cidr);
  };
  return fixed((env) => {
    const value = item(env);
    const container = set(env);
    if (value instanceof Unknown) return container instanceof Unknown ? union(value, container) : plain(value);
    return container instanceof Unknown ? plain(container) : contains(value, container);
  });
}

export function compilePattern(context: Context, expr: Pattern): Compiled {
  const value = context.compile(expr.value).fn;
  const pattern = expr.pattern.value as Glob | Regex;
  return fixed((env) => {
    const subject = value(env);
    return subject instanceof Unknown ? plain(subject) : pattern.test(String(subject));
  });
}

/** The unknown part of a value of any shape, or undefined where it is known. */
function unknownPart(value: unknown): Unknown | undefined {
  if (value instanceof Unknown) return value;
  if (value instanceof NoRecord || value instanceof PartialRecord) return value.$unknown;
  if (value instanceof Collection || value instanceof MapValue) return value.open;
  if (value instanceof MergedRecord) {
    for (const record of value.$records) {
      const unknown = unknownPart(record);
      if (unknown !== undefined) return unknown;
    }
  }
  return undefined;
}

export function compileKnown(context: Context, expr: KnownTest): Compiled {
  const operand = context.compile(expr.operand).fn;
  return fixed((env) => {
    const unknown = unknownPart(operand(env));
    if (unknown === undefined) return true;
    return unknown.causes === MISSING ? false : plain(unknown);
  });
}

export function compileOtherwise(context: Context, expr: Otherwise): Compiled {
  const operand = context.compile(expr.operand);
  const fallback = context.compile(expr.fallback).fn;
  const fn: Fn = (env) => {
    const value = operand.fn(env);
    const unknown = unknownPart(value);
    if (unknown === undefined) return value;
    // Members that are known must not vanish behind a default: only an empty unknown list is replaced.
    if (value instanceof Collection && value.items.length > 0) return value;
    if (unknown.causes !== MISSING) return value instanceof Unknown ? plain(value) : value;
    return fallback(env);
  };
  return { fn, closed: operand.closed };
}

/** `closed(record)` only marks the expression: fields read from it are read without openness. */
export function compileClosed(context: Context, expr: Closed): Compiled {
  const operand = context.compile(expr.operand);
  if (expr.type.kind !== "list" && expr.type.kind !== "set") return { fn: operand.fn, closed: true };
  const fn: Fn = (env) => {
    const value = operand.fn(env) as Collection;
    return value.open === undefined ? value : new Collection(value.items, withoutOpenness(value.open));
  };
  // A list read through a closed record stays that: its members' lists are closed too.
  return { fn, closed: operand.closed };
}

export function compileArithmetic(context: Context, expr: Arithmetic): Compiled {
  const left = context.compile(expr.left);
  const right = context.compile(expr.right);
  const site = context.site(expr);
  const combine = expr.kind === "+" ? addIntegers : subtractIntegers;
  const fn: Fn = (env) => {
    const a = left.fn(env);
    const b = right.fn(env);
    if (a instanceof Unknown) return b instanceof Unknown ? union(a, b) : plain(a);
    if (b instanceof Unknown) return plain(b);
    const result = combine(standing(a) as Integer, standing(b) as Integer);
    if (result === undefined) return want(MALFORMED, site, undefined, "the result does not fit into 64 bits");
    if (!(a instanceof Moving) && !(b instanceof Moving)) return result;
    const slope = expr.kind === "+" ? slopeOf(a) + slopeOf(b) : slopeOf(a) - slopeOf(b);
    return slope === 0 ? result : new Moving(Number(result), slope);
  };
  return fixed(fn);
}

export function compileNegate(context: Context, expr: Negate): Compiled {
  const operand = context.compile(expr.operand);
  const site = context.site(expr);
  const fn: Fn = (env) => {
    const value = operand.fn(env);
    if (value instanceof Unknown) return plain(value);
    if (value instanceof Moving) return new Moving(-value.value, -value.slope);
    return negateInteger(value as Integer) ?? want(MALFORMED, site, undefined, "the result does not fit into 64 bits");
  };
  return fixed(fn);
}
