/** `waybill trust update`: the one place where a trusted root is fetched, and only when somebody asks for it. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ageInDays } from "../../../engine/trust/age.ts";
import { publicGoodMirror } from "../../../engine/trust/pinned.ts";
import { readTrustRoot } from "../../../engine/trust/root.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import type { Call } from "../cli.ts";
import { readClock } from "../shell/clock.ts";
import { sha256 } from "../shell/digest.ts";
import { exit, Stop } from "../shell/exit.ts";
import { fileProblem, readBytes } from "../shell/files.ts";
import { fetchTrustedRoot, usualCache } from "../shell/tuf.ts";

type Options = Readonly<Record<string, unknown>>;

export async function update(call: Call, options: Options): Promise<number> {
  const text = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === "string" ? value : undefined;
  };
  const mirror = text("mirror") ?? publicGoodMirror;
  const out = text("out") ?? "trusted_root.json";
  if (options["offline"] === true)
    throw wrong("`--offline` forbids what `trust update` is for", "leave `--offline` out, or give the root as a file");
  if (!URL.canParse(mirror) || !/^https?:$/.test(new URL(mirror).protocol))
    throw wrong(`\`${mirror}\` is no URL of a TUF repository`, "write `--mirror https://…`");
  const root = text("root");
  if (root === undefined && mirror !== publicGoodMirror)
    throw wrong(`nothing says which keys sign for \`${mirror}\``, "name the TUF root that you trust: `--root root.json`");
  // Read here, so that a file that is not there is told like any other.
  if (root !== undefined) await readBytes(root);
  const cache = text("cache") ?? usualCache();
  const fetched = await fetchTrustedRoot({ mirror, cache, ...(root === undefined ? {} : { root }) });
  if (fetched.kind === "unreachable")
    throw new Stop(exit.noVerdict, [
      diagnostic("WB1107", { mirror, problem: fetched.detail }, undefined, { help: "try again; nothing was changed" }),
    ]);
  if (fetched.kind === "refused") throw refused(mirror, fetched.detail);
  const read = readTrustRoot(fetched.bytes, mirror);
  if (!read.value) throw new Stop(exit.no, read.diagnostics);
  const digest = sha256(fetched.bytes);
  const before = await readFile(out).then(sha256, () => undefined);
  if (before !== digest) await replace(out, fetched.bytes);
  const now = readClock(undefined);
  const days = typeof now === "number" ? ageInDays(read.value, now) : 0;
  const said = before === undefined ? "written" : before === digest ? "unchanged" : "replaced";
  await call.terminal.out(`${said} ${out}: ${digest}, newest key ${days} ${days === 1 ? "day" : "days"} old\n`);
  return exit.done;
}

function wrong(problem: string, help: string): Stop {
  return new Stop(exit.usage, [diagnostic("WB1000", { problem }, undefined, { help })]);
}

function refused(mirror: string, problem: string): Stop {
  const help = "do not use what it serves; ask whoever runs it, and keep the root that you have";
  return new Stop(exit.no, [diagnostic("WB1106", { mirror, problem }, undefined, { help })]);
}

/** Never half a root: whoever reads it meanwhile has the old one or the new one. */
async function replace(path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  try {
    await writeFile(beside, bytes);
    await rename(beside, join(path));
  } catch (problem) {
    throw new Stop(exit.usage, [fileProblem(path, problem)]);
  }
}
