/** What `waybill verify` answers about bundles, as text and as JSON (`docs/schemas/verify.schema.json`). */
import { rfc3339 } from "../../engine/decide/instant.ts";
import type { Signer, Verification } from "../../engine/trust/verification.ts";
import { ansi, type Palette, plain } from "../../language/diagnostics/render/palette.ts";
import { visible } from "../../language/diagnostics/render/untrusted.ts";

/** The answer about one bundle. */
export interface Verified {
  /** As the caller named the file; `NAME:2` is the second line of a file with a bundle a line. */
  readonly name: string;
  /** `sha256:<hex>` of the bundle's bytes. */
  readonly digest: string;
  readonly verification: Verification;
}

/** What held for all bundles of a call. */
export interface Call {
  readonly tool: string;
  /** Microseconds since the epoch. */
  readonly now: number;
  readonly artifact: string;
  readonly roots: readonly { readonly name: string; readonly digest: string }[];
}

/** For people: a line a bundle, and below it what the signature says. */
export function verificationText(answers: readonly Verified[], colour: boolean): string {
  const palette = colour ? ansi : plain;
  return answers.map((answer) => `${lines(answer, palette).join("\n")}\n`).join("");
}

function lines({ name, verification }: Verified, palette: Palette): readonly string[] {
  const shown = palette.strong(visible(name));
  if (verification.kind === "refused")
    return [`${palette.error("refused")}    ${shown}: ${verification.reason}`, fact(palette, "because", verification.detail)];
  if (verification.kind === "unsettled")
    return [`${palette.warning("not told")}   ${shown}`, fact(palette, "because", verification.detail)];
  const { signer, content, times, notes } = verification;
  const about =
    content.kind === "statement"
      ? [
          fact(palette, "statement", content.predicateType),
          ...content.subjects.slice(0, 8).map((one) => fact(palette, "subject", subject(one))),
        ]
      : [fact(palette, content.kind, content.digest)];
  return [
    `${palette.good("verified")}   ${shown}`,
    ...about,
    ...signerFacts(signer).map(([label, text]) => fact(palette, label, text)),
    ...times.map(({ time, source, by }) => fact(palette, "time", `${rfc3339(time)} (${source.replaceAll("-", " ")} ${by})`)),
    ...notes.map((note) => fact(palette, "note", note)),
  ];
}

function fact(palette: Palette, label: string, text: string): string {
  return `  ${palette.faint(label.padEnd(9))} ${visible(text)}`;
}

function subject({ name, digest }: { readonly name?: string; readonly digest: Readonly<Record<string, string>> }): string {
  const digests = Object.entries(digest).map(([algorithm, hex]) => `${algorithm}:${hex}`);
  return [...(name === undefined ? [] : [name]), ...digests].join(" ");
}

function signerFacts(signer: Signer): readonly (readonly [string, string])[] {
  if (signer.kind === "key") return [["key", signer.fingerprint]];
  if (signer.kind === "spiffe") return [["signer", signer.id]];
  const { claims, identities, issuer } = signer;
  const source = [claims.sourceRepositoryUri, claims.sourceRepositoryRef, claims.sourceRepositoryDigest].filter((one) => one !== undefined);
  return [
    ...identities.map((one) => ["signer", one] as const),
    ...(issuer === undefined ? [] : [["issuer", issuer] as const]),
    ...(source.length === 0 ? [] : [["source", source.join(" ")] as const]),
    ...(claims.runnerEnvironment === undefined ? [] : [["runner", claims.runnerEnvironment] as const]),
  ];
}

/** For machines; one object a bundle, in the order of the call. */
export function verificationJson(answers: readonly Verified[], call: Call): string {
  const document = {
    schema: "waybill/verify/1",
    tool: { name: "waybill", version: call.tool },
    time: rfc3339(call.now),
    artifact: call.artifact,
    roots: call.roots,
    bundles: answers.map(({ name, digest, verification }) => ({ name, digest, ...body(verification) })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function body(verification: Verification): object {
  if (verification.kind === "refused") return { outcome: "refused", reason: verification.reason, detail: verification.detail };
  if (verification.kind === "unsettled") return { outcome: "unsettled", cause: verification.cause, detail: verification.detail };
  const { signer, content, times, notes } = verification;
  const about =
    content.kind === "statement"
      ? { kind: content.kind, digest: content.digest, predicateType: content.predicateType, subjects: content.subjects }
      : content.kind === "payload"
        ? { kind: content.kind, digest: content.digest, payloadType: content.payloadType }
        : content;
  const shown = times.map(({ source, time, by }) => ({ source, time: rfc3339(time), by }));
  return { outcome: "verified", signer, content: about, times: shown, notes };
}
