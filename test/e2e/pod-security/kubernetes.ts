/** Kubernetes' own Go packages, built from this folder's module, where Go and the modules are at hand. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** The commands of this folder, or why they are not there. */
export type Kubernetes =
  | {
      readonly ok: true;
      run(command: "shape" | "judge" | "decode", lines?: readonly string[]): readonly string[];
      /** The folder of the pods that Kubernetes publishes with their verdicts: `<level>/<version>/<pass|fail>/<name>.yaml`. */
      readonly published: string;
    }
  | { readonly ok: false; readonly reason: string };

/**
 * Builds the commands. It does not go to the network: `go -C test/e2e/pod-security mod download` fetches the modules once.
 */
export function buildKubernetes(): Kubernetes {
  const version = spawnSync("go", ["version"], { encoding: "utf8" });
  if (version.error || version.status !== 0) return { ok: false, reason: "Go is not installed" };
  const target = mkdtempSync(join(tmpdir(), "waybill-pod-security-"));
  const env = { ...process.env, GOPROXY: "off", GOFLAGS: "-mod=readonly", GOTOOLCHAIN: "local" };
  const built = spawnSync("go", ["build", "-o", `${target}/`, "./shape", "./judge", "./decode"], { cwd: folder, env, encoding: "utf8" });
  if (built.status !== 0) return { ok: false, reason: `its modules are not at hand: ${built.stderr.trim().split("\n")[0] ?? ""}` };
  const module = spawnSync("go", ["list", "-m", "-f", "{{.Dir}}", "k8s.io/pod-security-admission"], { cwd: folder, env, encoding: "utf8" });
  return {
    ok: true,
    published: join(module.stdout.trim(), "test", "testdata"),
    run(command, lines = []) {
      const path = join(target, existsSync(join(target, `${command}.exe`)) ? `${command}.exe` : command);
      const done = spawnSync(path, { input: lines.map((line) => `${line}\n`).join(""), encoding: "utf8", maxBuffer: 1 << 30 });
      if (done.status !== 0) throw new Error(`${command}: ${done.stderr}`);
      return done.stdout.trimEnd().split("\n");
    },
  };
}
