/** Copies of the text of `conditions.ts`, handed out so that few conditions share one. */
import { copies } from "../generated/conditions.js";

type Conditions = ReturnType<(typeof copies)[number]>;

const opened: Conditions[] = [];
const handedOut = new Map<keyof Conditions, number>();

/** The function of that name, of the copy that has made the fewest conditions by it. Which one makes no difference but in speed. */
export function copyOf<K extends keyof Conditions>(name: K): Conditions[K] {
  const count = handedOut.get(name) ?? 0;
  handedOut.set(name, count + 1);
  const index = count % copies.length;
  const known = opened[index];
  if (known !== undefined) return known[name];
  const open = (copies[index] as (typeof copies)[number])();
  opened[index] = open;
  return open[name];
}
