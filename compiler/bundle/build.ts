/**
 * Bundles the command line to `dist/`: one small entry, a script of its own for `check`, `gate` and `vex decide`, and a chunk for each
 * other verb and each schema validator, so that a call loads only what it uses. Nothing is left outside the bundle. Run by
 * `npm run build`.
 */
import { chmod, cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { compileAhead } from "./code-cache.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Licence texts of the packages in the bundle, for `dist/THIRD-PARTY.txt`. */
async function thirdParty(metafile: Metafile): Promise<string> {
  const packages = new Set<string>();
  for (const input of Object.keys(metafile.inputs)) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match?.[1]) packages.add(match[1]);
  }
  const parts: string[] = [];
  for (const folder of [...packages].sort()) {
    const manifest = JSON.parse(await readFile(join(root, folder, "package.json"), "utf8")) as {
      name: string;
      version: string;
      license?: string;
    };
    const file = (await readdir(join(root, folder))).find((name) => /^licen[cs]e/i.test(name));
    const text = file ? await readFile(join(root, folder, file), "utf8") : `Licence: ${manifest.license ?? "not stated"}\n`;
    parts.push(`${manifest.name} ${manifest.version}\n${"-".repeat(72)}\n${text.trim()}\n`);
  }
  return parts.join("\n\n");
}

/**
 * CommonJS packages ask for Node's own modules by `require`, which ES modules lack; making one in each chunk costs
 * milliseconds of every call. `child_process` is for commander's subcommands in files of their own, which we have none of.
 */
const builtins: Plugin = {
  name: "builtins",
  setup(build) {
    build.onLoad({ filter: /node_modules[\\/].*\.c?js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const contents = text.replace(/\brequire\(\s*(['"])(?:node:)?([a-z0-9_/]+)\1\s*\)/g, (call, quote: string, name: string) => {
        if (!isBuiltin(name)) return call;
        if (name === "child_process" && path.includes("commander")) return "{}";
        return name === "process" ? "globalThis.process" : `globalThis.process.getBuiltinModule(${quote}node:${name}${quote})`;
      });
      return { contents, loader: "js" };
    });
  },
};

/** What is read of the licence list is names; and text is parsed sooner than code that says the same. */
const licences: Plugin = {
  name: "licences",
  setup(build) {
    build.onLoad({ filter: /spdx-license-list[\\/]spdx\.json$/ }, async ({ path }) => {
      const list = JSON.parse(await readFile(path, "utf8")) as Readonly<Record<string, { readonly name: string }>>;
      const names = Object.fromEntries(Object.entries(list).map(([id, { name }]) => [id, { name }]));
      return { contents: `export default JSON.parse(${JSON.stringify(JSON.stringify(names))});`, loader: "js" };
    });
  },
};

/** Few policies have regular expressions: their engine is set up when the first is read. */
const patterns: Plugin = {
  name: "patterns",
  setup(build) {
    build.onLoad({ filter: /re2js[\\/]build[\\/]index\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const body = text.replace(/\nexport \{[^}]*\bRE2JS\b[^}]*\};/, "");
      if (body === text) throw new Error(`${path} exports in another way`);
      const contents = `let engine;const set=()=>engine??=(()=>{${body}\nreturn RE2JS})();export const RE2JS=new Proxy({},{get:(_,name)=>set()[name]});`;
      return { contents, loader: "js" };
    });
  },
};

/** What the entry loads, it loads by `loader.ts`, from files that are there when it runs. */
const loader: Plugin = {
  name: "loader",
  setup(build) {
    build.onResolve({ filter: /^\.\/load\.ts$/ }, () => ({ path: join(root, "compiler/bundle/loader.ts") }));
  },
};

/**
 * In the script of a verb no other is ever called. The validators stay chunks: they are large, a call needs a few of them,
 * and as they import nothing of ours none is there twice.
 */
function only(verb: string, validators: ReadonlyMap<string, string>): Plugin {
  return {
    name: "only",
    setup(build) {
      build.onResolve({ filter: /^\.\/verbs\// }, ({ path, kind }) =>
        kind === "dynamic-import" && path !== `./verbs/${verb.replace(" ", "-")}.ts` ? { path, external: true } : undefined,
      );
      build.onResolve({ filter: /^\.\// }, ({ path, kind, importer }) => {
        if (kind !== "dynamic-import" || !importer.endsWith(join("generated", "index.js"))) return undefined;
        const chunk = validators.get(basename(path));
        if (chunk === undefined) throw new Error(`no chunk is ${path}`);
        return { path: `./chunks/${chunk}`, external: true };
      });
    },
  };
}

/** Verbs whose scripts are compiled ahead, by their words. */
const ahead = ["check", "gate", "vex decide"] as const;

/** The chunk of each schema validator, by the name of its module. */
function validatorChunks({ outputs }: Metafile): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(outputs).flatMap(([path, { entryPoint }]) =>
      entryPoint?.startsWith("engine/evidence/generated/") === true ? [[basename(entryPoint), basename(path)]] : [],
    ),
  );
}

/** Bundles the script of a verb; its file name. */
async function scriptOf(verb: string, outdir: string, validators: ReadonlyMap<string, string>): Promise<Script> {
  const { metafile } = await build({
    ...shared,
    entryPoints: { [verb.replace(" ", "-")]: "compiler/cli/cli.ts" },
    outdir,
    format: "cjs",
    supported: { "dynamic-import": false },
    entryNames: "[name]-[hash]",
    outExtension: { ".js": ".cjs" },
    plugins: [licences, patterns, builtins, only(verb, validators)],
  });
  const file = basename(Object.keys(metafile.outputs)[0] ?? "");
  await writeFile(join(outdir, file), inAscii(await readFile(join(outdir, file), "utf8")));
  return { verb, file, metafile };
}

interface Script {
  readonly verb: string;
  readonly file: string;
  readonly metafile: Metafile;
}

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node22",
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  mainFields: ["module", "main"],
  // Its build for Node asks for validators and writers of XML, which we have no use for; the one for browsers is whole.
  alias: { "@cyclonedx/cyclonedx-library": join(root, "node_modules/@cyclonedx/cyclonedx-library/dist.web/lib.js") },
  // What browsers call it.
  define: { self: "globalThis" },
  metafile: true,
  logLevel: "warning",
} satisfies BuildOptions & { readonly metafile: true };

/** The loader reads Latin-1. esbuild escapes what is beyond ASCII everywhere but in regular expressions, where an escape says the same. */
function inAscii(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Bundles to a folder; the entry is `waybill.js` in it. */
export async function bundle(outdir: string): Promise<Metafile> {
  await rm(outdir, { recursive: true, force: true });
  const modules = await build({
    ...shared,
    entryPoints: { cli: "compiler/cli/cli.ts" },
    outdir: join(outdir, "chunks"),
    splitting: true,
    format: "esm",
    chunkNames: "[name]-[hash]",
    plugins: [licences, patterns, builtins],
  });
  const validators = validatorChunks(modules.metafile);
  const scripts = await Promise.all(ahead.map((verb) => scriptOf(verb, outdir, validators)));
  const entry = await build({
    ...shared,
    entryPoints: { waybill: "compiler/cli/main.ts" },
    outdir,
    format: "cjs",
    define: { SCRIPTS: JSON.stringify(Object.fromEntries(scripts.map(({ verb, file }) => [verb, file]))) },
    plugins: [loader],
  });
  // The entry and the scripts of verbs are CommonJS, which Node starts sooner; the rest are modules.
  await writeFile(join(outdir, "package.json"), '{ "type": "commonjs" }\n');
  await writeFile(join(outdir, "chunks", "package.json"), '{ "type": "module" }\n');
  for (const { verb, file } of scripts) compileAhead(verb, join(outdir, file));
  await chmod(join(outdir, "waybill.js"), 0o755);
  const all = [modules.metafile, ...scripts.map(({ metafile }) => metafile), entry.metafile];
  return {
    inputs: Object.assign({}, ...all.map(({ inputs }) => inputs)) as Metafile["inputs"],
    outputs: Object.assign({}, ...all.map(({ outputs }) => outputs)) as Metafile["outputs"],
  };
}

/**
 * `npx waybill` in the checkout finds this link. A `bin` entry in the root manifest instead would make npx install the
 * checkout into its own cache on every call, which also fails from the second call on (npm 11).
 */
async function link(): Promise<void> {
  if (process.platform === "win32") return;
  const bin = join(root, "node_modules", ".bin");
  await mkdir(bin, { recursive: true });
  await rm(join(bin, "waybill"), { force: true });
  await symlink("../../dist/waybill.js", join(bin, "waybill"));
}

if (import.meta.main) {
  const started = performance.now();
  const dist = join(root, "dist");
  const metafile = await bundle(dist);
  await writeFile(join(dist, "THIRD-PARTY.txt"), await thirdParty(metafile));
  await link();
  // tsc writes the library beside it, and does not copy JavaScript that it did not write.
  for (const generated of ["engine/evidence/generated", "engine/evaluate/generated", "compiler/bundle/generated"]) {
    await cp(join(root, generated), join(dist, "lib", generated), { recursive: true });
  }
  await writeFile(join(dist, "lib", "package.json"), '{ "type": "module" }\n');
  const outputs = Object.values(metafile.outputs);
  const bytes = outputs.reduce((sum, output) => sum + output.bytes, 0);
  const took = Math.round(performance.now() - started);
  process.stdout.write(`built dist/waybill.js and ${outputs.length - 1} chunks, ${(bytes / 1e6).toFixed(1)} MB, in ${took} ms\n`);
}
