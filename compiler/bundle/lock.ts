/**
 * Completes the lock file. npm leaves out optional packages of platforms that the registry at hand does not have, and
 * then `npm ci` refuses the file anywhere. This adds them by name, version and platform, as npm would with a registry
 * that has them (which also fills in their integrity). Run by `npm run lock` after a change of dependencies.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface Entry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
interface Lock {
  packages: Record<string, Entry>;
}

const systems = ["android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32", "aix"];
const processors: readonly (readonly [string, string])[] = [
  ["arm-eabi", "arm"],
  ["arm-gnueabihf", "arm"],
  ["arm-musleabihf", "arm"],
  ["arm64", "arm64"],
  ["ia32", "ia32"],
  ["ppc64", "ppc64"],
  ["riscv64", "riscv64"],
  ["s390x", "s390x"],
  ["x64", "x64"],
];

/** Packages of one platform are named after it: `@biomejs/cli-linux-arm64-musl`. */
function platform(name: string): Pick<Entry, "os" | "cpu" | "libc"> | undefined {
  const os = systems.find((system) => name.includes(`-${system}-`));
  const cpu = processors.find(([part]) => name.includes(`-${part}`))?.[1];
  if (os === undefined || cpu === undefined) return undefined;
  const libc = name.endsWith("-musl") ? ["musl"] : name.endsWith("-gnu") ? ["glibc"] : undefined;
  return { os: [os], cpu: [cpu], ...(libc && os === "linux" ? { libc } : {}) };
}

/** Optional packages that some entry names and the lock file does not have. */
export function absent(lock: Lock): readonly { readonly name: string; readonly version: string; readonly dev: boolean }[] {
  const missing = new Map<string, { name: string; version: string; dev: boolean }>();
  for (const entry of Object.values(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`;
      if (!Object.keys(lock.packages).some((key) => key === path || key.endsWith(`/${path}`)))
        missing.set(name, { name, version, dev: entry.dev === true });
    }
  }
  return [...missing.values()];
}

if (import.meta.main) {
  const path = fileURLToPath(new URL("../../package-lock.json", import.meta.url));
  const lock = JSON.parse(readFileSync(path, "utf8")) as Lock;
  const added = absent(lock);
  for (const { name, version, dev } of added) {
    const of = platform(name);
    if (!of || !/^\d/.test(version))
      throw new Error(`${name}@${version} is not a package of one platform: install it from a registry that has it`);
    lock.packages[`node_modules/${name}`] = { version, ...of, ...(dev ? { dev } : {}), optional: true };
  }
  const [root, ...rest] = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
  lock.packages = Object.fromEntries(root ? [root, ...rest] : rest);
  writeFileSync(path, `${JSON.stringify(lock, undefined, 2)}\n`);
  process.stdout.write(`added ${added.length} packages of other platforms to package-lock.json\n`);
}
