/**
 * One exchange over HTTP, for the reader of registries. By `node:http` and not `fetch`: that decodes compressed bodies
 * unasked, follows redirects with what it was given, keeps no connection for another certificate authority, and says
 * `fetch failed` for every reason there is.
 */
import type { ClientRequest, IncomingMessage } from "node:http";
import { isLoopback } from "../../../engine/evidence/oci/endpoint.ts";
import type { Answer, BrokenReason, Exchange, Transport } from "../../../engine/evidence/oci/transport.ts";

export interface TransportOptions {
  /** Milliseconds from the start of a request to the last byte of its answer. */
  readonly timeout?: number;
  /** PEM of authorities that are believed beside those of the system and of NODE_EXTRA_CA_CERTS. */
  readonly authorities?: string;
  /** Connections to one host. */
  readonly connections?: number;
  /** Ends everything that is under way. */
  readonly signal?: AbortSignal;
}

export interface OpenTransport {
  readonly send: Transport;
  /** Closes connections that are kept, so that a process can end. */
  readonly close: () => void;
}

const reasons: Readonly<Record<string, BrokenReason>> = {
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "refused",
  ENETUNREACH: "refused",
  ENOTFOUND: "unknown-host",
  EAI_AGAIN: "unknown-host",
  ECONNRESET: "reset",
  EPIPE: "reset",
  ETIMEDOUT: "timeout",
  EPROTO: "protocol",
};

function reasonOf(problem: Error): BrokenReason {
  const code = "code" in problem ? String(problem.code) : "";
  const known = reasons[code];
  if (known !== undefined) return known;
  if (code.startsWith("HPE_") || code.startsWith("ERR_SSL_")) return "protocol";
  return /CERT|SELF_SIGNED|UNABLE_TO|TLS|ALTNAME/.test(code) ? "certificate" : "reset";
}

function broken(problem: Error): Answer {
  const code = "code" in problem ? String(problem.code) : problem.name;
  return { kind: "broken", reason: reasonOf(problem), detail: code };
}

function headersOf(message: IncomingMessage): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return headers;
}

/** A transport over the network; `offlineTransport` where none may be used. */
export async function openTransport(options: TransportOptions = {}): Promise<OpenTransport> {
  const [http, https, tls] = await Promise.all([import("node:http"), import("node:https"), import("node:tls")]);
  const kept = { keepAlive: true, maxSockets: options.connections ?? 8 };
  const proxied = { ...kept, proxyEnv: process.env };
  const ca = options.authorities === undefined ? {} : { ca: [...tls.getCACertificates("default"), options.authorities] };
  const trusting = { ...ca, minVersion: "TLSv1.2" } as const;
  // A proxy of the environment does not reach this machine's own registries: its loopback is another.
  const near = { plain: new http.Agent(kept), secure: new https.Agent({ ...kept, ...trusting }) };
  const far = { plain: new http.Agent(proxied), secure: new https.Agent({ ...proxied, ...trusting }) };
  const timeout = options.timeout ?? 30_000;

  function start({ method, url, headers, body }: Exchange): ClientRequest {
    const shared = {
      method,
      headers: {
        "user-agent": "waybill",
        // Bodies are bound to digests and limits as they are sent.
        "accept-encoding": "identity",
        ...headers,
        ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
      },
    };
    const { protocol, hostname } = new URL(url);
    const { plain, secure } = isLoopback(hostname) ? near : far;
    return protocol === "https:" ? https.request(url, { ...shared, agent: secure }) : http.request(url, { ...shared, agent: plain });
  }

  function send(exchange: Exchange): Promise<Answer> {
    return new Promise((settled) => {
      let request: ClientRequest;
      try {
        request = start(exchange);
      } catch (problem) {
        settled({ kind: "broken", reason: "protocol", detail: problem instanceof Error ? problem.message : "" });
        return;
      }
      // One timer is a tenth of what a signal costs that is made for each request.
      const late = (): void => settle({ kind: "broken", reason: "timeout", detail: "" });
      const timer = setTimeout(late, timeout);
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        options.signal?.removeEventListener("abort", late);
        settled(answer);
        // A connection whose answer was read to its end is kept.
        if (answer.kind !== "answer") request.destroy();
      };
      options.signal?.addEventListener("abort", late, { once: true });
      if (options.signal?.aborted === true) late();
      request.on("error", (problem) => settle(broken(problem)));
      request.on("response", (message) => receive(message, exchange.limit, settle));
      request.end(exchange.body);
    });
  }

  return {
    send,
    close: () => {
      for (const agent of [near.plain, near.secure, far.plain, far.secure]) agent.destroy();
    },
  };
}

/** Reads a body up to `limit` bytes; with the first byte above it the connection is closed. */
function receive(message: IncomingMessage, limit: number, settle: (answer: Answer) => void): void {
  const status = message.statusCode ?? 0;
  const headers = headersOf(message);
  const chunks: Buffer[] = [];
  let size = 0;
  if (Number(headers["content-length"] ?? 0) > limit) {
    settle({ kind: "too-large", status, headers });
    return;
  }
  message.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) settle({ kind: "too-large", status, headers });
    else chunks.push(chunk);
  });
  message.on("end", () => {
    if (message.complete) settle({ kind: "answer", status, headers, body: new Uint8Array(Buffer.concat(chunks)) });
    else settle({ kind: "broken", reason: "half-body", detail: "" });
  });
  message.on("error", () => settle({ kind: "broken", reason: "half-body", detail: "" }));
  message.on("close", () => settle({ kind: "broken", reason: "half-body", detail: "" }));
}

/** Refuses everything: `--offline`. */
export const offlineTransport: Transport = async () => ({ kind: "broken", reason: "offline", detail: "" });
