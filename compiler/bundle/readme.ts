/**
 * Puts what the README's example really prints into the README, up to the verdict: digests below it change with every
 * policy. Run by `npm run picture`; a test holds the README against it.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const example = "policies/examples/own-sbom";

/** The command of the picture, as it is shown. */
export const pictured = `waybill gate --policy ${example} --evidence ${example}/waybill.cdx.json --set examples.own_sbom.tools=true`;

/** What a run of the command prints, cut after the verdict. */
export function pictureOf(output: string): string {
  const lines = output.split("\n");
  const verdict = lines.findIndex((line) => /^(deny|allow|warn) /.test(line));
  return `$ ${pictured}\n${lines.slice(0, verdict + 1).join("\n")}`;
}

/** The README with the picture in its first text block. */
export function withPicture(readme: string, picture: string): string {
  return readme.replace(/```text\n[\s\S]*?\n```/, () => `\`\`\`text\n${picture}\n\`\`\``);
}

if (import.meta.main) {
  const [, ...words] = pictured.split(" ");
  const ran = spawnSync(process.execPath, [join(root, "dist/waybill.js"), ...words], {
    cwd: root,
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "" },
  });
  const path = join(root, "README.md");
  writeFileSync(path, withPicture(readFileSync(path, "utf8"), pictureOf(ran.stdout)));
  process.stdout.write(`README.md shows: ${pictured}\n`);
}
