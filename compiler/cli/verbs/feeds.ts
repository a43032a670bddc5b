/** `waybill feeds update` fetches what `[feeds]` of `waybill.toml` names; nothing else does. `waybill feeds list` says what is at hand. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rfc3339 } from "../../../engine/decide/instant.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { visible } from "../../../language/diagnostics/render/untrusted.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { parseTime } from "../../../language/domains/time.ts";
import type { Call } from "../cli.ts";
import { type Options, text } from "../options.ts";
import { readClock } from "../shell/clock.ts";
import { readConfig } from "../shell/config.ts";
import { sha256 } from "../shell/digest.ts";
import { type Document, documentOf } from "../shell/evidence.ts";
import { exit, Stop } from "../shell/exit.ts";
import { type Entry, FeedCache, usualFolder } from "../shell/feeds/cache.ts";
import { type Fetched, type FetchLimits, fetchFeed, unknownServer, usualLimits, validatorOf } from "../shell/feeds/fetch.ts";
import { ofKind } from "../shell/feeds/open.ts";
import { type FeedSource, type SourceKind, sourceKinds } from "../shell/feeds/settings.ts";
import { note, tell } from "../shell/report.ts";

interface Project {
  readonly sources: readonly FeedSource[];
  readonly cache: FeedCache;
}

/** The feeds of the project, or those of the kinds that were named. */
async function openProject(kinds: readonly string[], options: Options): Promise<Project> {
  const wrongKind = kinds.find((kind) => !sourceKinds.some((one) => one === kind));
  if (wrongKind !== undefined) throw wrong(`\`${wrongKind}\` is no feed`, `feeds are ${sourceKinds.join(", ")}`);
  const config = await readConfig(options);
  const all = config.feeds.sources;
  if (all.length === 0) throw wrong("there is no `[feeds]` in a waybill.toml here", 'write `[feeds]` with `epss = "https://…"`');
  const sources = all.filter(({ kind }) => kinds.length === 0 || kinds.includes(kind));
  if (sources.length === 0)
    throw wrong(`waybill.toml names no feed ${kinds.join(", ")}`, `it names ${[...new Set(all.map(({ kind }) => kind))].join(", ")}`);
  return { sources, cache: new FeedCache(text(options, "cache") ?? config.feeds.cache ?? usualFolder()) };
}

function wrong(problem: string, help: string): Stop {
  return new Stop(exit.usage, [diagnostic("WB1000", { problem }, undefined, { help })]);
}

function now(): string {
  const time = readClock(undefined);
  return typeof time === "number" ? rfc3339(Math.floor(time / 1e6) * 1e6) : "";
}

/** Exit code 0 where all are what their servers have now, 1 where what one sent is refused, 3 where one could not be had. */
export async function updateFeeds(call: Call, kinds: readonly string[], options: Options): Promise<number> {
  if (options["offline"] === true) throw wrong("`--offline` forbids what `feeds update` is for", "leave `--offline` out");
  const { sources, cache } = await openProject(kinds, options);
  const limits = limitsOf(options);
  if (!sources.some(({ isUrl }) => isUrl)) await note(call.terminal, "no feed has a URL: files are read where they are");
  const release = lock(cache.folder);
  try {
    const results: { readonly source: FeedSource; readonly fetched: Fetched }[] = [];
    for (const source of sources.filter(({ isUrl }) => isUrl)) {
      const fetched = await fetchFeed(source, cache, {
        limits,
        now,
        check: (bytes) => checkFeed(source, bytes),
        progress: progressOf(call, source),
      });
      if (call.terminal.progress) await call.terminal.err("\r\u001b[K");
      results.push({ source, fetched });
      await tell(call.terminal, problemsOf(source, fetched, keptOf(cache, source)));
      if (options["format"] !== "json") await call.terminal.out(lineOf(source, fetched));
    }
    if (options["format"] === "json") await call.terminal.out(`${JSON.stringify(updateJson(cache, results), undefined, 2)}\n`);
    const had = (kind: Fetched["kind"]): boolean => results.some(({ fetched }) => fetched.kind === kind);
    return had("refused") ? exit.no : had("failed") ? exit.noVerdict : exit.done;
  } finally {
    release();
  }
}

function limitsOf(options: Options): FetchLimits {
  const megabytes = text(options, "maxSize");
  const attempts = text(options, "attempts");
  const whole = (value: string, name: string): number => {
    const number = Number(value);
    if (!Number.isSafeInteger(number) || number < 1) throw wrong(`\`${name} ${value}\` is no count`, `write \`${name} 5\``);
    return number;
  };
  return {
    ...usualLimits,
    ...(megabytes === undefined ? {} : { size: whole(megabytes, "--max-size") * 1_000_000 }),
    ...(attempts === undefined ? {} : { attempts: whole(attempts, "--attempts") }),
  };
}

/** One update of a cache at a time: two would write into one half of a feed. */
function lock(folder: string): () => void {
  const path = join(folder, "update.lock");
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
  } catch (problem) {
    if (!(problem instanceof Error && "code" in problem && problem.code === "EEXIST")) throw problem;
    const holder = Number(readFileSync(path, "utf8"));
    if (isRunning(holder))
      throw wrong(`another update of \`${folder}\` is under way (process ${holder})`, "wait for it, or name another folder with `--cache`");
    writeFileSync(path, String(process.pid));
  }
  return () => rmSync(path, { force: true });
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (problem) {
    return problem instanceof Error && "code" in problem && problem.code === "EPERM";
  }
}

/** What was fetched takes the place of what there was only where it can be read as the feed that it is for. */
export async function checkFeed({ kind, at }: FeedSource, bytes: Buffer): Promise<{ readonly says?: string; readonly problem?: string }> {
  const document = ofKind(kind, await documentOf(bytes, at, sha256(bytes)));
  const error = document.diagnostics.find(({ level }) => level === "error");
  if (document.refused) return { problem: error?.message ?? "it cannot be read" };
  const says = saysOf(document);
  return says === "" ? {} : { says };
}

/** The feed's own words about itself: model or version, day, and how much of it there is. */
function saysOf({ evidence }: Document): string {
  const [first] = evidence;
  const named = ["model", "version", "level"].flatMap((field) => textOf(first?.data[field]));
  const dated = ["date", "modified"].flatMap((field) => textOf(first?.data[field])).map((date) => `of ${date.slice(0, 10)}`);
  const counted =
    evidence.length === 1
      ? Object.entries(first?.counts ?? {}).map(([name, count]) => `${name} ${count}`)
      : [`documents ${evidence.length}`];
  return [...named, ...dated, ...counted].join(", ");
}

function textOf(value: unknown): readonly string[] {
  return typeof value === "string" && value !== "" ? [value] : [];
}

function progressOf({ terminal }: Call, { at }: FeedSource): (have: number, of: number | undefined) => void {
  let said = 0;
  return (have, of) => {
    if (!terminal.progress || have - said < 1_000_000) return;
    said = have;
    const share = of === undefined ? "" : ` of ${Math.round(of / 1e6)}`;
    void terminal.err(`\r\u001b[Kfetching ${visible(at)}: ${Math.round(have / 1e6)}${share} MB`);
  };
}

/** Bytes of what was cut off, where it can be continued. */
function keptOf(cache: FeedCache, { at }: FeedSource): number {
  const partial = cache.partial(at);
  return partial === undefined || validatorOf(partial) === undefined ? 0 : partial.size;
}

/** `kept`: bytes of what was cut off, at which the next update continues. */
export function problemsOf({ at }: FeedSource, fetched: Fetched, kept = 0): readonly Diagnostic[] {
  const isUnknown = fetched.kind === "failed" && fetched.reason.startsWith(unknownServer);
  const again = isUnknown
    ? "see whether the address is right; an authority of your own is named by `NODE_EXTRA_CA_CERTS=FILE`"
    : kept > 0
      ? `run \`waybill feeds update\` again: the ${kept} bytes that were fetched so far are kept`
      : "see whether the address is right, and run `waybill feeds update` again";
  if (fetched.kind === "failed") return [diagnostic("WB1278", { at, reason: fetched.reason }, undefined, { help: again })];
  if (fetched.kind === "refused")
    return [
      diagnostic("WB1279", { at, problem: fetched.problem }, undefined, { help: "what was fetched before, if anything, stays as it is" }),
    ];
  return [];
}

function lineOf({ kind, at }: FeedSource, fetched: Fetched): string {
  const head = `${fetched.kind} ${kind} ${visible(at)}`;
  if (fetched.kind === "failed" || fetched.kind === "refused") return `${head}\n`;
  const { digest, size, says } = fetched.entry;
  return `${head}: ${[digest, `${size} bytes`, ...(says === undefined ? [] : [visible(says)])].join(", ")}\n`;
}

function updateJson(cache: FeedCache, results: readonly { readonly source: FeedSource; readonly fetched: Fetched }[]): object {
  const feeds = results.map(({ source: { kind, at }, fetched }) => ({
    feed: kind,
    at,
    outcome: fetched.kind,
    ...(fetched.kind === "failed" ? { problem: fetched.reason } : {}),
    ...(fetched.kind === "refused" ? { problem: fetched.problem } : {}),
    ...("entry" in fetched ? entryJson(fetched.entry) : {}),
  }));
  return { schema: "waybill/feeds/1", cache: cache.folder, feeds };
}

function entryJson({ digest, size, fetched, checked, says }: Entry): object {
  return { digest, size, fetched, checked, ...(says === undefined ? {} : { says }) };
}

interface Listed {
  readonly feed: SourceKind;
  readonly at: string;
  /** `file`: read where it is. */
  readonly outcome: "fetched" | "file" | "absent" | "changed";
  readonly entry?: Entry;
}

/** Exit code 0 where every feed is at hand, 1 where one is not. */
export async function listFeeds(call: Call, kinds: readonly string[], options: Options): Promise<number> {
  const { sources, cache } = await openProject(kinds, options);
  const time = readClock(text(options, "now"));
  if (typeof time !== "number") throw new Stop(exit.usage, [time]);
  const listed = sources.map((source): Listed => {
    const { kind: feed, at, isUrl } = source;
    if (!isUrl) return { feed, at, outcome: statSync(at, { throwIfNoEntry: false }) === undefined ? "absent" : "file" };
    const held = cache.read(at);
    return held.kind === "content" ? { feed, at, outcome: "fetched", entry: held.entry } : { feed, at, outcome: held.kind };
  });
  if (options["format"] === "json") {
    const feeds = listed.map(({ entry, ...rest }) => ({
      ...rest,
      ...(entry === undefined ? {} : { ...entryJson(entry), ageDays: daysSince(entry, time) }),
    }));
    await call.terminal.out(`${JSON.stringify({ schema: "waybill/feeds/1", cache: cache.folder, feeds }, undefined, 2)}\n`);
  } else for (const one of listed) await call.terminal.out(listLine(one, time));
  return listed.every(({ outcome }) => outcome === "fetched" || outcome === "file") ? exit.done : exit.no;
}

function listLine({ feed, at, outcome, entry }: Listed, time: number): string {
  const head = `${outcome} ${feed} ${visible(at)}`;
  if (entry === undefined) return `${head}${outcome === "absent" && /^https?:/i.test(at) ? ": run `waybill feeds update`" : ""}\n`;
  const days = daysSince(entry, time);
  const age = days === 0 ? "today" : `${days} ${days === 1 ? "day" : "days"} ago`;
  return `${head}: ${[entry.digest, `asked for ${age}`, ...(entry.says === undefined ? [] : [visible(entry.says)])].join(", ")}\n`;
}

/** Whole days since the server was last asked. */
function daysSince({ checked }: Entry, time: number): number {
  const then = parseTime(checked);
  return then.ok ? Math.max(0, Math.floor((time - then.value) / 86_400_000_000)) : 0;
}
