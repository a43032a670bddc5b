/**
 * Bundles the command line to `dist/`: one small entry, and a chunk for each verb and each schema validator, so that a
 * call loads only what it uses. Nothing is left outside the bundle. Run by `npm run build`.
 */
import { chmod, cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile, type Plugin } from "esbuild";

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
      const contents = text.replace(/\brequire\(\s*['"](?:node:)?([a-z_/]+)['"]\s*\)/g, (call, name: string) => {
        if (!isBuiltin(name)) return call;
        if (name === "child_process") return "{}";
        return name === "process" ? "globalThis.process" : `globalThis.process.getBuiltinModule("node:${name}")`;
      });
      return { contents, loader: "js" };
    });
  },
};

/** Bundles to a folder; the entry is `waybill.js` in it. */
export async function bundle(outdir: string): Promise<Metafile> {
  await rm(outdir, { recursive: true, force: true });
  const result = await build({
    absWorkingDir: root,
    entryPoints: { waybill: "compiler/cli/main.ts" },
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    plugins: [builtins],
    chunkNames: "chunks/[name]-[hash]",
    mainFields: ["module", "main"],
    metafile: true,
    logLevel: "warning",
  });
  await chmod(join(outdir, "waybill.js"), 0o755);
  return result.metafile;
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
  const outputs = Object.values(metafile.outputs);
  const bytes = outputs.reduce((sum, output) => sum + output.bytes, 0);
  const took = Math.round(performance.now() - started);
  process.stdout.write(`built dist/waybill.js and ${outputs.length - 1} chunks, ${(bytes / 1e6).toFixed(1)} MB, in ${took} ms\n`);
}
