/** Comparisons over what an operand can still be: one value, a set of outcomes, or an interval (semantics, sections 4 to 6). */
import type { CompareOp } from "../../language/core/ir.ts";
import type { Type } from "../../language/semantics/types.ts";
import type { Interval, Meaning, Truth, Wants } from "./logic.ts";
import { noWants, union, want } from "./logic.ts";
import { compareValues } from "./scalars.ts";

function wantsOf(meaning: Meaning): Wants {
  if (meaning.kind === "known") return noWants;
  if (meaning.kind === "record") return meaning.lack ?? noWants;
  return meaning.wants;
}

export function compare(op: CompareOp, type: Type, a: Meaning, b: Meaning): Truth {
  const wants = union(wantsOf(a), wantsOf(b));
  if (a.kind === "unknown" || b.kind === "unknown") return { wants };
  if (a.kind === "interval" || b.kind === "interval") return decideInterval(op, asInterval(a), asInterval(b)) ?? { wants };
  const results = valuesOf(a).flatMap((x) => valuesOf(b).map((y) => compareValues(op, type, x, y)));
  if (results.some((r) => r === undefined)) return { wants: union(wants, want("malformed", "comparison")) };
  if (results.every((r) => r === true)) return true;
  return results.every((r) => r === false) ? false : { wants };
}

function valuesOf(meaning: Meaning) {
  if (meaning.kind === "known") return [meaning.value];
  if (meaning.kind === "outcomes") return meaning.possible;
  throw new Error(`the oracle cannot compare ${meaning.kind}`);
}

interface Bounds {
  readonly lo: number | bigint;
  readonly hi: number | bigint;
}

function asInterval(meaning: Meaning): Bounds {
  if (meaning.kind === "interval") return meaning satisfies Interval;
  if (meaning.kind === "known") return { lo: meaning.value as number, hi: meaning.value as number };
  throw new Error(`the oracle cannot read ${meaning.kind} as an interval`);
}

/** True if `n ⋈ k` for all n and k between the bounds, false if for none, else undefined. */
function decideInterval(op: CompareOp, a: Bounds, b: Bounds): boolean | undefined {
  switch (op) {
    case "<":
      return a.hi < b.lo ? true : a.lo >= b.hi ? false : undefined;
    case ">=":
      return negated(decideInterval("<", a, b));
    case ">":
      return decideInterval("<", b, a);
    case "<=":
      return negated(decideInterval("<", b, a));
    case "==":
      if (a.hi < b.lo || b.hi < a.lo) return false;
      return a.lo === a.hi && b.lo === b.hi ? true : undefined;
    case "!=":
      return negated(decideInterval("==", a, b));
  }
}

function negated(b: boolean | undefined): boolean | undefined {
  return b === undefined ? undefined : !b;
}
