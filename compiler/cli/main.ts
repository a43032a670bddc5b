#!/usr/bin/env node
/** The entry of the `waybill` binary. It answers `--version` itself and loads nothing else for it. */
import manifest from "../../package.json" with { type: "json" };
import { load } from "./load.ts";

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
  void start();
}

async function start(): Promise<void> {
  const { run } = await load(words);
  await run(words, manifest.version);
  // None has anything open when it is done, and Node takes milliseconds to take its own house apart.
  const written = process.stdout.writableLength === 0 && process.stderr.writableLength === 0;
  const isDone = words[0] === "check" || words[0] === "gate" || (words[0] === "vex" && words[1] === "decide");
  if (isDone && written) process.exit();
}
