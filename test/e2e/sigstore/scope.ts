/** What a suite starts and makes: servers on free ports of loopback and temporary folders, all gone when the suite ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

export interface Scope {
  /** Runs when the suite ends, failed or not; the last that was deferred first. */
  defer(end: () => unknown): void;
  /** A fresh folder. */
  folder(): Promise<string>;
  /** Serves on a free port; answers its URL, without a slash at the end. */
  serve(listener: RequestListener): Promise<string>;
  /** Starts a program and waits until it answers. */
  program(program: Program): Promise<readonly number[]>;
}

export interface Program {
  readonly path: string;
  /** How many free ports it takes. */
  readonly ports: number;
  arguments(ports: readonly number[]): readonly string[];
  /** It is ready when this answers 200. */
  ready(ports: readonly number[]): string;
  /** Its whole environment. */
  env(ports: readonly number[]): Readonly<Record<string, string>>;
}

const startWithin = 60_000;
/** Children of this process that still run: they end with it, even where a suite was torn out. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** The scope of the `describe` (or the file) that calls it. */
export function suiteScope(): Scope {
  const ends: (() => unknown)[] = [];
  afterAll(async () => {
    const failures: unknown[] = [];
    for (const end of ends.reverse()) {
      try {
        await end();
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "the suite did not end cleanly");
  }, startWithin);
  const defer = (end: () => unknown): void => {
    ends.push(end);
  };
  return {
    defer,
    async folder() {
      const path = await mkdtemp(join(tmpdir(), "waybill-e2e-"));
      defer(() => rm(path, { recursive: true, force: true, maxRetries: 5 }));
      return path;
    },
    async serve(listener) {
      const server = createServer(listener);
      const port = await listening(server);
      defer(() => {
        server.closeAllConnections();
        server.close();
      });
      return `http://127.0.0.1:${port}`;
    },
    async program(program) {
      // Somebody else may take a port between its choice and its use: such a program ends at once, and is started again.
      for (let attempt = 1; ; attempt++) {
        const started = await start(program);
        if (started.kind === "ready") {
          defer(() => stop(started.child));
          return started.ports;
        }
        if (attempt === 3) throw new Error(`${program.path} did not start: ${started.output}`);
      }
    },
  };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

/** Ports of loopback that nobody listened on a moment ago, all different. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createTcpServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.on("error", reject);
          server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

type Started =
  | { readonly kind: "ready"; readonly child: ChildProcess; readonly ports: readonly number[] }
  | { readonly kind: "ended"; readonly output: string };

async function start(program: Program): Promise<Started> {
  const ports = await freePorts(program.ports);
  const child = spawn(program.path, program.arguments(ports), { env: program.env(ports), stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let output = "";
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  let ended = false;
  child.on("error", (error) => {
    ended = true;
    output += error.message;
  });
  child.on("exit", () => {
    ended = true;
    running.delete(child);
  });
  const url = program.ready(ports);
  for (let waited = 0; waited < startWithin && !ended; waited += 25) {
    if (await answers(url)) return ended ? { kind: "ended", output } : { kind: "ready", child, ports };
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  await stop(child);
  return { kind: "ended", output };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

/** Ends a child and waits until it is gone; one that does not go in good time is killed. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise((resolve) => child.on("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}
