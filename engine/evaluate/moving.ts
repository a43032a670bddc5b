/** Times and durations that move with the clock of the decision (semantics, section 9: `validUntil`). */
import type { CompareOp } from "../../language/core/ir.ts";
import type { Type } from "../../language/semantics/types.ts";
import type { Env } from "./env.ts";

/** A time or duration that is derived from the clock: its value now, and by how much it grows while the clock grows by one. */
export class Moving {
  readonly value: number;
  readonly slope: number;
  constructor(value: number, slope: number) {
    this.value = value;
    this.slope = slope;
  }
}

/** Whether values of the type can move. */
export function canMove(type: Type): boolean {
  return type.kind === "scalar" && (type.name === "Duration" || type.name === "Time");
}

/** The value at the clock of the decision. */
export function standing(value: unknown): unknown {
  return value instanceof Moving ? value.value : value;
}

export function slopeOf(value: unknown): number {
  return value instanceof Moving ? value.slope : 0;
}

/** Notes until when `a op b` stays what it is. Both are known. */
export function noteFlip(env: Env, op: CompareOp, a: unknown, b: unknown): void {
  const slope = slopeOf(a) - slopeOf(b);
  if (slope === 0 || env.now === undefined) return;
  const after = flipAfter(op, Number(standing(a)) - Number(standing(b)), slope);
  if (after !== undefined && env.now + after < env.validUntil) env.validUntil = env.now + after;
}

/**
 * After how many microseconds `difference op 0` first changes, when the difference moves by `slope` in each of them.
 * Mirrored, so that it grows: then it can only reach zero, and be above it from the next microsecond on.
 */
function flipAfter(op: CompareOp, difference: number, slope: number): number | undefined {
  const speed = Math.abs(slope);
  const distance = slope > 0 ? -difference : difference;
  if (op === "==" || op === "!=") {
    if (distance === 0) return 1;
    return distance > 0 && distance % speed === 0 ? distance / speed : undefined;
  }
  const flipsAtZero = slope > 0 ? op === ">=" || op === "<" : op === "<=" || op === ">";
  if (flipsAtZero) return distance > 0 ? Math.ceil(distance / speed) : undefined;
  return distance >= 0 ? Math.floor(distance / speed) + 1 : undefined;
}
