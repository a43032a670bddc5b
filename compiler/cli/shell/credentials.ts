/**
 * Who the caller is at a registry, as Docker, Podman and cosign keep it: `config.json` with `auths`, `credHelpers` and
 * `credsStore`. Helpers are asked only when a registry wants a login.
 */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Credential, Credentials } from "../../../engine/evidence/oci/transport.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";

export interface CredentialOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Told of a file or a helper that could not be used; reading goes on without it. */
  readonly report?: (problem: Diagnostic) => void;
  /** Milliseconds that a helper may take. */
  readonly timeout?: number;
}

interface Entry {
  readonly auth?: unknown;
  readonly username?: unknown;
  readonly password?: unknown;
  readonly identitytoken?: unknown;
  readonly registrytoken?: unknown;
}

interface Config {
  readonly path: string;
  readonly auths: Readonly<Record<string, Entry>>;
  readonly credHelpers: Readonly<Record<string, unknown>>;
  readonly credsStore?: string;
}

/** How Docker Hub is called in files and by helpers, and how in references. */
const hub = "https://index.docker.io/v1/";

/** `https://index.docker.io/v1/`, `https://ghcr.io/v2/`, `ghcr.io` to the host of references. */
function hostOf(key: string): string {
  const host = key.replace(/^https?:\/\//, "").split("/")[0] ?? "";
  return host === "index.docker.io" || host === "registry-1.docker.io" ? "docker.io" : host.toLowerCase();
}

/** Where credentials are kept, in the order in which they are looked through. */
function paths(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const { REGISTRY_AUTH_FILE: named, DOCKER_CONFIG: docker, XDG_RUNTIME_DIR: runtime } = environment;
  if (named !== undefined && named !== "") return [named];
  const home = environment["HOME"] ?? homedir();
  return [
    join(docker !== undefined && docker !== "" ? docker : join(home, ".docker"), "config.json"),
    ...(runtime === undefined || runtime === "" ? [] : [join(runtime, "containers", "auth.json")]),
  ];
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};
}

async function readConfig(path: string, named: boolean, report: (problem: Diagnostic) => void): Promise<Config | undefined> {
  const wrong = (problem: string): undefined => {
    report(diagnostic("WB1153", { path, problem }, undefined));
    return undefined;
  };
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (problem) {
    const code = problem instanceof Error && "code" in problem ? String(problem.code) : "";
    return !named && (code === "ENOENT" || code === "ENOTDIR") ? undefined : wrong(code === "ENOENT" ? "there is no such file" : code);
  }
  try {
    const json = objectOf(JSON.parse(text));
    const { credsStore } = json;
    return {
      path,
      auths: objectOf(json["auths"]) as Readonly<Record<string, Entry>>,
      credHelpers: objectOf(json["credHelpers"]),
      ...(typeof credsStore === "string" && credsStore !== "" ? { credsStore } : {}),
    };
  } catch {
    return wrong("it is not JSON");
  }
}

/** `user:password` in base64, or the two, or a token. */
function credentialOf(entry: Entry): Credential | undefined {
  const { auth, identitytoken, registrytoken } = entry;
  if (typeof registrytoken === "string" && registrytoken !== "") return { kind: "registry-token", token: registrytoken };
  if (typeof identitytoken === "string" && identitytoken !== "") return { kind: "identity-token", token: identitytoken };
  if (typeof auth === "string" && auth !== "") {
    const [, username, password] = /^([^:]+):([\s\S]*)$/.exec(Buffer.from(auth, "base64").toString("utf8").replace(/\0+$/, "")) ?? [];
    if (username !== undefined && password !== undefined) return { kind: "password", username, password };
  }
  const { username, password } = entry;
  if (typeof username === "string" && typeof password === "string" && username !== "") return { kind: "password", username, password };
  return undefined;
}

const longestAnswer = 1_000_000;

interface Helped {
  readonly output: string;
  readonly problem?: string;
}

/** Runs `docker-credential-NAME get` with the registry on its standard input (docker/docker-credential-helpers, README). */
async function runHelper(
  program: string,
  input: string,
  environment: Readonly<Record<string, string | undefined>>,
  timeout: number,
): Promise<Helped> {
  const { spawn } = await import("node:child_process");
  return new Promise((settle) => {
    const child = spawn(program, ["get"], { stdio: ["pipe", "pipe", "ignore"], env: { ...environment }, timeout, killSignal: "SIGKILL" });
    const chunks: Buffer[] = [];
    let size = 0;
    child.on("error", (problem) => {
      const code = "code" in problem ? String(problem.code) : "";
      settle({ output: "", problem: code === "ENOENT" ? "it is not installed" : code });
    });
    child.stdin.on("error", () => undefined);
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > longestAnswer) child.kill("SIGKILL");
      else chunks.push(chunk);
    });
    child.on("close", (code, signal) => {
      const output = Buffer.concat(chunks).toString("utf8");
      if (size > longestAnswer) settle({ output: "", problem: "its answer does not end" });
      else if (signal !== null) settle({ output: "", problem: `it did not answer within ${timeout} ms` });
      else if (code === 0) settle({ output });
      else settle({ output: "", problem: /not found/i.test(output) ? "" : `it ended with code ${code}` });
    });
    child.stdin.end(`${input}\n`);
  });
}

/** A name that cannot leave the folder of programs or carry arguments. */
const helperName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** The credentials that the caller's files and helpers hold; each registry is looked up once. */
export function openCredentials(options: CredentialOptions = {}): Credentials {
  const environment = options.environment ?? process.env;
  const report = options.report ?? (() => undefined);
  const timeout = options.timeout ?? 10_000;
  const known = new Map<string, Promise<Credential | undefined>>();
  let configs: Promise<readonly Config[]> | undefined;

  async function readAll(): Promise<readonly Config[]> {
    const named = (environment["REGISTRY_AUTH_FILE"] ?? "") !== "";
    const read: Config[] = [];
    for (const path of paths(environment)) {
      const config = await readConfig(path, named, report);
      if (config) read.push(config);
    }
    return read;
  }

  async function helped(name: string, registry: string): Promise<Credential | undefined> {
    const program = `docker-credential-${name}`;
    const wrong = (problem: string): undefined => {
      report(diagnostic("WB1154", { program, problem }, undefined));
      return undefined;
    };
    if (!helperName.test(name)) return wrong("it is not the name of a program");
    const { output, problem } = await runHelper(program, registry === "docker.io" ? hub : registry, environment, timeout);
    if (problem !== undefined) return problem === "" ? undefined : wrong(problem);
    try {
      const { Username: username, Secret: secret } = objectOf(JSON.parse(output));
      if (typeof username !== "string" || typeof secret !== "string" || secret === "") return undefined;
      // Helpers say so where the secret is a token to be exchanged.
      return username === "<token>" ? { kind: "identity-token", token: secret } : { kind: "password", username, password: secret };
    } catch {
      return wrong("its answer is not JSON");
    }
  }

  async function find(registry: string): Promise<Credential | undefined> {
    configs ??= readAll();
    for (const config of await configs) {
      const helper = Object.entries(config.credHelpers).find(([key]) => hostOf(key) === registry)?.[1] ?? config.credsStore;
      const fromHelper = typeof helper === "string" ? await helped(helper, registry) : undefined;
      if (fromHelper) return fromHelper;
      const entry = Object.entries(config.auths).find(([key]) => hostOf(key) === registry)?.[1];
      const found = entry === undefined ? undefined : credentialOf(objectOf(entry) as Entry);
      if (found) return found;
    }
    return undefined;
  }

  return (registry) => {
    const one = known.get(registry) ?? find(registry);
    known.set(registry, one);
    return one;
  };
}
