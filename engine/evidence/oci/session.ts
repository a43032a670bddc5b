/**
 * Requests to one repository of one registry: log in when asked, repeat what failed for a moment, follow redirects
 * without credentials, and count. No more than `maxRequests` leave, whatever the registry answers.
 */
import { basic, readChallenges, readToken, tokenRequest } from "./challenge.ts";
import { isLoopback } from "./endpoint.ts";
import {
  forbidden,
  incomplete,
  loginWanted,
  malformed,
  overBudget,
  quoted,
  type RegistryFault,
  redirected,
  registrySays,
  serverError,
  throttled,
  tooLarge,
  unreachable,
} from "./fault.ts";
import type { Answer, Credential, Credentials, Exchange, OciLimits, Transport } from "./transport.ts";

export interface SessionOptions {
  /** As in references: `ghcr.io`. */
  readonly registry: string;
  /** Origin of the API. */
  readonly endpoint: string;
  /** `acme/shop` */
  readonly repository: string;
  readonly transport: Transport;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly credentials: Credentials;
  readonly limits: OciLimits;
  readonly maxRequests: number;
  /** Requests under way at a time. */
  readonly concurrency: number;
  /** Whether a host may be asked without TLS although it is not this machine. */
  readonly plain: (host: string) => boolean;
  readonly logins: Logins;
}

/**
 * What registries have let in before, by origin and repository: the value of `Authorization`. Shared between the images of one
 * call, so that each repository costs one login; never written anywhere.
 */
export type Logins = Map<string, string>;

export interface Ask {
  /** Below the endpoint, or absolute: the next page of a list. */
  readonly path: string;
  readonly accept: string;
  /** Bytes of the body. */
  readonly limit: number;
  /** For people: `manifest \`sha256:…\``. */
  readonly what: string;
  /** Whether the bytes are checked by a digest, so that any host may have them; else only the registry itself answers. */
  readonly addressed: boolean;
  /** A list that a registry may not have: it says so in several ways. */
  readonly optional?: boolean;
}

export type Got =
  | {
      readonly kind: "got";
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array;
    }
  /** 404, and for lists what else says that there is no such thing here. */
  | { readonly kind: "absent"; readonly url: string; readonly status: number; readonly said?: string }
  | { readonly kind: "fault"; readonly url: string; readonly fault: RegistryFault };

export interface Session {
  readonly get: (ask: Ask) => Promise<Got>;
  /** Requests that left, repeated and redirected ones and those for tokens included. */
  readonly requests: () => number;
  /** Bytes that may still be downloaded. */
  readonly room: () => number;
}

const repeatable = new Set([408, 425, 429, 500, 502, 503, 504]);
const redirects = new Set([301, 302, 303, 307, 308]);
const absent = new Set([404, 410]);
/**
 * What registries answer that have never heard of a list. The distribution specification knows 404 only; 405 and 501 say as
 * plainly that there is no such thing. A 400 does not: whoever answers it did not look.
 */
const unheardOf = new Set([404, 405, 501]);
const perRequest = 3;
const tokenLimit = 65_536;

/** Milliseconds that `Retry-After` asks for: seconds, or a time that is measured by the answer's own clock. */
export function retryAfter(headers: Readonly<Record<string, string>>): number | undefined {
  const value = headers["retry-after"]?.trim();
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const until = timeOf(value);
  const now = timeOf(headers["date"] ?? "");
  return Number.isNaN(until) || Number.isNaN(now) ? undefined : Math.max(0, until - now);
}

/** An HTTP date in the one form that is written today (RFC 9110, section 5.6.7). */
function timeOf(text: string): number {
  return /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text) ? Date.parse(text) : Number.NaN;
}

type Hop =
  | { readonly kind: "answer"; readonly answer: Answer & { readonly kind: "answer" }; readonly url: string; readonly own: boolean }
  | { readonly kind: "again"; readonly fault: (tries: number) => RegistryFault; readonly wait: number | undefined; readonly url: string }
  | { readonly kind: "fault"; readonly fault: RegistryFault; readonly url: string };

export function openSession(options: SessionOptions): Session {
  const { registry, transport, limits, maxRequests } = options;
  const endpoint = new URL(options.endpoint);
  let sent = 0;
  let downloaded = 0;
  let waited = 0;
  let repeated = 0;
  const door = `${endpoint.origin} ${options.repository}`;
  let authorization = options.logins.get(door);
  let login: Promise<RegistryFault | undefined> | undefined;

  const waiting: (() => void)[] = [];
  let underWay = 0;

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (underWay >= options.concurrency) await new Promise<void>((go) => waiting.push(go));
    else underWay += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else underWay -= 1;
    }
  }

  async function exchange(one: Exchange): Promise<Answer | undefined> {
    if (sent >= maxRequests) return undefined;
    sent += 1;
    const answer = await inTurn(() => transport(one));
    if (answer.kind === "answer") downloaded += answer.body.length;
    if (answer.kind === "too-large") downloaded += one.limit;
    return answer;
  }

  /** Where a redirect leads, or why it is not followed. */
  function follow(from: string, location: string | undefined, ask: Ask): string | RegistryFault {
    const refused = (problem: string): RegistryFault => redirected(registry, from, ask.what, problem);
    const to = location === undefined ? null : URL.parse(location, from);
    if (to === null) return refused("to nowhere: the answer has no location");
    if (to.protocol !== "https:" && to.protocol !== "http:") return refused(`to a \`${to.protocol.slice(0, -1)}\` address`);
    if (to.protocol === "http:") {
      if (new URL(from).protocol === "https:") return refused(`from TLS to \`${to.host}\` without it`);
      if (!isLoopback(to.hostname) && !options.plain(to.host)) return refused(`to \`${to.host}\`, which has no TLS`);
    }
    if (to.origin !== endpoint.origin && !ask.addressed) return refused(`to \`${to.host}\`, which cannot speak for it`);
    to.username = "";
    to.password = "";
    to.hash = "";
    return to.href;
  }

  /** One request, to the end of its redirects. Credentials go to the registry's own origin and nowhere else. */
  async function hop(ask: Ask): Promise<Hop> {
    let url = new URL(ask.path, endpoint).href;
    for (let hops = 0; ; hops += 1) {
      const own = new URL(url).origin === endpoint.origin;
      const headers = { accept: ask.accept, ...(own && authorization !== undefined ? { authorization } : {}) };
      const answer = await exchange({ method: "GET", url, headers, limit: ask.limit });
      if (answer === undefined) return { kind: "fault", fault: overBudget(url, maxRequests), url };
      if (answer.kind === "broken") {
        const { reason, detail } = answer;
        const host = own ? registry : new URL(url).host;
        const fault =
          reason === "half-body"
            ? incomplete(host, url, ask.what, "ended in the middle of its answer")
            : unreachable(host, url, reason, detail);
        const lasting = reason === "certificate" || reason === "offline" || reason === "protocol" || reason === "unknown-host";
        return lasting ? { kind: "fault", fault, url } : { kind: "again", fault: () => fault, wait: undefined, url };
      }
      if (answer.kind === "too-large") {
        const failed = answer.status >= 400;
        const fault = failed ? serverError(registry, url, answer.status, ask.what) : tooLarge(url, ask.what, ask.limit);
        return { kind: "fault", fault, url };
      }
      if (redirects.has(answer.status)) {
        if (hops >= limits.redirects)
          return { kind: "fault", fault: redirected(registry, url, ask.what, `more than ${limits.redirects} times`), url };
        const next = follow(url, answer.headers["location"], ask);
        if (typeof next !== "string") return { kind: "fault", fault: next, url };
        url = next;
        continue;
      }
      if (repeatable.has(answer.status)) {
        const said = own ? registrySays(answer.body) : undefined;
        const host = own ? registry : new URL(url).host;
        const status = answer.status;
        const at = url;
        return {
          kind: "again",
          fault: (tries) => (status === 429 ? throttled(host, at, tries, said) : serverError(host, at, status, ask.what, said)),
          wait: retryAfter(answer.headers),
          url,
        };
      }
      return { kind: "answer", answer, url, own };
    }
  }

  /** Waits before the next attempt; false where there is none left. */
  async function again(tries: number, asked: number | undefined): Promise<boolean> {
    if (tries >= perRequest || repeated >= limits.retries) return false;
    const pause = asked ?? Math.min(5_000, 250 * 2 ** (tries - 1));
    if (waited + pause > limits.wait) return false;
    repeated += 1;
    waited += pause;
    await options.sleep(pause);
    return true;
  }

  /** Answers a challenge: afterwards `authorization` is set, or there is a fault. */
  async function logIn(challenges: string, url: string): Promise<RegistryFault | undefined> {
    const offered = readChallenges(challenges);
    const bearer = offered.find((one) => one.scheme === "bearer");
    const wantsBasic = offered.some((one) => one.scheme === "basic");
    if (!bearer && !wantsBasic) return loginWanted(registry, url, "and does not say how");
    const credential = await options.credentials(registry);
    if (credential?.kind === "registry-token") {
      authorization = `Bearer ${credential.token}`;
      return undefined;
    }
    if (!bearer) {
      if (credential?.kind !== "password") return loginWanted(registry, url, "there are no credentials for it");
      authorization = basic(credential.username, credential.password);
      return undefined;
    }
    const realm = URL.parse(bearer.parameters["realm"] ?? "");
    if (realm === null) return loginWanted(registry, url, "and does not say where");
    const secure = realm.protocol === "https:";
    const plain = realm.protocol === "http:" && endpoint.protocol === "http:" && (isLoopback(realm.hostname) || options.plain(realm.host));
    if (!secure && !plain) return redirected(registry, url, "the login", `to \`${realm.host}\`, which has no TLS`);
    return fetchToken(realm, bearer, credential);
  }

  async function fetchToken(
    realm: URL,
    bearer: Parameters<typeof tokenRequest>[1],
    credential: Credential | undefined,
  ): Promise<RegistryFault | undefined> {
    const asked = tokenRequest(realm, bearer, `repository:${options.repository}:pull`, credential);
    for (let tries = 1; ; tries += 1) {
      const answer = await exchange({ ...asked, headers: { accept: "application/json", ...asked.headers }, limit: tokenLimit });
      if (answer === undefined) return overBudget(asked.url, maxRequests);
      const lasting = answer.kind === "broken" && (answer.reason === "certificate" || answer.reason === "offline");
      if ((answer.kind === "broken" && !lasting) || (answer.kind === "answer" && repeatable.has(answer.status))) {
        const wait = answer.kind === "answer" ? retryAfter(answer.headers) : undefined;
        if (await again(tries, wait)) continue;
        if (answer.kind === "broken") return unreachable(realm.host, asked.url, answer.reason, answer.detail);
        if (answer.status === 429) return throttled(realm.host, asked.url, tries);
        return serverError(realm.host, asked.url, answer.status, "a token");
      }
      if (answer.kind === "broken") return unreachable(realm.host, asked.url, answer.reason, answer.detail);
      if (answer.kind === "too-large") return tooLarge(asked.url, "a token", tokenLimit);
      if (redirects.has(answer.status)) return redirected(registry, asked.url, "the login", "elsewhere, where credentials are not sent");
      if (answer.status !== 200) {
        const problem = credential === undefined ? "there are no credentials for it" : "its token server refuses the credentials";
        return loginWanted(registry, asked.url, problem, registrySays(answer.body));
      }
      const token = readToken(answer.body);
      if (token === undefined) return malformed(asked.url, `the token of \`${registry}\``, "the answer has none");
      authorization = `Bearer ${token}`;
      return undefined;
    }
  }

  /** One login for all requests that want it at the same time. */
  function ensureLogin(challenges: string, url: string, used: string | undefined): Promise<RegistryFault | undefined> {
    if (authorization !== used) return Promise.resolve(undefined);
    login ??= logIn(challenges, url).finally(() => {
      login = undefined;
      if (authorization !== undefined) options.logins.set(door, authorization);
    });
    return login;
  }

  async function get(ask: Ask): Promise<Got> {
    let logins = 0;
    for (let tries = 1; ; ) {
      const used = authorization;
      const one = await hop(ask);
      if (one.kind === "fault") return { kind: "fault", url: one.url, fault: one.fault };
      if (one.kind === "again") {
        if (!(await again(tries, one.wait))) return { kind: "fault", url: one.url, fault: one.fault(tries) };
        tries += 1;
        continue;
      }
      const { answer, url, own } = one;
      const said = own && answer.status !== 200 ? registrySays(answer.body) : undefined;
      if (answer.status === 401) {
        if (!own)
          return { kind: "fault", url, fault: loginWanted(new URL(url).host, url, "credentials are not sent to another host", said) };
        if (logins > 0) return { kind: "fault", url, fault: loginWanted(registry, url, "it refuses the credentials", said) };
        logins += 1;
        const fault = await ensureLogin(answer.headers["www-authenticate"] ?? "", url, used);
        if (fault) return { kind: "fault", url, fault };
        continue;
      }
      if (answer.status === 403) return { kind: "fault", url, fault: forbidden(own ? registry : new URL(url).host, url, ask.what, said) };
      if ((ask.optional === true ? unheardOf : absent).has(answer.status))
        return { kind: "absent", url, status: answer.status, ...(said === undefined ? {} : { said }) };
      if (answer.status !== 200) return { kind: "fault", url, fault: serverError(registry, url, answer.status, ask.what, said) };
      if (answer.body.length === 0) {
        if (await again(tries, undefined)) {
          tries += 1;
          continue;
        }
        return { kind: "fault", url, fault: incomplete(registry, url, ask.what, "answered with nothing") };
      }
      const encoding = answer.headers["content-encoding"];
      if (encoding !== undefined && encoding !== "identity") {
        const problem = `it is sent as \`${quoted(encoding)}\`, which was not asked for`;
        return { kind: "fault", url, fault: malformed(url, ask.what, problem) };
      }
      return { kind: "got", url, headers: answer.headers, body: answer.body };
    }
  }

  return { get, requests: () => sent, room: () => limits.bytes - downloaded };
}
