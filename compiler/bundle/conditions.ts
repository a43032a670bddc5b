/**
 * Copies the text of `engine/evaluate/compile/conditions.ts`, so that the conditions of a policy need not share it; what
 * that is good for is said there. Run by `npm run gen`.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";

const source = fileURLToPath(new URL("../../engine/evaluate/compile/conditions.ts", import.meta.url));
const target = fileURLToPath(new URL("../../engine/evaluate/generated/", import.meta.url));

/** Enough for a policy of a dozen clauses. Conditions beyond share texts again: they are slower, and say the same. */
const copies = 32;

/** The module as a function that returns what it exports. */
export async function conditionsAsFunction(): Promise<string> {
  const { code } = await transform(await readFile(source, "utf8"), { loader: "ts", minify: true, format: "esm", target: "es2022" });
  const [, body, names] = /^([\s\S]*)export\{([^}]*)\};\s*$/.exec(code) ?? [];
  if (body === undefined || names === undefined) throw new Error(`esbuild ends the module in another way: ${code.slice(-200)}`);
  return `()=>{${body}return{${names.replace(/([\w$]+) as ([\w$]+)/g, "$2:$1")}}}`;
}

/** Writes `generated/conditions.js` and its types. */
async function generateConditions(): Promise<void> {
  const text = await conditionsAsFunction();
  await mkdir(target, { recursive: true });
  const list = Array.from({ length: copies }, () => text).join(",\n");
  await writeFile(join(target, "conditions.js"), `export const copies=[\n${list}\n];\n`);
  await writeFile(
    join(target, "conditions.d.ts"),
    '/** Each makes its own functions of the module\'s text. */\nexport declare const copies: readonly (() => typeof import("../compile/conditions.js"))[];\n',
  );
  process.stdout.write(`generated ${copies} copies of the conditions of policies\n`);
}

if (import.meta.main) await generateConditions();
