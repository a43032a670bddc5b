/**
 * Checks on the extensions of a Fulcio certificate (sigstore/fulcio `docs/oid-info.md`), for verifiers that compare OIDs
 * themselves. Values are DER UTF8Strings; a check holds if one of its alternatives does, and all checks must hold.
 */
import { RE2JS } from "re2js";
import { declared, type Keyless } from "../../../engine/trust/declared.ts";
import { runnerClasses } from "../../../engine/trust/identity.ts";
import { anchored, globAsRegex } from "../../../language/domains/pattern.ts";
import { hasWindow } from "./cosign.ts";
import { type DialectReport, json, Ledger, type Source } from "./dialect.ts";
import { refOf, refRegex, repositoryUri } from "./subject.ts";

/** One OID, or the subject alternative name (2.5.29.17), and what its value has to be. */
export type Expectation = {
  readonly oid: string;
  /** The name that Fulcio's list gives it. */
  readonly name: string;
} & ({ readonly equals: string } | { /** RE2, anchored. */ readonly matches: string });

export interface FulcioCheck {
  /** The part of the declaration. */
  readonly part: string;
  readonly anyOf: readonly Expectation[];
}

const arc = "1.3.6.1.4.1.57264.1";
const names: Readonly<Record<string, string>> = {
  "8": "Issuer (V2)",
  "9": "Build Signer URI",
  "11": "Runner Environment",
  "12": "Source Repository URI",
  "14": "Source Repository Ref",
  "15": "Source Repository Identifier",
  "18": "Build Config URI",
  "20": "Build Trigger",
  "23": "Deployment Environment",
};

function equals(last: string, value: string): Expectation {
  return { oid: `${arc}.${last}`, name: names[last] ?? "", equals: value };
}

function matches(last: string, regex: string): Expectation {
  return { oid: `${arc}.${last}`, name: names[last] ?? "", matches: anchored(regex) };
}

export function emitFulcio({ trust }: Source): DialectReport {
  const ledger = new Ledger();
  const parts = declared(trust);
  if (parts.kind !== "keyless") {
    const details = {
      key: "a key has no certificate",
      spiffe: "a SPIFFE certificate is not Fulcio's",
      quorum: "a quorum is counted over signatures; each member has its own checks",
    };
    ledger.loses(parts.kind === "spiffe" ? "id" : parts.kind, details[parts.kind]);
    return ledger.report("fulcio", []);
  }
  return ledger.report("fulcio", [
    { path: "fulcio.json", text: json({ trust: trust.key, encoding: "UTF8String", checks: fulcioChecks(parts, ledger) }) },
  ]);
}

/** The checks of an identity, in the order in which `accepts` makes them. */
export function fulcioChecks(identity: Keyless, ledger: Ledger): readonly FulcioCheck[] {
  const checks: FulcioCheck[] = [];
  const add = (part: string, ...anyOf: readonly Expectation[]): void => {
    ledger.holds(part);
    checks.push({ part, anyOf });
  };
  const { repository, workflow, ref, runner, environment, trigger, identity: name } = identity;
  add("issuer", equals("8", identity.issuer));
  const uri = repositoryUri(identity);
  if (uri !== undefined) add("repository", equals("12", uri));
  if (repository?.id !== undefined) add("repository id", equals("15", String(repository.id)));
  if (workflow !== undefined) {
    if (uri === undefined)
      ledger.loses("workflow", "it is compared with the repository of the certificate, which these checks cannot refer to");
    else {
      const gap = repository?.host === "gitlab" ? "//" : "/";
      const file = RE2JS.quote(`${uri}${gap}${workflow}`);
      // A file's name may hold an `@`; behind the last of them stands the ref.
      const isOdd = ref?.pattern.includes("@") === true;
      const regex = `${file}@${isOdd ? refRegex(ref) : "[^@]+"}`;
      checks.push({ part: "workflow", anyOf: [matches("9", regex), matches("18", regex)] });
      ledger.stricter("workflow", isOdd ? "only on the ref that is declared" : "a ref with an `@` in its name is refused");
    }
  }
  if (ref !== undefined) {
    const { exact } = refOf(ref);
    add("ref", exact === undefined ? matches("14", refRegex(ref)) : equals("14", exact));
  }
  if (runner !== undefined) add("runner", ...runnerClasses[runner].map((value) => equals("11", value)));
  if (environment !== undefined) add("environment", equals("23", environment));
  if (trigger !== undefined) add("trigger", equals("20", trigger));
  if (name !== undefined) {
    const san = { oid: "2.5.29.17", name: "Subject Alternative Name" };
    add("identity", name.includes("*") ? { ...san, matches: anchored(globAsRegex(name)) } : { ...san, equals: name });
  }
  if (hasWindow(identity.window))
    ledger.loses("window", "an extension does not say when something was signed: compare the verified time of the signature");
  return checks;
}
