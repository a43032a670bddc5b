/** `waybill verify commit REV`: whether a commit was signed, and by whom the caller names. */

import { rfc3339 } from "../../../engine/decide/instant.ts";
import { type AllowedSigner, readAllowedSigners } from "../../../engine/trust/commit/allowed-signers.ts";
import type { Commit } from "../../../engine/trust/commit/object.ts";
import type { CommitVerdict } from "../../../engine/trust/commit/verdict.ts";
import { type CommitOptions, verifyCommit } from "../../../engine/trust/commit/verify.ts";
import { joinRoots, readTrustRoot, type TrustRoot } from "../../../engine/trust/root.ts";
import { ansi, plain } from "../../../language/diagnostics/render/palette.ts";
import { visible } from "../../../language/diagnostics/render/untrusted.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import type { Call } from "../cli.ts";
import { type Options, text, texts } from "../options.ts";
import { readClock } from "../shell/clock.ts";
import { exit, Stop } from "../shell/exit.ts";
import { readBytes } from "../shell/files.ts";
import { git, verifyWithGpg } from "../shell/programs.ts";
import { tell } from "../shell/report.ts";

export async function verifyRevision(call: Call, revision: string, options: Options): Promise<number> {
  const now = readClock(text(options, "now"));
  if (typeof now !== "number") throw new Stop(exit.usage, [now]);
  const given = await commitOptions(call, options, now);
  const { id, bytes } = await readObject(text(options, "repo") ?? ".", revision);
  const { verdict, commit } = await verifyCommit(bytes, id, given);
  const answer = text(options, "format") === "json" ? jsonAnswer(call, id, now, verdict, commit) : textAnswer(call, id, verdict, commit);
  await call.terminal.out(answer);
  if (verdict.kind === "verified") return exit.done;
  return verdict.kind === "refused" ? exit.no : exit.noVerdict;
}

/** Every way of telling signers that was given; without any, anybody would be believed, and with some others none could be. */
async function commitOptions(call: Call, options: Options, now: number): Promise<CommitOptions> {
  const identity = text(options, "identity");
  const issuer = text(options, "issuer");
  const allowed = texts(options, "allowedSigners");
  const keys = texts(options, "key");
  const help = "name `--allowed-signers FILE`, `--key FILE` with an OpenPGP key, or `--identity SAN` and `--issuer URL`";
  const wrong = (problem: string): Stop => new Stop(exit.usage, [diagnostic("WB1162", { problem }, undefined, { help })]);
  if (allowed.length === 0 && keys.length === 0 && issuer === undefined)
    throw wrong(
      identity === undefined ? "nobody is named who must have signed" : "`--identity` is given without `--issuer` or `--allowed-signers`",
    );
  if (identity === "" || issuer === "") throw wrong(`\`--${identity === "" ? "identity" : "issuer"}\` is empty`);
  if (issuer !== undefined && identity === undefined) throw wrong("`--issuer` is given without `--identity`");
  // What cannot hold for a key is not passed over: the caller would take it for checked.
  const apart = "verify commits of each form in a call of its own";
  const contrary = (problem: string): Stop => new Stop(exit.usage, [diagnostic("WB1162", { problem }, undefined, { help: apart })]);
  if (identity !== undefined && keys.length > 0)
    throw contrary("`--identity` is given with `--key`, and nobody vouches for the names in an OpenPGP key");
  if (issuer !== undefined && allowed.length > 0)
    throw contrary("`--issuer` is given with `--allowed-signers`, and nobody issues an SSH key");
  const signers: AllowedSigner[] = [];
  for (const path of allowed) {
    const read = readAllowedSigners((await readBytes(path)).toString("utf8"));
    if (read.kind === "refused")
      throw new Stop(exit.usage, [
        diagnostic("WB1161", { path, line: read.line, problem: read.problem }, undefined, {
          help: "ssh-keygen(1) has its form: PRINCIPALS [OPTIONS] KEYTYPE KEY",
        }),
      ]);
    signers.push(...read.signers);
  }
  const openpgp: Buffer[] = [];
  for (const path of keys) openpgp.push(await readBytes(path));
  return {
    ...(allowed.length === 0 ? {} : { ssh: { signers, now, ...(identity === undefined ? {} : { identity }) } }),
    ...(issuer === undefined || identity === undefined
      ? {}
      : { gitsign: { roots: await rootsOf(call, options), identity: { identity, issuer } } }),
    ...(openpgp.length === 0 ? {} : { gpg: (signature: string, payload: Uint8Array) => verifyWithGpg(openpgp, signature, payload) }),
  };
}

async function rootsOf(call: Call, options: Options): Promise<ReturnType<typeof joinRoots>> {
  const named = texts(options, "trustedRoot");
  if (named.length === 0) return joinRoots([(await import("../../../engine/trust/pinned.ts")).publicGoodRoot()]);
  const roots: TrustRoot[] = [];
  for (const path of named) {
    const { value, diagnostics } = readTrustRoot(await readBytes(path), path);
    if (value === undefined) throw new Stop(exit.usage, diagnostics);
    await tell(call.terminal, diagnostics);
    roots.push(value);
  }
  return joinRoots(roots);
}

/** The object that a revision names, by its full id; whoever moves a ref in between changes nothing. */
async function readObject(folder: string, revision: string): Promise<{ readonly id: string; readonly bytes: Buffer }> {
  const stop = (problem: string, help?: string): Stop =>
    new Stop(exit.usage, [diagnostic("WB1160", { revision, folder, problem }, undefined, help === undefined ? {} : { help })]);
  const named = await git(folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`]);
  if (named.kind === "absent") throw stop("git is not installed", "install git: commits are read with it");
  const id = named.out.toString("latin1").trim();
  if (named.code !== 0 || !/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(id)) {
    const isFolder = named.err === "" || /unknown revision|Needed a single revision|expected commit type/.test(named.err);
    throw stop(isFolder ? "there is no such commit" : (named.err.split("\n")[0] ?? "").replace(/^fatal: /, ""));
  }
  const object = await git(folder, ["cat-file", "commit", id]);
  if (object.kind === "absent" || object.code !== 0) throw stop("the object cannot be read");
  return { id, bytes: object.out };
}

function textAnswer(call: Call, id: string, verdict: CommitVerdict, commit: Commit | undefined): string {
  const palette = call.terminal.colourOut ? ansi : plain;
  const fact = (label: string, value: string): string => `  ${palette.faint(label.padEnd(9))} ${visible(value)}`;
  const shown = palette.strong(id);
  const lines =
    verdict.kind === "verified"
      ? [
          `${palette.good("verified")}   ${shown}`,
          fact("by", `${verdict.by}: ${verdict.name}`),
          ...verdict.times.map(({ time, source, by }) => fact("time", `${rfc3339(time)} (${source.replaceAll("-", " ")} ${by})`)),
          ...verdict.notes.map((note) => fact("note", note)),
        ]
      : verdict.kind === "refused"
        ? [`${palette.error("refused")}    ${shown}: ${verdict.reason}`, fact("because", verdict.detail)]
        : [`${palette.warning("not told")}   ${shown}`, fact("because", verdict.detail)];
  const committer =
    commit === undefined ? [] : [fact("commit", `${commit.committer.name} <${commit.committer.email}>, tree ${commit.tree}`)];
  return `${[...lines, ...committer].join("\n")}\n`;
}

/** `docs/schemas/commit.schema.json`. */
function jsonAnswer(call: Call, id: string, now: number, verdict: CommitVerdict, commit: Commit | undefined): string {
  const { kind, ...rest } = verdict;
  const answer = verdict.kind === "verified" ? { ...rest, times: verdict.times.map((one) => ({ ...one, time: rfc3339(one.time) })) } : rest;
  const document = {
    schema: "waybill/commit/1",
    tool: { name: "waybill", version: call.version },
    time: rfc3339(now),
    commit: id,
    ...(commit === undefined ? {} : { tree: commit.tree, author: commit.author.email, committer: commit.committer.email }),
    outcome: kind,
    ...answer,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
