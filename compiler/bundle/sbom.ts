/**
 * Writes our own bill of materials, from the lock file, as the example that the README gates. `npm sbom` knows the lock
 * file; what would differ from run to run (serial number, folder name) is made from the lock file instead, and the time
 * stays as long as the components do. Run by `npm run sbom` after a change of dependencies.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const target = join(root, "policies/examples/own-sbom/waybill.cdx.json");

interface Bom {
  serialNumber: string;
  metadata: { timestamp: string; component: { name: string } };
  components: { "bom-ref": string }[];
  dependencies: { ref: string; dependsOn?: string[] }[];
}

function serialOf(lock: string): string {
  const hex = createHash("sha256").update(lock).digest("hex");
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4];
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const before = (() => {
  try {
    return JSON.parse(readFileSync(target, "utf8")) as Bom;
  } catch {
    return undefined;
  }
})();
const bom = JSON.parse(
  execFileSync("npm", ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }),
) as Bom;
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { name: string };
bom.metadata.component.name = manifest.name;
bom.serialNumber = serialOf(readFileSync(join(root, "package-lock.json"), "utf8"));
bom.components.sort((a, b) => (a["bom-ref"] < b["bom-ref"] ? -1 : 1));
bom.dependencies.sort((a, b) => (a.ref < b.ref ? -1 : 1));
if (before && JSON.stringify(before.components) === JSON.stringify(bom.components)) bom.metadata.timestamp = before.metadata.timestamp;
writeFileSync(target, `${JSON.stringify(bom, undefined, 2)}\n`);
process.stdout.write(`wrote ${target.slice(root.length)}: ${bom.components.length} components\n`);
