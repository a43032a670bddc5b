/**
 * `r.denies(S)` and `r.confines(c)` (semantics, sections 10 and 11): whether a runtime profile surely prevents one of the
 * system calls in S, and whether a container runs under it.
 */
import type { IntrinsicCall, RuntimeDefinition } from "../../../language/core/ir.ts";
import { actionOn, guaranteeOf, permits } from "../../../language/core/profile.ts";
import { isRing, isSyscall, syscallNames } from "../../../language/domains/syscalls.ts";
import type { Env } from "../env.ts";
import { and, MISSING, type Site, type Truth, Unknown, union, want } from "../unknown.ts";
import type { Collection } from "../virtual.ts";
import { compileConfinement } from "./confinement.ts";
import type { Context, Fn } from "./context.ts";

export function isRuntimeCall(name: string): boolean {
  return name === "runtime.denies" || name === "runtime.confines";
}

/** The first argument is the declaration's key, the second S, or the container's settings. */
export function compileRuntimeCall(context: Context, expr: IntrinsicCall, site: Site): Fn {
  const [key, ...operands] = expr.args;
  const runtime = context.program.runtimes.find((one) => key?.kind === "literal" && one.key === key.value);
  const [first, second, third] = operands.map((operand) => context.compile(operand).fn);
  if (runtime === undefined || first === undefined) throw new Error("core asks a runtime declaration that is not there");
  if (expr.name === "runtime.denies") return denies(context, runtime, first, site);
  if (second === undefined || third === undefined) throw new Error("core asks for the settings of a container without naming them");
  return confines(runtime, first, second, third, site);
}

function denies(context: Context, runtime: RuntimeDefinition, set: Fn, site: Site): Fn {
  const confinement = compileConfinement(context, runtime.key);
  return (env): Truth => {
    const { items, open } = set(env) as Collection;
    const names = items.filter((item): item is string => typeof item === "string");
    const unread = items.find((item): item is Unknown => item instanceof Unknown);
    const unsettled = open === undefined ? unread : unread === undefined ? open : union(open, unread);
    if (unsettled !== undefined) return unsettled;
    if (names.length === 0) return false;
    const denied = names.filter((name) => isSyscall(name) && !permits(runtime, name));
    const strange = names.filter((name) => !isSyscall(name));
    if (denied.length === 0 && strange.length === 0) return false;
    const why = env.blind ? "what the profile says is left out" : shortfall(runtime, denied, strange);
    if (why !== undefined) return want(MISSING, site, undefined, why);
    const required = confinement(env);
    if (required.kind === "not-known") return want(MISSING, site, undefined, required.detail);
    env.profiles?.add(runtime.key);
    return true;
  };
}

/**
 * Why the profile alone does not prevent any of the calls; undefined where it does. Names stand bare: what is in backticks
 * counts as a member's own, and is left out where wants are told together.
 */
function shortfall(runtime: RuntimeDefinition, denied: readonly string[], strange: readonly string[]): string | undefined {
  const short = runtime.key.slice(runtime.key.lastIndexOf(".") + 1);
  const [first] = denied;
  if (first === undefined) return `${strange[0] ?? ""} is not a system call that is known here, and the others are permitted`;
  const surely = denied.some((name) => guaranteeOf(actionOn(runtime, name) ?? "log") === "prevented");
  if (!surely) return `${short} only watches ${first}: ${actionOn(runtime, first) ?? "log"} follows, not errno or kill`;
  const ring = rings.find((name) => permits(runtime, name));
  if (ring !== undefined) return `${short} permits ${ring}, through which other calls pass unseen`;
  if (runtime.digest === undefined) return `the profile of ${short} was not compiled, so nothing can name it`;
  return undefined;
}

const rings = syscallNames.filter(isRing);

/**
 * The file that a node has the profile in, below its folder of seccomp profiles. Named by its digest: another profile is
 * another file, so a pod that names the old one is refused.
 */
export function profilePath(runtime: RuntimeDefinition): string | undefined {
  const hex = runtime.digest?.slice("sha256:".length);
  return hex === undefined ? undefined : `waybill/${runtime.key}-${hex}.json`;
}

/** True where the kubelet is told to load this very profile. It loads none into a privileged container, whatever it is told. */
function confines(runtime: RuntimeDefinition, kind: Fn, file: Fn, privileged: Fn, site: Site): Fn {
  const path = profilePath(runtime);
  return (env: Env): Truth => {
    if (env.unconfined === runtime.key) return false;
    const isLocal = and(equals(kind(env), "Localhost"), equals(privileged(env), false));
    if (isLocal === false) return false;
    if (path === undefined) return want(MISSING, site, undefined, "the profile was not compiled, so nothing can name it");
    return and(isLocal, equals(file(env), path));
  };
}

function equals(value: unknown, wanted: string | boolean): Truth {
  return value instanceof Unknown ? value : value === wanted;
}
