/** What labels forbid: claims that decide, and arguments that are not verified (semantics, section 12). */

import type * as tree from "../syntax/tree.ts";
import type { Checked, Context } from "./context.ts";
import { claims } from "./flow.ts";
import { findEntity, type ModuleScope } from "./scopes.ts";
import { replacement } from "./sink.ts";

/** Reports each claim that decides without the policy saying so. */
export function demandAcknowledged(context: Context, checked: Checked, position: string): void {
  for (const label of claims(checked.labels)) {
    const read = label.at ?? checked.core.at;
    const isHere = context.scope.path === read.path;
    const text = isHere ? context.scope.module.source.text.slice(read.start, read.end) : label.of;
    const fix = isHere ? replacement(`write \`claimed(${text})\``, false, read, `claimed(${text})`) : {};
    context.checking.sink.report("WB0401", { fact: label.of, position }, read, {
      label: "nobody signed this",
      notes: ["whoever sends the request can write this fact as they like"],
      help: `read something that is verified, or say that you know: \`claimed(${text})\``,
      ...fix,
    });
  }
}

/**
 * Whether evidence that `found` vouches for is evidence that `wanted` vouches for: Q ⊑ P iff Q = P, P is any of […Q…], or
 * Q is all of […P…].
 */
export function vouches(context: Context, found: string, wanted: string): boolean {
  if (found === wanted) return true;
  const p = quorumOf(context, wanted);
  if (p?.threshold === "any" && p.members.includes(found)) return true;
  const q = quorumOf(context, found);
  return q?.threshold === "all" && q.members.includes(wanted);
}

function quorumOf(context: Context, key: string): { readonly threshold: string; readonly members: readonly string[] } | undefined {
  const scope = context.checking.scopes.get(key.slice(0, Math.max(0, key.lastIndexOf("."))));
  const entity = scope?.entities.get(key.slice(key.lastIndexOf(".") + 1));
  if (scope === undefined || entity?.kind !== "trust" || entity.declaration.body.kind !== "quorum") return undefined;
  const { threshold, members } = entity.declaration.body;
  return { threshold: String(threshold), members: members.flatMap((member) => memberKey(scope, member)) };
}

function memberKey(scope: ModuleScope, member: tree.QName): readonly string[] {
  const found = findEntity(scope, member, (entity) => entity.kind === "trust");
  return found.kind === "entity" ? [found.entity.key] : [];
}

/** Whether an argument for `Verified<T, by P>` is verified by P, or by somebody who implies P; else reports. */
export function demandVerified(context: Context, checked: Checked, trust: string): boolean {
  const wrong = [...checked.labels.values()].find((label) => label.kind !== "by" || !vouches(context, label.of, trust));
  if (wrong === undefined) return true;
  const found =
    wrong.kind === "by"
      ? `verified by \`${short(wrong.of)}\``
      : wrong.kind === "local"
        ? "read from the subject"
        : `claimed (\`${wrong.of}\`)`;
  context.checking.sink.report("WB0402", { trust: short(trust) }, checked.core.at, {
    label: `this is ${found}`,
    expected: `verified by \`${short(trust)}\``,
    found,
    help: `read it with \`by ${short(trust)}\``,
    ...(wrong.at === undefined || (wrong.at.start === checked.core.at.start && wrong.at.end === checked.core.at.end)
      ? {}
      : { related: [{ location: wrong.at, text: "it comes from here" }] }),
  });
  return false;
}

function short(key: string): string {
  return key.split(".").at(-1) ?? key;
}
