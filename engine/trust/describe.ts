/** What a trust declaration means, in plain English: for `waybill build`, reports and people who review a policy. */
import type { Trust } from "../../language/core/ir.ts";
import { showTime } from "../../language/domains/time.ts";
import { type DeclaredRef, declared, type Key, type Keyless, type Quorum, type Spiffe, type Window } from "./declared.ts";
import { hostOf } from "./host.ts";

/** The name that people gave it, without its module. */
export function trustName(key: string): string {
  return key.split(".").at(-1) ?? key;
}

/** A sentence and its parts, a line each; nothing that is demanded is left out, and what is left open is said. */
export function describeTrust(trust: Trust): readonly string[] {
  const parts = declared(trust);
  const name = `\`${trustName(trust.key)}\``;
  switch (parts.kind) {
    case "keyless":
      return [`${name} is whoever holds a certificate that says all of this:`, ...keylessLines(parts), ...windowLines(parts.window)];
    case "key":
      return [`${name} is whoever signs with ${keyLine(parts)}`, ...windowLines(parts.window)];
    case "spiffe":
      return [`${name} is ${spiffeLine(parts)}`, ...windowLines(parts.window)];
    case "quorum":
      return [`${name} is ${quorumLine(parts)}`];
  }
}

function keylessLines({ issuer, repository, workflow, ref, runner, environment, trigger, identity }: Keyless): readonly string[] {
  const lines = [`  issued for a token of ${issuer}`];
  if (repository !== undefined) {
    const { host, name, id } = repository;
    const number = id === undefined ? ", by its name only: whoever takes over the name is believed" : ` with the number ${id}`;
    lines.push(`  from the repository ${hostOf(host, issuer)}/${name}${number}`);
    lines.push(workflow === undefined ? "  from any of its workflows" : `  from its workflow ${workflow}`);
    lines.push(ref === undefined ? "  on any branch, tag or pull request" : `  ${refLine(ref)}`);
  } else {
    if (workflow !== undefined) lines.push(`  from the workflow ${workflow}`);
    if (ref !== undefined) lines.push(`  ${refLine(ref)}`);
  }
  if (runner !== undefined) lines.push(runner === "hosted" ? "  on a runner of the host" : "  on a runner of its own");
  if (environment !== undefined) lines.push(`  in the deployment environment ${environment}`);
  if (trigger !== undefined) lines.push(`  started by ${trigger}`);
  if (identity !== undefined) lines.push(`  with the name ${pattern(identity)}`);
  return lines;
}

function refLine({ kind, pattern: text }: DeclaredRef): string {
  return text.includes("*") ? `on a ${kind} ${pattern(text)}` : `on the ${kind} ${text}`;
}

function pattern(text: string): string {
  return text.includes("*") ? `that matches ${text} as a whole (\`*\` stops at a slash, \`**\` does not)` : text;
}

function keyLine({ file, fingerprint }: Key): string {
  if (fingerprint !== undefined) return `the key whose public half has the fingerprint ${fingerprint}`;
  return file === undefined ? "the key that is written in the policy" : `the key in the file ${file}`;
}

function spiffeLine({ id }: Spiffe): string {
  return `a workload with ${id.includes("*") ? "a SPIFFE id" : "the SPIFFE id"} ${pattern(id)}, by a certificate that chains to the bundle of its trust domain`;
}

function quorumLine({ threshold, members }: Quorum): string {
  const names = members.map((member) => `\`${trustName(member)}\``).join(", ");
  if (threshold === members.length) return `all of ${names}, who signed the same statement`;
  if (threshold === 1) return `any of ${names}`;
  return `${threshold} of ${names}, who signed the same statement; a member counts once`;
}

function windowLines({ from, until }: Window): readonly string[] {
  return [
    ...(from === undefined ? [] : [`  only for what was signed at ${showTime(from)} or later, by a verified time`]),
    ...(until === undefined ? [] : [`  only for what was signed before ${showTime(until)}, by a verified time`]),
  ];
}
