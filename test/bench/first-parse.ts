/** Parses one file and ends, as the command line would in a new process; bundled for the benchmark. */
import { readFileSync } from "node:fs";
import { enableCompileCache } from "node:module";

enableCompileCache();
const { parse } = await import("../../language/syntax/parse.ts");
const path = process.argv[2] ?? "";
const { diagnostics } = parse({ path, text: readFileSync(path, "utf8") });
process.exitCode = diagnostics.length === 0 ? 0 : 1;
