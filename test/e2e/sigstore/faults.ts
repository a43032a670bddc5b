/** A registry that does not work: what is asked of it goes on to a real one, unless a fault answers first. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Registry } from "./registry.ts";
import type { Scope } from "./scope.ts";

/** Answers a request in the place of the registry; false lets it through. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface FaultyRegistry {
  /** The same registry by its other address. */
  readonly registry: Registry;
  /** Every request so far: method, path, and what it carried to prove who asks. */
  readonly requests: { readonly method: string; readonly path: string; readonly authorization?: string }[];
  set(fault: Fault): void;
}

export async function startFaultyRegistry(scope: Scope, behind: Registry): Promise<FaultyRegistry> {
  let fault: Fault = () => false;
  const requests: FaultyRegistry["requests"] = [];
  const url = await scope.serve(async (request, response) => {
    const { method = "GET", url: path = "/" } = request;
    const { authorization } = request.headers;
    requests.push({ method, path, ...(authorization === undefined ? {} : { authorization }) });
    if (fault(request, response)) return;
    const headers = { accept: request.headers.accept ?? "*/*" };
    const answer = await fetch(`${behind.url}${path}`, { method, headers, redirect: "manual" });
    const body = Buffer.from(await answer.arrayBuffer());
    const kept = ["content-type", "docker-content-digest", "link"].flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    response.writeHead(answer.status, {
      ...Object.fromEntries(kept),
      "content-length": method === "HEAD" ? (answer.headers.get("content-length") ?? 0) : body.length,
    });
    response.end(method === "HEAD" ? undefined : body);
  });
  const registry = { ...behind, url, host: url.replace("http://", "") };
  return {
    registry,
    requests,
    set(next) {
      fault = next;
    },
  };
}

/** What asks for something attached, by the referrers API, the fallback tag or the tags of old. */
export function asksForAttached(request: IncomingMessage): boolean {
  return /\/referrers\/sha256:|\/manifests\/sha256-/.test(request.url ?? "");
}
