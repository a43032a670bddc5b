/** Sources of a call: the policies that were named, what they import from the project, and the library. */
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { type CompileInput, compile } from "../../../language/compile.ts";
import type { Program } from "../../../language/core/ir.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { type Sources, sourcesOf } from "../../../language/diagnostics/render/lines.ts";
import type { Module, SourceFile } from "../../../language/syntax/tree.ts";
import type { Options } from "../options.ts";
import { type Config, none, readConfig, type Setting, settingsFor } from "./config.ts";
import { digestOf, sha256 } from "./digest.ts";
import { decodePolicy, filesBelow, readBytes, readPolicies } from "./files.ts";
import { libraryModules, libraryText, moduleName } from "./library.ts";
import { withProfiles } from "./profiles.ts";

export interface Project {
  readonly program: Program;
  readonly diagnostics: readonly Diagnostic[];
  /** Paths of the policies that decide, as they are shown. */
  readonly files: readonly string[];
  /** Every text it was made of, by its path; rows of a table by `FROM\nPATH`. */
  readonly texts: ReadonlyMap<string, string>;
  /** Every text that a diagnostic or a decision may point into. */
  readonly sources: Sources;
  /** `sha256:<hex>` over the sources that were loaded and the settings of inputs; paths do not count. */
  readonly digest: (settings: readonly Setting[]) => string;
  /** Trees of the files that were named, and of what they import from the project. */
  readonly modules: readonly Module[];
  /** The program in which only some of the named files decide; the others are imported like any module. */
  readonly restrict: (paths: readonly string[]) => Program;
}

/** What was named, else `policy` of `waybill.toml`, else the working directory. */
export async function policyPaths(paths: readonly string[], options: Options): Promise<readonly string[]> {
  if (paths.length > 0) return paths;
  const config = await readConfig(options);
  return config.policy.length > 0 ? config.policy : ["."];
}

/** Modules of the project by name: what is below the folders of the named policies, or beside `waybill.toml`. */
async function projectModules(folders: ReadonlySet<string>): Promise<ReadonlyMap<string, SourceFile>> {
  const modules = new Map<string, SourceFile>();
  for (const folder of folders) {
    for (const path of await filesBelow(folder, (name) => name.endsWith(".scp")).catch(() => [])) {
      // A neighbour that cannot be read is no module; who imports it is told that there is none.
      const text = await readBytes(path).then(
        (bytes) => decodePolicy(bytes, path),
        () => undefined,
      );
      const name = typeof text === "string" ? moduleName(text) : undefined;
      if (typeof text === "string" && name !== undefined && !modules.has(name)) modules.set(name, { path, text });
    }
  }
  return modules;
}

/** Names that `import` uses; a look ahead of the parser, to know whether the project's other files are wanted at all. */
function importedNames(text: string): readonly string[] {
  return [...text.matchAll(/^[ \t]*import\s+([^\n]*(?:,\s*\n[^\n]*)*)/gm)].flatMap((match) =>
    (match[1] ?? "").split(",").map((part) => part.trim().split(/\s/)[0] ?? ""),
  );
}

/**
 * Policies that decide nothing, but are looked at: what comes through stdin is for this a text of the working directory, as
 * where an editor has one checked.
 */
export async function loadShown(paths: readonly string[], options: Options, namedBy: "caller" | "itself" = "caller"): Promise<Project> {
  const shown = paths.map((path) => (path === "-" ? "." : path));
  return loadIn(".", paths, await settingsFor(options, shown, namedBy));
}

/**
 * Reads, parses and checks. Policies with errors have a program all the same; who decides looks at the diagnostics. `settings`:
 * those that hold for the policies. A policy that came through stdin stands in the folder of these, or else nowhere: its imports,
 * tables and keys are not taken from a working directory that may be somebody else's.
 */
export async function loadProject(paths: readonly string[], settings: Config = none): Promise<Project> {
  return loadIn(stdinFolder(settings), paths, settings);
}

/** Where policies of stdin stand; undefined: nowhere. */
export function stdinFolder({ path }: Config): string | undefined {
  return path === undefined ? undefined : dirname(path);
}

async function loadIn(stdin: string | undefined, paths: readonly string[], config: Config): Promise<Project> {
  const { sources, diagnostics: unread } = await readPolicies(paths);
  const library = libraryModules();
  const own = new Set(sources.map((source) => moduleName(source.text)));
  const wanted = sources.flatMap((source) => importedNames(source.text));
  const beyond = wanted.some((name) => !library.has(name) && !own.has(name));
  const neighbours = beyond
    ? await projectModules(new Set(config.path === undefined ? foldersOf(sources, stdin) : [dirname(config.path)]))
    : new Map<string, SourceFile>();

  const named = byModule(sources);
  return assemble(sources, unread, {
    load: (name) => named.get(name) ?? neighbours.get(name) ?? library.get(name),
    file: (path, from) => tableText(path, from, stdin),
    known: [...library.keys(), ...neighbours.keys()],
    more: (path) => (path === config.path ? config.text : undefined),
  });
}

/**
 * The project of a record: `deciding` and every other text that it was made of, by the path it had (`FROM\nPATH` for the
 * rows of a table). Nothing else is looked for.
 */
export function recordedProject(deciding: readonly SourceFile[], others: ReadonlyMap<string, string>): Project {
  const sources = [...deciding, ...[...others].flatMap(([path, text]) => (path.includes("\n") ? [] : [{ path, text }]))];
  const named = byModule(sources);
  return assemble(deciding, [], {
    load: (name) => named.get(name),
    file: (path, from) => others.get(`${from}\n${path}`),
    known: [...named.keys()],
    more: () => undefined,
  });
}

function byModule(sources: readonly SourceFile[]): ReadonlyMap<string, SourceFile> {
  const named = new Map<string, SourceFile>();
  for (const source of sources) {
    const name = moduleName(source.text);
    if (name !== undefined) named.set(name, source);
  }
  return named;
}

interface Surroundings {
  readonly load: (name: string) => SourceFile | undefined;
  readonly file: (path: string, from: string) => string | undefined;
  /** Names of modules, for did-you-mean. */
  readonly known: readonly string[];
  /** Texts that diagnostics point into besides. */
  readonly more: (path: string) => string | undefined;
}

function assemble(sources: readonly SourceFile[], unread: readonly Diagnostic[], around: Surroundings): Project {
  const loaded = new Map<string, string>(sources.map((source) => [source.path, source.text]));
  const input: CompileInput = {
    deciding: sources,
    load: (name) => {
      const source = around.load(name);
      if (source) loaded.set(source.path, source.text);
      return source;
    },
    file: (path, from) => {
      const text = around.file(path, from);
      if (text !== undefined) loaded.set(`${from}\n${path}`, text);
      return text;
    },
    known: around.known,
    parsed: new Map(),
  };
  const { value, diagnostics, modules } = compile(input);
  const program = withProfiles(value);
  return {
    program,
    diagnostics: [...unread, ...diagnostics],
    files: sources.map((source) => source.path),
    texts: loaded,
    sources: sourcesOf((path) => loaded.get(path) ?? around.more(path)),
    modules: modules.filter((module) => !isLibrary(module.source.path)),
    restrict: (kept) => withProfiles(compile({ ...input, deciding: sources.filter((source) => kept.includes(source.path)) }).value),
    digest: (settings) =>
      digestOf([
        ...[...loaded.values()].map((text) => ["source", sha256(text)]),
        ...new Map(settings.map((setting) => [setting.key, ["input", setting.key, setting.value]])).values(),
      ]),
  };
}

/** Whether a text came with Waybill. */
export function isLibrary(path: string): boolean {
  return /^(?:std|packs):/.test(path);
}

/** The folders that policies stand in. */
function foldersOf(sources: readonly SourceFile[], stdin: string | undefined): readonly string[] {
  return sources.flatMap(({ path }) => (path !== "stdin" ? [dirname(path)] : stdin === undefined ? [] : [stdin]));
}

/** The rows of a table that says `from "…"`: beside the policy, never outside the folder that it stands in. */
function tableText(path: string, from: string, stdin: string | undefined): string | undefined {
  if (isLibrary(from)) {
    const folder = from.slice(0, Math.max(from.lastIndexOf("/"), from.indexOf(":")) + 1);
    return libraryText(`${folder}${path}`);
  }
  const folder = from === "stdin" ? stdin : dirname(from);
  if (folder === undefined) return undefined;
  const base = resolve(folder);
  const target = resolve(base, path);
  const way = relative(base, target);
  if (way.startsWith("..") || resolve(way) === way) return undefined;
  try {
    const text = decodePolicy(readFileSync(join(base, way)), target);
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined;
  }
}
