/** `some`, `every` and `count` (semantics, section 5), with an index where a filter looks things up by equality. */
import type { Count, Expr, Quantifier } from "../../../language/core/ir.ts";
import type { Env } from "../env.ts";
import { and, countBetween, not, type Truth, Unknown, union } from "../unknown.ts";
import { Collection } from "../virtual.ts";
import { memberBranches } from "./branches.ts";
import { keyOf } from "./compare.ts";
import { type Compiled, type Context, type Fn, fixed } from "./context.ts";
import { copyOf } from "./copies.ts";
import { chain, freeLocals } from "./free.ts";

/** Below this many members a scan is cheaper than building an index. */
const indexFrom = 12;

/** Whether a member is waived: it is then neither a witness nor a want (semantics, section 9). */
export type Waived = (env: Env) => boolean;

export function compileQuantifier(context: Context, expr: Quantifier, waived?: Waived): Compiled {
  const collection = context.compile(expr.collection);
  context.bindings.set(expr.slot, { closed: collection.closed });
  const where = expr.where === undefined ? undefined : context.compile(expr.where).fn;
  const body = expr.body === undefined ? undefined : context.compile(expr.body).fn;
  const hit = memberTest(where, body, waived);
  // Coverage is told of every condition, and waivers of every member: both want the closures.
  const branches = waived === undefined && context.observer === undefined ? memberBranches(context, expr) : undefined;
  const members = membersOf(context, expr, collection.fn);
  const { slot } = expr;
  if (branches !== undefined) {
    const decided = copyOf("someMember")(members, slot, branches.kept, branches.condition, hit, union);
    return fixed(expr.kind === "some" ? decided : copyOf("refuted")(decided, not));
  }
  const some = (env: Env): Truth => {
    const { items, open } = members(env);
    const { slots } = env;
    let unknown = open;
    let found = false;
    for (let index = 0; index < items.length; index += 1) {
      slots[slot] = items[index];
      const truth = hit(env);
      if (truth === true) {
        // An explanation names every waiver that lifted a member, wherever in the list the first witness stands.
        if (waived === undefined || env.waived === undefined) return true;
        found = true;
      } else if (truth !== false) unknown = unknown === undefined ? truth : union(unknown, truth);
    }
    return found || (unknown ?? false);
  };
  return fixed(expr.kind === "some" ? some : (env) => not(some(env)));
}

/** `where` for `some`; `where and not body` for `every`, which is `not some` of that. */
function memberTest(where: Fn | undefined, body: Fn | undefined, waived: Waived | undefined): (env: Env) => Truth {
  const test = unwaivedTest(where, body);
  if (waived === undefined) return test;
  return (env) => {
    const truth = test(env);
    return truth !== false && waived(env) ? false : truth;
  };
}

function unwaivedTest(where: Fn | undefined, body: Fn | undefined): (env: Env) => Truth {
  if (body === undefined) return where === undefined ? () => true : (where as (env: Env) => Truth);
  if (where === undefined) return (env) => not(body(env) as Truth);
  return (env) => {
    const inside = where(env) as Truth;
    return inside === false ? false : and(inside, not(body(env) as Truth));
  };
}

export function compileCount(context: Context, expr: Count): Compiled {
  const collection = context.compile(expr.collection);
  context.bindings.set(expr.slot, { closed: collection.closed });
  const where = expr.where === undefined ? undefined : context.compile(expr.where).fn;
  const members = membersOf(context, expr, collection.fn);
  const { slot } = expr;
  return fixed((env) => {
    const { items, open } = members(env);
    if (where === undefined) return open === undefined ? items.length : countBetween(open, items.length, Number.POSITIVE_INFINITY);
    let low = 0;
    let undecided = 0;
    let unknown = open;
    for (const item of items) {
      env.slots[slot] = item;
      const truth = where(env) as Truth;
      if (truth === true) low += 1;
      else if (truth !== false) {
        undecided += 1;
        unknown = unknown === undefined ? truth : union(unknown, truth);
      }
    }
    if (unknown === undefined) return low;
    return countBetween(unknown, low, open === undefined ? low + undecided : Number.POSITIVE_INFINITY);
  });
}

/** The members that can matter: all, or those that an index does not rule out. */
function membersOf(context: Context, expr: Quantifier | Count, collection: Fn): (env: Env) => Collection {
  const lookup = lookupOf(expr);
  const all = collection as (env: Env) => Collection;
  if (lookup === undefined) return all;
  const key = context.compile(lookup.key).fn;
  const wanted = context.compile(lookup.wanted).fn;
  const { canonical } = lookup;
  let indexed: readonly unknown[] | undefined;
  // A compiled program decides at many points, and a field may exist at some of them only.
  let indexedAt: string | undefined;
  let byKey = new Map<unknown, unknown[]>();
  let keyless: unknown[] = [];
  const { slot } = expr;
  return (env) => {
    const whole = all(env);
    if (whole.items.length < indexFrom) return whole;
    const value = wanted(env);
    if (value instanceof Unknown) return whole;
    if (indexed !== whole.items || indexedAt !== env.point) {
      byKey = new Map();
      keyless = [];
      for (const item of whole.items) {
        env.slots[slot] = item;
        const found = key(env);
        if (found instanceof Unknown) {
          keyless.push(item);
          continue;
        }
        const text = canonical(found);
        const bucket = byKey.get(text);
        if (bucket === undefined) byKey.set(text, [item]);
        else bucket.push(item);
      }
      indexed = whole.items;
      indexedAt = env.point;
    }
    const bucket = byKey.get(canonical(value)) ?? [];
    return new Collection(keyless.length === 0 ? bucket : [...bucket, ...keyless], whole.open);
  };
}

interface Lookup {
  /** Depends on no bound name but the quantifier's own. */
  readonly key: Expr;
  /** Does not depend on the quantifier's own name. */
  readonly wanted: Expr;
  readonly canonical: (value: unknown) => unknown;
}

/**
 * An equality in the filter's conjunction that rules members out for certain: a member whose key is known and differs
 * makes the conjunction false and leaves no want, so passing it over changes nothing. Worth it only where the same
 * collection is looked through again and again: the quantifier stands inside another whose name it reads.
 */
function lookupOf(expr: Quantifier | Count): Lookup | undefined {
  if (expr.where === undefined || freeLocals(expr.collection).size > 0) return undefined;
  for (const part of chain("and", expr.where)) {
    if (part.kind !== "compare" || part.op !== "==") continue;
    const canonical = keyOf(part.operands);
    if (canonical === undefined) continue;
    for (const [key, wanted] of [
      [part.left, part.right],
      [part.right, part.left],
    ] as const) {
      const own = freeLocals(key);
      const other = freeLocals(wanted);
      if (own.size === 1 && own.has(expr.slot) && !other.has(expr.slot) && other.size > 0 && isFieldPath(key))
        return { key, wanted, canonical };
    }
  }
  return undefined;
}

/** Only plain reads: their value for a member is the same whatever else is bound. */
function isFieldPath(expr: Expr): boolean {
  return expr.kind === "local" || (expr.kind === "field" && isFieldPath(expr.record));
}
