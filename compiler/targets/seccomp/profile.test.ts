/** Law 21: what the profile's file says of a call is what the rules say of it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RuntimeDefinition, SyscallRule } from "../../../language/core/ir.ts";
import { actionOn, guaranteed, permits, permitted } from "../../../language/core/profile.ts";
import { abis, isRing, isSyscall, syscallNames, syscallsOf } from "../../../language/domains/syscalls.ts";
import { collectLibrary } from "../../bundle/library.ts";
import { seccompProfile, seccompText } from "./profile.ts";

const at = { path: "a.scp", start: 0, end: 1 };
const few = ["read", "write", "ptrace", "mount", "open", "io_uring_enter", "clone3"];

const rule = fc.record({
  polarity: fc.constantFrom("allow" as const, "forbid" as const),
  names: fc.uniqueArray(
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...few) }, { weight: 1, arbitrary: fc.constantFrom(...syscallNames) }),
    {
      minLength: 1,
      maxLength: 6,
    },
  ),
  action: fc.constantFrom("log" as const, "notify" as const, "errno" as const, "kill" as const),
  at: fc.constant(at),
});
const rules = fc.array(rule, { minLength: 1, maxLength: 5 });

const runtime = (syscalls: readonly SyscallRule[]): RuntimeDefinition => ({
  key: "a.r",
  subjectType: { kind: "record", name: "W", fields: new Map(), predicates: new Map() },
  syscalls,
  at,
});

/** What a node does with a call: the first group that names it, else the default. */
function verdict(of: RuntimeDefinition, name: string): string {
  const profile = seccompProfile(of);
  return profile?.syscalls.find(({ names }) => names.includes(name))?.action ?? profile?.defaultAction ?? "SCMP_ACT_ALLOW";
}

const words = { log: "SCMP_ACT_LOG", notify: "SCMP_ACT_LOG", errno: "SCMP_ACT_ERRNO", kill: "SCMP_ACT_KILL_PROCESS" };

describe("a seccomp profile", () => {
  it("says of every call what the rules say, and of one that nobody knows what the allow lists do", () => {
    fc.assert(
      fc.property(rules, (given) => {
        const of = runtime(given);
        for (const name of [...few, "stat", "frobnicate"]) {
          const action = actionOn(of, name);
          expect([name, verdict(of, name)]).toEqual([name, action === undefined ? "SCMP_ACT_ALLOW" : words[action]]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("names each call once, and the same calls for rules in another order", () => {
    fc.assert(
      fc.property(rules, (given) => {
        const names = seccompProfile(runtime(given))?.syscalls.flatMap((group) => group.names) ?? [];
        expect(new Set(names).size).toBe(names.length);
        expect(seccompText(runtime([...given].reverse()))).toBe(seccompText(runtime(given)));
      }),
      { numRuns: 200 },
    );
  });
});

describe("what is permitted", () => {
  it("never shrinks with one more item that is allowed, and never grows with one that is forbidden", () => {
    fc.assert(
      fc.property(rules, fc.constantFrom(...few), (given, name) => {
        const before = permitted(runtime(given), "x86_64");
        const widened = given.map((one) => (one.polarity === "allow" ? { ...one, names: [...one.names, name] } : one));
        for (const call of before) expect(permits(runtime(widened), call)).toBe(true);
        const narrowed = given.map((one) => (one.polarity === "forbid" ? { ...one, names: [...one.names, name] } : one));
        const after = permitted(runtime(narrowed), "x86_64");
        for (const call of after) expect(before).toContain(call);
      }),
      { numRuns: 300 },
    );
  });

  it("holds no ring that no rule allows by name", () => {
    fc.assert(
      fc.property(rules, (given) => {
        const named = new Set(given.flatMap((one) => (one.polarity === "allow" ? one.names : [])));
        for (const name of syscallNames.filter(isRing)) if (permits(runtime(given), name)) expect(named).toContain(name);
      }),
      { numRuns: 300 },
    );
  });

  it("is all where nothing is said, and then nothing is guaranteed and there is no profile", () => {
    expect([permits(runtime([]), "ptrace"), guaranteed(runtime([])), seccompText(runtime([]))]).toEqual([true, undefined, undefined]);
  });
});

describe("the standard sets", async () => {
  const library = await collectLibrary();
  const text = Object.entries(library).find(([path]) => path.endsWith("syscalls.scp"))?.[1] ?? "";
  const sets = [...text.matchAll(/^let (\w+): Set<String> = \[([^\]]*)\]/gm)].map(
    ([, name = "", body = ""]) => [name, [...body.matchAll(/"(\w+)"/g)].map(([, one = ""]) => one)] as const,
  );

  it("are there", () => {
    expect(sets.map(([name]) => name)).toEqual(
      expect.arrayContaining(["base", "network_client", "network_server", "epoll", "file_read", "process"]),
    );
  });

  it.each(sets)("`%s` holds system calls, sorted, each once, and is called like none of them", (name, members) => {
    expect(members.filter((one) => !isSyscall(one))).toEqual([]);
    expect(members).toEqual([...new Set(members)].sort());
    expect(isSyscall(name)).toBe(false);
  });

  it.each(sets)("`%s` opens no new way into the kernel", (_, members) => {
    const strong =
      /^(io_uring_.*|bpf|mount|umount2|ptrace|process_vm_.*|unshare|setns|pivot_root|kexec_.*|.*_module|keyctl|add_key|request_key|perf_event_open|userfaultfd|open_by_handle_at|fsopen|move_mount)$/;
    expect(members.filter((one) => strong.test(one))).toEqual([]);
  });
});

it("knows the calls of each ABI: arm64 has none that its own tables lack", () => {
  expect(abis.map((abi) => syscallsOf(abi).size)).toEqual([382, 325]);
  for (const old of ["open", "stat", "fork", "epoll_wait", "arch_prctl"])
    expect([syscallsOf("x86_64").has(old), syscallsOf("aarch64").has(old)]).toEqual([true, false]);
  for (const call of ["openat", "newfstatat", "clone3", "mseal"]) for (const abi of abis) expect(syscallsOf(abi).has(call)).toBe(true);
});
