/** Values that a decision computes at most once. */
import { UNSET } from "../env.ts";
import type { Context, Fn } from "./context.ts";

/** `key`, if given, names what is computed: those of equal key share one value. */
export function memoised(context: Context, compute: Fn, key?: string): Fn {
  const slot = key === undefined ? context.memoSlot() : context.sharedSlot(key);
  return (env) => {
    const known = env.slots[slot];
    if (known !== UNSET && known !== undefined) return known;
    const value = compute(env);
    env.slots[slot] = value;
    return value;
  };
}
