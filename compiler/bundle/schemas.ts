/**
 * Compiles the JSON schemas of `engine/evidence` to validators, because compiling them when a document is read costs
 * more than reading it. `engine/evidence/<format>/<name>.schema.json` becomes `generated/<name>.js`; schemas that
 * others refer to are in `<format>/parts/`. `generated/index.js` lists all, each behind its own dynamic import.
 *
 * Run by `npm run gen`.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { _, Ajv, type CodeKeywordDefinition, type KeywordCxt } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { build } from "esbuild";
import { mostErrors } from "../../engine/evidence/schema/errors.ts";
import { formats } from "../../engine/evidence/schema/formats.ts";
import { namedLists } from "../../engine/evidence/schema/named-lists.ts";
import { duplicateItems } from "../../engine/evidence/schema/unique.ts";

const evidence = fileURLToPath(new URL("../../engine/evidence/", import.meta.url));
const suffix = ".schema.json";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Schema = { [key: string]: Json };

/** Keywords for people, which no validator reads; they would double the size of what is shipped. */
const annotations = new Set(["description", "title", "$comment", "examples", "meta:enum", "default", "deprecated", "markdownDescription"]);
/** Keywords whose value maps names of the document to schemas. */
const maps = new Set(["properties", "patternProperties", "definitions", "$defs", "dependentSchemas"]);
/** Enumerations above this size are looked up in a set. */
const manyNames = 24;

/** The schema without annotations, long enumerations turned to `names`. */
export function slim(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(slim);
  if (schema === null || typeof schema !== "object") return schema;
  const result: Schema = {};
  for (const [key, value] of Object.entries(schema)) {
    if (annotations.has(key)) continue;
    if (key === "const" || key === "required") result[key] = value;
    else if (key === "enum")
      result[Array.isArray(value) && value.length > manyNames && value.every((v) => typeof v === "string") ? "names" : "enum"] = value;
    else if (maps.has(key) && value !== null && typeof value === "object" && !Array.isArray(value))
      result[key] = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, slim(inner)]));
    else result[key] = slim(value);
  }
  return result;
}

const uniqueItems: CodeKeywordDefinition = {
  keyword: "uniqueItems",
  type: "array",
  schemaType: "boolean",
  error: { message: "", params: ({ params }) => _`{pair: ${params["pair"]}}` },
  code(cxt: KeywordCxt) {
    if (!cxt.schema) return;
    const call = cxt.gen.scopeValue("func", { ref: duplicateItems, code: _`require("../schema/unique.ts").duplicateItems` });
    const pair = cxt.gen.const("pair", _`${cxt.data}.length > 1 ? ${call}(${cxt.data}) : undefined`);
    cxt.setParams({ pair });
    cxt.fail(_`${pair} !== undefined`);
  },
};

const names: CodeKeywordDefinition = {
  keyword: "names",
  schemaType: "array",
  error: { message: "", params: ({ params }) => _`{allowed: ${params["set"]}}` },
  code(cxt: KeywordCxt) {
    const list = cxt.schema as string[];
    const lines = list.join("\n");
    const set = cxt.gen.scopeValue("keyword", { key: lines, ref: new Set(list), code: _`new Set(${lines}.split("\\n"))` });
    cxt.setParams({ set });
    cxt.fail(_`!${set}.has(${cxt.data})`);
  },
};

function newAjv(schema: Schema): Ajv {
  const dialect = String(schema["$schema"] ?? "");
  const Dialect = dialect.includes("2020-12") ? Ajv2020 : dialect.includes("2019-09") ? Ajv2019 : Ajv;
  const ajv: Ajv = new Dialect({
    allErrors: true,
    strict: false,
    discriminator: true,
    messages: false,
    validateSchema: false,
    code: { source: true, esm: true, formats: _`require("../schema/formats.ts").formats` },
  });
  for (const [name, format] of Object.entries(formats)) ajv.addFormat(name, format);
  ajv.removeKeyword("uniqueItems");
  ajv.addKeyword(uniqueItems);
  ajv.addKeyword(names);
  return ajv;
}

async function readSchema(path: string): Promise<Schema> {
  return slim(JSON.parse(await readFile(path, "utf8")) as Json) as Schema;
}

/**
 * ajv copies all errors found so far whenever a referenced schema adds some, which takes hours on a document that is wrong
 * in each of its components. The list is the call's own, so that it can grow in place.
 *
 * It also keeps every error, which takes more memory than there is where a document of some megabytes is wrong in each of
 * millions of items: the list holds the first `most`. `errors`, by which validators tell what holds, counts on, so that
 * the length of the list is the smaller of both.
 */
function linearErrors(code: string, most: number): string {
  const bounded = code
    .replace(
      /vErrors = vErrors === null \? ([\w.]+)\.errors : vErrors\.concat\(\1\.errors\);\s*errors = vErrors\.length;/g,
      "errors += $1.errors.length; vErrors = append(vErrors, $1.errors);",
    )
    .replace(/vErrors\.push\((\w+)\)/g, "keep(vErrors, $1)")
    .replace(/vErrors\.length = (\w+)/g, "if (vErrors.length > $1) vErrors.length = $1");
  const unknown = /vErrors(?:\[|\.(?!length))|= vErrors\.length/.exec(bounded);
  if (unknown !== null) throw new Error(`unknown to do with errors: ${bounded.slice(unknown.index - 80, unknown.index + 80)}`);
  return `${bounded}
function append(list, more) { if (list === null) return more; for (const error of more) keep(list, error); return list; }
function keep(list, error) { if (list.length < ${most}) list.push(error); }`;
}

/** Without `uniqueItems` of a list that `repeatedItems` looks through. */
function withoutNamedList(schema: Schema, name: string): Schema {
  const property = namedLists[name]?.property;
  if (property === undefined) return schema;
  const properties = schema["properties"] as Schema;
  const { uniqueItems: asked, ...list } = properties[property] as Schema;
  if (asked !== true) throw new Error(`${name} does not ask for different ${property}`);
  return { ...schema, properties: { ...properties, [property]: list } };
}

/** JavaScript of one validator, without imports. It keeps the first `most` errors. */
export async function validatorSource(path: string, parts: readonly string[], most = mostErrors): Promise<string> {
  const schema = withoutNamedList(await readSchema(path), basename(path, suffix));
  const ajv = newAjv(schema);
  for (const part of parts) ajv.addSchema(await readSchema(part));
  const code = (standalone as unknown as (ajv: Ajv, validate: unknown) => string)(ajv, ajv.compile(schema));
  const bundled = await build({
    stdin: { contents: linearErrors(code, most), resolveDir: join(evidence, "generated"), loader: "js" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2024",
    write: false,
    legalComments: "none",
  });
  return bundled.outputFiles[0]?.text ?? "";
}

async function list(folder: string): Promise<string[]> {
  const entries = await readdir(folder).catch(() => []);
  return entries
    .filter((entry) => entry.endsWith(suffix))
    .sort()
    .map((entry) => join(folder, entry));
}

/** Writes every validator, its types and the index. */
export async function generate(): Promise<readonly string[]> {
  const target = join(evidence, "generated");
  await mkdir(target, { recursive: true });
  const folders = (await readdir(evidence, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(evidence, entry.name));
  const written: string[] = [];
  for (const folder of folders.sort()) {
    const parts = await list(join(folder, "parts"));
    for (const path of await list(folder)) {
      const name = basename(path, suffix);
      await writeFile(join(target, `${name}.js`), `${await validatorSource(path, parts)}`);
      await writeFile(
        join(target, `${name}.d.ts`),
        'import type { Validate } from "../schema/validate.ts";\nexport declare const validate: Validate;\n',
      );
      written.push(name);
    }
  }
  const entries = written.map((name) => `  ${JSON.stringify(name)}: () => import("./${name}.js"),\n`);
  await writeFile(join(target, "index.js"), `export const validators = {\n${entries.join("")}};\n`);
  const types = written.map((name) => `  readonly ${JSON.stringify(name)}: Load;\n`);
  await writeFile(
    join(target, "index.d.ts"),
    `import type { Validate } from "../schema/validate.ts";\ntype Load = () => Promise<{ readonly validate: Validate }>;\nexport declare const validators: {\n${types.join("")}};\n`,
  );
  const kept = new Set([...written, "index"]);
  for (const entry of await readdir(target)) if (!kept.has(entry.replace(/\.(?:d\.ts|js)$/, ""))) await rm(join(target, entry));
  return written;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const name of await generate()) process.stdout.write(`generated ${name}\n`);
}
