/** What of the roots a verification may use, and what of a bundle they know nothing about. */
import type { X509Certificate } from "@sigstore/core";
import type { SignedEntity } from "@sigstore/verify";
import type { ReadBundle } from "./bundle.ts";
import { knownEntries, type LogEntry } from "./log.ts";
import type { Refused } from "./refusal.ts";
import type { Authorities, Transparency, TrustRoot, TrustRoots } from "./root.ts";
import { knownTokens, type Token } from "./timestamp.ts";
import type { VerifiedTime } from "./verification.ts";

/** Everything of the roots that one verification may use, and how strict it is. */
export interface Material {
  readonly authorities: Authorities;
  /** In the order of `authorities.timestampAuthorities`. */
  readonly timestampNames: readonly string[];
  readonly transparency: Transparency;
}

/** Logs and timestamp authorities of all roots count for each other; certificate authorities are those of `authorities`. */
export function joined(roots: TrustRoots, transparency: Transparency, authorities: readonly TrustRoot[] = []): Material {
  const { parts } = roots;
  return {
    authorities: {
      certificateAuthorities: authorities.flatMap((root) => root.authorities.certificateAuthorities),
      timestampAuthorities: parts.flatMap((root) => root.authorities.timestampAuthorities),
      tlogs: parts.flatMap((root) => root.authorities.tlogs),
      ctlogs: parts.flatMap((root) => root.authorities.ctlogs),
    },
    timestampNames: parts.flatMap((root) => root.timestampNames),
    transparency,
  };
}

/**
 * The material for a certificate. A root whose certificates need no log is only relied on where no other root could have
 * issued the certificate, and then without the authorities of the others: nothing weakens what they ask for.
 */
export function materialFor(certificate: X509Certificate, roots: TrustRoots): Material {
  const strict = roots.parts.filter(({ transparency }) => transparency === "required");
  const lenient = roots.parts.filter(({ transparency }) => transparency === "not-required");
  if (lenient.length === 0 || strict.some((root) => mayHaveIssued(root, certificate))) return joined(roots, "required", strict);
  return lenient.some((root) => mayHaveIssued(root, certificate))
    ? joined(roots, "not-required", lenient)
    : joined(roots, "required", strict.length > 0 ? strict : lenient);
}

/** By name and key identifier; whether it did is for the chain to say. */
function mayHaveIssued(root: TrustRoot, certificate: X509Certificate): boolean {
  const identifier = certificate.extAuthorityKeyID?.keyIdentifier;
  return root.authorities.certificateAuthorities.some(({ certChain }) =>
    certChain.some((authority) => {
      if (!authority.subject.equals(certificate.issuer)) return false;
      const own = authority.extSubjectKeyID?.keyIdentifier;
      return identifier === undefined || own === undefined || own.equals(identifier);
    }),
  );
}

/** What of a bundle the roots know: the rest is left out and told. */
export interface Evidence {
  readonly tokens: readonly Token[];
  readonly entries: LogEntry[];
  readonly notes: readonly string[];
}

export function gather(read: ReadBundle, { authorities }: Material): Evidence | Refused {
  const material = read.bundle.verificationMaterial;
  const found = knownTokens(material, authorities.timestampAuthorities);
  if (found.kind === "refused") return found;
  const { entries, strangers } = knownEntries(material.tlogEntries, authorities.tlogs);
  return {
    tokens: found.tokens,
    entries,
    notes: [
      ...read.notes,
      ...passedOver(found.strangers, "timestamp", "an authority", "authorities"),
      ...passedOver(strangers, "log entry", "a log", "logs"),
    ],
  };
}

function passedOver(count: number, what: string, one: string, many: string): readonly string[] {
  if (count === 0) return [];
  if (count === 1) return [`a ${what} of ${one} that no root names was passed over`];
  return [`${count} ${what === "log entry" ? "log entries" : `${what}s`} of ${many} that no root names were passed over`];
}

/** Sources of time as the library wants them: the log's own, where it is promised, and the tokens. */
export function timestampsOf({ entries, tokens }: Evidence): SignedEntity["timestamps"] {
  const logged = entries.filter(({ integratedTime }) => integratedTime !== "" && integratedTime !== "0");
  return [
    ...logged.map((tlogEntry) => ({ $case: "transparency-log" as const, tlogEntry })),
    ...tokens.map(({ timestamp }) => ({ $case: "timestamp-authority" as const, timestamp })),
  ];
}

/** The times of what the library has verified, earliest first. */
export function timesOf({ entries, tokens }: Evidence, { authorities, timestampNames }: Material): readonly VerifiedTime[] {
  const logged = entries.flatMap(({ inclusionPromise, integratedTime, logId }): readonly VerifiedTime[] => {
    // Without the log's promise nothing vouches for the time that an entry gives.
    if (!inclusionPromise || integratedTime === "" || integratedTime === "0") return [];
    const log = authorities.tlogs.find(({ logID }) => logID.equals(logId.keyId));
    return [{ source: "transparency-log", time: Number(integratedTime) * 1_000_000, by: log?.baseURL ?? "" }];
  });
  const stamped = tokens.map(
    ({ time, authority }): VerifiedTime => ({
      source: "timestamp-authority",
      time: time.getTime() * 1000,
      by: timestampNames[authority] ?? "",
    }),
  );
  return [...logged, ...stamped].sort((a, b) => a.time - b.time);
}
