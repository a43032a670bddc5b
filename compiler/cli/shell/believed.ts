/** Who may be believed: the keys that policies name and the trusted roots of a call, read from files. */
import { readFileSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { ageInDays, alarmAfterDays } from "../../../engine/trust/age.ts";
import type { Believed } from "../../../engine/trust/attested.ts";
import { verificationCache } from "../../../engine/trust/cache.ts";
import { declaredKeys } from "../../../engine/trust/fingerprints.ts";
import { type PublicKey, readKey } from "../../../engine/trust/key.ts";
import { joinRoots, readTrustRoot, type TrustRoot } from "../../../engine/trust/root.ts";
import type { Program } from "../../../language/core/ir.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { asksForClaims, typesAboutElse } from "../../analysis/plan.ts";
import { exit, Stop } from "./exit.ts";
import { readBytes } from "./files.ts";

/** A file that says who may be believed. */
export interface TrustFile {
  readonly kind: "root" | "key" | "declared-key";
  /** As the caller named it; of a declared key, `FROM\nPATH`: the policy, and the path as the policy writes it. */
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * Reads the roots and keys that options name, and the key files that the program's declarations do; `stdin` is the folder that a
 * policy from there stands in.
 */
export async function readTrustFiles(
  program: Program,
  roots: readonly string[],
  keys: readonly string[],
  stdin: string | undefined,
): Promise<readonly TrustFile[]> {
  const files: TrustFile[] = [];
  for (const name of roots) files.push({ kind: "root", name, bytes: await readBytes(name) });
  for (const name of keys) files.push({ kind: "key", name, bytes: await readBytes(name) });
  // A decision rests on the root that comes with Waybill as on any other, so it is kept in records too.
  const isKeyless = program.trusts.some(({ body }) => body.kind === "keyless");
  if (roots.length === 0 && isKeyless) {
    const { publicGoodBytes, publicGoodName } = await import("../../../engine/trust/pinned.ts");
    files.push({ kind: "root", name: publicGoodName, bytes: publicGoodBytes() });
  }
  const named = new Map<string, TrustFile>();
  declaredKeys(program, (file, from) => {
    const name = `${from}\n${file}`;
    const bytes = readBeside(file, from === "stdin" ? stdin : dirname(from));
    if (bytes !== undefined) named.set(name, { kind: "declared-key", name, bytes });
    return undefined;
  });
  return [...files, ...named.values()];
}

/** A key file stands beside the policy that names it; an absolute path is as it is, also where the policy stands nowhere. */
function readBeside(file: string, folder: string | undefined): Buffer | undefined {
  if (folder === undefined && !isAbsolute(file)) return undefined;
  try {
    return readFileSync(resolve(folder ?? ".", file));
  } catch {
    return undefined;
  }
}

export interface Believing {
  readonly believed: Believed;
  /** Keys of declarations that are not at hand, and roots that are old. */
  readonly unread: readonly Diagnostic[];
}

/** Turns the files into what signatures are told by at `now` (microseconds); a file that is none of it is wrong use (exit 2). */
export function believe(program: Program, files: readonly TrustFile[], now: number): Believing {
  const unread: Diagnostic[] = [];
  const wrong: Diagnostic[] = [];
  const roots: TrustRoot[] = [];
  const keys = new Map<string, PublicKey>();
  const beside = new Map<string, Buffer>();
  const addKey = (bytes: Uint8Array, name: string): void => {
    const { value, diagnostics } = readKey(bytes, name);
    wrong.push(...diagnostics);
    if (value !== undefined) keys.set(value.fingerprint, value);
  };
  for (const { kind, name, bytes } of files) {
    if (kind === "declared-key") beside.set(name, bytes);
    else if (kind === "key") addKey(bytes, name);
    else {
      const { value, diagnostics } = readTrustRoot(bytes, name);
      wrong.push(...diagnostics);
      if (value !== undefined) roots.push(value);
    }
  }
  const declared = declaredKeys(program, (file, from) => beside.get(`${from}\n${file}`)?.toString("utf8"));
  // Nobody is believed by a key that is not at hand; the rest of the policy decides all the same.
  for (const { trust, file, problem } of declared.unread)
    unread.push(diagnostic("WB1034", { trust: trust.key, file, problem }, trust.at, { label: "its key is not at hand" }));
  for (const { pem, trust } of declared.keys) if (pem !== undefined) addKey(Buffer.from(pem), trust);
  const errors = wrong.filter((one) => one.level === "error");
  if (errors.length > 0) throw new Stop(exit.usage, errors);
  for (const root of roots.filter((one) => ageInDays(one, now) > alarmAfterDays)) {
    const help = "fetch the root anew: `waybill trust update`";
    unread.push(diagnostic("WB1101", { name: root.name, days: alarmAfterDays }, undefined, { help }));
  }
  const { fingerprints } = declared;
  const elsewhere = typesAboutElse(program).length > 0;
  return {
    believed: {
      program,
      roots: joinRoots(roots),
      keys: [...keys.values()],
      fingerprints,
      verifications: verificationCache(),
      elsewhere,
      claims: asksForClaims(program),
    },
    unread,
  };
}
