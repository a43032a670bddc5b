/** `test`: what is given, overridden and expected (semantics, section 11). */
import type { Expectation, ExpectedStatus, Expr, Given, Test } from "../core/ir.ts";
import { nearest } from "../domains/near.ts";
import type * as tree from "../syntax/tree.ts";
import { resolveClause, resolveVex } from "./clause-names.ts";
import { at, type Context, isError } from "./context.ts";
import { checkPoint } from "./declarations.ts";
import { resolveEvidenceType } from "./expressions/evidence.ts";
import { resolveTrust } from "./expressions/predicates.ts";
import { givenDigest, givenMember, givenRecord, pathOf } from "./given.ts";
import { type Entity, findEntity, importOf, textOf } from "./scopes.ts";
import { didYouMean } from "./sink.ts";
import { withSubject } from "./subject-context.ts";
import { subjectKind } from "./subjects.ts";
import { type RecordType, scalar, showType } from "./types.ts";
import { checkJustification } from "./vex.ts";

interface Draft {
  /** It expects what a `vex` declaration says: then a finding is what the subject has, and no subject itself. */
  readonly ofVex: boolean;
  subject: { readonly kind: string; readonly at: tree.Node } | undefined;
  clock: Expr | undefined;
  point: string | undefined;
  readonly inputs: { readonly key: string; readonly value: Expr }[];
  readonly trusts: { readonly key: string; readonly value: string }[];
  readonly given: Given[];
  readonly expectations: Expectation[];
}

/** Checks a test. `module` is the name of the module in which it stands. */
export function checkTest(context: Context, declaration: tree.TestDeclaration): Test {
  const ofVex = declaration.items.some((item) => item.kind === "expect" && item.expected.kind === "status");
  const draft: Draft = {
    ofVex,
    subject: undefined,
    clock: undefined,
    point: undefined,
    inputs: [],
    trusts: [],
    given: [],
    expectations: [],
  };
  for (const item of declaration.items) checkItem(context, item, draft);
  if (!declaration.items.some((item) => item.kind === "expect")) {
    context.checking.sink.report("WB0625", { title: declaration.title.value }, at(context, declaration.title), {
      label: "expects nothing",
      help: "say what must happen: `expect deny by policy.label`",
    });
  }
  return {
    title: declaration.title.value,
    module: context.scope.name,
    ...(draft.subject === undefined ? {} : { subject: draft.subject.kind }),
    ...(draft.clock === undefined ? {} : { clock: draft.clock }),
    ...(draft.point === undefined ? {} : { point: draft.point }),
    inputs: draft.inputs,
    trusts: draft.trusts,
    given: draft.given,
    expectations: draft.expectations,
    at: at(context, declaration),
  };
}

function checkItem(context: Context, item: tree.TestItem, draft: Draft): void {
  switch (item.kind) {
    case "with":
      checkWith(context, item, draft);
      return;
    case "given-attestation":
      givenAttestation(context, item, draft);
      return;
    case "given":
      checkGiven(context, item, draft);
      return;
    case "expect":
      checkExpect(context, item, draft);
      return;
  }
}

function about(context: Context, kind: string, node: tree.Node, draft: Draft): void {
  if (draft.subject !== undefined && !sameSubject(draft.subject.kind, kind)) {
    context.checking.sink.report("WB0622", { first: draft.subject.kind, second: kind }, at(context, node), {
      label: `this is about ${kind}`,
      related: [{ location: at(context, draft.subject.at), text: `this is about ${draft.subject.kind}` }],
      help: "a test decides one subject: write two tests",
    });
    return;
  }
  // What is given says it best: a policy for artifacts judges the image that a test gives.
  draft.subject ??= { kind, at: node };
}

function sameSubject(a: string, b: string): boolean {
  return a === b || (a === "image" && b === "artifact");
}

function checkWith(context: Context, item: tree.TestItem & { kind: "with" }, draft: Draft): void {
  const name = textOf(item.name);
  const { sink } = context.checking;
  if (name === "clock") {
    const clock = context.check(context, item.value, scalar("Time"));
    if (!isError(clock)) draft.clock = clock.core;
    return;
  }
  if (name === "point") {
    if (item.value.kind === "name") draft.point = checkPoint(sink, context.scope, item.value.name);
    else sink.report("WB0623", {}, at(context, item.value), { label: "not a name", help: "write it bare: `with point = ci`" });
    return;
  }
  const entity = settable(context, item.name);
  if (entity?.kind === "input") {
    const value = context.check(context, item.value, context.checking.signatures.get(entity.key)?.result ?? { kind: "error" });
    context.checking.usedEntities.add(entity.key);
    if (!isError(value)) draft.inputs.push({ key: entity.key, value: value.core });
  }
  if (entity?.kind === "trust") {
    const path = pathOf(item.value);
    const value = path === undefined ? undefined : resolveTrust(context, path);
    if (path === undefined) sink.report("WB0621", {}, at(context, item.value), { label: "not a trust declaration" });
    if (value !== undefined) draft.trusts.push({ key: entity.key, value });
  }
}

/** The input or trust declaration that `with` sets; also by the whole name of its module. */
function settable(context: Context, name: tree.QName): (Entity & { kind: "input" | "trust" }) | undefined {
  const found = findEntity(context.scope, name, (e) => e.kind === "input" || e.kind === "trust", context.prelude);
  if (found.kind === "entity" && (found.entity.kind === "input" || found.entity.kind === "trust")) return found.entity;
  if (found.kind === "broken") return undefined;
  const module = name.parts
    .slice(0, -1)
    .map((part) => part.text)
    .join(".");
  const entity = context.checking.scopes.get(module)?.entities.get(name.parts.at(-1)?.text ?? "");
  if (entity?.kind === "input" || entity?.kind === "trust") return entity;
  const location = at(context, name);
  const names = [
    "clock",
    "point",
    ...[...context.scope.entities].filter(([, e]) => e.kind === "input" || e.kind === "trust").map(([n]) => n),
  ];
  const near = nearest(textOf(name), names);
  context.checking.sink.report("WB0624", { name: textOf(name) }, location, {
    label: "nothing to set",
    ...(near === undefined ? { help: "`with` sets `clock`, `point`, an input, or a trust declaration" } : didYouMean(near, location)),
  });
  return undefined;
}

function givenAttestation(context: Context, item: tree.TestItem & { kind: "given-attestation" }, draft: Draft): void {
  const type = resolveEvidenceType(context, item.type);
  const trust = item.origin.kind === "by" ? resolveTrust(context, item.origin.trust) : undefined;
  if (type === undefined || (item.origin.kind === "by" && trust === undefined)) return;
  const data = givenRecord(context, item.record, type);
  const about = item.about === undefined ? undefined : givenDigest(context, item.about);
  if (data === undefined || (item.about !== undefined && about === undefined)) return;
  const origin = trust === undefined ? ({ kind: "claimed" } as const) : ({ kind: "trust", trust } as const);
  draft.given.push({ kind: "attestation", type, origin, ...(about === undefined ? {} : { about }), data, at: at(context, item) });
}

function checkGiven(context: Context, item: tree.TestItem & { kind: "given" }, draft: Draft): void {
  const [first, ...rest] = item.name.parts;
  if (first === undefined) return;
  const isImport = rest.length > 0 && importOf(context.scope, first.text) !== undefined && item.value.kind === "unknown";
  if (!isImport && subjectKind(first.text) !== undefined) {
    const inside = withSubject(context, first);
    if (inside?.subject === undefined) return;
    if (!draft.ofVex || first.text !== "finding") about(context, first.text, item.name, draft);
    givenSubject(inside, item, inside.subject.type, first.text, rest, draft);
    return;
  }
  if (item.value.kind === "unknown") {
    givenUnknown(context, item, item.value.cause, draft);
    return;
  }
  const location = at(context, first);
  context.checking.sink.report("WB0626", { name: first.text }, location, {
    label: "not a subject",
    ...didYouMean(nearest(first.text, ["image", "artifact", "workload", "package", "finding", "workflow", "report"]), location),
  });
}

function givenSubject(
  context: Context,
  item: tree.TestItem & { kind: "given" },
  type: RecordType,
  subject: string,
  path: readonly tree.Name[],
  draft: Draft,
): void {
  const location = at(context, item);
  const names = path.map((name) => name.text);
  const { value } = item;
  const last = path.at(-1);
  if (last === undefined) {
    if (value.kind === "unknown") draft.given.push({ kind: "subject-unknown", subject, path: [], cause: value.cause, at: location });
    else if (value.kind === "record") pushData(draft, subject, [], givenRecord(context, value.record, type), location);
    else
      context.checking.sink.report("WB0627", { name: subject }, location, {
        label: "the whole subject",
        help: `give its fields: \`given ${subject} { … }\``,
      });
    return;
  }
  const record = recordAt(context, type, path.slice(0, -1));
  if (record === undefined) return;
  if (value.kind === "unknown") {
    if (record.fields.has(last.text) || record.predicates.has(last.text))
      draft.given.push({ kind: "subject-unknown", subject, path: names, cause: value.cause, at: location });
    else noField(context, record, last);
    return;
  }
  const expr = value.kind === "record" ? value.record : value.value;
  pushData(draft, subject, names, givenMember(context, expr, record, last), location);
}

function pushData(
  draft: Draft,
  subject: string,
  path: readonly string[],
  data: ReturnType<typeof givenRecord>,
  location: Given["at"],
): void {
  if (data !== undefined) draft.given.push({ kind: "subject", subject, path, data, at: location });
}

function recordAt(context: Context, type: RecordType, path: readonly tree.Name[]): RecordType | undefined {
  let record = type;
  for (const name of path) {
    const field = record.fields.get(name.text);
    if (field?.type.kind !== "record") {
      noField(context, record, name);
      return undefined;
    }
    record = field.type;
  }
  return record;
}

function noField(context: Context, record: RecordType, name: tree.Name): void {
  const spot = at(context, name);
  context.checking.sink.report("WB0210", { type: showType(record), field: name.text }, spot, {
    label: "no such field",
    ...didYouMean(nearest(name.text, record.fields.keys()), spot),
  });
}

/** `given vuln.findings unknown transient`: every such call, or read of such evidence, fails. */
function givenUnknown(context: Context, item: tree.TestItem & { kind: "given" }, cause: tree.Cause, draft: Draft): void {
  const found = findEntity(
    context.scope,
    item.name,
    (e) => e.kind === "type" || e.kind === "intrinsic" || e.kind === "function",
    context.prelude,
  );
  if (found.kind === "entity") {
    draft.given.push({ kind: "lookup-unknown", name: found.entity.key, cause, at: at(context, item) });
    return;
  }
  if (found.kind === "broken") return;
  const spot = at(context, found.at);
  context.checking.sink.report("WB0626", { name: textOf(item.name) }, spot, {
    label: "neither a subject nor evidence",
    ...didYouMean(found.near, spot),
  });
}

function checkExpect(context: Context, item: tree.TestItem & { kind: "expect" }, draft: Draft): void {
  const { expected } = item;
  if (expected.kind === "status") {
    expectStatus(context, item, expected.status, draft);
    return;
  }
  const by: string[] = [];
  for (const name of item.by) {
    const named = resolveClause(context, name);
    if (named === undefined) continue;
    by.push(named.key);
    if (!draft.given.some((given) => given.kind === "subject" || given.kind === "subject-unknown"))
      about(context, named.policy.subject.text, name, draft);
  }
  const location = at(context, item);
  if (by.length < item.by.length) return;
  if (expected.kind === "undecided") {
    draft.expectations.push({ expected: { kind: "undecided", causes: expected.causes }, by, at: location });
    return;
  }
  const until = expected.effect.until === undefined ? undefined : context.check(context, expected.effect.until, scalar("Time"));
  draft.expectations.push({
    expected: { kind: "effect", effect: expected.effect.effect, ...(until === undefined || isError(until) ? {} : { until: until.core }) },
    by,
    at: location,
  });
}

/** `expect affected("…") by exploitability`: what the named declarations say of the finding, or all of them together. */
function expectStatus(context: Context, item: tree.TestItem & { kind: "expect" }, status: tree.VexStatus, draft: Draft): void {
  const by: string[] = [];
  for (const name of item.by) {
    const named = resolveVex(context, name);
    if (named === undefined) continue;
    by.push(named.key);
    if (draft.subject === undefined) about(context, named.declaration.subject.text, name, draft);
  }
  const only = item.by.length === 0 && draft.subject === undefined ? onlyVex(context) : undefined;
  if (only !== undefined) about(context, only.subject.text, item, draft);
  const expected = expectedStatus(context, status);
  if (expected === undefined || by.length < item.by.length) return;
  draft.expectations.push({ expected: { kind: "status", status: expected }, by, at: at(context, item) });
}

/** What the module's `vex` declarations are about, where all are about one kind. */
function onlyVex(context: Context): tree.VexDeclaration | undefined {
  const declared = [...context.scope.rules.values()].flatMap((rule) => (rule.kind === "vex" ? [rule.declaration] : []));
  return new Set(declared.map(({ subject }) => subject.text)).size === 1 ? declared[0] : undefined;
}

function expectedStatus(context: Context, status: tree.VexStatus): ExpectedStatus | undefined {
  switch (status.kind) {
    case "not_affected": {
      const justification = checkJustification(context, status.justification);
      const impact = status.impact === undefined ? undefined : wholeText(context, status.impact);
      if (justification === undefined || (status.impact !== undefined && impact === undefined)) return undefined;
      return { kind: "not_affected", justification, ...(impact === undefined ? {} : { impact }) };
    }
    case "affected": {
      const action = wholeText(context, status.action);
      return action === undefined ? undefined : { kind: "affected", action };
    }
    default:
      return { kind: status.kind };
  }
}

/** A text as it will be: a test names no finding, so there is nothing that a path in it could read. */
function wholeText(context: Context, template: tree.Template): string | undefined {
  const path = template.parts.find((part) => part.kind === "path");
  if (path === undefined) return template.parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
  context.checking.sink.report("WB1251", {}, at(context, path), {
    label: "nothing to read here",
    help: "write the text as it comes out, with the values that the test gives",
  });
  return undefined;
}
