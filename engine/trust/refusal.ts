/** Refusals, and what the library's errors mean in our closed set of reasons. */
import { VerificationError } from "@sigstore/verify";
import type { RefusalReason, Verification } from "./verification.ts";

export type Refused = Extract<Verification, { kind: "refused" }>;
export type Unsettled = Extract<Verification, { kind: "unsettled" }>;

/** A signature that does not hold. `detail` stands alone: lower case, no full stop. */
export function refuse(reason: RefusalReason, detail: string): Refused {
  return { kind: "refused", reason, detail };
}

/** What could not be told from what was at hand. */
export function untold(detail: string): Unsettled {
  return { kind: "unsettled", cause: "missing", detail };
}

/** Messages of @sigstore/verify 4.1.3, whose codes are too coarse; the tests hold each against a bundle that provokes it. */
const checkpoint = /checkpoint/;
const sct = /SCT/;
const tooFew = /^expected \d+ (timestamps|SCTs|tlog entries), got/;

/** The reason behind an error that the library threw while it verified. */
export function reasonOf(problem: unknown): Refused {
  if (!(problem instanceof VerificationError)) {
    // Fields of certificates, tokens and entries are only looked at when they are needed, and then throw whatever they do.
    return refuse("malformed-bundle", "a certificate, timestamp or log entry in the bundle cannot be decoded");
  }
  const { code, message } = problem;
  switch (code) {
    case "TIMESTAMP_ERROR":
      if (tooFew.test(message)) return refuse("no-trusted-time", "no source of time that the root names says when the signature was made");
      if (message.startsWith("duplicate")) return refuse("timestamp", "the same timestamp is given twice");
      return refuse("timestamp", "a timestamp of an authority that the root names does not hold for this signature");
    case "CERTIFICATE_ERROR":
      if (tooFew.test(message)) return refuse("sct", "the certificate carries no proof that it was logged (SCT)");
      if (sct.test(message)) return refuse("sct", "a proof that the certificate was logged (SCT) does not hold under the keys of the root");
      return refuse("certificate-chain", "the certificate does not chain to an authority of the root");
    case "PUBLIC_KEY_ERROR":
      return refuse("key", "the key was not valid when the signature was made");
    case "SIGNATURE_ERROR":
      return refuse("signature", "the signature does not verify");
    case "TLOG_BODY_ERROR":
      if (/^unsupported|^invalid canonicalized body|^missing/.test(message))
        return refuse("log-entry", `the log entry cannot be used: ${message}`);
      return refuse("log-mismatch", `the log entry is about another signature: ${message}`);
    case "TLOG_INCLUSION_PROMISE_ERROR":
      return refuse("log-inclusion", "the log's signed promise to include the entry does not hold");
    case "TLOG_INCLUSION_PROOF_ERROR":
      return checkpoint.test(message)
        ? refuse("log-checkpoint", `the log's checkpoint does not hold: ${message}`)
        : refuse("log-inclusion", `the proof that the log includes the entry does not hold: ${message}`);
    case "TLOG_MISSING_INCLUSION_ERROR":
      return refuse("log-inclusion", "nothing proves that the log includes the entry");
    case "TLOG_ERROR":
      return tooFew.test(message)
        ? refuse("log-threshold", "no log that the root names holds an entry of the signature")
        : refuse("log-threshold", "the same log entry is given twice");
    default:
      return refuse("log-entry", message);
  }
}
