/** Comparison of known values by type (semantics, section 4), lifted over tables and counts (sections 5 and 6). */
import type { Compare, CompareOp } from "../../../language/core/ir.ts";
import { equalImageRef, type ImageRef, showImageRef } from "../../../language/domains/image-ref.ts";
import { equalLicense, type License } from "../../../language/domains/license.ts";
import { type Cidr, equalCidr, equalIp, type Ip } from "../../../language/domains/network.ts";
import { equalPurl, equalPurlSet, type Purl, type PurlSet, showPurl } from "../../../language/domains/purl.ts";
import { equalRange, type Range } from "../../../language/domains/range.ts";
import { compareVersions, type Version } from "../../../language/domains/version.ts";
import type { Type } from "../../../language/semantics/types.ts";
import { canMove, Moving, noteFlip, standing } from "../moving.ts";
import { MALFORMED, plain, type Site, type Truth, Unknown, union, want } from "../unknown.ts";
import { type Compiled, type Context, type Fn, fixed } from "./context.ts";

type Test = (order: number) => boolean;
const tests: Readonly<Record<CompareOp, Test>> = {
  "==": (order) => order === 0,
  "!=": (order) => order !== 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

/** -1, 0 or 1; for types without an order 0 means equal and 1 not; undefined: the values cannot be compared. */
type Order = (a: unknown, b: unknown) => number | undefined;

const primitiveOrder: Order = (a, b) => (a === b ? 0 : (a as number) < (b as number) ? -1 : 1);

function equality<T>(equal: (a: T, b: T) => boolean): Order {
  return (a, b) => (equal(a as T, b as T) ? 0 : 1);
}

const scalarOrders: Readonly<Record<string, Order>> = {
  Version: (a, b) => compareVersions(a as Version, b as Version),
  Purl: equality<Purl>(equalPurl),
  PurlSet: equality<PurlSet>(equalPurlSet),
  ImageRef: equality<ImageRef>(equalImageRef),
  License: equality<License>(equalLicense),
  Ip: equality<Ip>(equalIp),
  Cidr: equality<Cidr>(equalCidr),
  Range: equality<Range>(equalRange),
  Glob: equality<{ readonly text: string }>((a, b) => a.text === b.text),
  Regex: equality<{ readonly text: string }>((a, b) => a.text === b.text),
};

function orderOf(type: Type): Order {
  return (type.kind === "scalar" && scalarOrders[type.name]) || primitiveOrder;
}

/**
 * A key under which equal values of the type, and only those, are the same Map key; undefined where there is none. What
 * can move with the clock has none: passing a comparison over would not note when it flips.
 */
export function keyOf(type: Type): ((value: unknown) => unknown) | undefined {
  if (canMove(type)) return undefined;
  if (type.kind === "enum") return (value) => value;
  if (type.kind !== "scalar") return undefined;
  if (scalarOrders[type.name] === undefined) return (value) => value;
  if (type.name === "Purl") return (value) => showPurl(value as Purl);
  if (type.name === "ImageRef") return (value) => showImageRef(value as ImageRef);
  return undefined;
}

/** Whether two values of the type are equal: `x in xs` asks it of each member. */
export function equalityOf(type: Type, site: Site): (a: unknown, b: unknown) => Truth {
  return comparisonOf("==", type, site);
}

function comparisonOf(op: CompareOp, type: Type, site: Site): (a: unknown, b: unknown) => Truth {
  const order = orderOf(type);
  const test = tests[op];
  const known = (a: unknown, b: unknown): Truth => {
    const result = order(a, b);
    return result === undefined ? want(MALFORMED, site, undefined, "the two cannot be compared in one ecosystem") : test(result);
  };
  return (a, b) => {
    if (!(a instanceof Unknown) && !(b instanceof Unknown)) return known(a, b);
    const wants = a instanceof Unknown ? (b instanceof Unknown ? union(a, b) : plain(a)) : plain(b as Unknown);
    const left = possibleValues(a);
    const right = possibleValues(b);
    if (left !== undefined && right !== undefined) {
      let some = false;
      let every = true;
      for (const x of left) {
        for (const y of right) {
          if (known(x, y) === true) some = true;
          else every = false;
        }
      }
      return every ? true : some ? wants : false;
    }
    const bounds = intervalComparison(op, a, b);
    return bounds ?? wants;
  };
}

function possibleValues(value: unknown): readonly unknown[] | undefined {
  return value instanceof Unknown ? value.possible : [value];
}

function boundsOf(value: unknown): { readonly low: number; readonly high: number } | undefined {
  if (value instanceof Unknown) return value.interval;
  return typeof value === "number"
    ? { low: value, high: value }
    : typeof value === "bigint"
      ? { low: Number(value), high: Number(value) }
      : undefined;
}

/** ⟨lo,hi⟩ ⋈ ⟨lo,hi⟩: settled when every pair of integers between the bounds agrees. */
function intervalComparison(op: CompareOp, a: unknown, b: unknown): boolean | undefined {
  const x = boundsOf(a);
  const y = boundsOf(b);
  if (x === undefined || y === undefined) return undefined;
  switch (op) {
    case "<":
      return x.high < y.low ? true : x.low >= y.high ? false : undefined;
    case "<=":
      return x.high <= y.low ? true : x.low > y.high ? false : undefined;
    case ">":
      return x.low > y.high ? true : x.high <= y.low ? false : undefined;
    case ">=":
      return x.low >= y.high ? true : x.high < y.low ? false : undefined;
    case "==":
    case "!=": {
      const apart = x.high < y.low || y.high < x.low;
      const same = x.low === x.high && y.low === y.high && x.low === y.low;
      return apart ? op === "!=" : same ? op === "==" : undefined;
    }
  }
}

export function compileCompare(context: Context, expr: Compare): Compiled {
  const left = context.compile(expr.left);
  const right = context.compile(expr.right);
  const compare = comparisonOf(expr.op, expr.operands, context.site(expr));
  return fixed(canMove(expr.operands) ? timed(expr.op, left.fn, right.fn, compare) : fast(expr, left.fn, right.fn, compare));
}

function fast(expr: Compare, l: Fn, r: Fn, compare: (a: unknown, b: unknown) => Truth): Fn {
  const primitive = orderOf(expr.operands) === primitiveOrder;
  if (primitive && (expr.op === "==" || expr.op === "!=")) {
    const equal = expr.op === "==";
    if (expr.right.kind === "literal") {
      const constant = expr.right.value;
      return (env) => {
        const a = l(env);
        return a instanceof Unknown ? compare(a, constant) : (a === constant) === equal;
      };
    }
    return (env) => {
      const a = l(env);
      const b = r(env);
      return a instanceof Unknown || b instanceof Unknown ? compare(a, b) : (a === b) === equal;
    };
  }
  return (env) => compare(l(env), r(env));
}

/** A comparison of times or durations, which notes until when it stays what it is. */
function timed(op: CompareOp, l: Fn, r: Fn, compare: (a: unknown, b: unknown) => Truth): Fn {
  return (env) => {
    const a = l(env);
    const b = r(env);
    if (!(a instanceof Moving) && !(b instanceof Moving)) return compare(a, b);
    if (!(a instanceof Unknown) && !(b instanceof Unknown)) noteFlip(env, op, a, b);
    return compare(standing(a), standing(b));
  };
}
