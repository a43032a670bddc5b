/** WB10xx: the command line. */
import { row } from "../row.ts";

const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");

export const cliCodes = {
  WB1000: row<{ problem: string }>("error", "command line used wrongly", (p) => p.problem),
  WB1001: row<{ path: string }>("error", "file not found", (p) => `\`${p.path}\` does not exist`),
  WB1002: row<{ path: string; reason: string }>("error", "file cannot be read", (p) => `\`${p.path}\` cannot be read: ${p.reason}`),
  WB1003: row<{ path: string; offset: number }>(
    "error",
    "policy file is not UTF-8",
    (p) => `\`${p.path}\` is not UTF-8: byte ${p.offset} starts no valid character`,
  ),
  WB1004: row<{ path: string }>("error", "folder without policies", (p) => `there is no \`.scp\` file in \`${p.path}\``),
  WB1005: row<{ problem: string }>("error", "`waybill.toml` is not valid TOML", (p) => `not valid TOML: ${p.problem}`),
  WB1006: row<{ key: string; problem: string }>("error", "`waybill.toml` has a wrong key or value", (p) => `\`${p.key}\` ${p.problem}`),
  WB1007: row<{ option: string; value: string; shape: string }>(
    "error",
    "option value has the wrong shape",
    (p) => `\`${p.option} ${p.value}\` is not of the form \`${p.shape}\``,
  ),
  WB1008: row<{ key: string }>("error", "unknown input", (p) => `no loaded module has an input \`${p.key}\``),
  WB1009: row<{ key: string; value: string; type: string }>(
    "error",
    "input value is not of its type",
    (p) => `\`${p.value}\` is not a value of input \`${p.key}\`, which is ${/^[AEIOU]/.test(p.type) ? "an" : "a"} \`${p.type}\``,
  ),
  WB1010: row<{ kind: string; point: string; loaded: readonly string[] }>(
    "error",
    "no policy speaks about the subject",
    (p) =>
      `no policy that was loaded speaks about \`${p.kind}\` at \`${p.point}\`${p.loaded.length > 0 ? `; loaded: ${list(p.loaded)}` : ""}`,
  ),
  WB1011: row<{ fact: string }>(
    "error",
    "a fact that only the caller knows was not given",
    (p) => `the policy's header reads \`${p.fact}\`, which was not given`,
  ),
  WB1012: row<{ verb: string }>("error", "no subject", (p) => `\`${p.verb}\` needs to know what to judge`),
  WB1013: row<{ subject: string; reason: string }>(
    "error",
    "subject cannot be read",
    (p) => `\`${p.subject}\` is not a subject: ${p.reason}`,
  ),
  WB1014: row<{ value: string }>("error", "time is not RFC 3339", (p) => `\`--now ${p.value}\` is not an RFC 3339 time`),
  WB1015: row<{ key: string }>("error", "unknown fact", (p) => `no subject here has a fact \`${p.key}\` that can be given`),
  WB1016: row<{ verb: string }>("error", "no policy was named", (p) => `\`${p.verb}\` needs \`--policy PATH\``),
  WB1017: row<{ errors: number }>(
    "error",
    "the policy does not compile",
    (p) => `nothing was decided: the policy has ${p.errors} ${p.errors === 1 ? "error" : "errors"}`,
  ),
  WB1018: row<{ code: string }>("error", "unknown diagnostic code", (p) => `there is no diagnostic \`${p.code}\``),
  WB1019: row<{ path: string; root: string }>(
    "error",
    "evidence outside the evidence root",
    (p) => `\`${p.path}\` is outside the evidence root \`${p.root}\``,
  ),
  WB1021: row<{ name: string; subject: string }>(
    "warning",
    "evidence is about something else",
    (p) => `\`${p.name}\` names digests, and none is that of \`${p.subject}\`, so it counts for nothing here`,
  ),
  WB1022: row<{ clause: string }>("error", "unknown clause", (p) => `no policy that was loaded has a clause \`${p.clause}\``),
  WB1023: row<{ path: string }>("error", "file exists", (p) => `\`${p.path}\` exists and is left as it is`),
  WB1024: row<{ value: string; what: string }>("error", "unknown name", (p) => `\`${p.value}\` is not ${p.what}`),
  WB1026: row<{ where: string }>("warning", "no tests", (p) => `there is no test in ${p.where}`),
  WB1027: row<{ subject: string; digest: string }>(
    "note",
    "digest taken from the evidence",
    (p) => `\`${p.subject}\` was named without a digest; the evidence is about \`${p.digest}\`, so that is what is judged`,
  ),
  WB1028: row<{ key: string }>("error", "input without a value", (p) => `input \`${p.key}\` has no default and was not set`),
  WB1029: row<{ path: string; size: number; limit: number }>(
    "error",
    "policy file is too large",
    (p) => `\`${p.path}\` has ${p.size} bytes, more than the limit of ${p.limit}`,
  ),
  WB1030: row<{ name: string; reason: string }>(
    "note",
    "an envelope counts for nothing here",
    (p) => `\`${p.name}\` counts for nothing here: ${p.reason}`,
  ),
  WB1031: row<{ subject: string; reason: string }>(
    "warning",
    "what is attached to an image could not be read",
    (p) => `what is attached to \`${p.subject}\` is not fully known: ${p.reason}`,
  ),
  WB1032: row<{ path: string; problem: string }>("error", "not a record of a decision", (p) => `\`${p.path}\` is no record: ${p.problem}`),
  WB1033: row<{ path: string }>(
    "error",
    "the record's folder is not empty",
    (p) => `\`${p.path}\` is not empty, and a record is never written over something else`,
  ),
  WB1034: row<{ trust: string; file: string | undefined; problem: string }>(
    "warning",
    "the key of a trust declaration is not at hand",
    (p) => `nobody can be believed as \`${p.trust}\`: ${p.file === undefined ? "" : `\`${p.file}\`: `}${p.problem}`,
  ),
  WB1035: row<{ problem: string }>("error", "a verdict could not be signed", (p) => `the verdict could not be signed: ${p.problem}`),
};
