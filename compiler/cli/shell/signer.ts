/** Who signs our statements: a key in a file, or a keyless identity by a Sigstore instance that the caller names. */
import { diagnostic } from "../../../language/diagnostics/table.ts";
import type { Options } from "../options.ts";
import { wallClock } from "./clock.ts";
import { exit, Stop } from "./exit.ts";
import { readBytes } from "./files.ts";

/** Signs an in-toto statement; gives the bytes of a Sigstore bundle. */
export interface Signer {
  readonly sign: (statement: object) => Promise<Uint8Array>;
  /** A URI that names the signer where the caller named none; absent for keyless ones, whose name the authority decides. */
  readonly id?: string;
}

const wrong = (problem: string, help: string): Stop => new Stop(exit.usage, [diagnostic("WB1000", { problem }, undefined, { help })]);

/** The signer that `--attest-key`, or `--signing-config` with a token, names; wrong use (exit 2) without any. */
export async function openSigner(options: Options): Promise<Signer> {
  const key = options["attestKey"];
  const config = options["signingConfig"];
  if (typeof key === "string" && typeof config === "string")
    throw wrong("two signers are named", "give `--attest-key` or `--signing-config`, not both");
  if (typeof key === "string") return keySigner(key);
  if (typeof config !== "string")
    throw wrong(
      "nobody is named who signs",
      "`--attest-key KEY.pem`, or `--signing-config FILE` with `--identity-token FILE` in CI or by hand",
    );
  if (options["offline"] === true)
    throw wrong("a keyless signature asks Sigstore's services", "sign with `--attest-key`, or without `--offline`");
  return keyless(config, typeof options["identityToken"] === "string" ? options["identityToken"] : undefined);
}

async function keySigner(path: string): Promise<Signer> {
  const { readSigningKey, signStatement } = await import("../../../engine/trust/sign.ts");
  const passphrase = process.env["WAYBILL_KEY_PASSPHRASE"];
  const read = readSigningKey((await readBytes(path)).toString("utf8"), passphrase);
  if (read.kind === "refused")
    throw new Stop(exit.usage, [
      diagnostic("WB1002", { path, reason: read.problem }, undefined, { help: "a passphrase is taken from WAYBILL_KEY_PASSPHRASE" }),
    ]);
  return { sign: async (statement) => signStatement(statement, read.key), id: `urn:waybill:key:${read.key.fingerprint}` };
}

async function keyless(path: string, tokenFile: string | undefined): Promise<Signer> {
  const { keylessSigner } = await import("../../../engine/trust/keyless.ts");
  const token = tokenFile === undefined ? process.env["SIGSTORE_ID_TOKEN"] : (await readBytes(tokenFile)).toString("utf8").trim();
  const sign = keylessSigner((await readBytes(path)).toString("utf8"), token, wallClock());
  if (typeof sign === "string") throw new Stop(exit.usage, [diagnostic("WB1002", { path, reason: sign }, undefined)]);
  return {
    sign: (statement) =>
      sign(statement).catch((problem: unknown) => {
        const said = problem instanceof Error ? problem.message : "the services could not be asked";
        throw new Stop(exit.noVerdict, [diagnostic("WB1035", { problem: said }, undefined)]);
      }),
  };
}
