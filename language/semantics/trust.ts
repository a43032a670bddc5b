/** Trust declarations: who is believed, decided from certificate or key alone (semantics, section 7). */
import type { Trust } from "../core/ir.ts";
import type { Value } from "../core/value.ts";
import { nearest } from "../domains/near.ts";
import { endOfDate, parseDate } from "../domains/time.ts";
import type * as tree from "../syntax/tree.ts";
import { at, type Context } from "./context.ts";
import { readLiteral, reportLiteral } from "./literals.ts";
import { type Entity, findEntity, textOf } from "./scopes.ts";
import { didYouMean } from "./sink.ts";
import { refValue, repositoryValue, runnerValue } from "./trust-builders.ts";
import type { ScalarName } from "./types.ts";

type TrustEntity = Entity & { kind: "trust" };
type Form = "keyless" | "key" | "spiffe";
type ReadField = (context: Context, expr: tree.Expr) => Value | undefined;

const dates: Readonly<Record<string, ReadField>> = { not_before: date(parseDate), not_after: date(endOfDate) };

/** The keys of each form, and how each is read. */
const fieldsOf: Readonly<Record<Form, Readonly<Record<string, ReadField>>>> = {
  keyless: {
    issuer: exact("Url", "an issuer"),
    repository: repositoryValue,
    workflow: exact("Path", "a workflow"),
    ref: refValue,
    runner: runnerValue,
    environment: exact("String", "an environment"),
    trigger: exact("String", "a trigger"),
    identity: anchored,
    ...dates,
  },
  key: { file: exact("Path", "a key file"), pem: pem, fingerprint: fingerprint, ...dates },
  spiffe: { id: spiffe, ...dates },
};

/** Checks a declaration and lowers it; undefined after an error was reported. */
export function checkTrust(context: Context, entity: TrustEntity): Trust | undefined {
  const { body, name } = entity.declaration;
  if (body.kind === "quorum") return quorum(context, entity, body);
  const readers = fieldsOf[body.form];
  const fields: Record<string, Value> = {};
  const written = new Set<string>();
  let failed = false;
  for (const entry of body.record.entries) {
    const key = entry.name.text;
    const read = Object.hasOwn(readers, key) ? readers[key] : undefined;
    if (read === undefined) {
      unknownKey(context, entry.name, body.form, Object.keys(readers));
      failed = true;
      continue;
    }
    if (written.has(key))
      context.checking.sink.report("WB0220", { what: "entry", name: key }, at(context, entry.name), { label: "said again" });
    written.add(key);
    const value = read(context, entry.value);
    if (value === undefined) failed = true;
    else fields[key] = value;
  }
  if (!failed && !isComplete(context, body.form, written, name)) failed = true;
  if (!isWindow(context, fields, body.record)) failed = true;
  return failed ? undefined : { key: entity.key, body: { kind: body.form, fields }, at: at(context, name) };
}

function unknownKey(context: Context, name: tree.Name, form: Form, keys: readonly string[]): void {
  const spot = at(context, name);
  const near = nearest(name.text, keys);
  context.checking.sink.report("WB0410", { form, key: name.text }, spot, {
    label: "not one of its keys",
    ...(near === undefined ? { help: `\`${form}\` has ${keys.map((k) => `\`${k}\``).join(", ")}` } : didYouMean(near, spot)),
  });
}

/** Without these an identity would be anybody. */
function isComplete(context: Context, form: Form, written: ReadonlySet<string>, name: tree.Name): boolean {
  const need: Readonly<Record<Form, readonly (readonly string[])[]>> = {
    keyless: [["issuer"], ["repository", "identity"]],
    key: [["file", "pem", "fingerprint"]],
    spiffe: [["id"]],
  };
  let complete = true;
  for (const alternatives of need[form]) {
    const given = alternatives.filter((key) => written.has(key));
    if (given.length === 1) continue;
    complete = false;
    const list = alternatives.map((key) => `\`${key}\``).join(" or ");
    if (given.length > 1) context.checking.sink.report("WB0416", { form, keys: given }, at(context, name), { help: `say one of ${list}` });
    else
      context.checking.sink.report("WB0411", { form, keys: alternatives }, at(context, name), {
        label: "anybody would be believed",
        help: `add ${list}`,
      });
  }
  return complete;
}

function isWindow(context: Context, fields: Readonly<Record<string, Value>>, record: tree.RecordExpr): boolean {
  const { not_before: from, not_after: to } = fields;
  if (from === undefined || to === undefined || Number(from) < Number(to)) return true;
  context.checking.sink.report("WB0417", {}, at(context, record), { label: "`not_after` comes first" });
  return false;
}

function text(context: Context, expr: tree.Expr, what: string): string | undefined {
  if (expr.kind === "string") return expr.value;
  context.checking.sink.report("WB0413", { what }, at(context, expr), { label: "not a text", help: "write it in quotes" });
  return undefined;
}

/** A text that is compared as it is: a star in it would be a star. */
function exact(type: ScalarName, what: string): ReadField {
  return (context, expr) => {
    const value = text(context, expr, what);
    if (value === undefined) return undefined;
    const location = at(context, expr);
    if (value.trim() === "") {
      context.checking.sink.report("WB0412", { what, problem: "empty" }, location, { label: "nobody" });
      return undefined;
    }
    if (value.includes("*")) {
      context.checking.sink.report("WB0412", { what, problem: "a pattern" }, location, {
        label: "compared as it is",
        help: "write it out",
      });
      return undefined;
    }
    const read = readLiteral(type, value);
    if (read.ok) return value;
    reportLiteral(context.checking.sink, type, read, location);
    return undefined;
  };
}

/** An e-mail address or URI: exact, or a glob whose beginning, or whose domain, is fixed. */
function anchored(context: Context, expr: tree.Expr): Value | undefined {
  const value = text(context, expr, "an identity");
  if (value === undefined) return undefined;
  if (value.trim() !== "" && isAnchored(value)) return value;
  context.checking.sink.report(
    "WB0412",
    { what: "an identity", problem: value.trim() === "" ? "empty" : "not anchored" },
    at(context, expr),
    {
      label: value.trim() === "" ? "nobody" : "matches identities of others",
      help: "fix the host and its first folder: `https://github.com/acme/*`, or the domain: `*@acme.example`",
    },
  );
  return undefined;
}

/**
 * Whether a pattern is over names of one owner: the domain of an address, or the host of a URI and the first folder
 * there. Hosts such as github.com are everybody's, and `https://github.com/acme*` is also `acme-evil`.
 */
function isAnchored(value: string): boolean {
  if (!value.includes("*")) return true;
  const isAddress = !value.includes("**") && /^[^@/]+@[^*@/]+$/.test(value);
  return isAddress || /^[a-z][a-z0-9+.-]*:\/\/[^/*]+\/[^/*]+\//.test(value);
}

/** `sha256:…` of a public key. Another algorithm would be compared with what is never made, and match nobody. */
function fingerprint(context: Context, expr: tree.Expr): Value | undefined {
  const value = exact("Digest", "a fingerprint")(context, expr);
  if (value === undefined || String(value).toLowerCase().startsWith("sha256:")) return value;
  context.checking.sink.report("WB0413", { what: "a fingerprint" }, at(context, expr), {
    label: "not SHA-256",
    help: "write `sha256:` and the SHA-256 of the public key in DER",
  });
  return undefined;
}

function pem(context: Context, expr: tree.Expr): Value | undefined {
  const value = text(context, expr, "a key");
  if (
    value === undefined ||
    /^-----BEGIN (?:[A-Z]+ )?PUBLIC KEY-----\s[A-Za-z0-9+/=\s]+-----END (?:[A-Z]+ )?PUBLIC KEY-----\s*$/.test(value)
  )
    return value;
  context.checking.sink.report("WB0413", { what: "a key" }, at(context, expr), {
    label: /PRIVATE KEY/.test(value) ? "a private key" : "not a PEM public key",
    help: "write the public key, with its `BEGIN PUBLIC KEY` and `END PUBLIC KEY` lines, or name its `file`",
  });
  return undefined;
}

function spiffe(context: Context, expr: tree.Expr): Value | undefined {
  const value = text(context, expr, "a SPIFFE id");
  if (value === undefined) return undefined;
  const read = readLiteral("SpiffeId", value.replaceAll("*", "x"));
  if (read.ok && !/^spiffe:\/\/[^/]*\*/.test(value)) return value;
  if (read.ok)
    context.checking.sink.report("WB0412", { what: "a SPIFFE id", problem: "not anchored" }, at(context, expr), {
      label: "the trust domain is open",
      help: "write the trust domain out",
    });
  else
    reportLiteral(
      context.checking.sink,
      "SpiffeId",
      read.suggestion === undefined || value.includes("*") ? { problem: read.problem } : read,
      at(context, expr),
    );
  return undefined;
}

function date(read: typeof parseDate): ReadField {
  return (context, expr) => {
    if (expr.kind !== "date") {
      context.checking.sink.report("WB0413", { what: "a date" }, at(context, expr), {
        label: "not a date",
        help: "write it like `2027-01-31`, without quotes",
      });
      return undefined;
    }
    const value = read(expr.text);
    if (value.ok) return value.value;
    reportLiteral(context.checking.sink, "Time", value, at(context, expr), (t) => t);
    return undefined;
  };
}

function quorum(context: Context, entity: TrustEntity, body: tree.TrustDeclaration["body"] & { kind: "quorum" }): Trust | undefined {
  const members: string[] = [];
  let failed = false;
  for (const name of body.members) {
    const found = findEntity(context.scope, name, (e) => e.kind === "trust");
    if (found.kind !== "entity") {
      failed = true;
      if (found.kind === "nothing") {
        const spot = at(context, found.at);
        context.checking.sink.once(
          `trust ${context.scope.path} ${textOf(name)}`,
          "WB0208",
          { what: "trust declaration", name: textOf(name) },
          spot,
          { label: "no trust declaration has this name", ...didYouMean(found.near, spot) },
        );
      }
      continue;
    }
    context.checking.usedEntities.add(found.entity.key);
    if (members.includes(found.entity.key)) {
      context.checking.sink.report("WB0220", { what: "member", name: textOf(name) }, at(context, name), {
        label: "named again",
        help: "a quorum counts distinct members",
      });
      failed = true;
    } else members.push(found.entity.key);
  }
  const count = body.members.length;
  const threshold = body.threshold === "all" ? count : body.threshold === "any" ? 1 : body.threshold;
  if (threshold < 1 || threshold > count) {
    context.checking.sink.report("WB0414", { threshold: String(threshold), members: count }, at(context, body), {
      label: threshold < 1 ? "nobody has to sign" : "can never be reached",
      help: `say 1 to ${count}`,
    });
    failed = true;
  }
  return failed
    ? undefined
    : { key: entity.key, body: { kind: "quorum", threshold: Number(threshold), members }, at: at(context, entity.declaration.name) };
}

/** Reports quorums that rest on themselves. */
export function checkQuorumCircles(trusts: readonly Trust[], report: (circle: readonly string[], trust: Trust) => void): void {
  const byKey = new Map(trusts.map((trust) => [trust.key, trust]));
  const done = new Set<string>();
  for (const root of trusts) {
    const path: { readonly trust: Trust; readonly rest: string[] }[] = [];
    const enter = (trust: Trust): void => {
      done.add(trust.key);
      path.push({ trust, rest: trust.body.kind === "quorum" ? [...trust.body.members] : [] });
    };
    if (!done.has(root.key)) enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.shift();
      if (next === undefined) {
        path.pop();
        continue;
      }
      const start = path.findIndex((step) => step.trust.key === next);
      if (start >= 0) report([...path.slice(start).map((step) => step.trust.key), next], top.trust);
      const member = byKey.get(next);
      if (member !== undefined && !done.has(next)) enter(member);
    }
  }
}
