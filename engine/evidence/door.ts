/**
 * The one door by which evidence enters (docs/architecture.md): bytes, limits, schema, adapter. What comes out has the
 * types of the standard library; nothing behind the door sees raw input.
 */
import type { FieldsRead } from "../../language/core/reads.ts";
import type { Diagnostic, Result, Span } from "../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../language/diagnostics/table.ts";
import { adapters as known, type LoadAdapter } from "./adapters.ts";
import { admitStatement, readAs } from "./attestation.ts";
import { isEnvelope, open } from "./envelope.ts";
import type { Adapter, Evidence, Source } from "./evidence.ts";
import { fault, shown, token } from "./fault.ts";
import { isEpssTable, isMessages, listOfMessages } from "./feeds/shapes.ts";
import { locateAll } from "./json/locate.ts";
import { readJson } from "./json/read.ts";
import { validate, validateLoaded } from "./schema/validate.ts";
import { isStatement } from "./statement.ts";
import { defaultLimits, type Limits, markLength, whole } from "./text.ts";

export interface AdmitOptions {
  readonly limits?: Limits;
  /** Fields that will be asked for: adapters may leave out others (`Adapter`). Default: any may be. */
  readonly reads?: FieldsRead;
  /** As in `Source`. */
  readonly unread?: ReadonlySet<string>;
  /** Instead of all that the door knows. */
  readonly adapters?: readonly (Adapter | LoadAdapter)[];
  /** Is given the text of JSON, without a byte-order mark, once it is read: whoever quotes it need not read it again. */
  readonly keep?: (text: string) => void;
}

/** With so many diagnostics of a file and an error among them, the rest of its documents is not read. */
const told = 20;

/** A document of the file, and where it stands. */
interface Part {
  readonly json: unknown;
  readonly part: number | undefined;
}

interface Read {
  readonly parts: readonly Part[];
  readonly text: string;
  readonly yaml: boolean;
}

/**
 * Reads one file as evidence. `name` is as the user gave it, `digest` is `sha256:<hex>` of `bytes`. With an error among
 * the diagnostics the evidence is empty: a file counts as a whole or not at all.
 */
export async function admit(
  bytes: Uint8Array,
  name: string,
  digest: string,
  options: AdmitOptions = {},
): Promise<Result<readonly Evidence[]>> {
  const limits = options.limits ?? defaultLimits;
  // The one format that is a table.
  if (isEpssTable(headOf(bytes))) return (await epssReader()).readEpssTable(bytes, { name, digest, base: "" }, limits);
  const read = await parse(bytes, name, limits);
  if (!read.value) return { value: [], diagnostics: read.diagnostics };
  const { parts, text, yaml } = read.value;
  if (!yaml) options.keep?.(text);
  const evidence: Evidence[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const [index, { json, part }] of parts.entries()) {
    if (diagnostics.length >= told && diagnostics.some((d) => d.level === "error")) {
      diagnostics.push(diagnostic("WB0914", { more: parts.length - index, what: "documents of the file were not read" }, whole(name)));
      break;
    }
    const { unread } = options;
    const source: Source = {
      name: part === undefined ? name : `${name}#${part}`,
      digest,
      base: "",
      ...(unread === undefined ? {} : { unread }),
    };
    const result = await admitValue(json, source, options.adapters ?? known, options.reads);
    evidence.push(...result.value);
    if (result.diagnostics.length > 0) diagnostics.push(...(await placed(result.diagnostics, name, text, yaml, part)));
  }
  return diagnostics.some((d) => d.level === "error") ? { value: [], diagnostics } : { value: evidence, diagnostics };
}

/** Reads a value that was parsed strictly already. Pointers are not yet places in a text. */
export async function admitValue(
  json: unknown,
  source: Source,
  among: readonly (Adapter | LoadAdapter)[] = known,
  reads?: FieldsRead,
): Promise<Result<readonly Evidence[]>> {
  if (isEnvelope(json)) return admitEnvelope(json, source);
  if (isStatement(json)) return admitStatement(json, source);
  const adapter = await adapterFor(json, among);
  if (!adapter) return { value: [], diagnostics: [await unknownFormat(json, source, await Promise.all(among.map(load)))] };
  return readAs(adapter, json, source, reads);
}

/**
 * The same at once, for streams of values; undefined where something must be loaded or told first, which is
 * `admitValue`'s. With `reads` an adapter may leave out what is not among them and take parts of `json` over (`Adapter`).
 */
export function admitLoaded(json: unknown, source: Source, reads: FieldsRead | undefined): Result<readonly Evidence[]> | undefined {
  if (isEnvelope(json) || isStatement(json)) return undefined;
  for (const one of known) {
    const adapter = loaded.get(one);
    if (!adapter) return undefined;
    if (!adapter.detect(json)) continue;
    const choice = adapter.schema(json);
    if (choice.kind === "unsupported") return undefined;
    const broken = validateLoaded(choice.schema, json, source.base);
    if (!broken) return undefined;
    return broken.length > 0 ? { value: [], diagnostics: broken } : adapter.read(json, source, reads);
  }
  return undefined;
}

const loaded = new Map<LoadAdapter, Adapter>();

async function load(one: Adapter | LoadAdapter): Promise<Adapter> {
  if (typeof one !== "function") return one;
  const adapter = loaded.get(one) ?? (await one());
  loaded.set(one, adapter);
  return adapter;
}

async function adapterFor(json: unknown, among: readonly (Adapter | LoadAdapter)[]): Promise<Adapter | undefined> {
  for (const one of among) {
    const adapter = await load(one);
    if (adapter.detect(json)) return adapter;
  }
  return undefined;
}

async function admitEnvelope(json: unknown, source: Source): Promise<Result<readonly Evidence[]>> {
  const opened = open(json, source.name, source.base, defaultLimits);
  if (!("json" in opened)) return { value: [], diagnostics: opened };
  if (isStatement(opened.json)) return admitStatement(opened.json, { ...source, base: opened.base });
  return { value: [], diagnostics: [fault("WB0915", { problem: "its payload is no in-toto statement" }, opened.base)] };
}

async function parse(bytes: Uint8Array, name: string, limits: Limits): Promise<Result<Read | undefined>> {
  const head = headOf(bytes);
  const foreign = foreignFormat(head);
  if (foreign) return { value: undefined, diagnostics: [diagnostic("WB0911", { name }, whole(name), foreign)] };
  if (isMessages(head)) {
    const { value, diagnostics } = readJson(listOfMessages(bytes.subarray(markLength(bytes))), name, limits);
    return { value: value && { parts: [{ json: value.json, part: undefined }], text: value.text, yaml: false }, diagnostics };
  }
  const named = /\.ya?ml$/i.test(name);
  if (looksLikeJson(head) || (/\.json$/i.test(name) && head.trim() !== "")) {
    const read = readJson(bytes, name, limits);
    if (read.value)
      return { value: { parts: [{ json: read.value.json, part: undefined }], text: read.value.text, yaml: false }, diagnostics: [] };
    // A flow mapping is YAML, and is named so; a key given twice is an error in both.
    if (!named || !read.diagnostics.some((d) => d.code === "WB0905")) return { value: undefined, diagnostics: read.diagnostics };
  }
  const { readYaml } = await yamlReader();
  const read = readYaml(bytes, name, limits);
  if (!read.value) return { value: undefined, diagnostics: read.diagnostics };
  const { documents, text } = read.value;
  if (documents.length === 0) {
    return {
      value: undefined,
      diagnostics: [diagnostic("WB0900", { name }, whole(name), { help: "check that the tool that writes it did not fail" })],
    };
  }
  return { value: { parts: documents, text, yaml: true }, diagnostics: [] };
}

function headOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, 512));
}

const epssReader = () => import("./feeds/epss-table.ts");

/** YAML is rarer than JSON, and its parser is not small. */
const yamlReader = () => import("./yaml/read.ts");

function looksLikeJson(text: string): boolean {
  return /^[\uFEFF\s]*[{[]/.test(text);
}

/** Formats that people give and that are not read: said with what to do. */
function foreignFormat(head: string): { readonly notes: readonly string[]; readonly help: string } | undefined {
  const start = head.replace(/^[\uFEFF\s]+/, "");
  if (start.startsWith("<")) {
    return start.includes("cyclonedx.org/schema/bom")
      ? { notes: ["it is CycloneDX XML"], help: "write it as JSON: most generators can, and `cyclonedx convert --output-format json` does" }
      : { notes: ["it is XML or HTML"], help: "give the JSON form of the document" };
  }
  if (/^(?:#.*\n\s*)*SPDXVersion:\s*SPDX-/.test(start)) return { notes: ["it is SPDX tag-value"], help: "write it as SPDX JSON" };
  return undefined;
}

async function unknownFormat(json: unknown, source: Source, among: readonly Adapter[]): Promise<Diagnostic> {
  const inside = await readableInside(json, among);
  return fault("WB0911", { name: source.name }, source.base, {
    found: keysOf(json),
    notes: [`formats that are read: ${among.map((adapter) => adapter.title).join(", ")}`],
    ...(inside === undefined ? {} : { help: `\`${source.base}${inside}\` is of a format that is read: give it as a file of its own` }),
  });
}

function keysOf(json: unknown): string {
  if (json === null || typeof json !== "object" || Array.isArray(json)) return shown(json);
  const keys = Object.keys(json);
  if (keys.length === 0) return "an object without keys";
  const named = keys.slice(0, 8).map((key) => `\`${key.slice(0, 40)}\``);
  return `an object with ${named.join(", ")}${keys.length > 8 ? " …" : ""}`;
}

/** How far a document is looked through for one that it wraps. */
const wrapped = { values: 500, depth: 4 };

/** Whether the value, in a file of its own, is of a format, a version and a shape that are read. */
async function isReadable(json: unknown, among: readonly Adapter[]): Promise<boolean> {
  const opened = isEnvelope(json) ? open(json, "", "", defaultLimits) : { json };
  if (!("json" in opened)) return false;
  const document = opened.json;
  if (isStatement(document)) return (await admitStatement(document, unplaced)).value.length > 0;
  if (isEnvelope(json)) return false;
  const choice = among.find((adapter) => adapter.detect(document))?.schema(document);
  return choice !== undefined && choice.kind !== "unsupported" && (await validate(choice.schema, document, "")).length === 0;
}

const unplaced: Source = { name: "", digest: "", base: "" };

/** So many parts that look like evidence are tried before none is advised. */
const tried = 16;

/** The pointer of the first value inside that would be read: advice that leads to another refusal is worse than none. */
async function readableInside(json: unknown, among: readonly Adapter[]): Promise<string | undefined> {
  let level: readonly (readonly [value: unknown, pointer: string])[] = [[json, ""]];
  let left = wrapped.values;
  let attempts = tried;
  for (let depth = 0; depth < wrapped.depth; depth++) {
    const next: [unknown, string][] = [];
    for (const [value, pointer] of level) {
      if (value === null || typeof value !== "object") continue;
      for (const key of Object.keys(value)) {
        if (left-- <= 0) return undefined;
        const inner = (value as Record<string, unknown>)[key];
        const place = `${pointer}/${token(key)}`;
        if (isStatement(inner) || isEnvelope(inner) || among.some((adapter) => adapter.detect(inner))) {
          if (attempts-- <= 0) return undefined;
          if (await isReadable(inner, among)) return place;
          // What is in a statement that is refused is bound by it: it is not to be taken out.
          continue;
        }
        next.push([inner, place]);
      }
    }
    level = next;
  }
  return undefined;
}

/** Diagnostics with their places in the text: where a pointer leads into an envelope, the envelope's. */
async function placed(
  diagnostics: readonly Diagnostic[],
  path: string,
  text: string,
  yaml: boolean,
  part: number | undefined,
): Promise<readonly Diagnostic[]> {
  const pointers = diagnostics.flatMap((d) => (d.pointer === undefined || d.location ? [] : above(d.pointer)));
  const spans = yaml ? await placesInYaml(text, pointers, part) : locateAll(text, pointers);
  return diagnostics.map((d) => {
    if (d.location || d.pointer === undefined) return d;
    const span = above(d.pointer)
      .map((pointer) => spans.get(pointer))
      .find((found) => found !== undefined);
    return { ...d, location: { path, ...(span ?? { start: 0, end: 0 }) } };
  });
}

/** A pointer and those of what it is in, innermost first. */
function above(pointer: string): readonly string[] {
  const all = [pointer];
  for (let end = pointer.lastIndexOf("/"); end >= 0; end = pointer.lastIndexOf("/", end - 1)) {
    all.push(pointer.slice(0, end));
    if (end === 0) break;
  }
  return all;
}

async function placesInYaml(
  text: string,
  pointers: readonly string[],
  part: number | undefined,
): Promise<ReadonlyMap<string, Span | undefined>> {
  const { locateYaml } = await yamlReader();
  return new Map(pointers.map((pointer) => [pointer, locateYaml(text, pointer, part)]));
}
