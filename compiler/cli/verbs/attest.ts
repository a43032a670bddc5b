/** `waybill attest change`: signs what a snapshot of a pull request comes to. */
import { writeFile } from "node:fs/promises";
import { readJson } from "../../../engine/evidence/json/read.ts";
import { type ChangePredicate, changeStatement } from "../../../engine/evidence/review/change.ts";
import { readSnapshot, type Snapshot } from "../../../engine/evidence/review/snapshot.ts";
import { readSigningKey, type SigningKey, signStatement } from "../../../engine/trust/sign.ts";
import { hasErrors } from "../../../language/diagnostics/diagnostic.ts";
import { visible } from "../../../language/diagnostics/render/untrusted.ts";
import { plural } from "../../../language/diagnostics/render/wrap.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import type { Call } from "../cli.ts";
import { exit, Stop } from "../shell/exit.ts";
import { fileProblem, readBytes } from "../shell/files.ts";

type Options = Readonly<Record<string, unknown>>;

/** The environment variable with the passphrase of an encrypted key: a flag would be in everybody's list of processes. */
const passphraseVariable = "WAYBILL_KEY_PASSPHRASE";

/** Writes a Sigstore bundle with the statement about the change; `-` writes it to stdout. */
export async function attestChange(call: Call, path: string, options: Options): Promise<number> {
  const { terminal } = call;
  const out = typeof options["out"] === "string" ? options["out"] : "-";
  const snapshot = await readSnapshotFile(path);
  const statement = changeStatement(snapshot);
  const key = await signingKey(typeof options["key"] === "string" ? options["key"] : "-");
  const bundle = signStatement(statement, key);
  const said = summary(snapshot, statement.predicate);
  if (out === "-") {
    await terminal.out(Buffer.from(bundle).toString("utf8"));
    if (!terminal.quiet) await terminal.err(said);
    return exit.done;
  }
  try {
    await writeFile(out, bundle);
  } catch (problem) {
    throw new Stop(exit.usage, [fileProblem(out, problem)]);
  }
  await terminal.out(said);
  return exit.done;
}

async function readSnapshotFile(path: string): Promise<Snapshot> {
  const shown = path === "-" ? "stdin" : path;
  const { value, diagnostics } = readJson(await readBytes(path), shown);
  if (value === undefined || hasErrors(diagnostics)) throw new Stop(exit.usage, diagnostics);
  const read = readSnapshot(value.json);
  if (read.kind === "snapshot") return read.snapshot;
  throw new Stop(exit.usage, [
    diagnostic("WB1164", { path: shown, problem: read.problem }, undefined, {
      help: "put the answers of GitHub's API into one file, as they are",
    }),
  ]);
}

async function signingKey(path: string): Promise<SigningKey> {
  const read = readSigningKey((await readBytes(path)).toString("utf8"), process.env[passphraseVariable]);
  if (read.kind === "key") return read.key;
  throw new Stop(exit.usage, [
    diagnostic("WB1163", { path: path === "-" ? "stdin" : path, problem: read.problem }, undefined, {
      help: `make one with \`openssl genpkey -algorithm ed25519\`; \`${passphraseVariable}\` has the passphrase of an encrypted one`,
    }),
  ]);
}

/** What was attested, and above all what does not count. */
function summary(snapshot: Snapshot, change: ChangePredicate): string {
  const counting = change.approvals.filter((one) => one.counts).map((one) => one.by?.login ?? "");
  const approved = counting.length === 0 ? "nobody's approval counts" : `approved by ${[...new Set(counting)].join(", ")}`;
  const lines = [
    `${snapshot.repository.uri}/pull/${change.number}: ${approved}, ${plural(change.checks.filter((one) => one.counts).length, "check")} passed`,
    ...change.approvals.flatMap((one) =>
      one.because === undefined ? [] : [`  does not count: ${one.by?.login ?? "a deleted account"}, ${reasons[one.because]}`],
    ),
    ...change.unknownContributors.map((email) => `  not known: whose address ${email} is`),
    ...change.incomplete.map((gap) => `  not whole: ${gap}`),
  ];
  return lines.map((line) => `${visible(line)}\n`).join("");
}

const reasons: Readonly<Record<NonNullable<ChangePredicate["approvals"][number]["because"]>, string>> = {
  dismissed: "the approval was dismissed",
  superseded: "a later review took its place",
  "after-merge": "it came after the merge",
  "unknown-account": "the account is gone",
  bot: "not a person",
  contributor: "wrote a part of the change",
  outsider: "may not write to the repository",
  stale: "saw another tree than that of the head",
};
