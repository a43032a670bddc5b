/** Registries: distribution v3 and Debian's 2.8 (neither has the referrers API) and go-containerregistry's (which has). */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Scope } from "./scope.ts";
import { type Tool, tool } from "./tools.ts";

export type RegistryKind = Extract<Tool, "registry" | "docker-registry" | "refreg">;

export const registryKinds: readonly RegistryKind[] = ["registry", "docker-registry", "refreg"];

export interface Registry {
  readonly kind: RegistryKind;
  /** `127.0.0.1:5000`, as it stands in references. */
  readonly host: string;
  /** `http://127.0.0.1:5000` */
  readonly url: string;
  /** Whether it answers `GET /v2/<name>/referrers/<digest>`. */
  readonly hasReferrers: boolean;
}

/** Starts an empty registry. */
export async function startRegistry(scope: Scope, kind: RegistryKind): Promise<Registry> {
  const folder = await scope.folder();
  const ready = ([port]: readonly number[]): string => `http://127.0.0.1:${port}/v2/`;
  const address = ([port]: readonly number[]): string => `127.0.0.1:${port}`;
  const config = join(folder, "config.yml");
  await writeFile(config, configuration(join(folder, "data")));
  const ports = await scope.program({
    path: tool(kind),
    ports: 1,
    arguments: (free) => (kind === "refreg" ? [address(free)] : ["serve", config]),
    env: (free) => ({ HOME: folder, REGISTRY_HTTP_ADDR: address(free), OTEL_TRACES_EXPORTER: "none" }),
    ready,
  });
  const host = address(ports);
  return { kind, host, url: `http://${host}`, hasReferrers: kind === "refreg" };
}

/** Both versions of distribution read it, and their address from the environment; deletion lets a test take an attestation away. */
function configuration(data: string): string {
  return `version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage:
  filesystem: { rootdirectory: ${JSON.stringify(data)} }
  delete: { enabled: true }
http: { addr: "127.0.0.1:0" }
`;
}
