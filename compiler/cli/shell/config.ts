/**
 * `waybill.toml`: settings of a project, found in the working directory or a folder above it, or named by `--config`.
 *
 *     policy = ["policies"]              # what `--policy` names when it is not given
 *     [inputs]
 *     "acme.more.level" = 3              # or a table a module: [inputs.acme.more] level = 3
 *     [given]
 *     "image.namespace" = "prod"
 *     [feeds]
 *     epss = "https://epss.example/epss_scores-current.csv.gz"   # a URL, a path, or a table (`feeds/settings.ts`)
 */
import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Diagnostic, Span } from "../../../language/diagnostics/diagnostic.ts";
import { sourcesOf } from "../../../language/diagnostics/render/lines.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { nearest } from "../../../language/domains/near.ts";
import type { Options } from "../options.ts";
import { exit, Stop } from "./exit.ts";
import { type FeedSettings, noSettings, readFeedSettings } from "./feeds/settings.ts";
import { fileProblem, readBytes } from "./files.ts";

/** A value as the caller wrote it: `--set` and `waybill.toml` are read by the same rules. */
export interface Setting {
  readonly key: string;
  readonly value: string;
  /** `--set a.b=c`, or `waybill.toml`. */
  readonly source: string;
}

export interface Config {
  /** Absent: there is no `waybill.toml`. */
  readonly path?: string;
  readonly text?: string;
  /** The caller named it, so that it holds whatever it is used for. */
  readonly named?: true;
  /** The nearest `waybill.toml` that holds for nothing: it is somebody else's. */
  readonly passed?: string;
  /** Relative to the working directory. */
  readonly policy: readonly string[];
  readonly inputs: readonly Setting[];
  readonly given: readonly Setting[];
  readonly feeds: FeedSettings;
}

const keys = ["policy", "inputs", "given", "feeds"];
/** No settings. */
export const none: Config = { policy: [], inputs: [], given: [], feeds: noSettings };

interface Found {
  readonly path: string;
  readonly text: string;
  /** The nearest that was passed over, as it is shown. */
  readonly passed?: string;
}

/**
 * The nearest `waybill.toml` in the folder or above it that `isWanted`; another in front of it neither counts nor hides it, and is not
 * read. Looked for without waiting in turns: a call asks for it first, in each folder above.
 */
function find(from: string, isWanted: (path: string) => boolean = () => true): Found | { readonly passed?: string } {
  let passed: { readonly passed?: string } = {};
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, "waybill.toml");
    try {
      const found = statSync(path);
      if (!isWanted(path)) passed = { passed: shown(path), ...passed };
      // A pipe of this name would be waited for without end.
      else if (!found.isFile() && !found.isDirectory())
        throw new Stop(exit.usage, [diagnostic("WB1002", { path: shown(path), reason: "it is not a regular file" }, undefined)]);
      else return { path, text: readFileSync(path, "utf8"), ...passed };
    } catch (problem) {
      if (problem instanceof Stop) throw problem;
      const code = problem instanceof Error && "code" in problem ? problem.code : undefined;
      if (code !== "ENOENT" && code !== "ENOTDIR") throw new Stop(exit.usage, [fileProblem(shown(path), problem)]);
    }
    if (dirname(folder) === folder) return passed;
  }
}

function shown(path: string): string {
  return relative(process.cwd(), path) || "waybill.toml";
}

/** The `waybill.toml` that `--config` names, or else one that is found; none with `--no-config`. */
async function chosen({ config }: Options, isWanted?: (path: string) => boolean): Promise<Found | { readonly passed?: string }> {
  if (config === false) return {};
  if (typeof config !== "string") return find(process.cwd(), isWanted);
  return { path: resolve(config), text: (await readBytes(config)).toString("utf8") };
}

/**
 * Reads the project's settings, by `--config` of the call; a wrong one is wrong use (exit 2), never ignored. They are the nearest that
 * `isWanted`.
 */
export async function readConfig(options: Options, isWanted?: (path: string) => boolean): Promise<Config> {
  const found = await chosen(options, isWanted);
  const passed = found.passed === undefined ? {} : { passed: found.passed };
  if (!("path" in found)) return { ...none, ...passed };
  const { text } = found;
  const path = shown(found.path);
  const stop = (problem: Diagnostic): Stop =>
    new Stop(
      exit.usage,
      [problem],
      sourcesOf((asked) => (asked === path ? text : undefined)),
    );
  const wrong = (key: string, problem: string, help?: string): Stop =>
    stop(diagnostic("WB1006", { key, problem }, { path, ...placeOf(key, text) }, help === undefined ? {} : { help }));

  const table = await parseToml(text, (problem, start) =>
    stop(diagnostic("WB1005", { problem }, { path, start, end: Math.min(start + 1, text.length) })),
  );
  for (const key of Object.keys(table)) {
    if (keys.includes(key)) continue;
    const near = nearest(key, keys);
    throw wrong(key, "is not a setting", near === undefined ? `settings are ${keys.join(", ")}` : `did you mean \`${near}\`?`);
  }
  const policy = table["policy"] ?? [];
  const listed = typeof policy === "string" ? [policy] : policy;
  if (!Array.isArray(listed) || !listed.every((item) => typeof item === "string"))
    throw wrong("policy", "is not a path or a list of paths");
  const folder = dirname(found.path);
  return {
    path,
    text,
    ...passed,
    ...(typeof options["config"] === "string" ? { named: true } : {}),
    policy: listed.map((item) => relative(process.cwd(), resolve(folder, item)) || "."),
    inputs: flatten(table["inputs"] ?? {}, "inputs", wrong),
    given: flatten(table["given"] ?? {}, "given", wrong),
    feeds: readFeedSettings(table["feeds"], folder, wrong),
  };
}

/** Where a key is written, in front of its value or as the name of a table; the first place of its text otherwise. */
function placeOf(key: string, text: string): Span {
  const written = key.replace(/[^\w]/g, "\\$&");
  const before = new RegExp(`(?:^|[\\r\\n])[ \\t]*[[]*(?:[\\w"'-]+[ \\t]*\\.[ \\t]*)*(?=["']?${written}["']?[ \\t]*[=.\\]])`).exec(text);
  const start = before === null ? Math.max(0, text.indexOf(key)) : before.index + before[0].length;
  const quote = /["']/.test(text.charAt(start)) ? 2 : 0;
  return { start, end: Math.min(start + key.length + quote, text.length) };
}

/**
 * The settings that hold for policies which were named: those that the caller named too, and those of their own project. A
 * `waybill.toml` that is not above every one of them, or only above the repository that one is in, is somebody else's, as where
 * a trusted policy judges a checkout: it may not say what the policy imports, nor with which inputs it decides, nor by which
 * feeds; nor does it hide that of the policies, in a folder above it. What came through stdin stands nowhere, and links stand where
 * they lead to. A repository below its own that it names itself, as a submodule, is its own.
 */
export async function settingsFor(options: Options, policies: readonly string[], namedBy: "caller" | "itself" = "caller"): Promise<Config> {
  return namedBy === "itself" ? ofItself(await readConfig(options)) : readConfig(options, (path) => isOwn(path, policies, namedBy));
}

/** Settings as they hold for the policies that they name. */
export function ofItself(config: Config): Config {
  const { path, policy } = config;
  return path === undefined || config.named || isOwn(path, policy, "itself") ? config : { ...none, passed: path };
}

/** Whether the policies are of the project of a `waybill.toml`. */
function isOwn(path: string, policies: readonly string[], namedBy: "caller" | "itself"): boolean {
  const folder = realFolder(resolve(dirname(path)));
  return policies.every((policy) => {
    if (policy === "-") return false;
    const place = realFolder(resolve(policy));
    const way = relative(folder, place);
    const isBelow = way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
    return isBelow && (namedBy === "itself" || !isOfRepositoryBelow(folder, place));
  });
}

/** Without links; what is not there is told by who reads it. */
function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** What to say of settings that do not hold. */
export function passedNote(passed: string, why: string): string {
  return `${passed} ${why}, and holds for nothing here: \`--config ${passed}\` would take it`;
}

/** Whether there is a repository around a path that does not hold the folder: checked out below it, or a submodule. */
function isOfRepositoryBelow(folder: string, path: string): boolean {
  for (let at = path; at !== folder && at !== dirname(at); at = dirname(at))
    if (statSync(join(at, ".git"), { throwIfNoEntry: false }) !== undefined) return true;
  return false;
}

/** Most calls have no `waybill.toml`, so its parser is loaded where there is one. */
async function parseToml(text: string, wrong: (problem: string, start: number) => Stop): Promise<Record<string, unknown>> {
  const { parse, TomlError } = await import("smol-toml");
  try {
    return parse(text, { integersAsBigInt: "asNeeded" });
  } catch (problem) {
    if (!(problem instanceof TomlError)) throw problem;
    const lines = text.split("\n");
    const start = lines.slice(0, problem.line - 1).reduce((sum, line) => sum + line.length + 1, 0) + problem.column - 1;
    throw wrong((problem.message.split("\n")[0] ?? "").replace(/^Invalid TOML document: /, ""), start);
  }
}

/** Dotted keys and nested tables say the same. */
function flatten(value: unknown, name: string, wrong: (key: string, problem: string) => Stop): readonly Setting[] {
  const out: Setting[] = [];
  const walk = (node: unknown, path: readonly string[]): void => {
    const key = path.join(".");
    if (typeof node === "string" || typeof node === "number" || typeof node === "bigint" || typeof node === "boolean") {
      out.push({ key, value: String(node), source: "waybill.toml" });
    } else if (node !== null && typeof node === "object" && !Array.isArray(node)) {
      if (node instanceof Date) out.push({ key, value: node.toISOString(), source: "waybill.toml" });
      else for (const [part, inner] of Object.entries(node)) walk(inner, [...path, part]);
    } else throw wrong(path.at(-1) ?? name, "is not a single value");
  };
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw wrong(name, "is not a table");
  walk(value, []);
  return out;
}

/** `--set KEY=VALUE`, `--given KEY=VALUE` */
export function readSettings(option: string, shape: string, values: readonly string[]): readonly Setting[] {
  return values.map((value) => {
    const at = value.indexOf("=");
    if (at > 0 && /^[A-Za-z_][\w.`]*$/.test(value.slice(0, at)))
      return { key: value.slice(0, at), value: value.slice(at + 1), source: `${option} ${value}` };
    throw new Stop(exit.usage, [diagnostic("WB1007", { option, value, shape }, undefined)]);
  });
}
