/**
 * The physical limits, as processes of their own: what any program must do that reads these documents.
 * `idle`; `parse FILE…`: JSON.parse, all kept; `valid FILE=SCHEMA…`: with the schema, by the validators that Waybill uses;
 * `floor FILE=SCHEMA…`: with SHA-256 too; `ajv FILE=SCHEMAFILE…`: as `valid`, by ajv as it comes; `stream SCHEMA`: the same for lines of stdin, each a request with its subject's object.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { validators } from "../../engine/evidence/generated/index.js";
import { namedLists } from "../../engine/evidence/schema/named-lists.ts";
import { duplicateItems } from "../../engine/evidence/schema/unique.ts";

type Validate = (json: unknown) => boolean;

async function validatorOf(schema: string): Promise<Validate> {
  const load = validators[schema as keyof typeof validators];
  return (await load()).validate as Validate;
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What the validator of this schema leaves to `repeatedItems`, as every other validator does it. */
function hasRepeated(schema: string, json: unknown): boolean {
  const list = namedLists[schema];
  return list !== undefined && duplicateItems((json as Readonly<Record<string, readonly unknown[]>>)[list.property] ?? []) !== undefined;
}

const [mode, ...rest] = process.argv.slice(2);
const kept: unknown[] = [];

if (mode === "parse") for (const path of rest) kept.push(JSON.parse(readFileSync(path, "utf8")));

if (mode === "floor" || mode === "valid") {
  for (const pair of rest) {
    const [path = "", schema = ""] = pair.split("=");
    const bytes = readFileSync(path);
    const json: unknown = JSON.parse(bytes.toString("utf8"));
    const validate = await validatorOf(schema);
    if (!validate(json) || hasRepeated(schema, json)) throw new Error(`${path} breaks ${schema}`);
    kept.push(mode === "floor" ? digest(bytes) : "", json);
  }
}

if (mode === "ajv") {
  const { ajvOf } = await import("./ajv.ts");
  const compiled = new Map<string, (json: unknown) => boolean>();
  for (const pair of rest) {
    const [path = "", schema = ""] = pair.split("=");
    const json: unknown = JSON.parse(readFileSync(path, "utf8"));
    const validate = compiled.get(schema) ?? ajvOf(schema);
    compiled.set(schema, validate);
    if (!validate(json)) throw new Error(`${path} breaks ${schema}`);
    kept.push(json);
  }
}

if (mode === "stream") {
  const validate = await validatorOf(rest[0] ?? "");
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of process.stdin) {
    pending = pending.length === 0 ? (chunk as Buffer) : Buffer.concat([pending, chunk as Buffer]);
    let start = 0;
    for (let end = pending.indexOf(10); end >= 0; end = pending.indexOf(10, start)) {
      const line = pending.subarray(start, end);
      const request = JSON.parse(line.toString("utf8")) as { readonly subject: { readonly object: unknown } };
      if (!validate(request.subject.object)) throw new Error("a pod breaks the schema");
      kept[0] = digest(line);
      start = end + 1;
    }
    pending = pending.subarray(start);
  }
}
process.exitCode = kept.length > 1e9 ? 1 : 0;
