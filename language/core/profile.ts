/** What a runtime declaration permits (semantics, section 11): the rule that every target of it is held against. */
import { type Abi, isRing, syscallsOf } from "../domains/syscalls.ts";
import { type Guarantee, guarantees, type RuntimeAction, type RuntimeDefinition, runtimeActions, type SyscallRule } from "./ir.ts";

/**
 * `(no allow list or x in allow) and x not in forbid`. What `io_uring_*` submits passes by every other rule, so these
 * calls are permitted by name only, an allow list or not. Without a rule nothing is watched, and all is permitted.
 */
export function permits(runtime: RuntimeDefinition, name: string): boolean {
  return violated(runtime, name).length === 0;
}

/** The calls of an ABI that are permitted, sorted. */
export function permitted(runtime: RuntimeDefinition, abi: Abi): readonly string[] {
  return [...syscallsOf(abi)].filter((name) => permits(runtime, name));
}

/** The rules that a call violates: each forbid list that has it, the allow lists where none has it; a ring where there are none, all. */
function violated(runtime: RuntimeDefinition, name: string): readonly SyscallRule[] {
  const { syscalls } = runtime;
  const allowing = syscalls.filter((rule) => rule.polarity === "allow");
  const named = (rule: SyscallRule): boolean => rule.names.includes(name);
  const forbidding = syscalls.filter((rule) => rule.polarity === "forbid" && named(rule));
  if (allowing.some(named)) return forbidding;
  return isRing(name) && allowing.length === 0 ? syscalls : [...allowing, ...forbidding];
}

/** What follows a call: the strongest action of the rules that it violates; undefined where it is permitted. */
export function actionOn(runtime: RuntimeDefinition, name: string): RuntimeAction | undefined {
  const ranks = violated(runtime, name).map((rule) => runtimeActions.indexOf(rule.action));
  return ranks.length === 0 ? undefined : runtimeActions[Math.max(...ranks)];
}

/** What follows a call that no list can name, because it is newer than the names known here. */
export function actionOnUnknown(runtime: RuntimeDefinition): RuntimeAction | undefined {
  return actionOn(runtime, "");
}

/** How surely a system call is stopped where seccomp takes the action: it runs before the call does. */
export function guaranteeOf(action: RuntimeAction): Guarantee {
  return action === "errno" || action === "kill" ? "prevented" : "observed";
}

/** The least guarantee of the rules about system calls; undefined where there are none. */
export function guaranteed(runtime: Pick<RuntimeDefinition, "syscalls">): Guarantee | undefined {
  const ranks = runtime.syscalls.map((rule) => guarantees.indexOf(guaranteeOf(rule.action)));
  return ranks.length === 0 ? undefined : guarantees[Math.min(...ranks)];
}
