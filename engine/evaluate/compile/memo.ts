/** Values that a decision computes at most once. */
import { UNSET } from "../env.ts";
import type { Context, Fn } from "./context.ts";

export function memoised(context: Context, compute: Fn): Fn {
  const slot = context.memoSlot();
  return (env) => {
    const known = env.slots[slot];
    if (known !== UNSET && known !== undefined) return known;
    const value = compute(env);
    env.slots[slot] = value;
    return value;
  };
}
