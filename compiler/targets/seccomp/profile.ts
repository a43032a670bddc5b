/**
 * The rules of a `runtime` declaration about system calls as a seccomp profile (OCI runtime specification 1.2,
 * `config-linux.md`, "Seccomp"; the kubelet reads the same from its folder of profiles). Its bytes are canonical: two
 * declarations that permit the same have one digest, and any other has another.
 */
import type { RuntimeAction, RuntimeDefinition } from "../../../language/core/ir.ts";
import { actionOn, actionOnUnknown } from "../../../language/core/profile.ts";
import { syscallNames } from "../../../language/domains/syscalls.ts";

/** What runs, by the architecture that it is for. Compat and x32 are not declared, so seccomp kills whoever enters by them. */
const architectures: readonly string[] = ["SCMP_ARCH_AARCH64", "SCMP_ARCH_X86_64"];

/** Errors of `errno(3)`: a call that is known is not permitted, one that is newer than the profile is not there. */
const EPERM = 1;
const ENOSYS = 38;

interface SyscallGroup {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
}

export interface SeccompProfile {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly architectures: readonly string[];
  readonly syscalls: readonly SyscallGroup[];
}

/** Undefined where the declaration has no rule about system calls: there is nothing to load. */
export function seccompProfile(runtime: RuntimeDefinition): SeccompProfile | undefined {
  if (runtime.syscalls.length === 0) return undefined;
  const beyond = actionOnUnknown(runtime);
  const byAction = Map.groupBy(syscallNames, (name) => actionOn(runtime, name) ?? "allow");
  const groups = (["allow", "log", "errno", "kill"] as const).map((action): SyscallGroup => {
    const names =
      action === "log"
        ? ([...(byAction.get("log") ?? []), ...(byAction.get("notify") ?? [])] as string[]).sort()
        : (byAction.get(action) ?? []);
    return { names, action: word(action), ...(action === "errno" ? { errnoRet: EPERM } : {}) };
  });
  return {
    defaultAction: word(beyond ?? "allow"),
    ...(beyond === "errno" ? { defaultErrnoRet: ENOSYS } : {}),
    architectures,
    syscalls: groups.filter(({ names }) => names.length > 0),
  };
}

/** `notify` is told by whoever reads the log: user-notify of seccomp lets the call's arguments change after the look. */
function word(action: RuntimeAction | "allow"): string {
  switch (action) {
    case "allow":
      return "SCMP_ACT_ALLOW";
    case "log":
    case "notify":
      return "SCMP_ACT_LOG";
    case "errno":
      return "SCMP_ACT_ERRNO";
    case "kill":
      return "SCMP_ACT_KILL_PROCESS";
  }
}

/** The profile's file, whose digest names it. */
export function seccompText(runtime: RuntimeDefinition): string | undefined {
  const profile = seccompProfile(runtime);
  return profile === undefined ? undefined : `${JSON.stringify(profile, undefined, 2)}\n`;
}
