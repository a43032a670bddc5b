/** How reading a registry fails: typed, with a cause of the semantics and a diagnostic for people. Never a verdict. */
import type { Cause } from "../../../language/core/data.ts";
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import type { BrokenReason } from "./transport.ts";

export const faultKinds = [
  "reference",
  "unreachable",
  "not-found",
  "login",
  "forbidden",
  "throttled",
  "server-error",
  "incomplete",
  "digest",
  "too-large",
  "malformed",
  "redirect",
  "budget",
  "layout",
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface RegistryFault {
  readonly kind: FaultKind;
  /**
   * `transient`: we could not look, and another time it may be otherwise; `malformed`: it is there and is not what it has to
   * be; `missing`: the registry says that it is not there.
   */
  readonly cause: Extract<Cause, "transient" | "malformed" | "missing">;
  /** Without query and user: what follows a `?` may be a signature that lets everybody read. */
  readonly url: string;
  readonly diagnostic: Diagnostic;
}

/** A URL that may be shown. */
export function shownUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? "" : `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}

function made(kind: FaultKind, cause: RegistryFault["cause"], url: string, said: Diagnostic): RegistryFault {
  return { kind, cause, url: shownUrl(url), diagnostic: said };
}

/** Text from a registry, as it may stand in a message: one line, short, without what a terminal acts on. */
export function quoted(text: string): string {
  const plain = text
    .replace(/[^\x20-\x7e]+/g, " ")
    .replaceAll("`", "'")
    .trim();
  return plain.length > 160 ? `${plain.slice(0, 159)}…` : plain;
}

/** What the registry itself says about its refusal (distribution specification, "Error Codes"); undefined where it says nothing. */
export function registrySays(body: Uint8Array): string | undefined {
  if (body.length === 0 || body.length > 65_536) return undefined;
  try {
    const json = JSON.parse(new TextDecoder().decode(body)) as { readonly errors?: readonly { readonly message?: unknown }[] };
    const said = json.errors?.[0]?.message;
    return typeof said === "string" && said !== "" ? `the registry says: ${quoted(said)}` : undefined;
  } catch {
    return undefined;
  }
}

function notes(said: string | undefined): { readonly notes?: readonly string[] } {
  return said === undefined ? {} : { notes: [said] };
}

const broken: Readonly<Record<BrokenReason, string>> = {
  refused: "nothing listens there",
  "unknown-host": "its name is not known",
  reset: "it closed the connection",
  timeout: "it did not answer in time",
  "half-body": "it ended in the middle of an answer",
  certificate: "its certificate is not trusted",
  offline: "`--offline` refuses the network",
  protocol: "it does not speak HTTP",
};

const brokenHelp: Readonly<Partial<Record<BrokenReason, string>>> = {
  "unknown-host": "check the name of the registry",
  certificate: "give the certificates of its authority with `--registry-ca FILE` or in NODE_EXTRA_CA_CERTS",
  offline: "leave `--offline` out, or give an OCI layout",
  protocol: "a registry without TLS is read with `--insecure-registry HOST`",
};

export function unreachable(registry: string, url: string, reason: BrokenReason, detail: string): RegistryFault {
  const help = brokenHelp[reason];
  const text = quoted(detail);
  return made(
    "unreachable",
    "transient",
    url,
    diagnostic("WB1140", { registry, problem: broken[reason] }, undefined, {
      ...(text === "" ? {} : { notes: [text] }),
      ...(help === undefined ? {} : { help }),
    }),
  );
}

export function notFound(reference: string, url: string, said?: string): RegistryFault {
  const help = "check the name; some registries say this too where a login is missing";
  return made("not-found", "missing", url, diagnostic("WB1141", { reference }, undefined, { ...notes(said), help }));
}

export function loginWanted(registry: string, url: string, problem: string, said?: string): RegistryFault {
  const help = `log in with \`docker login ${registry}\`; Waybill reads the credentials that it keeps`;
  return made("login", "transient", url, diagnostic("WB1142", { registry, problem }, undefined, { ...notes(said), help }));
}

export function forbidden(registry: string, url: string, what: string, said?: string): RegistryFault {
  const help = `ask for the right to pull, or log in as somebody who has it with \`docker login ${registry}\``;
  return made("forbidden", "transient", url, diagnostic("WB1143", { registry, what }, undefined, { ...notes(said), help }));
}

export function throttled(registry: string, url: string, tries: number, said?: string): RegistryFault {
  const help = "try again later, or log in: registries allow more to those whom they know";
  return made("throttled", "transient", url, diagnostic("WB1144", { registry, tries }, undefined, { ...notes(said), help }));
}

export function serverError(registry: string, url: string, status: number, what: string, said?: string): RegistryFault {
  return made(
    "server-error",
    "transient",
    url,
    diagnostic("WB1145", { registry, status, what }, undefined, { ...notes(said), help: "try again later" }),
  );
}

export function incomplete(registry: string, url: string, what: string, problem: string): RegistryFault {
  return made("incomplete", "transient", url, diagnostic("WB1146", { registry, what, problem }, undefined, { help: "try again later" }));
}

export function lied(url: string, what: string, problem: string): RegistryFault {
  const help = "somebody between or the registry itself changes content: do not use the image until it is known who";
  return made("digest", "malformed", url, diagnostic("WB1147", { what, problem }, undefined, { help }));
}

export function tooLarge(url: string, what: string, limit: number): RegistryFault {
  return made("too-large", "malformed", url, diagnostic("WB1148", { what, limit }, undefined));
}

export function malformed(url: string, what: string, problem: string): RegistryFault {
  return made("malformed", "malformed", url, diagnostic("WB1149", { what, problem }, undefined));
}

export function redirected(registry: string, url: string, what: string, problem: string): RegistryFault {
  return made("redirect", "transient", url, diagnostic("WB1150", { registry, what, problem }, undefined));
}

export function overBudget(url: string, most: number): RegistryFault {
  const help = "`waybill check --plan` prints what a policy's evidence costs";
  return made("budget", "transient", url, diagnostic("WB1151", { most }, undefined, { help }));
}

/** Everything together is more than may be downloaded: the rest was not looked at. */
export function overRoom(what: string, limit: number): RegistryFault {
  return made("budget", "transient", "", diagnostic("WB1148", { what, limit }, undefined));
}

export function notReference(text: string, problem: string): RegistryFault {
  return made("reference", "malformed", "", diagnostic("WB1149", { what: `reference \`${quoted(text)}\``, problem }, undefined));
}

export function layoutFault(path: string, problem: string): RegistryFault {
  return made("layout", "malformed", "", diagnostic("WB1155", { path, problem }, undefined));
}
