/** ajv as it comes, with the formats of its own package: what a program would do that is not Waybill. */
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

/** A validator of the schema in a file, compiled now. */
export function ajvOf(path: string): (json: unknown) => boolean {
  const schema = JSON.parse(readFileSync(path, "utf8")) as { readonly $schema?: string };
  const Dialect = schema.$schema?.includes("2020-12") === true ? Ajv2020 : Ajv;
  const ajv = new Dialect({ strict: false, logger: false });
  addFormats.default(ajv);
  return ajv.compile(schema);
}
