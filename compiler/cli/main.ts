#!/usr/bin/env node
/** The entry of the `waybill` binary. It answers `--version` itself and loads nothing else for it. */
import manifest from "../../package.json" with { type: "json" };

const words = process.argv.slice(2);
const major = Number(process.versions.node.split(".")[0]);
if (major < 22) {
  process.stderr.write(
    `waybill needs Node 22.12 or newer and runs under ${process.versions.node}; in a checkout, call it as \`npx waybill\`\n`,
  );
  process.exitCode = 2;
} else if (words.length === 1 && (words[0] === "--version" || words[0] === "-V")) {
  process.stdout.write(`waybill ${manifest.version}\n`);
} else {
  const { enableCompileCache } = await import("node:module");
  enableCompileCache?.();
  const { run } = await import("./cli.ts");
  await run(words, manifest.version);
}
