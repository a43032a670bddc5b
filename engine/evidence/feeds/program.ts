/**
 * Which Go program an analysis of calls looked at, and whether it is the one that is judged: that nothing calls a function in
 * one program says nothing of another.
 */
import { type DataRecord, type DataValue, Lack, OpenList } from "../../../language/core/data.ts";
import { parsePurl } from "../../../language/domains/purl.ts";
import type { Evidence } from "../evidence.ts";
import { type Json, objects, text, texts } from "../raw.ts";

/** What an analysis says it looked at (govulncheck's message `SBOM`, from v1.1.4 on). */
export interface Analysed {
  /** The modules that hold what it began at. */
  readonly programs: readonly string[];
  /** Versions of all that it looked into, by path; undefined: it has none, as a main module that is built from its sources. */
  readonly modules: ReadonlyMap<string, string | undefined>;
}

/** What the evidence says of the Go programs that are judged: paths in lower case, with their versions. */
export interface JudgedPrograms {
  /** By a purl of the subject, or else of the roots of bills of materials. */
  readonly named: ReadonlyMap<string, string | undefined>;
  /** The Go modules that bills of materials list; one may stand in several versions, as in an image of several programs. */
  readonly listed: readonly (readonly [path: string, version: string | undefined])[];
}

/** `sbom` is `{ go_version, modules: [{ path, version }], roots: [import path] }`. */
export function analysedIn(sbom: Json): Analysed {
  const modules = new Map<string, string | undefined>();
  for (const module of objects(sbom["modules"])) {
    const path = text(module["path"])?.toLowerCase();
    if (path !== undefined) modules.set(path, versionOf(text(module["version"])));
  }
  const programs = texts(sbom["roots"]).map((root) => holderOf(root.toLowerCase(), modules));
  return { programs: [...new Set(programs)], modules };
}

/** A package is in the module of the longest path that begins its own. */
function holderOf(root: string, modules: ReadonlyMap<string, unknown>): string {
  for (let path = root; path !== ""; path = path.slice(0, Math.max(path.lastIndexOf("/"), 0))) if (modules.has(path)) return path;
  return root;
}

/** `purls` are those of the subjects, which go before what bills of materials are about. */
export function judgedPrograms(evidence: readonly Evidence[], purls: readonly string[]): JudgedPrograms {
  const boms = evidence.filter(({ type }) => type === "waybill.sbom.Bom");
  const subjects = purls.flatMap(goModule);
  const roots = boms.flatMap(({ data }) => goModule(purlOf(data["root"])));
  return {
    named: new Map(subjects.length > 0 ? subjects : roots),
    listed: boms.flatMap(({ data }) => itemsOf(data["components"]).flatMap((component) => goModule(purlOf(component)))),
  };
}

/**
 * Whether the program that was looked at is the one that is judged. `no`: it has another name or version, or what is judged does
 * not hold it. `unknown`: it is not named, or what is judged may hold others beside it.
 */
export function isJudged(analysed: Analysed | undefined, { named, listed }: JudgedPrograms): "yes" | "no" | "unknown" {
  if (analysed === undefined || analysed.programs.length === 0) return "unknown";
  const { programs, modules } = analysed;
  if (named.size > 0) {
    const own = [...named].filter(([path, version]) => programs.includes(path) && agree(version, modules.get(path)));
    if (own.length === 0) return "no";
    return named.size === 1 ? "yes" : "unknown";
  }
  if (listed.length === 0) return "unknown";
  const paths = new Set(listed.map(([path]) => path));
  if (!programs.some((path) => paths.has(path))) return "no";
  // A module that it did not look into is of another program, which may call what this one does not.
  return listed.every(([path, version]) => modules.has(path) && agree(version, modules.get(path))) ? "yes" : "unknown";
}

function agree(a: string | undefined, b: string | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}

/** `go1.22.1`, `v1.22.1` and `1.22.1` are one; what was built from a working directory has none. */
function versionOf(version: string | undefined): string | undefined {
  if (version === undefined || version === "" || /^(?:\(devel\)|unknown)$/i.test(version)) return undefined;
  return version.replace(/^(?:v|go)(?=\d)/, "");
}

function goModule(raw: string | undefined): readonly (readonly [string, string | undefined])[] {
  const purl = raw === undefined ? undefined : parsePurl(raw);
  if (!purl?.ok || purl.value.type !== "golang") return [];
  const { namespace, name, version } = purl.value;
  return [[(namespace === undefined ? name : `${namespace}/${name}`).toLowerCase(), versionOf(version)]];
}

function purlOf(component: DataValue): string | undefined {
  const purl = isRecord(component) ? component["purl"] : undefined;
  return typeof purl === "string" ? purl : undefined;
}

function itemsOf(list: DataValue): readonly DataValue[] {
  if (list instanceof OpenList) return list.items;
  return Array.isArray(list) ? (list as readonly DataValue[]) : [];
}

function isRecord(value: DataValue): value is DataRecord {
  return value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Lack) && !(value instanceof OpenList);
}
