/** What a registry wants to know before it answers: `WWW-Authenticate` (RFC 9110, section 11.6.1) and tokens (distribution, "Token Authentication"). */
import type { Credential } from "./transport.ts";

export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const parameter = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/y;

/** Reads every challenge of the header; what is not one ends the reading. */
export function readChallenges(header: string): readonly Challenge[] {
  const found: { scheme: string; parameters: Record<string, string> }[] = [];
  let at = 0;
  const skip = (shape: RegExp): void => {
    shape.lastIndex = at;
    const match = shape.exec(header);
    if (match) at += match[0].length;
  };
  while (at < header.length && found.length < 8) {
    skip(/[\s,]*/y);
    token.lastIndex = at;
    const scheme = token.exec(header)?.[0];
    if (scheme === undefined) return found;
    at += scheme.length;
    const parameters: Record<string, string> = {};
    for (;;) {
      const before = at;
      skip(/[\s,]*/y);
      parameter.lastIndex = at;
      const match = parameter.exec(header);
      if (!match) {
        at = before;
        break;
      }
      parameters[(match[1] ?? "").toLowerCase()] = match[2] === undefined ? (match[3] ?? "") : match[2].replace(/\\(.)/g, "$1");
      at += match[0].length;
    }
    found.push({ scheme: scheme.toLowerCase(), parameters });
    if (!/^[\s,]/.test(header.slice(at))) return found;
  }
  return found;
}

/** Base64 of UTF-8, as `Basic` wants it (RFC 7617). */
export function basic(username: string, password: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(`${username}:${password}`)) binary += String.fromCharCode(byte);
  return `Basic ${btoa(binary)}`;
}

/** One request to a token server. */
export interface TokenRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const client = "waybill";

/** Asks the realm of a challenge for a token; a password goes along as `Basic`, an identity token as a form. */
export function tokenRequest(realm: URL, challenge: Challenge, scope: string, credential: Credential | undefined): TokenRequest {
  const service = challenge.parameters["service"];
  const wanted = challenge.parameters["scope"] ?? scope;
  if (credential?.kind === "identity-token") {
    const form = new URLSearchParams({ grant_type: "refresh_token", client_id: client, refresh_token: credential.token, scope: wanted });
    if (service !== undefined) form.set("service", service);
    return {
      method: "POST",
      url: realm.href,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: form.toString(),
    };
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set("service", service);
  for (const one of wanted.split(" ")) url.searchParams.append("scope", one);
  if (credential?.kind !== "password") return { method: "GET", url: url.href, headers: {} };
  url.searchParams.set("account", credential.username);
  return { method: "GET", url: url.href, headers: { authorization: basic(credential.username, credential.password) } };
}

/** The token of an answer: `token` or, as OAuth 2 calls it, `access_token`. */
export function readToken(body: Uint8Array): string | undefined {
  try {
    const json = JSON.parse(new TextDecoder().decode(body)) as { readonly token?: unknown; readonly access_token?: unknown };
    const found = json.token ?? json.access_token;
    return typeof found === "string" && /^[\x21-\x7e]+$/.test(found) ? found : undefined;
  } catch {
    return undefined;
  }
}
