/** Diagnostics of registries, each by what brings it about: no page can hold a registry that fails. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCredentials } from "../../compiler/cli/shell/credentials.ts";
import { Stop } from "../../compiler/cli/shell/exit.ts";
import { layoutAttached, openRegistries } from "../../compiler/cli/shell/registry.ts";
import type { FetchOptions } from "../../engine/evidence/oci/fetch.ts";
import { fetchAttached } from "../../engine/evidence/oci/fetch.ts";
import type { Answer } from "../../engine/evidence/oci/transport.ts";
import type { Diagnostic } from "../../language/diagnostics/diagnostic.ts";
import { digestOf, hash, types } from "../evidence/registry.ts";

const image = JSON.stringify({
  schemaVersion: 2,
  mediaType: types.manifest,
  config: { mediaType: types.config, digest: `sha256:${"1".repeat(64)}`, size: 2 },
  layers: [],
});

type Ok = Extract<Answer, { kind: "answer" }>;

function answer(status: number, body: string, headers: Record<string, string> = {}): Ok {
  return { kind: "answer", status, headers, body: new TextEncoder().encode(body) };
}

/** What a reader says whose every request is answered like this. */
async function said(give: (url: string) => Answer, options: Partial<FetchOptions> = {}): Promise<readonly Diagnostic[]> {
  const read = await fetchAttached("registry.example/acme/shop:v1", {
    transport: async ({ url }) => give(url),
    hash,
    sleep: async () => undefined,
    ...options,
  });
  return read.kind === "unreached" ? [read.fault.diagnostic] : read.gaps.map((gap) => gap.diagnostic);
}

const always = (one: Answer): Promise<readonly Diagnostic[]> => said(() => one);

function attachedTwice(url: string): Answer {
  if (url.endsWith("/v1")) return answer(200, image, { "content-type": types.manifest });
  if (!url.includes("/referrers/")) return answer(404, "");
  const manifests = ["2", "3"].map((digit) => ({ mediaType: types.manifest, digest: `sha256:${digit.repeat(64)}`, size: 9 }));
  return answer(200, JSON.stringify({ schemaVersion: 2, mediaType: types.index, manifests }), { "content-type": types.index });
}

async function credentialsOf(config: string): Promise<readonly Diagnostic[]> {
  const folder = await mkdtemp(join(tmpdir(), "waybill-pages-"));
  try {
    const { writeFile } = await import("node:fs/promises");
    await writeFile(join(folder, "config.json"), config);
    const found: Diagnostic[] = [];
    await openCredentials({ environment: { DOCKER_CONFIG: folder, PATH: folder }, report: (one) => found.push(one) })("registry.example");
    return found;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function stopped(work: () => Promise<unknown>): Promise<readonly Diagnostic[]> {
  try {
    await work();
    return [];
  } catch (problem) {
    return problem instanceof Stop ? problem.diagnostics : [];
  }
}

export const registryFaults: Readonly<Record<string, () => Promise<readonly Diagnostic[]>>> = {
  WB1140: () => always({ kind: "broken", reason: "refused", detail: "ECONNREFUSED" }),
  WB1141: () => always(answer(404, "")),
  WB1142: () => always(answer(401, "", { "www-authenticate": 'Basic realm="acme"' })),
  WB1143: () => always(answer(403, "")),
  WB1144: () => always(answer(429, "")),
  WB1145: () => always(answer(500, "")),
  WB1146: () => always({ kind: "broken", reason: "half-body", detail: "" }),
  WB1147: () => always(answer(200, image, { "content-type": types.manifest, "docker-content-digest": digestOf("other") })),
  WB1148: () => always({ kind: "too-large", status: 200, headers: {} }),
  WB1149: () => always(answer(200, "<html>")),
  WB1150: () => always(answer(307, "", { location: "https://stranger.example/" })),
  WB1151: () => said(() => answer(200, image), { maxRequests: 0 }),
  WB1152: () => said(attachedTwice, { limits: { referrers: 0 } }),
  WB1153: () => credentialsOf("{"),
  WB1154: () => credentialsOf('{ "credsStore": "none" }'),
  WB1155: async () => {
    const read = await layoutAttached(join(tmpdir(), "waybill-no-layout"), undefined);
    return read.kind === "unreached" ? [read.fault.diagnostic] : [];
  },
  WB1156: () => stopped(() => openRegistries({ authorities: "package.json" })),
};
