/**
 * Fetches one feed into the cache. By `node:http` as the reader of registries does, and not by `fetch`: redirects are looked
 * at before they are followed, bodies come as they are sent, and a body that is cut off is kept and continued.
 */
import { readFileSync, truncateSync } from "node:fs";
import { open } from "node:fs/promises";
import type { ClientRequest, IncomingMessage } from "node:http";
import { basename } from "node:path";
import { isLoopback } from "../../../../engine/evidence/oci/endpoint.ts";
import { sha256 } from "../digest.ts";
import type { Entry, FeedCache, Partial } from "./cache.ts";
import type { FeedSource } from "./settings.ts";

export interface FetchLimits {
  /** Bytes of one feed. */
  readonly size: number;
  /** Milliseconds without a byte after which a connection is given up. */
  readonly idle: number;
  /** Milliseconds of one attempt. */
  readonly attempt: number;
  /** Attempts at one feed. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; each further one waits twice as long. */
  readonly backoff: number;
}

export const usualLimits: FetchLimits = { size: 2_000_000_000, idle: 30_000, attempt: 1_800_000, attempts: 5, backoff: 500 };

export type Fetched =
  | { readonly kind: "updated"; readonly entry: Entry }
  | { readonly kind: "unchanged"; readonly entry: Entry }
  /** It could not be had; it may be asked for again. */
  | { readonly kind: "failed"; readonly reason: string }
  /** What was sent is not what it should be. What the cache had stays. */
  | { readonly kind: "refused"; readonly problem: string };

export interface FetchOptions {
  readonly limits: FetchLimits;
  /** The time, RFC 3339. */
  readonly now: () => string;
  /** What the content says of itself, or why it is not the feed. */
  readonly check: (bytes: Buffer) => Promise<{ readonly says?: string; readonly problem?: string }>;
  /** How many bytes are there, and of how many, where that is known. */
  readonly progress?: (have: number, of: number | undefined) => void;
}

/** An attempt that failed; `again`: another may succeed. */
class Failed extends Error {
  readonly again: boolean;
  /** Milliseconds that the server asked to wait. */
  readonly wait: number | undefined;
  constructor(reason: string, again: boolean, wait?: number) {
    super(reason);
    this.again = again;
    this.wait = wait;
  }
}

class Refused extends Error {}

const redirects = new Set([301, 302, 303, 307, 308]);
const mostRedirects = 5;
const longestWait = 30_000;

/** Fetches, in as many attempts as it takes and may; each continues where the one before was cut off. */
export async function fetchFeed(source: FeedSource, cache: FeedCache, options: FetchOptions): Promise<Fetched> {
  const { limits } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(source, cache, options);
    } catch (problem) {
      if (problem instanceof Refused) {
        cache.dropPartial(source.at);
        return { kind: "refused", problem: problem.message };
      }
      if (!(problem instanceof Failed)) throw problem;
      if (!problem.again || attempt >= limits.attempts) return { kind: "failed", reason: problem.message };
      await pause(Math.min(problem.wait ?? limits.backoff * 2 ** (attempt - 1), longestWait));
    }
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

async function once(source: FeedSource, cache: FeedCache, options: FetchOptions): Promise<Fetched> {
  const { at: url } = source;
  const held = cache.read(url);
  const known = held.kind === "content" ? held.entry : undefined;
  const answer = await request(url, conditions(cache, known, url), options.limits);
  try {
    if (answer.statusCode === 416) {
      cache.dropPartial(url);
      throw new Failed("the server does not have the part that was asked for", true);
    }
    if (answer.statusCode === 304 && known !== undefined) return await unchanged(source, known, cache, options);
    await receive(answer, cache, url, options);
  } finally {
    answer.destroy();
  }
  const bytes = readFileSync(cache.partialPath(url));
  const digest = sha256(bytes);
  await verify(source, digest, options.limits);
  const checked = await options.check(bytes);
  if (checked.problem !== undefined) throw new Refused(checked.problem);
  const time = options.now();
  const isSame = known?.digest === digest;
  const entry: Entry = {
    url,
    digest,
    size: bytes.length,
    fetched: isSame ? known.fetched : time,
    checked: time,
    ...validatorsOf(answer),
    ...(checked.says === undefined ? {} : { says: checked.says }),
  };
  cache.put(entry, bytes);
  cache.dropPartial(url);
  return { kind: isSame ? "unchanged" : "updated", entry };
}

/** What is in the cache must be what this call asks for: a pin may have been added since. */
async function unchanged(source: FeedSource, known: Entry, cache: FeedCache, options: FetchOptions): Promise<Fetched> {
  await verify(source, known.digest, options.limits);
  const entry = { ...known, checked: options.now() };
  cache.note(entry);
  return { kind: "unchanged", entry };
}

function validatorsOf({ headers }: IncomingMessage): { readonly etag?: string; readonly modified?: string } {
  const { etag, "last-modified": modified } = headers;
  return { ...(etag === undefined ? {} : { etag }), ...(modified === undefined ? {} : { modified }) };
}

/** By what the server tells whether its content is still that which was cut off; undefined: it cannot be continued. */
export function validatorOf(partial: Partial | undefined): string | undefined {
  // A weak tag stands for content that means the same, not for the same bytes.
  return partial?.etag?.startsWith("W/") === true ? undefined : (partial?.etag ?? partial?.modified);
}

/** Of a fetch that was cut off the rest is asked for; of one that was done, whether there is anything newer. */
function conditions(cache: FeedCache, known: Entry | undefined, url: string): Readonly<Record<string, string>> {
  const partial = cache.partial(url);
  const same = validatorOf(partial);
  if (partial !== undefined && partial.size > 0 && same !== undefined) return { range: `bytes=${partial.size}-`, "if-range": same };
  if (partial !== undefined) cache.dropPartial(url);
  if (known?.etag !== undefined) return { "if-none-match": known.etag };
  return known?.modified === undefined ? {} : { "if-modified-since": known.modified };
}

/** The body to the end of what is there of it. */
async function receive(answer: IncomingMessage, cache: FeedCache, url: string, { limits, progress }: FetchOptions): Promise<void> {
  const path = cache.partialPath(url);
  const partial = answer.statusCode === 206 ? cache.partial(url) : undefined;
  const from = partial?.size ?? 0;
  const [, start, , whole] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(answer.headers["content-range"] ?? "") ?? [];
  const { etag, modified } = validatorsOf(answer);
  const differs = (was: string | undefined, is: string | undefined): boolean => was !== undefined && is !== undefined && was !== is;
  const isOther = differs(partial?.etag, etag) || differs(partial?.modified, modified);
  if (answer.statusCode === 206 && (from === 0 || Number(start) !== from || isOther)) {
    cache.dropPartial(url);
    throw new Failed("the server sent another part than was asked for", true);
  }
  if ((answer.headers["content-encoding"] ?? "identity") !== "identity") throw new Failed("the server packs what it sends, unasked", false);
  const length = answer.headers["content-length"];
  const of = length === undefined ? undefined : from + Number(length);
  if (of !== undefined && of > limits.size) throw new Refused(`it has ${of} bytes, more than ${limits.size}`);
  if (from === 0) {
    cache.dropPartial(url);
    cache.notePartial({ url, ...validatorsOf(answer) });
  }
  let have = from;
  // Written as it comes, so that all that came is there when the connection breaks.
  const file = await open(path, from === 0 ? "w" : "a");
  try {
    for await (const chunk of answer) {
      have += (chunk as Buffer).length;
      if (have > limits.size) throw new Refused(`it has more than ${limits.size} bytes`);
      await file.write(chunk as Buffer);
      progress?.(have, of);
    }
  } catch (problem) {
    if (problem instanceof Refused) throw problem;
    const code = problem instanceof Error && "code" in problem ? String(problem.code) : "";
    if (/^(?:ENOSPC|EDQUOT|EIO|EROFS|EFBIG)$/.test(code)) throw new Failed(`it cannot be written to the cache (${code})`, false);
    throw new Failed(`the connection was cut off after ${have}${of === undefined ? "" : ` of ${of}`} bytes`, true);
  } finally {
    await file.close();
  }
  const expected = whole === undefined || whole === "*" ? of : Number(whole);
  if (expected !== undefined && have < expected) throw new Failed(`the connection was cut off after ${have} of ${expected} bytes`, true);
  if (expected !== undefined && have > expected) {
    truncateSync(path, 0);
    throw new Failed("the server sent more than it said", true);
  }
}

/** Against the digest that the project names, and against the one that the publisher does. */
async function verify({ at, pin, checksum }: FeedSource, digest: string, limits: FetchLimits): Promise<void> {
  if (pin !== undefined && pin !== digest) throw new Refused(`its digest is ${digest}, and \`waybill.toml\` names ${pin}`);
  if (checksum === undefined) return;
  const answer = await request(checksum, {}, limits);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer) {
      size += (chunk as Buffer).length;
      if (size > 1_000_000) throw new Refused(`\`${checksum}\` is no checksum`);
      chunks.push(chunk as Buffer);
    }
  } catch (problem) {
    if (problem instanceof Refused) throw problem;
    throw new Failed(`\`${checksum}\` was cut off`, true);
  } finally {
    answer.destroy();
  }
  const stated = checksumIn(Buffer.concat(chunks).toString("utf8"), basename(new URL(at).pathname));
  if (stated === undefined) throw new Refused(`\`${checksum}\` names no SHA-256 of it`);
  if (stated !== digest) throw new Refused(`its digest is ${digest}, and \`${checksum}\` names ${stated}`);
}

/** A digest alone, or the line of `sha256sum` that names the file. */
function checksumIn(text: string, file: string): string | undefined {
  const lines = text.split(/\r?\n/).flatMap((line) => {
    const match = /^\s*(?:sha256:)?([0-9a-f]{64})(?:\s+\*?(.*\S))?\s*$/i.exec(line);
    return match?.[1] === undefined ? [] : [{ hex: match[1].toLowerCase(), name: match[2] }];
  });
  const [only, other] = lines;
  const found =
    lines.find(({ name }) => name !== undefined && basename(name) === file) ??
    (other === undefined && only?.name === undefined ? only : undefined);
  return found === undefined ? undefined : `sha256:${found.hex}`;
}

/** The answer to a request, after redirects; its body is still to be read. */
async function request(url: string, headers: Readonly<Record<string, string>>, limits: FetchLimits): Promise<IncomingMessage> {
  let at = url;
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    const answer = await ask(at, headers, limits);
    const status = answer.statusCode ?? 0;
    if ([200, 206, 304, 416].includes(status)) return answer;
    answer.destroy();
    if (redirects.has(status)) at = redirected(at, answer.headers.location);
    else if (status >= 500 || status === 429 || status === 408) throw new Failed(`the server answered ${status}`, true, waitOf(answer));
    else throw new Failed(`the server answered ${status}`, false);
  }
  throw new Failed(`it is redirected more than ${mostRedirects} times`, false);
}

/** Where a redirect leads; throws where nothing is fetched from there. */
export function redirected(from: string, location: string | undefined): string {
  const to = location === undefined ? null : URL.parse(location, from);
  if (to === null) throw new Failed("the server redirects to nowhere", false);
  const isWeb = to.protocol === "https:" || (to.protocol === "http:" && from.startsWith("http:"));
  if (!isWeb) throw new Failed(`the server redirects to \`${to.protocol}\`, where nothing is fetched from`, false);
  // Whoever is asked from outside may not send the asker to what only this machine reaches.
  if (isHere(to.hostname) && !isLoopback(new URL(from).hostname)) throw new Failed("the server redirects to this machine", false);
  return to.href;
}

/** This machine under any of its names, and what a cloud tells its machines about themselves. `URL` has written addresses in one way. */
function isHere(hostname: string): boolean {
  return isLoopback(hostname) || /^(?:0\.|169\.254\.)|\.localhost\.?$|^localhost\.$|^\[(?:::|::ffff:.*|fe[89ab].*)\]$/.test(hostname);
}

function waitOf({ headers }: IncomingMessage): number | undefined {
  const seconds = Number(headers["retry-after"]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

async function ask(url: string, headers: Readonly<Record<string, string>>, limits: FetchLimits): Promise<IncomingMessage> {
  const { hostname, protocol } = new URL(url);
  const secure = protocol === "https:";
  const [http, https] = await Promise.all([import("node:http"), import("node:https")]);
  // A proxy of the environment does not reach this machine: its loopback is another.
  const proxied = isLoopback(hostname) ? {} : { proxyEnv: process.env };
  // Decisions rest on what comes: no setting of the environment makes an unknown server known.
  const agent = secure ? new https.Agent({ ...proxied, minVersion: "TLSv1.2", rejectUnauthorized: true }) : new http.Agent(proxied);
  const shared = { agent, headers: { "user-agent": "waybill", "accept-encoding": "identity", ...headers } };
  return new Promise((answered, failed) => {
    const request: ClientRequest = secure ? https.get(url, shared) : http.get(url, shared);
    const late = (): void => void request.destroy(new Error("nothing was sent for too long"));
    const whole = setTimeout(() => request.destroy(new Error("it took too long")), limits.attempt);
    request.setTimeout(limits.idle, late);
    request.on("error", (problem) => failed(failure(problem)));
    request.on("response", answered);
    request.on("close", () => {
      clearTimeout(whole);
      agent.destroy();
    });
  });
}

/** How the reason begins where the certificate of a server was refused. */
export const unknownServer = "the certificate of the server does not hold";

/** An authority that is not known is not known a second later either. */
function failure(problem: Error): Failed {
  const code = "code" in problem ? String(problem.code) : "";
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code))
    return new Failed(`${unknownServer}: ${problem.message.split(". ")[0]} (${code})`, false);
  return new Failed(reasonOf(problem, code), true);
}

function reasonOf(problem: Error, code: string): string {
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: "nothing listens there",
    ENOTFOUND: "there is no such host",
    EAI_AGAIN: "there is no such host",
    ECONNRESET: "the connection was cut off",
  };
  return known[code] ?? (code === "" ? problem.message : `${problem.message} (${code})`);
}
