/** The names that a declaration about a subject has in scope. */
import { nearest } from "../domains/near.ts";
import type * as tree from "../syntax/tree.ts";
import { bind, type Context } from "./context.ts";
import { noLabels } from "./flow.ts";
import { didYouMean, place } from "./sink.ts";
import { type SubjectKind, subjectKind, subjectKinds } from "./subjects.ts";

/** The kind that a name stands for; reports an unknown one. */
export function kindOf(context: Context, name: tree.Name): SubjectKind | undefined {
  const kind = subjectKind(name.text);
  if (kind !== undefined) return kind;
  const location = place(context.scope.path, name);
  const kinds = subjectKinds.map((k) => k.kind);
  const near = nearest(name.text, kinds);
  context.checking.sink.report("WB0218", { name: name.text }, location, {
    label: "no kind of subject has this name",
    ...(near === undefined ? { help: `there are ${kinds.map((k) => `\`${k}\``).join(", ")}` } : didYouMean(near, location)),
  });
  return undefined;
}

/** Binds the subject, and puts the module of its type last in the order of names. */
export function withSubject(context: Context, name: tree.Name): Context | undefined {
  const kind = kindOf(context, name);
  if (kind === undefined) return undefined;
  const type = context.checking.types.get(`${kind.module}.${kind.type}`);
  const scope = context.checking.scopes.get(kind.module);
  if (type === undefined || scope === undefined) {
    context.checking.sink.once(
      `subject ${kind.kind}`,
      "WB0221",
      { kind: kind.kind, module: kind.module },
      place(context.scope.path, name),
      {
        help: `the type \`${kind.type}\` of module \`${kind.module}\` gives this subject its facts`,
      },
    );
    return undefined;
  }
  const prelude = scope === context.scope || context.prelude.includes(scope) ? context.prelude : [...context.prelude, scope];
  const inside: Context = { ...context, subject: context.subject ?? { kind, type }, prelude };
  return bind(inside, { kind: "subject", name: name.text, type, labels: noLabels, causes: 0 });
}
