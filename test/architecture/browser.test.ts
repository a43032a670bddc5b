import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { root } from "./sources.ts";

const faces = [
  "compiler/api.ts",
  "language/compile.ts",
  "engine/evaluate/evaluate.ts",
  "engine/evidence/door.ts",
  "engine/evidence/oci/fetch.ts",
  "engine/evidence/vex/validate.ts",
  "engine/decide/report.ts",
  "compiler/targets/vex/write.ts",
];

it.each(faces)("bundles %s for a browser, with nothing left outside", async (face) => {
  expect(existsSync(join(root, face))).toBe(true);
  const result = await build({
    entryPoints: [join(root, face)],
    bundle: true,
    write: false,
    platform: "browser",
    format: "esm",
    logLevel: "silent",
    metafile: true,
  });
  const outside = Object.values(result.metafile.outputs).flatMap((output) => output.imports.filter((entry) => entry.external));
  expect(outside).toEqual([]);
});
